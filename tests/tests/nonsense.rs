//! Servers that send invalid messages, over each transport: the client reconnects, and uses the messages of the next
//! link.

mod live;

use arena::rules::World;
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use arena::input::Input;
use client::{
    Client, ClientConfig,
    native::{Carrier, Drivers, HttpClient, JoinAnswer, Pilot, PlayOptions, QuicEndpoints, Trust, Way, play},
};
use futures_util::{SinkExt, StreamExt};
use live::within;
use quinn::{
    Endpoint,
    crypto::rustls::QuicServerConfig,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};
use shared::{
    PlayerId, Tick, TickRate,
    wire::{ClientMessage, DisconnectReason, ServerMessage, SessionMessage, Welcome, enframe},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
        http::HeaderValue,
    },
};
use web_transport_quinn::Session;

/// Kinds of invalid messages.
#[derive(Clone, Copy, Debug)]
enum Nonsense {
    /// Bytes that are not a message: a length beyond every limit, or text.
    Framing,
    /// A message of an unknown kind.
    Message,
}

/// Where one transport listens.
enum Door {
    Quic(Endpoint),
    WebTransport(Endpoint),
    WebSocket(TcpListener),
}

/// A link as its server sees it.
enum Line {
    Quic(quinn::Connection, quinn::SendStream, quinn::RecvStream),
    WebTransport(Box<Session>, web_transport_quinn::SendStream, web_transport_quinn::RecvStream),
    WebSocket(Box<WebSocketStream<TcpStream>>),
}

fn endpoint(alpn: &[u8]) -> Endpoint {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key can be made");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("ring speaks them").with_no_client_auth();
    let mut tls = builder.with_single_cert(vec![signed.cert.der().clone()], key).expect("they belong together");
    tls.alpn_protocols = vec![alpn.to_vec()];
    let tls = QuicServerConfig::try_from(tls).expect("TLS 1.3 suits QUIC");
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    Endpoint::server(quinn::ServerConfig::with_crypto(Arc::new(tls)), free).expect("a socket can be bound")
}

impl Door {
    async fn of(carrier: Carrier) -> Self {
        match carrier {
            Carrier::Quic => Self::Quic(endpoint(b"ricochet/1")),
            Carrier::WebTransport => Self::WebTransport(endpoint(b"h3")),
            Carrier::WebSocket => Self::WebSocket(TcpListener::bind("127.0.0.1:0").await.expect("a port is free")),
        }
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Quic(endpoint) | Self::WebTransport(endpoint) => endpoint.local_addr(),
            Self::WebSocket(listener) => listener.local_addr(),
        }
        .expect("it is bound")
    }

    async fn accept(&self) -> Line {
        let connection = async |endpoint: &Endpoint| {
            endpoint.accept().await.expect("the endpoint is open").await.expect("the client shakes hands")
        };
        match self {
            Self::Quic(endpoint) => {
                let connection = connection(endpoint).await;
                let (send, receive) = connection.accept_bi().await.expect("the client opens a stream");
                Line::Quic(connection, send, receive)
            }
            Self::WebTransport(endpoint) => {
                let request = web_transport_quinn::Request::accept(connection(endpoint).await).await;
                let session = request.expect("the client asks").ok().await.expect("the client takes it");
                let (send, receive) = session.accept_bi().await.expect("the client opens a stream");
                Line::WebTransport(Box::new(session), send, receive)
            }
            Self::WebSocket(listener) => {
                let (stream, _) = listener.accept().await.expect("the listener is open");
                #[expect(clippy::result_large_err, reason = "the library wants it so")]
                let agree = |_: &Request, mut response: Response| {
                    response.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("ricochet.1"));
                    Ok(response)
                };
                Line::WebSocket(Box::new(accept_hdr_async(stream, agree).await.expect("the client upgrades")))
            }
        }
    }
}

impl Line {
    /// The ticket of the hello.
    async fn hello(&mut self) -> String {
        let bytes = match self {
            Self::Quic(_, _, receive) => {
                let mut length = [0; 4];
                receive.read_exact(&mut length).await.expect("a length");
                let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
                receive.read_exact(&mut bytes).await.expect("a message");
                bytes
            }
            Self::WebTransport(_, _, receive) => {
                let mut length = [0; 4];
                receive.read_exact(&mut length).await.expect("a length");
                let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
                receive.read_exact(&mut bytes).await.expect("a message");
                bytes
            }
            Self::WebSocket(socket) => socket.next().await.expect("a frame").expect("a frame").into_data().to_vec(),
        };
        match ClientMessage::decode(&bytes) {
            Ok(ClientMessage::Hello(hello)) => hello.ticket.to_owned(),
            other => panic!("a hello comes first, not {other:?}"),
        }
    }

    async fn send(&mut self, message: &[u8]) {
        let mut framed = Vec::new();
        enframe(message, &mut framed);
        match self {
            Self::WebSocket(socket) => socket.send(Message::binary(message.to_vec())).await.expect("it is taken"),
            _ => self.send_raw(&framed).await,
        }
    }

    async fn send_raw(&mut self, bytes: &[u8]) {
        match self {
            Self::Quic(_, send, _) => send.write_all(bytes).await.expect("it is taken"),
            Self::WebTransport(_, send, _) => send.write_all(bytes).await.expect("it is taken"),
            Self::WebSocket(socket) => socket.send(Message::text("nonsense")).await.expect("it is taken"),
        }
    }

    async fn say(&mut self, message: &ServerMessage) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        self.send(&bytes).await;
    }

    async fn welcome(&mut self, token: &str) {
        let tick_rate = TickRate::new(20).expect("it is allowed");
        self.say(&ServerMessage::Welcome(Welcome {
            member: PlayerId(3).into(),
            tick: Tick(100),
            tick_rate,
            seats: 16,
            interest_px: 1_000,
            room: 1,
            server: "nonsense".into(),
            game: arena::NAME.into(),
            game_version: arena::VERSION,
        }))
        .await;
        self.say(&ServerMessage::Session(SessionMessage { id: "1".into(), token: token.into(), resume_secs: 30 }))
            .await;
    }

    async fn closed(&mut self) {
        match self {
            Self::Quic(connection, ..) => drop(connection.closed().await),
            Self::WebTransport(session, ..) => drop(session.closed().await),
            Self::WebSocket(socket) => while socket.next().await.is_some_and(|frame| frame.is_ok()) {},
        }
    }
}

/// Sends invalid messages on its first link, and on the second one a goodbye.
async fn serve(door: Door, nonsense: Nonsense) {
    let mut first = door.accept().await;
    assert_eq!(first.hello().await, "ticket");
    first.welcome("token").await;
    match nonsense {
        Nonsense::Framing => first.send_raw(&[0xff; 4]).await,
        Nonsense::Message => first.send(&[0x91, 0x7f]).await,
    }
    let mut second = door.accept().await;
    assert_eq!(second.hello().await, "token");
    second.welcome("another token").await;
    second.say(&ServerMessage::Goodbye { reason: DisconnectReason::Kicked, text: "enough".into() }).await;
    second.closed().await;
    first.closed().await;
}

struct Idler;

impl Pilot for Idler {
    type Game = World;

    fn steer(&mut self, _: &Client<World>, _: Tick) -> Input {
        Input::default()
    }

    fn observe(&mut self, client: &mut Client<World>, _: Duration) {
        while client.poll_event().is_some() {}
    }
}

async fn check(carrier: Carrier, driven: bool, nonsense: Nonsense) {
    let door = Door::of(carrier).await;
    let address = door.address();
    let serving = tokio::spawn(serve(door, nonsense));
    let answer = JoinAnswer {
        ticket: "ticket".into(),
        room: 1,
        player_name: "idler".into(),
        quic: format!("localhost:{}", address.port()),
        webtransport: format!("https://localhost:{}/play", address.port()),
        ws: format!("ws://{address}/play"),
        certificate_hashes: Vec::new(),
        tick_hz: 20,
        protocol: 1,
    };
    let drivers = driven.then(|| Drivers::start(1, Trust::anyone(), Arc::new(|_| {})).expect("a thread"));
    let endpoints = QuicEndpoints::bind(1).expect("a UDP socket").trusting(Trust::anyone());
    let http = HttpClient::default();
    let config = ClientConfig { ticket: answer.ticket.clone(), name: "idler".into(), ..ClientConfig::default() };
    let drivers = drivers.as_ref();
    let mut way = Way {
        http: &http,
        server: "http://127.0.0.1:1",
        endpoints: &endpoints,
        drivers,
        answer,
        carrier,
        fallback: false,
    };
    let options = PlayOptions { resume: true, chance: 1 };
    let playing = play(&mut way, config, options, |_| None, Idler, Instant::now());
    let (_, outcome) = within("the end", playing).await;
    let ending = outcome.unwrap_or_else(|error| panic!("{carrier:?} {driven} {nonsense:?}: {error}"));
    assert_eq!((ending.reason, ending.text.as_str()), (DisconnectReason::Kicked, "enough"), "{carrier:?} {driven}");
    within("the server's end", serving).await.expect("it was asked as it should be");
}

#[tokio::test]
async fn player_comes_back_from_nonsense_over_every_transport() {
    for nonsense in [Nonsense::Framing, Nonsense::Message] {
        for carrier in [Carrier::Quic, Carrier::WebTransport, Carrier::WebSocket] {
            check(carrier, false, nonsense).await;
        }
        for carrier in [Carrier::Quic, Carrier::WebSocket] {
            check(carrier, true, nonsense).await;
        }
    }
}
