//! Links: one peer on one transport, as bytes in and bytes out.
//!
//! A shard drives its links. No code here blocks, and none knows the meaning of a message.

mod conditioned;
mod congestion;
pub(crate) mod link_state;
mod quic;
mod quic_link;
mod stream;
mod websocket;
mod webtransport;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

pub(crate) use ::net::UdpStats;
use bytes::Bytes;
use room::Channel;
use shared::{conditioner::ConditionerConfig, wire::DecodeError};

use self::conditioned::Conditioned;
pub use self::websocket::UpgradedSocket;
pub(crate) use self::{
    quic::{Arrived, Packets, Quic, QuicSecrets},
    quic_link::QuicLink,
    websocket::WebSocketLink,
};
use crate::net::link_state::Goodbye;

/// The transport of a link.
#[expect(clippy::enum_variant_names, reason = "that is its name")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Transport {
    /// QUIC with the ALPN `ricochet/1`.
    Quic,
    /// WebSocket over TCP.
    WebSocket,
    /// WebTransport over HTTP/3, on QUIC's port.
    WebTransport,
}

impl Transport {
    /// All transports, in the order of [`Transport::index`].
    pub(crate) const ALL: [Self; 3] = [Self::Quic, Self::WebSocket, Self::WebTransport];

    /// Index in tables of counters.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The value of the metrics' label.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Quic => "quic",
            Self::WebSocket => "websocket",
            Self::WebTransport => "webtransport",
        }
    }

    /// True if it has unreliable messages. Without them, every sent message arrives and counts as acknowledged.
    pub(crate) const fn supports_unreliable(self) -> bool {
        match self {
            Self::Quic | Self::WebTransport => true,
            Self::WebSocket => false,
        }
    }
}

/// An event from the peer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Received {
    /// A message, not decoded yet.
    Message {
        /// The channel it came on.
        channel: Channel,
        /// Its bytes.
        bytes: Bytes,
    },
    /// A frame of the transport's own, for example a ping. It counts against the rate of messages.
    Control,
}

/// The reason why a link has ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// The peer closed it.
    Left,
    /// Nothing came from the peer for too long.
    TimedOut,
    /// The connection broke.
    Lost,
    /// The peer sent a message that is not valid; the goodbye should say why.
    Fault(DecodeError),
    /// The peer broke the rules of the transport; the goodbye should say which.
    Unreadable(String),
}

/// Counts of one direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    /// Datagrams of QUIC, or reads or writes of a socket.
    pub(crate) packets: u64,
    /// Messages.
    pub(crate) messages: u64,
    /// Bytes of messages.
    pub(crate) bytes: u64,
}

/// Counts of one link since it began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct LinkStats {
    /// Server to client.
    pub(crate) down: Counts,
    /// Client to server.
    pub(crate) up: Counts,
}

/// Most messages that are moved from the transport to the conditioner in one call.
const THROUGH_AT_ONCE: usize = 64;

/// A link of any transport.
#[derive(Debug)]
pub(crate) struct Link {
    wire: Wire,
    stats: LinkStats,
    /// Present while the link is degraded on purpose.
    conditioned: Option<Box<Conditioned>>,
}

#[derive(Debug)]
enum Wire {
    Quic(Box<QuicLink>),
    WebSocket(Box<WebSocketLink>),
}

impl From<QuicLink> for Link {
    fn from(link: QuicLink) -> Self {
        Self { wire: Wire::Quic(Box::new(link)), stats: LinkStats::default(), conditioned: None }
    }
}

impl From<WebSocketLink> for Link {
    fn from(link: WebSocketLink) -> Self {
        Self { wire: Wire::WebSocket(Box::new(link)), stats: LinkStats::default(), conditioned: None }
    }
}

impl Link {
    pub(crate) fn transport(&self) -> Transport {
        match &self.wire {
            Wire::Quic(link) => link.transport(),
            Wire::WebSocket(_) => Transport::WebSocket,
        }
    }

    /// The QUIC link, which may carry WebTransport.
    pub(crate) fn as_quic(&mut self) -> Option<&mut QuicLink> {
        match &mut self.wire {
            Wire::Quic(link) => Some(link),
            Wire::WebSocket(_) => None,
        }
    }

    pub(crate) fn as_websocket(&mut self) -> Option<&mut WebSocketLink> {
        match &mut self.wire {
            Wire::Quic(_) => None,
            Wire::WebSocket(link) => Some(link),
        }
    }

    /// Packets dropped by the rate limit since the last call.
    pub(crate) fn take_excess(&mut self) -> u64 {
        match &mut self.wire {
            Wire::Quic(link) => link.take_excess(),
            Wire::WebSocket(_) => 0,
        }
    }

    pub(crate) fn stats(&self) -> LinkStats {
        self.stats
    }

    /// The peer's current address, on transports where it can change.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match &self.wire {
            Wire::Quic(link) => Some(link.address()),
            Wire::WebSocket(_) => None,
        }
    }

    /// The round trip, if the transport measures it.
    pub(crate) fn rtt(&self) -> Option<Duration> {
        match &self.wire {
            Wire::Quic(link) => Some(link.rtt()),
            Wire::WebSocket(_) => None,
        }
    }

    /// Share of our packets that were lost, 0 to 1, if the transport measures it.
    pub(crate) fn loss(&self) -> Option<f64> {
        match &self.wire {
            Wire::Quic(link) => Some(link.loss()),
            Wire::WebSocket(_) => None,
        }
    }

    /// The degradation, if there is one.
    pub(crate) fn condition(&self) -> Option<ConditionerConfig> {
        self.conditioned.as_ref().map(|conditioned| conditioned.config())
    }

    /// Degrades the link from now on, or ends that. Afterwards [`Link::pump`] must be called until it returns false.
    pub(crate) fn set_condition(&mut self, config: ConditionerConfig, seed: u64, now: Duration) {
        match &mut self.conditioned {
            Some(conditioned) => conditioned.set_config(config),
            None if config.is_clear() => {}
            None => self.conditioned = Some(Box::new(Conditioned::new(config, seed, now))),
        }
    }

    /// Sends the messages of a degraded link that are due. False when the link is no longer degraded and need not be
    /// pumped.
    pub(crate) fn pump(&mut self, now: Duration, quic: &mut Quic) -> bool {
        let Some(mut conditioned) = self.conditioned.take() else { return false };
        conditioned.advance(now);
        while let Some((channel, message)) = conditioned.poll_down() {
            self.send_now(channel, &message, quic);
        }
        if conditioned.is_done() {
            return false;
        }
        self.conditioned = Some(conditioned);
        true
    }

    /// The next message.
    ///
    /// # Errors
    /// The reason, if no more messages will come.
    pub(crate) fn poll_message(&mut self) -> Result<Option<Received>, Ended> {
        let Some(mut conditioned) = self.conditioned.take() else { return self.poll_wire() };
        let received = self.poll_through(&mut conditioned);
        self.conditioned = Some(conditioned);
        received
    }

    /// Moves messages through the conditioner, except the transport's own frames.
    fn poll_through(&mut self, conditioned: &mut Conditioned) -> Result<Option<Received>, Ended> {
        for _ in 0..THROUGH_AT_ONCE {
            match self.poll_wire()? {
                Some(Received::Message { channel, bytes }) => {
                    // WebSocket keeps the order of all messages, also of those that another transport would send as datagrams.
                    let ordered = !self.transport().supports_unreliable();
                    conditioned.push_up(if ordered { Channel::Reliable } else { channel }, &bytes);
                }
                Some(Received::Control) => return Ok(Some(Received::Control)),
                None => break,
            }
        }
        if conditioned.is_full() { Err(Ended::Lost) } else { Ok(conditioned.poll_up()) }
    }

    fn poll_wire(&mut self) -> Result<Option<Received>, Ended> {
        let received = match &mut self.wire {
            Wire::Quic(link) => link.poll_message(),
            Wire::WebSocket(link) => link.poll_message(&mut self.stats),
        }?;
        if let Some(Received::Message { bytes, .. }) = &received {
            self.stats.up.messages += 1;
            self.stats.up.bytes += bytes.len() as u64;
        }
        Ok(received)
    }

    /// Queues a message; it is sent at the next [`Link::flush`].
    pub(crate) fn send(&mut self, channel: Channel, message: &[u8], quic: &mut Quic) {
        self.stats.down.messages += 1;
        self.stats.down.bytes += message.len() as u64;
        match &mut self.conditioned {
            None => self.send_now(channel, message, quic),
            Some(conditioned) => {
                let ordered = matches!(self.wire, Wire::WebSocket(_));
                conditioned.push_down(if ordered { Channel::Reliable } else { channel }, message);
            }
        }
    }

    fn send_now(&mut self, channel: Channel, message: &[u8], quic: &mut Quic) {
        match &mut self.wire {
            Wire::Quic(link) => link.send(channel, message, quic),
            Wire::WebSocket(link) => link.send(message),
        }
    }

    /// Lets the transport send the queued messages.
    ///
    /// # Errors
    /// When the connection broke.
    pub(crate) fn flush(&mut self, quic: &mut Quic, now: Instant) -> Result<(), Ended> {
        match &mut self.wire {
            Wire::Quic(link) => {
                link.drive(quic, &mut self.stats, now);
                Ok(())
            }
            Wire::WebSocket(link) => link.flush(&mut self.stats),
        }
    }

    /// Datagrams without a session since the last call.
    pub(crate) fn take_strays(&mut self) -> u64 {
        match &mut self.wire {
            Wire::Quic(link) => link.take_strays(),
            Wire::WebSocket(_) => 0,
        }
    }

    /// True if the transport has no room for a snapshot now.
    pub(crate) fn is_blocked(&mut self) -> bool {
        match &mut self.wire {
            Wire::Quic(link) => link.is_blocked(),
            Wire::WebSocket(link) => link.is_blocked(),
        }
    }

    /// True if reliable messages were dropped, so that the room must send the full state again. Reported once, when there is
    /// room again.
    pub(crate) fn take_lost_reliable(&mut self) -> bool {
        match &mut self.wire {
            Wire::Quic(link) => link.take_lost_reliable(),
            Wire::WebSocket(link) => link.take_lost_reliable(),
        }
    }

    /// True if the endpoint holds no state of the link any more.
    pub(crate) fn is_drained(&self) -> bool {
        match &self.wire {
            Wire::Quic(link) => link.is_drained(),
            Wire::WebSocket(_) => false,
        }
    }

    /// True if the goodbye is sent, or cannot be.
    pub(crate) fn has_parted(&self) -> bool {
        match &self.wire {
            Wire::Quic(link) => link.has_parted(),
            Wire::WebSocket(_) => false,
        }
    }

    /// Sends a goodbye. The link ends when the peer has received it.
    pub(crate) fn part(&mut self, goodbye: Goodbye) {
        match &mut self.wire {
            Wire::Quic(link) => link.part(goodbye),
            Wire::WebSocket(link) => link.part(&goodbye),
        }
    }
}
