//! Floods of the UDP port that no connection comes of.

use std::net::Ipv4Addr;

use shared::sim::rng::Rng;
use tokio::net::UdpSocket;

use super::{pace::Pace, target::Target};

/// Ports the packets come from.
const SOCKETS: u64 = 256;
/// Different first packets; each is sent again and again.
const INITIALS: usize = 1_000;

/// First packets of as many connections, from many ports. What comes back is never read.
pub(crate) async fn initials(target: &Target, mut pace: Pace) -> anyhow::Result<u64> {
    let packets = first_packets().await?;
    let sockets = sockets().await?;
    while pace.next().await {
        let turn = pace.done() as usize;
        let _ = sockets[turn % sockets.len()].try_send_to(&packets[turn % packets.len()], target.udp);
    }
    Ok(pace.done())
}

/// Random bytes, half of them behind a header of QUIC.
pub(crate) async fn junk(target: &Target, mut pace: Pace) -> anyhow::Result<u64> {
    let sockets = sockets().await?;
    let mut rng = Rng::new(1);
    let mut bytes = vec![0; 1_400];
    while pace.next().await {
        let length = 1 + rng.below(1_399) as usize;
        let begin = rng.below(256) as usize;
        for chunk in bytes[begin..].chunks_mut(8).take(8) {
            chunk.copy_from_slice(&rng.next_u64().to_le_bytes()[..chunk.len()]);
        }
        if pace.done().is_multiple_of(2) {
            bytes[..5].copy_from_slice(&[0xc3, 0, 0, 0, 1]);
        }
        let _ = sockets[pace.done() as usize % sockets.len()].try_send_to(&bytes[..length], target.udp);
    }
    Ok(pace.done())
}

async fn sockets() -> anyhow::Result<Vec<UdpSocket>> {
    let mut sockets = Vec::new();
    for turn in 0..SOCKETS {
        sockets.push(Target::socket(Target::address(turn)).await?);
    }
    Ok(sockets)
}

/// What clients send first, each with a connection of its own: taken from clients who call somebody who only listens.
async fn first_packets() -> anyhow::Result<Vec<Vec<u8>>> {
    let ear = Target::socket(Ipv4Addr::LOCALHOST.into()).await?;
    let address = ear.local_addr()?;
    let caller = Target::endpoint(Ipv4Addr::LOCALHOST.into())?;
    let mut packets = Vec::new();
    let mut bytes = [0; 2_048];
    for _ in 0..INITIALS {
        let connecting = caller.connect(address, "localhost")?;
        let length = ear.recv(&mut bytes).await?;
        packets.push(bytes[..length].to_vec());
        drop(connecting);
    }
    Ok(packets)
}
