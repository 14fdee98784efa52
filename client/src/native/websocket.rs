//! WebSocket by stock tokio-tungstenite: every message is one binary frame.

use std::{future::poll_fn, time::Duration};

use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use shared::{
    limits::SERVER_MESSAGE_BYTES_MAX,
    wire::{DecodeError, DisconnectReason},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        error::CapacityError,
        handshake::client::Request,
        http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::{CloseFrame, WebSocketConfig, frame::coding::CloseCode},
    },
};

use crate::native::{
    link_error::LinkError,
    trust::Trust,
    wire::{self, Wire},
};

/// One player's WebSocket.
#[derive(Debug)]
pub struct WebSocketLink {
    socket: WebSocketStream<Wire>,
}

impl WebSocketLink {
    /// Connects to a `ws://` or `wss://` URL from a join answer. For `wss://` the certificate must be signed by an authority in this
    /// machine's store.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason.
    pub async fn connect(url: &str) -> Result<Self, LinkError> {
        Self::connect_trusting(url, &Trust::default()).await
    }

    /// Connects like [`WebSocketLink::connect`], with another trust.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason.
    pub async fn connect_trusting(url: &str, trust: &Trust) -> Result<Self, LinkError> {
        let patience = CONNECT_PATIENCE.as_secs();
        tokio::time::timeout(CONNECT_PATIENCE, Self::open(url, trust))
            .await
            .map_err(|_| LinkError::Lost(format!("no WebSocket at {url} within {patience} s")))?
    }

    async fn open(url: &str, trust: &Trust) -> Result<Self, LinkError> {
        let request = request(url)?;
        let stream = wire::open(request.uri(), trust).await.map_err(LinkError::Lost)?;
        let (socket, _) = client_async_with_config(request, stream, Some(config())).await.map_err(lost)?;
        Ok(Self { socket })
    }

    /// Waits for the next message. The future may be dropped without losing a message.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn receive(&mut self) -> Result<Bytes, LinkError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
                Some(Ok(Message::Close(frame))) => return Err(closed(frame)),
                Some(Ok(Message::Text(_))) => {
                    return Err(LinkError::Framing(DecodeError::WrongType { field: "the frame", expected: "binary" }));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(error)) => return Err(failed(error)),
                None => return Err(LinkError::Lost("the socket was closed".into())),
            }
        }
    }

    /// Returns true if the socket has taken everything that was sent before.
    pub(super) fn has_room(&mut self) -> bool {
        let ready = poll_fn(|context| self.socket.poll_ready_unpin(context)).now_or_never();
        // The next send returns an error of the socket.
        ready.is_some()
    }

    /// Sends a message.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn send(&mut self, bytes: Vec<u8>) -> Result<(), LinkError> {
        self.socket.send(Message::Binary(bytes.into())).await.map_err(lost)
    }

    /// Sends a close frame with the reason's code and waits up to 500 ms for the server's.
    pub async fn close(mut self, reason: DisconnectReason) {
        let closing = async {
            if self.socket.close(Some(close_frame(reason))).await.is_ok() {
                while self.receive().await.is_ok() {}
            }
        };
        drop(tokio::time::timeout(CLOSE_PATIENCE, closing).await);
    }
}

/// The HTTP request for the upgrade to WebSocket.
pub(super) fn request(url: &str) -> Result<Request, LinkError> {
    let mut request = url.into_client_request().map_err(lost)?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    Ok(request)
}

/// The close frame for a reason.
pub(super) fn close_frame(reason: DisconnectReason) -> CloseFrame {
    let code = CloseCode::from(CLOSE_CODES_FROM + u16::from(reason.code()));
    CloseFrame { code, reason: reason.label().into() }
}

pub(super) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        // The default of 128 KiB is zeroed at every read, which costs more than all other work of a player.
        .read_buffer_size(4 * 1_024)
        .write_buffer_size(0)
        .max_write_buffer_size(64 * 1_024)
        .max_message_size(Some(SERVER_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(SERVER_MESSAGE_BYTES_MAX))
}

/// Converts the server's close frame to an error.
pub(super) fn closed(frame: Option<CloseFrame>) -> LinkError {
    let Some(frame) = frame else { return LinkError::Lost("closed by the server without a reason".into()) };
    let code = u16::from(frame.code).checked_sub(CLOSE_CODES_FROM).and_then(|code| u8::try_from(code).ok());
    match code.and_then(DisconnectReason::from_code) {
        Some(reason) => LinkError::Closed { reason, text: frame.reason.to_string() },
        None => LinkError::Lost(format!("closed by the server: {frame}")),
    }
}

/// Converts an error of the socket. A message that is too long, or a text frame that is not UTF-8, is a framing error, as on QUIC.
pub(super) fn failed(error: Error) -> LinkError {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            LinkError::Framing(DecodeError::TooLong { field: "the message", length: size, limit: max_size })
        }
        Error::Utf8(_) => LinkError::Framing(DecodeError::BadText { field: "the frame" }),
        error => lost(error),
    }
}

pub(super) fn lost(error: impl std::fmt::Display) -> LinkError {
    LinkError::Lost(error.to_string())
}

const SUBPROTOCOL: &str = "ricochet.1";
/// Close codes from 4000 on are free for applications (RFC 6455).
const CLOSE_CODES_FROM: u16 = 4_000;
/// The same time-out as QUIC's.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// Time for the server's close frame, which it sends at its next tick.
const CLOSE_PATIENCE: Duration = Duration::from_millis(500);
