//! The Ricochet game server: shards with their sockets are the data plane, lobby and ops the control plane.

mod ask;
pub mod certificates;
pub mod config;
pub mod directory;
pub mod drain;
mod ending;
pub mod flags;
mod greeting;
pub mod guard;
pub mod health;
pub mod http;
pub mod lobby;
pub mod maps;
pub mod mode;
mod net;
pub mod ops;
pub mod origin;
pub mod reload;
pub mod room_view;
pub mod run;
mod session;
pub mod sessions;
pub mod shard;
mod supervisor;
