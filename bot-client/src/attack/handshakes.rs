//! Floods of QUIC connections that prove their address.

use std::time::Duration;

use quinn::Endpoint;
use shared::wire::{ClientMessage, Hello, enframe};
use tokio::task::JoinSet;

use super::{pace::Pace, target::Target};

/// Addresses that are used at once.
const ENDPOINTS: u64 = 16;
/// Connections that may be unfinished at once.
const CALLS_MAX: usize = 400;
const PATIENCE: Duration = Duration::from_secs(3);

/// Completes the handshake and closes the connection.
pub(crate) async fn come_and_go(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    call(target, pace, None).await
}

/// Completes the handshake and sends a hello with an invented ticket.
pub(crate) async fn guess(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    call(target, pace, Some(1)).await
}

async fn call(target: &Target, mut pace: Pace, guesses: Option<u64>) -> anyhow::Result<u64> {
    let endpoints = (0..ENDPOINTS).map(|turn| Target::endpoint(Target::address(turn)));
    let endpoints = endpoints.collect::<anyhow::Result<Vec<Endpoint>>>()?;
    let mut calls = JoinSet::new();
    while pace.next().await {
        while calls.try_join_next().is_some() {}
        if calls.len() >= CALLS_MAX {
            continue;
        }
        let turn = pace.done();
        let connecting = endpoints[(turn % ENDPOINTS) as usize].connect(target.udp, "localhost")?;
        calls.spawn(tokio::time::timeout(PATIENCE, async move {
            let Ok(connection) = connecting.await else { return };
            let Some(seed) = guesses else { return };
            let Ok((mut send, _receive)) = connection.open_bi().await else { return };
            let ticket = format!("{:032x}", u128::from(turn) * u128::from(seed) * 0x9e37_79b9_7f4a_7c15);
            let (mut message, mut framed) = (Vec::new(), Vec::new());
            ClientMessage::Hello(Hello { plain: false, name: "x", ticket: &ticket }).encode(&mut message);
            enframe(&message, &mut framed);
            let _ = send.write_all(&framed).await;
            connection.closed().await;
        }));
    }
    Ok(pace.done())
}
