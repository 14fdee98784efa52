//! Sends any bytes in any order, over every transport, to a real server: it survives, its players play on, and a peer
//! that is disconnected receives the reason.

mod live;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use arena::input::Input;
use futures_util::future::join_all;
use live::{
    ALL, Transport,
    player::until,
    raw::{RawLink, endpoint},
    siege::{Siege, heard},
    within,
};
use server::config::Config;
use shared::{
    Tick,
    limits::{CLIENT_MESSAGE_BYTES_MAX, MESSAGE_BURST_SECS, PROTOCOL_VERSION},
    rng::Rng,
    wire::{Ack, ClientMessage, DisconnectReason, Hello, InputMessage},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    task::JoinHandle,
};

fn encoded(message: &ClientMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    bytes
}

fn some_bytes(rng: &mut Rng, length: usize) -> Vec<u8> {
    (0..length).map(|_| rng.next_u64() as u8).collect()
}

use DisconnectReason::{BadMessage, BadTicket, OutOfOrder, TimedOut, TooFast, TooSlow, VersionMismatch};

#[tokio::test]
async fn garbage_instead_of_a_hello() {
    let mut siege = Siege::begin().await;
    let before = siege.closes(BadMessage).await;
    let mut rng = Rng::new(1);
    for transport in ALL {
        for round in 0..40 {
            let bytes = some_bytes(&mut rng, 1 + round * 5);
            siege.refuses_first(transport, &bytes, &[BadMessage, OutOfOrder, VersionMismatch, BadTicket]).await;
        }
    }
    assert!(siege.closes(BadMessage).await >= before + 40.0);
    siege.stands().await;
}

#[tokio::test]
async fn garbage_from_a_player() {
    let mut siege = Siege::begin().await;
    let mut rng = Rng::new(2);
    for transport in ALL {
        for round in 0..20 {
            // An array, so that it is not refused at its first byte.
            let bytes = [&[0x90 | (1 + round % 15)], &some_bytes(&mut rng, 30)[..]].concat();
            siege.refuses_joined(transport, &bytes, &[BadMessage, OutOfOrder, VersionMismatch]).await;
        }
    }
    siege.stands().await;
}

#[tokio::test]
async fn garbage_in_datagrams() {
    let mut siege = Siege::begin().await;
    let mut rng = Rng::new(3);
    for transport in [Transport::Quic, Transport::WebTransport] {
        for round in 0..20 {
            let mut link = siege.joined(transport).await;
            let bytes = [&[0xc1], &some_bytes(&mut rng, 1 + round * 50)[..]].concat();
            link.send_unreliable(&bytes).await;
            heard(&mut link, &bytes, &[BadMessage]).await;
        }
    }
    siege.stands().await;
}

#[tokio::test]
async fn every_truncated_message() {
    let mut siege = Siege::begin().await;
    let ack = Ack { newest: Tick(70_000), missing: 70_000 };
    let inputs = InputMessage::new(Tick(70_000), ack, 200, [Input::default(); 3]);
    let messages = [
        encoded(&ClientMessage::Hello(Hello { plain: false, name: "ann", ticket: "a ticket" })),
        inputs.encoded(),
        encoded(&ClientMessage::Ping { token: 70_000 }),
        encoded(&ClientMessage::Chat { text: "hello" }),
    ];
    for transport in ALL {
        for message in &messages {
            for length in (0..message.len()).step_by(3) {
                siege.refuses_first(transport, &message[..length], &[BadMessage]).await;
            }
        }
    }
    siege.stands().await;
}

#[tokio::test]
async fn bombs_of_depth_and_length() {
    let mut siege = Siege::begin().await;
    let deep = vec![0x91; CLIENT_MESSAGE_BYTES_MAX];
    let bombs: [&[u8]; 7] = [
        &deep,
        // Arrays, maps, text and bytes of four billion elements.
        &[0xdd, 0xff, 0xff, 0xff, 0xff, 3],
        &[0x92, 3, 0xdd, 0xff, 0xff, 0xff, 0xff],
        &[0x92, 3, 0xdf, 0xff, 0xff, 0xff, 0xff],
        &[0x92, 3, 0xdb, 0xff, 0xff, 0xff, 0xff],
        &[0x92, 3, 0xc6, 0xff, 0xff, 0xff, 0xff],
        // An input message with more inputs than allowed.
        &[0xdc, 0xff, 0xff, 1, 0, 0, 0, 0],
    ];
    for transport in ALL {
        for bomb in bombs {
            siege.refuses_first(transport, bomb, &[BadMessage]).await;
            siege.refuses_joined(transport, bomb, &[BadMessage]).await;
        }
    }
    siege.stands().await;
}

#[tokio::test]
async fn messages_larger_than_any() {
    let mut siege = Siege::begin().await;
    for transport in ALL {
        for length in [CLIENT_MESSAGE_BYTES_MAX + 1, 100_000] {
            let text = siege.refuses_first(transport, &vec![0xc0; length], &[BadMessage]).await;
            // A WebSocket reads somewhat more, for the hello of another version may be longer than ours.
            assert!(text.contains(&length.to_string()) && text.contains("allowed"), "{text}");
        }
    }
    // A length of four gigabytes.
    for transport in [Transport::Quic, Transport::WebTransport] {
        let mut link = siege.joined(transport).await;
        link.send_unframed(&[0xff; 64]).await;
        heard(&mut link, &[0xff; 4], &[BadMessage]).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn known_messages_in_every_wrong_order() {
    let mut siege = Siege::begin().await;
    let before = siege.closes(OutOfOrder).await;
    let early = [
        encoded(&ClientMessage::Ping { token: 1 }),
        encoded(&ClientMessage::Chat { text: "hi" }),
        encoded(&ClientMessage::Leave),
        encoded(&ClientMessage::Resync),
        InputMessage::<Input>::new(Tick(1), Ack::default(), 0, []).encoded(),
    ];
    for transport in ALL {
        for message in &early {
            siege.refuses_first(transport, message, &[OutOfOrder]).await;
        }
        let hello = encoded(&ClientMessage::Hello(Hello { plain: true, name: "again", ticket: "again" }));
        siege.refuses_joined(transport, &hello, &[OutOfOrder]).await;
        // A client must not send the server's messages.
        for kind in 16..=22 {
            siege.refuses_first(transport, &[0x92, kind, 0], &[BadMessage]).await;
        }
    }
    assert!(siege.closes(OutOfOrder).await >= before + 12.0);
    siege.stands().await;
}

#[tokio::test]
async fn wrong_version_and_made_up_tickets() {
    let mut siege = Siege::begin().await;
    for transport in ALL {
        let text = siege.refuses_first(transport, &[0x95, 0, 99, 0, 0xa0, 0xa0], &[VersionMismatch]).await;
        assert!(text.contains("99") && text.contains(&PROTOCOL_VERSION.to_string()), "{text}");
        for ticket in ["", "made up", &"x".repeat(256)] {
            let hello = encoded(&ClientMessage::Hello(Hello { plain: false, name: "x", ticket }));
            siege.refuses_first(transport, &hello, &[BadTicket]).await;
        }
        let hello = encoded(&ClientMessage::Hello(Hello { plain: false, name: "x", ticket: &"x".repeat(257) }));
        siege.refuses_first(transport, &hello, &[BadMessage]).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn floods_of_what_is_allowed_once() {
    let mut siege = Siege::begin().await;
    let before = siege.closes(TooFast).await;
    let count = 4 * 30 * (MESSAGE_BURST_SECS + 2);
    for transport in ALL {
        let flood: [Vec<u8>; 3] = [
            encoded(&ClientMessage::Ping { token: 7 }),
            encoded(&ClientMessage::Resync),
            InputMessage::new(Tick(9), Ack::default(), 0, [Input::default(); 8]).encoded(),
        ];
        for message in flood {
            let mut link = siege.joined(transport).await;
            for _ in 0..count {
                link.send(&message).await;
            }
            heard(&mut link, &message, &[TooFast]).await;
        }
    }
    assert!(siege.closes(TooFast).await >= before + 6.0);
    siege.stands().await;
}

#[tokio::test]
async fn lies_about_ticks_and_acknowledgements() {
    let mut siege = Siege::begin().await;
    let mut rng = Rng::new(4);
    for transport in ALL {
        let mut links = [siege.joined(transport).await, siege.joined(transport).await];
        for _ in 0..60 {
            for link in &mut links {
                let mut word = || rng.next_u64() as u32 >> rng.below(32);
                let ack = Ack { newest: Tick(word()), missing: word() };
                let inputs = InputMessage::new(Tick(word()), ack, word() as u8, [Input::default(); 4]);
                link.send_unreliable(&inputs.encoded()).await;
            }
        }
        for link in &mut links {
            link.send(&encoded(&ClientMessage::Leave)).await;
            heard(link, &[4], &[DisconnectReason::Left, TooFast]).await;
        }
    }
    siege.stands().await;
}

#[tokio::test]
async fn text_and_fragments_below_the_messages() {
    let mut siege = Siege::begin().await;
    // Messages are binary, not text.
    let mut link = siege.joined(Transport::WebSocket).await;
    link.send_unframed(b"hello").await;
    heard(&mut link, b"hello", &[BadMessage]).await;
    // A message in many small pieces is one message.
    let (mut link, ticket) = siege.host.raw(Transport::Quic).await;
    let hello = encoded(&ClientMessage::Hello(Hello { plain: false, name: "slow", ticket: &ticket }));
    for byte in [&(hello.len() as u32).to_be_bytes()[..], &hello].concat() {
        link.send_unframed(&[byte]).await;
    }
    link.welcome().await;
    // Many messages in one piece are many messages.
    let ping = encoded(&ClientMessage::Ping { token: 1 });
    let framed = [&(ping.len() as u32).to_be_bytes()[..], &ping].concat();
    link.send_unframed(&[framed.repeat(10), vec![0, 0, 0, 1, 0xc1]].concat()).await;
    heard(&mut link, &framed, &[BadMessage]).await;
    siege.stands().await;
}

#[tokio::test]
async fn links_that_never_say_hello() {
    let mut siege = Siege::begin().await;
    let before = siege.closes(TimedOut).await;
    let mut links = Vec::new();
    for transport in ALL {
        let (mut link, _) = siege.host.raw(transport).await;
        if transport != Transport::WebSocket {
            // The start of a message that never ends.
            link.send_unframed(&[0, 0, 1]).await;
        }
        links.push(link);
    }
    let heard = links.into_iter().map(|mut link| tokio::spawn(async move { heard(&mut link, &[], &[TimedOut]).await }));
    let heard: Vec<_> = heard.collect();
    until("the strangers are shut out", &mut siege.witnesses, |_| heard.iter().all(JoinHandle::is_finished)).await;
    for heard in heard {
        heard.await.expect("a goodbye for the right reason came");
    }
    assert!(siege.closes(TimedOut).await >= before + 2.0);
    siege.stands().await;
}

#[tokio::test]
async fn half_open_handshakes_keep_nobody_out() {
    let mut siege = Siege::begin().await;
    let (http, udp) = (siege.host.http(), siege.host.udp());
    // QUIC clients that disappear in the middle of their handshake.
    let callers: Vec<_> = (0..20).map(|_| endpoint()).collect();
    for caller in &callers {
        for _ in 0..10 {
            drop(caller.connect(udp, "localhost").expect("the endpoint has a configuration"));
        }
    }
    // HTTP clients that never finish their request, and invalid upgrades.
    let requests: [&[u8]; 4] = [
        b"GET /play?shard=0 HTTP/1.1\r\nHost: x\r\n",
        b"GET /play?shard=0 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ];
    let mut open = Vec::new();
    for _ in 0..20 {
        for request in requests {
            let mut socket = TcpStream::connect(http).await.expect("HTTP listens");
            let _ = socket.write_all(request).await;
            open.push(socket);
        }
    }
    for transport in ALL {
        let players = join_all((0..3).map(|_| siege.joined(transport))).await;
        assert_eq!(players.len(), 3);
    }
    siege.stands().await;
    drop((callers, open));
}

#[tokio::test]
async fn noise_on_the_udp_port() {
    let mut siege = Siege::begin().await;
    let udp = siege.host.udp();
    let socket = UdpSocket::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a socket can be bound");
    let mut rng = Rng::new(5);
    for round in 0..5_000 {
        let length = 1 + rng.below(1_400) as usize;
        let mut bytes = some_bytes(&mut rng, length);
        if round % 2 == 0 {
            // Looks like the first packet of a connection, version 1.
            bytes[..5.min(length)].copy_from_slice(&[0xc3, 0, 0, 0, 1][..5.min(length)]);
        }
        let _ = socket.send_to(&bytes, udp).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn noise_on_the_http_port() {
    let mut siege = Siege::begin().await;
    let http = siege.host.http();
    let mut rng = Rng::new(6);
    for round in 0..50 {
        let mut socket = TcpStream::connect(http).await.expect("HTTP listens");
        let bytes = some_bytes(&mut rng, 200 * (1 + round % 5));
        let _ = socket.write_all(&bytes).await;
        let _ = socket.shutdown().await;
        let mut answer = Vec::new();
        let _ = within("the end of the noise", socket.read_to_end(&mut answer)).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn noise_below_the_websocket() {
    let mut siege = Siege::begin().await;
    let mut rng = Rng::new(7);
    for _ in 0..30 {
        let (link, _) = siege.host.raw(Transport::WebSocket).await;
        let RawLink::WebSocket(mut socket) = link else { unreachable!("a WebSocket was asked for") };
        let tcp = socket.get_mut();
        let _ = tcp.write_all(&some_bytes(&mut rng, 300)).await;
        let mut answer = Vec::new();
        // The framing is lost, so the test can only expect the end of the link.
        let _ = within("the end of the link", tcp.read_to_end(&mut answer)).await;
    }
    siege.stands().await;
}

#[tokio::test]
async fn one_who_never_reads_is_shut_out_and_delays_nobody() {
    let busy = |config: &mut Config| {
        config.tick_hz = 60;
        config.room_size = 64;
        config.fill = 40;
        config.limits.blocked_secs = 5;
    };
    let mut siege = Siege::begin_with(busy).await;
    let seats = siege.host.seats_taken();
    let answer = siege.host.reserve("stranger").await;
    let mut link = RawLink::connect_narrow(&answer).await;
    link.hello(&answer.ticket).await;
    link.welcome().await;
    let before = siege.closes(TooSlow).await;
    let token = encoded(&ClientMessage::Ping { token: 1 });
    let begun = Instant::now();
    while siege.host.seats_taken() > seats {
        assert!(begun.elapsed() < Duration::from_secs(60), "a link that is never read keeps its seat");
        link.send(&token).await;
        siege.stands().await;
    }
    assert!(siege.closes(TooSlow).await > before);
}
