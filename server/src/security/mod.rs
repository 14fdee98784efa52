//! Who may use the server, and how much of it: limits and bans of addresses, accounts, certificates.

pub mod accounts;
pub mod certificates;
pub mod guard;
