//! A client on a stock library that keeps every message it has received.

use arena::own::OwnState;
use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use shared::{
    Tick,
    wire::{ClientMessage, DisconnectReason, Reader, ServerMessage, SnapshotHeader, Welcome},
};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use web_transport_quinn::{Session, SessionError, WebTransportError};

use super::{
    messages::{encoded, framed, take_message},
    within,
};

pub struct Client {
    pub(super) link: Link,
    pub(super) received: VecDeque<Bytes>,
}

pub(super) enum Link {
    Quic(Quic),
    WebSocket(WebSocketStream<TcpStream>),
    WebTransport(WebTransport),
}

pub(super) struct WebTransport {
    pub(super) session: Session,
    pub(super) send: web_transport_quinn::SendStream,
    pub(super) receive: web_transport_quinn::RecvStream,
    pub(super) partial: BytesMut,
}

pub(super) struct Quic {
    pub(super) connection: quinn::Connection,
    pub(super) send: quinn::SendStream,
    pub(super) receive: quinn::RecvStream,
    pub(super) partial: BytesMut,
}

impl Client {
    pub async fn send(&mut self, message: &ClientMessage<'_>) {
        self.send_bytes(&encoded(message)).await;
    }

    /// Sends any bytes as a reliable message; errors are ignored, because the server may have closed the link.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        match &mut self.link {
            Link::Quic(quic) => {
                let _ = quic.send.write_all(&framed(bytes)).await;
            }
            Link::WebTransport(web) => {
                let _ = web.send.write_all(&framed(bytes)).await;
            }
            Link::WebSocket(socket) => drop(socket.send(Message::binary(bytes.to_vec())).await),
        }
    }

    pub async fn send_unreliable(&mut self, message: &ClientMessage<'_>) {
        match &mut self.link {
            Link::Quic(quic) => quic.connection.send_datagram(encoded(message).into()).unwrap(),
            Link::WebTransport(web) => web.session.send_datagram(encoded(message).into()).unwrap(),
            Link::WebSocket(_) => self.send(message).await,
        }
    }

    pub async fn send_text(&mut self, text: &str) {
        let Link::WebSocket(socket) = &mut self.link else { panic!("only WebSocket has text frames") };
        socket.send(Message::text(text.to_owned())).await.unwrap();
    }

    /// Opens the stream of a client that sends no message: it sends the start of a message that never ends.
    pub async fn open(&mut self) {
        match &mut self.link {
            Link::Quic(quic) => quic.send.write_all(&[0]).await.unwrap(),
            Link::WebTransport(web) => web.send.write_all(&[0]).await.unwrap(),
            Link::WebSocket(_) => {}
        }
    }

    /// The next message, `None` when the link has ended.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(message) = self.received.pop_front() {
            return Some(message);
        }
        match &mut self.link {
            Link::Quic(quic) => quic.next().await,
            Link::WebTransport(web) => web.next().await,
            Link::WebSocket(socket) => loop {
                match socket.next().await? {
                    Ok(Message::Binary(bytes)) => return Some(bytes),
                    Ok(Message::Close(frame)) => {
                        self.received.clear();
                        let code = frame.map_or(0, |frame| u16::from(frame.code));
                        panic!("closed with {code} instead of a goodbye");
                    }
                    Ok(_) => {}
                    Err(_) => return None,
                }
            },
        }
    }

    /// The first message that `wanted` accepts.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&ServerMessage) -> bool) -> ServerMessage {
        within(what, async {
            loop {
                let bytes = self.next().await.unwrap_or_else(|| panic!("the link ended before {what}"));
                let message = ServerMessage::decode(&bytes).unwrap();
                if wanted(&message) {
                    return message;
                }
            }
        })
        .await
    }

    pub async fn welcome(&mut self) -> Welcome {
        let is_answer =
            |message: &ServerMessage| matches!(message, ServerMessage::Welcome(_) | ServerMessage::Goodbye { .. });
        match self.until("the welcome", is_answer).await {
            ServerMessage::Welcome(welcome) => welcome,
            other => panic!("instead of a welcome: {other:?}"),
        }
    }

    pub async fn goodbye(&mut self) -> (DisconnectReason, String) {
        match self.until("the goodbye", |message| matches!(message, ServerMessage::Goodbye { .. })).await {
            ServerMessage::Goodbye { reason, text } => (reason, text),
            _ => unreachable!(),
        }
    }

    pub async fn snapshot(&mut self) {
        self.until("a snapshot", |message| matches!(message, ServerMessage::Snapshot)).await;
    }

    pub async fn snapshot_header(&mut self, newest: Tick) -> SnapshotHeader<OwnState> {
        within("a snapshot", async {
            loop {
                let bytes = self.next().await.expect("the link is alive");
                if matches!(ServerMessage::decode(&bytes), Ok(ServerMessage::Snapshot)) {
                    let mut reader = Reader::new(&bytes);
                    reader.array("the message", bytes.len()).unwrap();
                    reader.int("kind").unwrap();
                    return SnapshotHeader::decode(newest, &mut reader).unwrap();
                }
            }
        })
        .await
    }

    /// The reason's code in the transport's close.
    pub async fn close_code(&mut self) -> Option<u64> {
        within("the close", async {
            match &mut self.link {
                Link::Quic(quic) => match quic.connection.closed().await {
                    quinn::ConnectionError::ApplicationClosed(close) => Some(close.error_code.into_inner()),
                    error => panic!("closed with {error}"),
                },
                Link::WebTransport(web) => match web.session.closed().await {
                    SessionError::WebTransportError(WebTransportError::Closed(code, _)) => Some(code.into()),
                    error => panic!("closed with {error}"),
                },
                Link::WebSocket(socket) => loop {
                    match socket.next().await {
                        Some(Ok(Message::Close(Some(frame)))) => return Some(u64::from(u16::from(frame.code)) - 4_000),
                        Some(Ok(_)) => {}
                        other => panic!("no close frame but {other:?}"),
                    }
                },
            }
        })
        .await
    }

    /// Ends the client without a close, as if its process had died.
    pub fn vanish(self) {
        match self.link {
            Link::Quic(quic) => quic.connection.close(0u32.into(), b""),
            Link::WebTransport(web) => web.session.close(0, b""),
            Link::WebSocket(socket) => drop(socket),
        }
    }
}

impl Quic {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(message) = take_message(&mut self.partial) {
                return Some(message);
            }
            tokio::select! {
                biased;
                chunk = self.receive.read_chunk(64 * 1024, true) => {
                    self.partial.extend_from_slice(&chunk.ok()??.bytes);
                }
                datagram = self.connection.read_datagram() => return datagram.ok(),
            }
        }
    }
}

impl WebTransport {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(message) = take_message(&mut self.partial) {
                return Some(message);
            }
            tokio::select! {
                biased;
                chunk = self.receive.read_chunk(64 * 1024, true) => {
                    self.partial.extend_from_slice(&chunk.ok()??.bytes);
                }
                datagram = self.session.read_datagram() => return datagram.ok(),
            }
        }
    }
}
