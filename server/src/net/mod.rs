//! Links: one peer on one transport, as bytes in and bytes out.
//!
//! A link is driven by its shard. Nothing in here waits, and nothing knows what the messages mean.

mod conditioned;
mod congestion;
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
use crate::session::Goodbye;

/// What a link travels on.
#[expect(clippy::enum_variant_names, reason = "that is what it is called")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Transport {
    /// QUIC with `ricochet/1`.
    Quic,
    /// WebSocket over TCP.
    WebSocket,
    /// WebTransport over HTTP/3, on QUIC's port.
    WebTransport,
}

impl Transport {
    /// All of them, in the order of their index.
    pub(crate) const ALL: [Self; 3] = [Self::Quic, Self::WebSocket, Self::WebTransport];

    /// Position in tables of counters.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The label of metrics.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Quic => "quic",
            Self::WebSocket => "websocket",
            Self::WebTransport => "webtransport",
        }
    }

    /// Whether messages may be lost instead of late. Where not, everything sent arrives, and counts as acknowledged.
    pub(crate) const fn supports_unreliable(self) -> bool {
        match self {
            Self::Quic | Self::WebTransport => true,
            Self::WebSocket => false,
        }
    }
}

/// Something a link received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Received {
    /// A message, not yet looked at.
    Message {
        /// How it travelled.
        channel: Channel,
        /// What it is.
        bytes: Bytes,
    },
    /// The transport's own: a ping. Counts against the rate of messages.
    Control,
}

/// Why a link has nothing more to give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    /// The peer closed it.
    Left,
    /// It fell silent.
    TimedOut,
    /// It broke.
    Lost,
    /// The peer sent something outside the limits; it should hear why.
    Fault(DecodeError),
    /// The peer broke the transport's own rules; it should hear which.
    Unreadable(String),
}

/// Counts of one direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    /// Datagrams, or reads or writes on a socket.
    pub(crate) packets: u64,
    /// Messages.
    pub(crate) messages: u64,
    /// Bytes of messages.
    pub(crate) bytes: u64,
}

/// Counts of one link since it began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct LinkStats {
    /// From the server.
    pub(crate) down: Counts,
    /// To the server.
    pub(crate) up: Counts,
}

/// Messages of one link that are taken from the wire at once, where they are held back.
const THROUGH_AT_ONCE: usize = 64;

/// A link of any transport.
#[derive(Debug)]
pub(crate) struct Link {
    wire: Wire,
    stats: LinkStats,
    /// Made worse on purpose.
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

    /// The link on QUIC, which may carry WebTransport.
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

    /// Packets that were dropped because there were too many, since this was asked last.
    pub(crate) fn take_excess(&mut self) -> u64 {
        match &mut self.wire {
            Wire::Quic(link) => link.take_excess(),
            Wire::WebSocket(_) => 0,
        }
    }

    pub(crate) fn stats(&self) -> LinkStats {
        self.stats
    }

    /// The address of a peer that may have changed it.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match &self.wire {
            Wire::Quic(link) => Some(link.address()),
            Wire::WebSocket(_) => None,
        }
    }

    /// The round trip, where the transport knows it.
    pub(crate) fn rtt(&self) -> Option<Duration> {
        match &self.wire {
            Wire::Quic(link) => Some(link.rtt()),
            Wire::WebSocket(_) => None,
        }
    }

    /// Part of our packets that were lost, where the transport knows it.
    pub(crate) fn loss(&self) -> Option<f64> {
        match &self.wire {
            Wire::Quic(link) => Some(link.loss()),
            Wire::WebSocket(_) => None,
        }
    }

    /// What is done to it on purpose.
    pub(crate) fn condition(&self) -> Option<ConditionerConfig> {
        self.conditioned.as_ref().map(|conditioned| conditioned.config())
    }

    /// Makes it worse from here on, or well again; then it is driven by [`Link::pump`].
    pub(crate) fn set_condition(&mut self, config: ConditionerConfig, seed: u64, now: Duration) {
        match &mut self.conditioned {
            Some(conditioned) => conditioned.set_config(config),
            None if config.is_clear() => {}
            None => self.conditioned = Some(Box::new(Conditioned::new(config, seed, now))),
        }
    }

    /// Time passes on a link that is made worse: sends what has been held back for long enough. False when it is well
    /// again, and needs this no more.
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
    /// Why there will be none any more.
    pub(crate) fn poll_message(&mut self) -> Result<Option<Received>, Ended> {
        let Some(mut conditioned) = self.conditioned.take() else { return self.poll_wire() };
        let received = self.poll_through(&mut conditioned);
        self.conditioned = Some(conditioned);
        received
    }

    /// What has come goes through the conditioner, all but what is the transport's own.
    fn poll_through(&mut self, conditioned: &mut Conditioned) -> Result<Option<Received>, Ended> {
        for _ in 0..THROUGH_AT_ONCE {
            match self.poll_wire()? {
                Some(Received::Message { channel, bytes }) => {
                    // On a stream nothing overtakes anything, whatever the message would have asked for elsewhere.
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

    /// Takes a message; it leaves with the next [`Link::flush`].
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

    /// Lets the transport send what it holds.
    ///
    /// # Errors
    /// When the link broke.
    pub(crate) fn flush(&mut self, quic: &mut Quic, now: Instant) -> Result<(), Ended> {
        match &mut self.wire {
            Wire::Quic(link) => {
                link.drive(quic, &mut self.stats, now);
                Ok(())
            }
            Wire::WebSocket(link) => link.flush(&mut self.stats),
        }
    }

    /// Datagrams that belonged to no session, since this was asked last.
    pub(crate) fn take_strays(&mut self) -> u64 {
        match &mut self.wire {
            Wire::Quic(link) => link.take_strays(),
            Wire::WebSocket(_) => 0,
        }
    }

    /// Whether the transport has no room for a snapshot now.
    pub(crate) fn is_blocked(&mut self) -> bool {
        match &mut self.wire {
            Wire::Quic(link) => link.is_blocked(),
            Wire::WebSocket(link) => link.is_blocked(),
        }
    }

    /// Whether reliable messages were dropped, so that the room must send everything again. Told once, when there is
    /// room again.
    pub(crate) fn take_lost_reliable(&mut self) -> bool {
        match &mut self.wire {
            Wire::Quic(link) => link.take_lost_reliable(),
            Wire::WebSocket(link) => link.take_lost_reliable(),
        }
    }

    /// Whether the transport holds nothing of it any more.
    pub(crate) fn is_drained(&self) -> bool {
        match &self.wire {
            Wire::Quic(link) => link.is_drained(),
            Wire::WebSocket(_) => false,
        }
    }

    /// Whether the goodbye is said as well as it can be.
    pub(crate) fn has_parted(&self) -> bool {
        match &self.wire {
            Wire::Quic(link) => link.has_parted(),
            Wire::WebSocket(_) => false,
        }
    }

    /// Says goodbye. The link ends when the peer has heard it.
    pub(crate) fn part(&mut self, goodbye: Goodbye) {
        match &mut self.wire {
            Wire::Quic(link) => link.part(goodbye),
            Wire::WebSocket(link) => link.part(&goodbye),
        }
    }
}
