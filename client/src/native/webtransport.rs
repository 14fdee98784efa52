//! WebTransport by stock web-transport-quinn, as in a browser: the same messages as on QUIC, in an HTTP/3 session.

use std::{future::Future, pin::Pin, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use shared::{
    limits::SERVER_MESSAGE_BYTES_MAX,
    wire::{Deframer, DisconnectReason, enframe},
};
use url::Url;
use web_transport_quinn::{
    ClientError, ReadError, RecvStream, SendStream, Session, SessionError, WebTransportError, WriteError,
    http::{HeaderValue, header::ORIGIN},
    proto::ConnectRequest,
};

use crate::{
    native::{
        endpoints::{QuicEndpoints, link_error},
        link_error::LinkError,
        quic_config::{Protocol, has_datagram_room},
    },
    told::{Channel, Output},
};

type StreamRead = Pin<Box<dyn Future<Output = (RecvStream, Result<Option<Bytes>, ReadError>)> + Send>>;

/// One player's WebTransport session.
pub struct WebTransportLink {
    session: Session,
    send: SendStream,
    /// The pending read of the stream, in a set for the same reason as in `QuicLink`.
    reading: FuturesUnordered<StreamRead>,
    messages: Deframer,
}

impl WebTransportLink {
    /// Opens a session at an `https://` URL from a join answer, and its stream. The server's certificate must have one of the
    /// given SHA-256 hashes, in hexadecimal; without hashes it is verified by name and authority.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason, [`LinkError::Closed`] when the server refuses.
    pub async fn connect(
        endpoints: &QuicEndpoints,
        url: &str,
        certificate_hashes: &[String],
    ) -> Result<Self, LinkError> {
        let no_url = |why: &dyn std::fmt::Display| LinkError::Lost(format!("{url}: {why}"));
        let parsed = Url::parse(url).map_err(|error| no_url(&error))?;
        let host = parsed.host_str().ok_or_else(|| no_url(&"names no host"))?;
        let server = format!("{host}:{}", parsed.port().unwrap_or(443));
        let connection = endpoints.connect(Protocol::Http3, &server, certificate_hashes).await?;
        // The origin of a page that the server itself serves.
        let origin = parsed.origin().ascii_serialization();
        let origin = HeaderValue::try_from(origin).expect("the origin of a URL is plain ASCII");
        let request = ConnectRequest::new(parsed).with_header(ORIGIN, origin);
        let session = Session::connect(connection, request).await.map_err(client_error)?;
        let (send, receive) = session.open_bi().await.map_err(session_error)?;
        let reading = FuturesUnordered::from_iter([read(receive)]);
        Ok(Self { session, send, reading, messages: Deframer::new(SERVER_MESSAGE_BYTES_MAX) })
    }

    /// Waits for the next message of either channel. The future may be dropped without losing a message.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn receive(&mut self) -> Result<(Channel, Bytes), LinkError> {
        loop {
            if let Some(message) = self.messages.poll_message().map_err(LinkError::Framing)? {
                return Ok((Channel::Reliable, message));
            }
            tokio::select! {
                biased;
                datagram = self.session.read_datagram() => {
                    return Ok((Channel::Unreliable, datagram.map_err(session_error)?));
                }
                Some((stream, chunk)) = self.reading.next() => match chunk {
                    Ok(Some(bytes)) => {
                        self.messages.push(&bytes);
                        self.reading.push(read(stream));
                    }
                    // A server that ends the stream is about to close the session with a reason.
                    Ok(None) => return Err(session_error(self.session.closed().await)),
                    Err(ReadError::SessionError(error)) => return Err(session_error(error)),
                    Err(error) => return Err(LinkError::Lost(error.to_string())),
                },
            }
        }
    }

    /// Returns true if a datagram would probably leave at once: few bytes of others wait.
    pub(super) fn has_room(&self) -> bool {
        has_datagram_room(self.session.datagram_send_buffer_space())
    }

    /// Sends a message on its channel.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn send(&mut self, Output { channel, bytes }: Output) -> Result<(), LinkError> {
        match channel {
            Channel::Unreliable => self.session.send_datagram(bytes.into()).map_err(session_error),
            Channel::Reliable => {
                let mut framed = Vec::new();
                enframe(&bytes, &mut framed);
                self.send.write_all(&framed).await.map_err(|error| match error {
                    WriteError::SessionError(error) => session_error(error),
                    error => LinkError::Lost(error.to_string()),
                })
            }
        }
    }

    /// Closes the session at once with the reason's code.
    pub fn give_up(self, reason: DisconnectReason) {
        self.session.close(reason.code().into(), reason.label().as_bytes());
    }

    /// Ends the stream, gives the server up to 500 ms to close, and closes the session with the reason's code.
    pub async fn close(mut self, reason: DisconnectReason) {
        drop(self.send.finish());
        drop(tokio::time::timeout(CLOSE_PATIENCE, self.session.closed()).await);
        self.session.close(reason.code().into(), reason.label().as_bytes());
        // The session's close must be sent before the connection closes.
        drop(tokio::time::timeout(CLOSE_PATIENCE, self.session.closed()).await);
    }
}

impl std::fmt::Debug for WebTransportLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebTransportLink").field("session", &self.session).finish_non_exhaustive()
    }
}

fn read(mut stream: RecvStream) -> StreamRead {
    Box::pin(async move {
        let chunk = stream.read_chunk(STREAM_READ_BYTES, true).await;
        (stream, chunk.map(|chunk| chunk.map(|chunk| chunk.bytes)))
    })
}

fn session_error(error: SessionError) -> LinkError {
    match error {
        SessionError::WebTransportError(WebTransportError::Closed(code, text)) => {
            match u8::try_from(code).ok().and_then(DisconnectReason::from_code) {
                Some(reason) => LinkError::Closed { reason, text },
                None => LinkError::Lost(format!("closed by the server with {code}: {text}")),
            }
        }
        SessionError::ConnectionError(error) => link_error(error),
        SessionError::SendDatagramError(quinn::SendDatagramError::ConnectionLost(error)) => link_error(error),
        error => LinkError::Lost(error.to_string()),
    }
}

fn client_error(error: ClientError) -> LinkError {
    match error {
        ClientError::Connection(error) => link_error(error),
        error => LinkError::Lost(error.to_string()),
    }
}

const STREAM_READ_BYTES: usize = 64 * 1_024;
/// Time for the server's goodbye, which it sends at its next tick after a leave.
const CLOSE_PATIENCE: Duration = Duration::from_millis(500);
