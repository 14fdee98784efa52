//! A link of either transport, as a driver drives it.

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
    /// The next message.
    ///
    /// # Errors
    /// Why there will be none any more.
    pub(super) fn poll_message(&mut self) -> Result<Option<(Channel, Bytes)>, LinkError> {
        match self {
            Self::Quic(link) => link.poll_message(),
            Self::WebSocket(link) => Ok(link.poll_message()?.map(|bytes| (Channel::Reliable, bytes))),
        }
    }

    /// Whether there is something to read although nothing more has arrived.
    pub(super) fn has_more(&mut self) -> bool {
        match self {
            Self::Quic(_) => false,
            Self::WebSocket(link) => link.has_more(),
        }
    }

    /// Whether an input leaves with the next flush, and does not wait behind others.
    pub(super) fn has_room(&mut self) -> bool {
        match self {
            Self::Quic(link) => link.has_room(),
            Self::WebSocket(link) => link.has_room(),
        }
    }

    /// Takes a message; it leaves with the next flush.
    ///
    /// # Errors
    /// When it cannot be sent on this link.
    pub(super) fn send(&mut self, output: Output, quics: &mut [Quic]) -> Result<(), LinkError> {
        match self {
            Self::Quic(link) => link.send(output.channel, &output.bytes, &mut quics[link.socket()]),
            Self::WebSocket(link) => link.send(output.channel, &output.bytes),
        }
    }

    /// Lets the transport send what it holds.
    ///
    /// # Errors
    /// When the connection is gone.
    pub(super) fn flush(&mut self, quics: &mut [Quic], now: Instant) -> Result<(), LinkError> {
        match self {
            Self::Quic(link) => {
                link.drive(&mut quics[link.socket()], now);
                Ok(())
            }
            Self::WebSocket(link) => link.flush(),
        }
    }

    /// When the transport wants to be driven at the latest. On a link that plays its timers may wait for the next input, so that
    /// what they have to say travels with that.
    pub(super) fn timer(&mut self, patience: Duration) -> Option<Instant> {
        match self {
            Self::Quic(link) => link.timer().map(|at| at + patience),
            Self::WebSocket(_) => None,
        }
    }

    /// Whether bytes wait for the socket.
    pub(super) fn is_blocked(&self) -> bool {
        match self {
            Self::Quic(_) => false,
            Self::WebSocket(link) => link.is_blocked(),
        }
    }

    /// What was left on it is to be read now, although nothing tells of it any more.
    pub(super) fn wake(&mut self) {
        if let Self::WebSocket(link) = self {
            link.handle_readable(false);
        }
    }

    /// Ends our side, so that the peer hears everything that was said before.
    pub(super) fn finish(&mut self, reason: DisconnectReason) {
        match self {
            Self::Quic(link) => link.finish(),
            Self::WebSocket(link) => link.finish(reason),
        }
    }

    /// Closes it for good; this is its key.
    pub(super) fn close(&mut self, key: usize, reason: Option<DisconnectReason>, quics: &mut [Quic], now: Instant) {
        match self {
            Self::Quic(link) => {
                let quic = &mut quics[link.socket()];
                link.close(reason, quic, now);
                quic.forget(link, key);
            }
            // The socket closes when it is dropped.
            Self::WebSocket(_) => {}
        }
    }
}
