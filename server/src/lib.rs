//! The Ricochet game server: shards with their sockets are the data plane, lobby and ops the control plane.
//!
//! Modules of this crate, from the lowest to the highest. A module imports only modules above it in this list.
//!
//! ```text
//! base        text, files, calendar, timestamps, token bucket, origins, figures of the process
//! games       a game as the server hosts it: rooms, settings, maps, page
//! config      settings from file, variables and flags
//! logging     logs and their export
//! security    limits and bans of addresses, accounts, certificates
//! session     sessions, which survive links: identities, tokens, the register
//! net         transports, and the protocol state of a link
//! http        the HTTP listeners: connections, TLS, forwarded addresses
//! storage     recordings on disk, and rooms that are restored from them
//! directory   rooms, seats and tickets, where data plane and control plane meet; draining
//! shard       a data-plane thread: its sockets, links, rooms and tick
//! lobby       joins, lists, the pages, WebSocket upgrades
//! ops         metrics, health, the admin page
//! lifecycle   start, run, reload, end
//! ```

mod base;
pub mod config;
pub mod directory;
pub mod games;
pub mod http;
pub mod lifecycle;
pub mod lobby;
pub mod logging;
mod net;
pub mod ops;
pub mod security;
pub mod session;
pub mod shard;
pub mod storage;

pub use lifecycle::program::main;
