//! A driven link of either transport.

use std::time::{Duration, Instant};

use bytes::Bytes;
use shared::wire::DisconnectReason;

use super::{quic::Quic, quic_link::QuicLink, websocket_link::WebSocketLink};
use crate::{
    native::LinkError,
    told::{Channel, Output},
};

/// See the module.
#[derive(Debug)]
pub(super) enum Wire {
    Quic(Box<QuicLink>),
    WebSocket(Box<WebSocketLink>),
}

impl Wire {
    /// The next message, if one has arrived.
    ///
    /// # Errors
    /// When the link has ended and no message is left.
    pub(super) fn poll_message(&mut self) -> Result<Option<(Channel, Bytes)>, LinkError> {
        match self {
            Self::Quic(link) => link.poll_message(),
            Self::WebSocket(link) => Ok(link.poll_message()?.map(|bytes| (Channel::Reliable, bytes))),
        }
    }

    /// Returns true if unread data is left although the socket will not report readiness again.
    pub(super) fn has_more(&mut self) -> bool {
        match self {
            Self::Quic(_) => false,
            Self::WebSocket(link) => link.has_more(),
        }
    }

    /// Returns true if a message would leave with the next flush, and not wait behind others.
    pub(super) fn has_room(&mut self) -> bool {
        match self {
            Self::Quic(link) => link.has_room(),
            Self::WebSocket(link) => link.has_room(),
        }
    }

    /// Queues a message, which leaves with the next flush.
    ///
    /// # Errors
    /// When the link has no room for a reliable message, or cannot send the datagram.
    pub(super) fn send(&mut self, output: Output, quics: &mut [Quic]) -> Result<(), LinkError> {
        match self {
            Self::Quic(link) => link.send(output.channel, &output.bytes, &mut quics[link.socket()]),
            Self::WebSocket(link) => link.send(output.channel, &output.bytes),
        }
    }

    /// Sends what the transport holds.
    ///
    /// # Errors
    /// When the connection is lost.
    pub(super) fn flush(&mut self, quics: &mut [Quic], now: Instant) -> Result<(), LinkError> {
        match self {
            Self::Quic(link) => {
                link.drive(&mut quics[link.socket()], now);
                Ok(())
            }
            Self::WebSocket(link) => link.flush(),
        }
    }

    /// Time at which the transport must be driven, if it has a timer. `patience` delays the timer, so that its packet can travel with
    /// the next input.
    pub(super) fn timer(&mut self, patience: Duration) -> Option<Instant> {
        match self {
            Self::Quic(link) => link.timer().map(|at| at + patience),
            Self::WebSocket(_) => None,
        }
    }

    /// Returns true if bytes wait for the socket.
    pub(super) fn is_blocked(&self) -> bool {
        match self {
            Self::Quic(_) => false,
            Self::WebSocket(link) => link.is_blocked(),
        }
    }

    /// Marks the link as readable: data may be left unread, and the socket does not report it again.
    pub(super) fn wake(&mut self) {
        if let Self::WebSocket(link) = self {
            link.handle_readable(false);
        }
    }

    /// Closes our side of the link after everything that was sent before.
    pub(super) fn finish(&mut self, reason: DisconnectReason) {
        match self {
            Self::Quic(link) => link.finish(),
            Self::WebSocket(link) => link.finish(reason),
        }
    }

    /// Closes the link and frees the endpoint's state of it. `key` is the link's key.
    pub(super) fn close(&mut self, key: usize, reason: Option<DisconnectReason>, quics: &mut [Quic], now: Instant) {
        match self {
            Self::Quic(link) => {
                let quic = &mut quics[link.socket()];
                link.close(reason, quic, now);
                quic.forget(link.handle(), key, link.is_drained());
            }
            // The socket closes when it is dropped.
            Self::WebSocket(_) => {}
        }
    }
}
