//! One player's connection to a server, on any transport.

use bytes::Bytes;
use shared::wire::DisconnectReason;

use crate::{
    native::{link_error::LinkError, quic::QuicLink, websocket::WebSocketLink, webtransport::WebTransportLink},
    told::{Channel, Output},
};

/// A connection that carries messages.
#[derive(Debug)]
pub enum Link {
    /// QUIC: datagrams and one stream.
    Quic(QuicLink),
    /// WebTransport: datagrams and one stream in an HTTP/3 session.
    WebTransport(Box<WebTransportLink>),
    /// WebSocket: every message is reliable and in order.
    WebSocket(Box<WebSocketLink>),
}

impl Link {
    /// Waits for the next message. The future may be dropped without losing a message.
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

    /// Returns true if a message would leave at once, and not wait behind others.
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

    /// Returns true if the transport itself loses and reorders nothing.
    pub const fn is_reliable(&self) -> bool {
        matches!(self, Self::WebSocket(_))
    }

    /// Closes the link with a reason at once. Messages in flight may be lost.
    pub fn give_up(self, reason: DisconnectReason) {
        match self {
            Self::Quic(link) => link.give_up(reason),
            Self::WebTransport(link) => link.give_up(reason),
            // To send a close frame would mean to wait for the socket.
            Self::WebSocket(link) => drop(link),
        }
    }

    /// Closes the link with a reason, after all reliable messages have arrived or a short time-out has passed.
    pub async fn close(self, reason: DisconnectReason) {
        match self {
            Self::Quic(link) => link.close(reason).await,
            Self::WebTransport(link) => link.close(reason).await,
            Self::WebSocket(link) => link.close(reason).await,
        }
    }
}
