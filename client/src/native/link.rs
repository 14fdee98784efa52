//! One player's connection to a server, whatever the transport.

use bytes::Bytes;
use shared::wire::{DecodeError, DisconnectReason};

use crate::{
    native::{quic::QuicLink, websocket::WebSocketLink, webtransport::WebTransportLink},
    told::{Channel, Output},
};

/// A connection that carries messages.
#[derive(Debug)]
pub enum Link {
    /// QUIC: datagrams and one stream.
    Quic(QuicLink),
    /// WebTransport: the same, in a session of HTTP/3.
    WebTransport(Box<WebTransportLink>),
    /// WebSocket: everything in order.
    WebSocket(Box<WebSocketLink>),
}

/// Why a link is of no use any more.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// The server closed it with a code of ours.
    #[error("closed by the server: {} ({text})", reason.label())]
    Closed {
        /// The code.
        reason: DisconnectReason,
        /// What came with it.
        text: String,
    },
    /// It was lost or could not be opened.
    #[error("{0}")]
    Lost(String),
    /// The server sent something no message of ours looks like.
    #[error("the server broke the framing: {0}")]
    Framing(DecodeError),
}

impl Link {
    /// The next message. May be cancelled without losing one.
    ///
    /// # Errors
    /// See [`LinkError`]; after an error there are no more messages.
    pub async fn receive(&mut self) -> Result<(Channel, Bytes), LinkError> {
        match self {
            Self::Quic(link) => link.receive().await,
            Self::WebTransport(link) => link.receive().await,
            Self::WebSocket(link) => link.receive().await.map(|bytes| (Channel::Reliable, bytes)),
        }
    }

    /// Whether an input leaves at once, and does not wait behind others.
    pub(super) fn has_room(&mut self) -> bool {
        match self {
            Self::Quic(link) => link.has_room(),
            Self::WebTransport(link) => link.has_room(),
            Self::WebSocket(link) => link.has_room(),
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn send(&mut self, output: Output) -> Result<(), LinkError> {
        match self {
            Self::Quic(link) => link.send(output).await,
            Self::WebTransport(link) => link.send(output).await,
            Self::WebSocket(link) => link.send(output.bytes).await,
        }
    }

    /// Whether the transport itself loses and reorders nothing.
    pub const fn is_reliable(&self) -> bool {
        matches!(self, Self::WebSocket(_))
    }

    /// Gives the link up and says why, without waiting for anything.
    pub fn give_up(self, reason: DisconnectReason) {
        match self {
            Self::Quic(link) => link.give_up(reason),
            Self::WebTransport(link) => link.give_up(reason),
            // Its close would have to wait for the socket.
            Self::WebSocket(link) => drop(link),
        }
    }

    /// Closes the link, after what was sent reliably has arrived or a moment has passed.
    pub async fn close(self, reason: DisconnectReason) {
        match self {
            Self::Quic(link) => link.close(reason).await,
            Self::WebTransport(link) => link.close(reason).await,
            Self::WebSocket(link) => link.close(reason).await,
        }
    }
}
