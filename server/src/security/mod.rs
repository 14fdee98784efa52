//! Access to the server: limits and bans of addresses, accounts, certificates.

pub mod accounts;
pub mod certificates;
pub mod guard;
