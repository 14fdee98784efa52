//! A link that sends whatever a test wants: stock libraries below, any bytes above.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use bytes::{Buf, Bytes, BytesMut};
use client::native::{JoinAnswer, Trust};
use futures_util::{SinkExt, StreamExt};
use quinn::{Connection, Endpoint, RecvStream, SendStream, crypto::rustls::QuicClientConfig};
use shared::wire::{ClientMessage, DisconnectReason, Hello, ServerMessage, enframe};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use url::Url;
use web_transport_quinn::{Session, SessionError, WebTransportError, http::header::ORIGIN, proto::ConnectRequest};

use super::{Transport, within};

/// A link without a client.
pub(crate) enum RawLink {
    Quic { _endpoint: Endpoint, connection: Connection, send: SendStream, receive: RecvStream, partial: BytesMut },
    WebSocket(Box<WebSocketStream<TcpStream>>),
    WebTransport(Box<RawSession>),
}

/// A WebTransport session without a client.
pub(crate) struct RawSession {
    _endpoint: Endpoint,
    session: Session,
    send: web_transport_quinn::SendStream,
    receive: web_transport_quinn::RecvStream,
    partial: BytesMut,
}

impl RawSession {
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}

impl RawLink {
    /// A session that is open already, with its message stream.
    pub(crate) fn adopt(
        endpoint: Endpoint,
        session: Session,
        (send, receive): (web_transport_quinn::SendStream, web_transport_quinn::RecvStream),
    ) -> Self {
        let partial = BytesMut::new();
        Self::WebTransport(Box::new(RawSession { _endpoint: endpoint, session, send, receive, partial }))
    }

    /// A connection that is open already, with its stream.
    pub(crate) fn quic(endpoint: Endpoint, connection: Connection, (send, receive): (SendStream, RecvStream)) -> Self {
        Self::Quic { _endpoint: endpoint, connection, send, receive, partial: BytesMut::new() }
    }

    pub(crate) async fn connect(answer: &JoinAnswer, transport: Transport) -> Self {
        Self::connect_from(answer, transport, Ipv4Addr::LOCALHOST.into()).await
    }

    /// The same from another address of the loopback.
    pub(crate) async fn connect_from(answer: &JoinAnswer, transport: Transport, ip: IpAddr) -> Self {
        match transport {
            Transport::Quic => {
                let endpoint = endpoint_at(ip, b"ricochet/1");
                let connection = connect_to(&endpoint, &answer.quic).await;
                let streams = connection.open_bi().await.expect("the server takes a stream");
                Self::quic(endpoint, connection, streams)
            }
            Transport::WebTransport => {
                let endpoint = endpoint_at(ip, HTTP3);
                let url: Url = answer.webtransport.parse().expect("a join answer names a URL");
                let connection = connect_to(&endpoint, &answer.quic).await;
                let session = Session::connect(connection, request(url)).await.expect("the server takes WebTransport");
                let streams = session.open_bi().await.expect("the server takes a stream");
                Self::adopt(endpoint, session, streams)
            }
            Transport::WebSocket => {
                let socket = TcpSocket::new_v4().expect("a socket can be made");
                socket.bind(SocketAddr::new(ip, 0)).expect("the loopback has many addresses");
                Self::websocket(answer, socket).await
            }
        }
    }

    /// A WebSocket whose own end takes hardly more than is read from it.
    pub(crate) async fn connect_narrow(answer: &JoinAnswer) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        socket.set_recv_buffer_size(2 * 1_024).expect("any size is a hint");
        Self::websocket(answer, socket).await
    }

    async fn websocket(answer: &JoinAnswer, socket: TcpSocket) -> Self {
        let mut request = answer.ws.as_str().into_client_request().expect("a join answer names a URL");
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("ricochet.1"));
        let address = request.uri().authority().expect("the URL names a host").as_str().parse();
        let stream = socket.connect(address.expect("it is a number")).await.expect("the server listens");
        let (socket, _) = client_async(request, stream).await.expect("the server takes WebSocket");
        Self::WebSocket(Box::new(socket))
    }

    /// Closes at once with an application code, as a client does that leaves.
    pub(crate) fn give_up(&self, reason: DisconnectReason) {
        match self {
            Self::Quic { connection, .. } => connection.close(u32::from(reason.code()).into(), b"tired"),
            Self::WebTransport(web) => web.session.close(reason.code().into(), b"tired"),
            Self::WebSocket(_) => panic!("its close would have to wait for the socket"),
        }
    }

    /// Says hello with `ticket`.
    pub(crate) async fn hello(&mut self, ticket: &str) {
        let mut bytes = Vec::new();
        ClientMessage::Hello(Hello { plain: false, name: "stranger", ticket }).encode(&mut bytes);
        self.send(&bytes).await;
    }

    /// Sends bytes as one reliable message. Errors are ignored.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        match self {
            Self::Quic { send, .. } => drop(send.write_all(&framed(bytes)).await),
            Self::WebTransport(web) => drop(web.send.write_all(&framed(bytes)).await),
            Self::WebSocket(socket) => drop(socket.send(Message::binary(bytes.to_vec())).await),
        }
    }

    /// Sends bytes as one unreliable message; over WebSocket there is only one kind.
    pub(crate) async fn send_unreliable(&mut self, bytes: &[u8]) {
        match self {
            Self::Quic { connection, .. } => drop(connection.send_datagram(bytes.to_vec().into())),
            Self::WebTransport(web) => drop(web.session.send_datagram(bytes.to_vec().into())),
            Self::WebSocket(_) => self.send(bytes).await,
        }
    }

    /// Sends bytes below the framing of messages: into the stream, or as a text frame if they are text.
    pub(crate) async fn send_unframed(&mut self, bytes: &[u8]) {
        match self {
            Self::Quic { send, .. } => drop(send.write_all(bytes).await),
            Self::WebTransport(web) => drop(web.send.write_all(bytes).await),
            Self::WebSocket(socket) => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                let _ = socket.send(Message::text(text)).await;
            }
        }
    }

    /// The goodbye, which must come, and the code of the close after it, if one came.
    pub(crate) async fn goodbye(&mut self) -> (DisconnectReason, String) {
        let said = within("a goodbye", async {
            loop {
                let bytes = self.next().await.expect("a goodbye comes before the end of the link");
                if let Ok(ServerMessage::Goodbye { reason, text }) = ServerMessage::decode(&bytes) {
                    break (reason, text);
                }
            }
        })
        .await;
        if let Some(code) = within("the close", self.close_code()).await {
            assert_eq!(code, u64::from(said.0.code()), "the goodbye said {said:?}");
        }
        said
    }

    /// Reads until a message for which `wanted` is true; the link must not end before.
    pub(crate) async fn until(&mut self, what: &str, mut wanted: impl FnMut(&[u8]) -> bool) {
        within(what, async {
            let mut last_words = None;
            while let Some(bytes) = self.next().await {
                if wanted(&bytes) {
                    return;
                }
                if let Ok(ServerMessage::Goodbye { reason, text }) = ServerMessage::decode(&bytes) {
                    last_words = Some((reason, text));
                }
            }
            panic!("{what}: the link ended before, with {last_words:?}");
        })
        .await;
    }

    /// Reads this many messages, or until one for which `wanted` is true; the link must not end before.
    pub(crate) async fn skim(&mut self, messages: usize, mut wanted: impl FnMut(&[u8]) -> bool) -> bool {
        for _ in 0..messages {
            let bytes = within("a message", self.next()).await.expect("the link goes on");
            if wanted(&bytes) {
                return true;
            }
        }
        false
    }

    /// True if a welcome arrives, false if a goodbye does.
    pub(crate) async fn is_welcome(&mut self) -> bool {
        loop {
            match within("an answer", self.next()).await.map(|bytes| ServerMessage::decode(&bytes)) {
                Some(Ok(ServerMessage::Welcome(_))) => return true,
                Some(Ok(ServerMessage::Goodbye { .. })) | None => return false,
                _ => {}
            }
        }
    }

    /// Waits for the welcome.
    pub(crate) async fn welcome(&mut self) {
        within("a welcome", async {
            loop {
                let bytes = self.next().await.expect("a welcome comes before the end of the link");
                if let Ok(ServerMessage::Welcome(_)) = ServerMessage::decode(&bytes) {
                    break;
                }
            }
        })
        .await;
    }

    /// The next message of either channel; `None` when the link has ended.
    async fn next(&mut self) -> Option<Bytes> {
        match self {
            Self::WebTransport(web) => loop {
                let RawSession { session, receive, partial, .. } = &mut **web;
                if let Some(message) = take_message(partial) {
                    return Some(message);
                }
                tokio::select! {
                    biased;
                    chunk = receive.read_chunk(usize::MAX, true) => partial.extend_from_slice(&chunk.ok()??.bytes),
                    datagram = session.read_datagram() => return datagram.ok(),
                }
            },
            Self::Quic { connection, receive, partial, .. } => loop {
                if let Some(message) = take_message(partial) {
                    return Some(message);
                }
                tokio::select! {
                    biased;
                    chunk = receive.read_chunk(usize::MAX, true) => partial.extend_from_slice(&chunk.ok()??.bytes),
                    datagram = connection.read_datagram() => return datagram.ok(),
                }
            },
            Self::WebSocket(socket) => loop {
                match socket.next().await?.ok()? {
                    Message::Binary(bytes) => return Some(bytes),
                    Message::Close(_) => return None,
                    _ => {}
                }
            },
        }
    }

    async fn close_code(&mut self) -> Option<u64> {
        match self {
            Self::Quic { connection, .. } => match connection.closed().await {
                quinn::ConnectionError::ApplicationClosed(close) => Some(close.error_code.into_inner()),
                _ => None,
            },
            Self::WebTransport(web) => match web.session.closed().await {
                SessionError::WebTransportError(WebTransportError::Closed(code, _)) => Some(code.into()),
                _ => None,
            },
            Self::WebSocket(socket) => loop {
                if let Message::Close(frame) = socket.next().await?.ok()? {
                    break Some(u64::from(u16::from(frame?.code)) - 4_000);
                }
            },
        }
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    enframe(message, &mut bytes);
    bytes
}

fn take_message(partial: &mut BytesMut) -> Option<Bytes> {
    let length = u32::from_be_bytes(*partial.first_chunk()?) as usize;
    if partial.len() < 4 + length {
        return None;
    }
    partial.advance(4);
    Some(partial.split_to(length).freeze())
}

/// A request as a page of the server itself makes it.
pub(crate) fn request(url: Url) -> ConnectRequest {
    let origin = url.origin().ascii_serialization().parse().expect("plain ASCII");
    ConnectRequest::new(url).with_header(ORIGIN, origin)
}

pub(crate) async fn connect_to(endpoint: &Endpoint, address: &str) -> Connection {
    let address = address.parse().expect("a join answer names an address");
    let connecting = endpoint.connect(address, "localhost").expect("the endpoint has a configuration");
    connecting.await.expect("the server takes QUIC")
}

pub(crate) const HTTP3: &[u8] = b"h3";

/// A QUIC endpoint that accepts any certificate.
pub(crate) fn endpoint() -> Endpoint {
    endpoint_for(b"ricochet/1")
}

/// The same for another protocol.
pub(crate) fn endpoint_for(alpn: &[u8]) -> Endpoint {
    endpoint_at(Ipv4Addr::LOCALHOST.into(), alpn)
}

/// The same at another address of the loopback.
pub(crate) fn endpoint_at(ip: IpAddr, alpn: &[u8]) -> Endpoint {
    let mut endpoint = Endpoint::client(SocketAddr::new(ip, 0)).expect("a UDP socket can be bound");
    endpoint.set_default_client_config(client_config(&Trust::anyone(), alpn));
    endpoint
}

pub(crate) fn client_config(trust: &Trust, alpn: &[u8]) -> quinn::ClientConfig {
    let tls = trust.tls(alpn).expect("ring speaks TLS 1.3");
    quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).expect("TLS 1.3 suits QUIC")))
}
