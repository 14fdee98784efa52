//! Rubbish on the UDP port: cut packets, packets of others played again, and valid ones far too fast.

mod live;

use std::net::SocketAddr;

use arena::input::Input;
use live::{
    Transport,
    raw::{RawLink, connect_to, endpoint},
    relay::Relay,
    siege::{Siege, heard},
    within,
};
use shared::{
    Tick,
    limits::{INPUT_BURST_SECS, MESSAGE_BURST_SECS},
    rng::Rng,
    wire::{Ack, ClientMessage, DisconnectReason, InputMessage, ServerMessage},
};
use tokio::net::UdpSocket;

fn encoded(message: &ClientMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    bytes
}

/// A player behind a relay, which has carried its packets.
async fn behind_a_relay(siege: &Siege) -> (RawLink, Relay) {
    let answer = siege.host.reserve("relayed").await;
    let relay = Relay::to(answer.quic.parse().expect("a number")).await;
    let endpoint = endpoint();
    let connection = connect_to(&endpoint, &relay.address.to_string()).await;
    let streams = connection.open_bi().await.expect("the server takes a stream");
    let mut link = RawLink::quic(endpoint, connection, streams);
    link.hello(&answer.ticket).await;
    link.welcome().await;
    (link, relay)
}

async fn is_answered(link: &mut RawLink, token: u32) {
    link.send(&encoded(&ClientMessage::Ping { token })).await;
    let is_pong = |bytes: &[u8]| matches!(ServerMessage::decode(bytes), Ok(ServerMessage::Pong { token: back, .. }) if back == token);
    link.until("a pong", is_pong).await;
}

#[tokio::test]
async fn packets_of_a_player_played_again_change_nothing() {
    let mut siege = Siege::begin().await;
    let (mut link, relay) = behind_a_relay(&siege).await;
    is_answered(&mut link, 1).await;
    let packets = relay.heard();
    assert!(packets.len() >= 4, "{}", packets.len());
    let seats = siege.host.seats_taken();
    // From the client's own address, and from another one.
    let stranger = UdpSocket::bind(SocketAddr::from(([127, 0, 1, 1], 0))).await.expect("a socket can be bound");
    for round in 2..12 {
        for packet in &packets {
            let _ = relay.server.send(packet).await;
            let _ = stranger.send_to(packet, siege.host.udp()).await;
        }
        is_answered(&mut link, round).await;
    }
    assert_eq!(siege.host.seats_taken(), seats);
    siege.stands().await;
}

#[tokio::test]
async fn packets_of_a_player_cut_and_bent_change_nothing() {
    let mut siege = Siege::begin().await;
    let (mut link, relay) = behind_a_relay(&siege).await;
    is_answered(&mut link, 1).await;
    let packets = relay.heard();
    let mut rng = Rng::new(8);
    for packet in packets.iter().cycle().take(400) {
        let mut bytes = packet.clone();
        match rng.below(3) {
            0 => bytes.truncate(rng.below(bytes.len() as u32) as usize),
            1 => {
                let at = rng.below(bytes.len() as u32) as usize;
                bytes[at] ^= 1 << rng.below(8);
            }
            // The header stays, so that it finds its connection.
            _ => bytes.iter_mut().skip(9).for_each(|byte| *byte = rng.next_u64() as u8),
        }
        let _ = relay.server.send(&bytes).await;
    }
    is_answered(&mut link, 2).await;
    siege.stands().await;
}

#[tokio::test]
async fn shard_gives_away_no_reset_for_a_connection_of_another() {
    let mut siege = Siege::begin_with(|config| config.shards = 2).await;
    let (mut link, relay) = behind_a_relay(&siege).await;
    is_answered(&mut link, 1).await;
    let shard = relay.server.peer_addr().expect("it is connected");
    let other = siege.host.udps().into_iter().find(|&udp| udp != shard).expect("there are two");
    let stranger = UdpSocket::bind(SocketAddr::from(([127, 0, 1, 1], 0))).await.expect("a socket can be bound");
    // All but those of the handshake have short headers.
    let short: Vec<_> = relay.heard().into_iter().filter(|packet| packet[0] & 0x80 == 0 && packet.len() > 30).collect();
    assert!(!short.is_empty());
    for packet in &short {
        let _ = stranger.send_to(packet, other).await;
    }
    // A version that nobody has is answered by those that there are, after whatever else is to be said.
    let mut unknown = vec![0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0];
    unknown.resize(1_200, 0);
    let _ = stranger.send_to(&unknown, other).await;
    let mut answer = [0; 2_048];
    let length = within("an answer", stranger.recv(&mut answer)).await.expect("it comes");
    assert_eq!((answer[0] & 0x80, &answer[1..5]), (0x80, &[0; 4][..]), "{:x?}", &answer[..length]);
    is_answered(&mut link, 2).await;
    siege.stands().await;
}

#[tokio::test]
async fn headers_of_every_kind_without_a_packet() {
    let mut siege = Siege::begin().await;
    let socket = UdpSocket::bind(SocketAddr::from(([127, 0, 1, 1], 0))).await.expect("a socket can be bound");
    let mut rng = Rng::new(9);
    for first in 0..=u8::MAX {
        // Versions: negotiation, 1, 2, a reserved one, and an unknown one.
        for version in [0_u32, 1, 0x6b33_43cf, 0x1a2a_3a4a, 0xffff_ffff] {
            let mut bytes = vec![first];
            bytes.extend(version.to_be_bytes());
            let ids = [rng.below(21) as u8, rng.below(256) as u8];
            for length in ids {
                bytes.push(length);
                bytes.extend((0..rng.below(u32::from(length) + 1)).map(|_| rng.next_u64() as u8));
            }
            if rng.below(2) == 0 {
                bytes.resize(1_200, 0);
            }
            let _ = socket.send_to(&bytes, siege.host.udp()).await;
        }
    }
    siege.stands().await;
}

#[tokio::test]
async fn inputs_at_twenty_times_the_rate_are_ignored_and_then_shut_out() {
    let mut siege = Siege::begin().await;
    let (closes, ignored) = (siege.closes(DisconnectReason::TooFast).await, siege.refused("inputs").await);
    let hz = 30;
    let second = 20 * hz;
    assert!(second > hz * MESSAGE_BURST_SECS, "a second of it is beyond what is taken at once");
    for transport in [Transport::Quic, Transport::WebSocket, Transport::WebTransport] {
        let mut link = siege.joined(transport).await;
        let input = InputMessage::new(Tick(9), Ack::default(), 0, [Input::default(); 4]).encoded();
        let first = hz * (INPUT_BURST_SECS + MESSAGE_BURST_SECS) / 2;
        for _ in 0..first {
            link.send(&input).await;
        }
        // Not yet too many messages, but too many inputs.
        is_answered(&mut link, 1).await;
        for _ in 0..second {
            link.send(&input).await;
        }
        heard(&mut link, &input, &[DisconnectReason::TooFast]).await;
    }
    assert!(siege.closes(DisconnectReason::TooFast).await >= closes + 3.0);
    while siege.refused("inputs").await < ignored + 10.0 {
        siege.stands().await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn packets_without_end_are_dropped_unread() {
    let mut siege = Siege::begin().await;
    let before = siege.refused("packets").await;
    let (mut link, relay) = behind_a_relay(&siege).await;
    is_answered(&mut link, 1).await;
    let last = relay.heard().pop().expect("it has sent something");
    while siege.refused("packets").await == before {
        for _ in 0..500 {
            let _ = relay.server.send(&last).await;
        }
        siege.stands().await;
    }
    // Messages that were dropped are repeated, as after a loss.
    is_answered(&mut link, 2).await;
    siege.stands().await;
}
