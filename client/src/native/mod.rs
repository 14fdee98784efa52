//! A player on a native machine: joins over HTTP, opens a link and drives a [`Client`](crate::Client) on it.
//!
//! The links are the stock async libraries, `quinn` and `tokio-tungstenite`, on purpose: the server drives its protocols by
//! hand, and every run proves that it speaks to those.

pub mod conditioned;
pub mod join;
pub mod link;
pub mod quic;
pub mod run;
pub mod websocket;

pub use conditioned::BadLink;
pub use join::{JoinAnswer, JoinRequest, join};
pub use link::{Link, LinkError};
pub use quic::QuicEndpoints;
pub use run::{Pilot, RunError, run};
pub use websocket::WebSocketLink;
