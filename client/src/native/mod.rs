//! A player on a native machine: joins over HTTP, opens a link and drives a [`Client`](crate::Client) on it.
//!
//! [`Link`]s use the stock async libraries `quinn`, `web-transport-quinn` and `tokio-tungstenite` on purpose: the server has its own
//! I/O loops, and every run proves that they work with these libraries. [`Drivers`] are threads with such loops for QUIC and WebSocket,
//! for thousands of players in one process.
//!
//! ```text
//! Way::open ──> Opened::Stock(Link)        run: a task per session ─────────────┐
//!          └──> Opened::Driven(DrivenLink) a driver's thread, many sessions ────┴──> Session: turn, messages in and out
//! ```

pub mod conditioned;
pub mod driver;
pub mod endpoints;
pub mod http;
pub mod join;
pub mod link;
mod link_error;
mod newest;
pub mod opened;
pub mod pilot;
pub mod play;
pub mod quic;
mod quic_config;
mod reach;
pub mod run;
pub mod session;
pub mod trust;
pub mod way;
pub mod websocket;
pub mod webtransport;
mod wire;

pub use conditioned::BadLink;
pub use driver::{DrivenLink, Drivers};
pub use endpoints::QuicEndpoints;
pub use http::HttpClient;
pub use join::{JoinAnswer, JoinRequest, join};
pub use link::Link;
pub use link_error::LinkError;
pub use opened::Opened;
pub use pilot::Pilot;
pub use play::{PlayError, PlayOptions, play};
pub use quic::QuicLink;
pub use run::run;
pub use session::{RunError, Session};
pub use trust::{Trust, TrustError};
pub use way::{Carrier, Way};
pub use websocket::WebSocketLink;
pub use webtransport::WebTransportLink;
