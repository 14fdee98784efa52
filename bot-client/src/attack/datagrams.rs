//! Floods of the UDP port that open no connection.

use std::net::Ipv4Addr;

use quinn_udp::{Transmit, UdpSocketState};
use shared::rng::Rng;
use tokio::net::UdpSocket;

use super::{pace::Pace, target::Target};

/// Sockets, each with its own port, that the packets come from.
const SOCKETS: u64 = 256;
/// Bytes of one batch: the most that an IPv4 datagram could hold.
const GSO_BYTES_MAX: usize = 65_000;
/// Different first packets; they are sent in turn.
const INITIALS: usize = 1_000;

/// Sends the first packet of a new connection from many ports. The answers are never read.
pub(crate) async fn initials(target: &Target, mut pace: Pace) -> anyhow::Result<u64> {
    let packets = first_packets().await?;
    let sockets = sockets().await?;
    while pace.next().await {
        let turn = pace.done() as usize;
        let _ = sockets[turn % sockets.len()].try_send_to(&packets[turn % packets.len()], target.udp);
    }
    Ok(pace.done())
}

/// The same in batches that the kernel cuts into packets (UDP GSO), so that one core sends as many as a fast network
/// delivers. Each turn of `pace` is one packet.
pub(crate) async fn segments(target: &Target, mut pace: Pace) -> anyhow::Result<u64> {
    let packets = first_packets().await?;
    let bytes = packets[0].len();
    let mut sockets = Vec::new();
    for turn in 0..SOCKETS {
        let socket = std::net::UdpSocket::bind((Target::address(turn), 0))?;
        let state = UdpSocketState::new((&socket).into())?;
        sockets.push((socket, state));
    }
    let mut batch = Vec::new();
    while pace.next().await {
        let turn = pace.done() as usize;
        let packet = &packets[turn % packets.len()];
        // The kernel cuts the batch into parts of equal length.
        if packet.len() == bytes {
            batch.extend_from_slice(packet);
        }
        let (socket, state) = &sockets[turn % sockets.len()];
        let most = state.max_gso_segments().min(GSO_BYTES_MAX / bytes);
        if batch.len() >= most * bytes {
            let segment_size = (most > 1).then_some(bytes);
            let transmit =
                Transmit { destination: target.udp, ecn: None, contents: &batch, segment_size, src_ip: None };
            let _ = state.try_send(socket.into(), &transmit);
            batch.clear();
        }
    }
    Ok(pace.done())
}

/// Sends random bytes, half of them behind a QUIC header.
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

/// First packets of QUIC connections: sent by real clients to a socket that never answers, and recorded.
async fn first_packets() -> anyhow::Result<Vec<Vec<u8>>> {
    let listener = Target::socket(Ipv4Addr::LOCALHOST.into()).await?;
    let address = listener.local_addr()?;
    let caller = Target::endpoint(Ipv4Addr::LOCALHOST.into())?;
    let mut packets = Vec::new();
    let mut bytes = [0; 2_048];
    for _ in 0..INITIALS {
        let connecting = caller.connect(address, "localhost")?;
        let length = listener.recv(&mut bytes).await?;
        packets.push(bytes[..length].to_vec());
        drop(connecting);
    }
    Ok(packets)
}
