//! A player on a native machine: joins over HTTP, opens a link and drives a [`Client`](crate::Client) on it.
//!
//! The links are the stock async libraries, `quinn`, `web-transport-quinn` and `tokio-tungstenite`, on purpose: the server
//! drives its protocols by hand, and every run proves that it speaks to those.

pub mod conditioned;
pub mod endpoints;
pub mod http;
pub mod join;
pub mod link;
pub mod play;
pub mod quic;
pub mod run;
pub mod trust;
pub mod way;
pub mod websocket;
pub mod webtransport;
mod wire;

pub use conditioned::BadLink;
pub use endpoints::QuicEndpoints;
pub use http::HttpClient;
pub use join::{JoinAnswer, JoinRequest, join};
pub use link::{Link, LinkError};
pub use play::{PlayError, PlayOptions, play};
pub use quic::QuicLink;
pub use run::{Pilot, RunError, run};
pub use trust::{Trust, TrustError};
pub use way::{Carrier, Way};
pub use websocket::WebSocketLink;
pub use webtransport::WebTransportLink;
