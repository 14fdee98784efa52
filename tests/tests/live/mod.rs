//! A real server on free loopback ports, players on real sockets, and links that send whatever a test wants.
//!
//! Time is real here, so every wait has a deadline and nothing sleeps.

#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod attacker;
pub(crate) mod host;
pub(crate) mod page;
pub(crate) mod player;
pub(crate) mod raw;
pub(crate) mod relay;
pub(crate) mod siege;
pub(crate) mod state;

use std::{future::Future, time::Duration};

/// Deadline of every wait, long enough for a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Transport of a player's messages.
#[expect(clippy::enum_variant_names, reason = "that is what it is called")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Transport {
    Quic,
    WebSocket,
    WebTransport,
}

pub(crate) const ALL: [Transport; 3] = [Transport::Quic, Transport::WebSocket, Transport::WebTransport];

/// Waits with a deadline.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {PATIENCE:?}"),
    }
}
