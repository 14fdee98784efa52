//! An attacker with its own loopback address, to which the limits apply.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use client::native::JoinAnswer;
use quinn::Endpoint;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream, UdpSocket},
};

use super::{
    Transport,
    host::Host,
    raw::{RawLink, endpoint_at},
    within,
};

/// An attacker, identified by its address.
pub(crate) struct Attacker {
    pub(crate) ip: IpAddr,
}

/// An answer of HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Attacker {
    /// Number `host` of network 127.0.`network`.0/24; network 0 is that of the players.
    pub(crate) fn new(network: u8, host: u8) -> Self {
        assert!(network > 0, "who plays is no attacker");
        Self { ip: Ipv4Addr::new(127, 0, network, host).into() }
    }

    /// A socket to the server's HTTP.
    pub(crate) async fn connect(&self, host: &Host) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        socket.bind(SocketAddr::new(self.ip, 0)).expect("the loopback has many addresses");
        within("a connection", socket.connect(host.http())).await.expect("HTTP listens")
    }

    /// A UDP socket.
    pub(crate) async fn udp(&self) -> UdpSocket {
        UdpSocket::bind(SocketAddr::new(self.ip, 0)).await.expect("the loopback has many addresses")
    }

    /// A QUIC endpoint.
    pub(crate) fn endpoint(&self) -> Endpoint {
        endpoint_at(self.ip, b"ricochet/1")
    }

    /// Requests a seat.
    pub(crate) async fn join(&self, host: &Host) -> Answer {
        let body = json!({ "name": "stranger" }).to_string();
        let request = format!(
            "POST /api/join HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            host.http(),
            body.len()
        );
        self.ask(host, request.as_bytes()).await
    }

    /// Sends bytes and reads the answer until the server closes.
    pub(crate) async fn ask(&self, host: &Host, request: &[u8]) -> Answer {
        let mut socket = self.connect(host).await;
        let _ = socket.write_all(request).await;
        read_answer(&mut socket).await
    }

    /// Requests a seat, which must be granted.
    pub(crate) async fn seat(&self, host: &Host) -> JoinAnswer {
        let answer = self.join(host).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        serde_json::from_value(answer.body).expect("a join answer")
    }

    /// A link without a hello, and its ticket.
    pub(crate) async fn link(&self, host: &Host, transport: Transport) -> (RawLink, String) {
        let answer = self.seat(host).await;
        (within("a link", RawLink::connect_from(&answer, transport, self.ip)).await, answer.ticket)
    }

    /// A link in a room.
    pub(crate) async fn joined(&self, host: &Host, transport: Transport) -> RawLink {
        let (mut link, ticket) = self.link(host, transport).await;
        link.hello(&ticket).await;
        link.welcome().await;
        link
    }

    /// Asks for a WebSocket; the socket stays open as it is, with the status of the answer.
    pub(crate) async fn upgrade(&self, host: &Host) -> (TcpStream, u16) {
        let mut socket = self.connect(host).await;
        let request = "GET /play?shard=0 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                       Sec-WebSocket-Protocol: ricochet.1\r\n\r\n";
        let _ = socket.write_all(request.as_bytes()).await;
        let head = read_head(&mut socket).await;
        (socket, status(&head))
    }
}

/// The head of the next answer, and all that follows it.
pub(crate) async fn read_answer(socket: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = within("the end of the answer", socket.read_to_end(&mut bytes)).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Answer { status: status(head), head: head.to_lowercase(), body: serde_json::from_str(body).unwrap_or(Value::Null) }
}

/// The head of the next answer; empty if the server closes instead.
pub(crate) async fn read_head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    within("an answer", async {
        while !head.ends_with(b"\r\n\r\n") {
            match socket.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => break,
            }
        }
    })
    .await;
    String::from_utf8_lossy(&head).into_owned()
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
