//! A shard on a thread of its own with one room, and clients on stock libraries that keep every message they have received.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(unreachable_pub, reason = "each test file takes what it needs")]
#![allow(clippy::large_enum_variant, reason = "a handful of links at a time")]

mod client;
mod messages;

use std::{
    collections::VecDeque,
    future::Future,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use arena::rules::{Terrain, World};
use bytes::BytesMut;
use room::{Room, RoomConfig};
use server::{
    directory::{Directory, RoomHandle, room_view::RoomView},
    games::{Guarded, Played, game},
    security::guard::Guard,
    session::{Key, Role, SessionId, Token},
    shard::{ShardCommand, ShardConfig, ShardHandle, ThreadEnd, Timeouts, spawn},
};
use shared::{TickRate, game::Map as _, wire::DisconnectReason};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, tungstenite::protocol};
use web_transport_quinn::{Session, http::header::ORIGIN, proto::ConnectRequest};

use self::client::{Link, Quic, WebTransport};
pub use self::{
    client::Client,
    messages::{hello, hello_of_version, input},
};

/// Time-out of every step, long enough for a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

#[expect(clippy::enum_variant_names, reason = "that is what it is called")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    Quic,
    WebSocket,
    WebTransport,
}

pub const ALL: [Transport; 3] = [Transport::Quic, Transport::WebSocket, Transport::WebTransport];

pub struct ShardBuilder {
    timeouts: Timeouts,
    seats: u16,
    resume: Duration,
    key: Key,
    tick_rate: TickRate,
}

pub fn shard() -> ShardBuilder {
    let tick_rate = TickRate::new(60).unwrap();
    ShardBuilder { timeouts: Timeouts::default(), seats: 8, resume: Duration::ZERO, key: Key::random(), tick_rate }
}

impl ShardBuilder {
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets the resume time-out.
    pub fn resume(mut self, resume: Duration) -> Self {
        self.resume = resume;
        self
    }

    pub fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    pub fn seats(mut self, seats: u16) -> Self {
        self.seats = seats;
        self
    }

    pub fn tick_hz(mut self, hz: u16) -> Self {
        self.tick_rate = TickRate::new(hz).unwrap();
        self
    }

    pub fn start(self) -> Shard {
        let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let certificate = key.cert.der().clone();
        let private = rustls::pki_types::PrivateKeyDer::Pkcs8(key.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], private)
            .unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(certificate).unwrap();
        let mut client_tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client_config = |alpn: &[u8]| {
            client_tls.alpn_protocols = vec![alpn.to_vec()];
            let tls = quinn::crypto::rustls::QuicClientConfig::try_from(client_tls.clone()).unwrap();
            quinn::ClientConfig::new(Arc::new(tls))
        };
        let client_configs = [&b"ricochet/1"[..], b"h3"].map(client_config);

        let tick_rate = self.tick_rate;
        let directory = Arc::new(Directory::new(1, 2_000, self.key));
        let guard = Arc::<Guard>::default();
        let config = ShardConfig {
            index: 0,
            udp: "127.0.0.1:0".parse().unwrap(),
            tick_rate,
            tls: Arc::new(tls),
            origins: Arc::default(),
            server: "test".to_owned(),
            timeouts: self.timeouts,
            guard: Arc::clone(&guard),
            resume: self.resume,
            recordings: None,
            deaths: None,
        };
        let handle = spawn(config, Arc::clone(&directory)).unwrap();
        let room = directory.new_room(0, Played { game: game::<World>(), mode: 0 }, self.seats);
        directory.open_room(Arc::clone(&room));
        let (name, text) = Terrain::shipped()[0];
        let map = Terrain::parse(name, text, tick_rate).unwrap();
        let played = Room::<World>::new(RoomConfig { seats: self.seats, ..RoomConfig::new(map, tick_rate) }, 1);
        let played = Guarded::new(|| Box::new(played));
        let open = ShardCommand::OpenRoom { handle: Arc::clone(&room), room: played, held: Vec::new() };
        handle.send(open).unwrap();
        Shard { handle, guard, directory, room, client_configs, endpoint: None.into() }
    }
}

pub struct Shard {
    handle: ShardHandle,
    /// Limits and bans of addresses.
    pub guard: Arc<Guard>,
    directory: Arc<Directory>,
    room: Arc<RoomHandle>,
    /// Configurations for QUIC and for HTTP/3.
    client_configs: [quinn::ClientConfig; 2],
    endpoint: std::cell::RefCell<Option<quinn::Endpoint>>,
}

impl Shard {
    pub fn ticket(&self, name: &str) -> String {
        self.directory.reserve(&self.room, name, Role::Play, Instant::now()).unwrap().ticket
    }

    pub fn ticket_to_watch(&self, name: &str) -> String {
        self.directory.reserve(&self.room, name, Role::Watch, Instant::now()).unwrap().ticket
    }

    /// The first token of a session, as if it were on this shard.
    pub fn token(&self, session: SessionId, shard: u16) -> String {
        self.directory.seal(Token { session, room: self.room.id, shard, generation: 1 })
    }

    pub fn end_session(&self, session: SessionId, text: &str) {
        let (reason, text) = (DisconnectReason::Kicked, text.to_owned());
        self.handle.send(ShardCommand::EndSession { session, reason, text }).unwrap();
    }

    /// Changes the address of all clients of QUIC and WebTransport.
    pub fn rebind(&self) {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        self.endpoint.borrow().as_ref().unwrap().rebind(socket).unwrap();
    }

    /// Seats reserved or in use.
    pub fn players(&self) -> u32 {
        self.directory.players()
    }

    pub async fn until_players(&self, players: u32) {
        within("the seat to be free", async {
            while self.players() != players {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    pub async fn until_view(&self, wanted: impl Fn(&RoomView) -> bool) -> Arc<RoomView> {
        within("the view", async {
            loop {
                let view = self.room.view();
                if wanted(&view) {
                    break view;
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }

    pub fn drain(&self, text: &str) {
        self.handle.send(ShardCommand::Drain { text: text.to_owned() }).unwrap();
    }

    pub fn close_room(&self) {
        self.handle.send(ShardCommand::CloseRoom(self.room.id)).unwrap();
    }

    /// Waits for the thread; true if it did not panic.
    pub async fn join(self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        tokio::task::spawn_blocking(move || self.handle.join(deadline) == ThreadEnd::InOrder).await.unwrap()
    }

    pub async fn connect(&self, transport: Transport) -> Client {
        let link = match transport {
            Transport::Quic => self.connect_quic().await,
            Transport::WebSocket => self.connect_websocket().await,
            Transport::WebTransport => self.connect_webtransport().await,
        };
        Client { link, received: VecDeque::new() }
    }

    /// A connection that speaks QUIC (0) or HTTP/3 (1) and has done nothing yet.
    async fn connection(&self, protocol: usize) -> quinn::Connection {
        let open = || quinn::Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let endpoint = self.endpoint.borrow_mut().get_or_insert_with(open).clone();
        let config = self.client_configs[protocol].clone();
        let connecting = endpoint.connect_with(config, self.handle.udp, "localhost").unwrap();
        within("the handshake", connecting).await.unwrap()
    }

    async fn connect_quic(&self) -> Link {
        let connection = self.connection(0).await;
        let (send, receive) = connection.open_bi().await.unwrap();
        Link::Quic(Quic { connection, send, receive, partial: BytesMut::new() })
    }

    async fn connect_webtransport(&self) -> Link {
        let url: url::Url = format!("https://{}/play", self.handle.udp).parse().unwrap();
        let origin = url.origin().ascii_serialization().parse().unwrap();
        let request = ConnectRequest::new(url).with_header(ORIGIN, origin);
        let connection = self.connection(1).await;
        let session = within("the session", Session::connect(connection, request)).await.unwrap();
        let (send, receive) = session.open_bi().await.unwrap();
        Link::WebTransport(WebTransport { session, send, receive, partial: BytesMut::new() })
    }

    /// Starts after the upgrade, because the control plane is not part of this test.
    async fn connect_websocket(&self) -> Link {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (socket, peer): (_, SocketAddr) = listener.accept().unwrap();
        let (socket, read_ahead) = (socket.into(), Vec::new());
        self.handle.send(ShardCommand::AdoptWebSocket { socket, read_ahead, peer, lease: None }).unwrap();
        client.set_nonblocking(true).unwrap();
        let client = TcpStream::from_std(client).unwrap();
        Link::WebSocket(WebSocketStream::from_raw_socket(client, protocol::Role::Client, None).await)
    }
}

/// Runs all futures at once on this task.
pub async fn all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        for slot in &mut pending {
            if let Some(future) = slot
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                done.push(value);
                *slot = None;
            }
        }
        if pending.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("timed out while waiting for {what}"))
}
