//! The Ricochet game server: shards with their sockets are the data plane, lobby and ops the control plane.

pub mod config;
pub mod directory;
pub mod flags;
pub mod mode;
