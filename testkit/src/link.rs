//! A link in virtual time: a reliable stream each way and, except on transports with a stream only, datagrams.

use std::time::Duration;

use room::Channel;
use shared::{
    conditioner::{Conditioner, ConditionerConfig},
    limits::RELIABLE_BACKLOG_BYTES_MAX,
    rng::Rng,
};

/// Transport of a player's messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Transport {
    /// A stream, and datagrams for messages that are worthless when late: QUIC.
    #[default]
    Datagrams,
    /// One stream for everything: WebSocket.
    Stream,
}

/// Both directions of a link.
#[derive(Debug)]
pub struct Link {
    transport: Transport,
    up: Lane,
    down: Lane,
    blocked: bool,
    /// Nothing arrives at the client's end, and the server does not know.
    held: bool,
    /// Bytes of reliable messages held while blocked.
    held_bytes: usize,
    /// Reliable messages were dropped while blocked.
    lost: bool,
}

/// One direction.
#[derive(Debug)]
struct Lane {
    stream: Conditioner,
    datagrams: Conditioner,
}

impl Link {
    pub(crate) fn new(transport: Transport, conditions: ConditionerConfig, mut rng: Rng) -> Self {
        let (up, down) = (Lane::new(conditions, &mut rng), Lane::new(conditions, &mut rng));
        Self { transport, up, down, blocked: false, held: false, held_bytes: 0, lost: false }
    }

    /// Sets the conditions for messages sent from now on.
    pub fn set_conditions(&mut self, conditions: ConditionerConfig) {
        for lane in [&mut self.up, &mut self.down] {
            lane.stream.set_config(conditions);
            lane.datagrams.set_config(conditions);
        }
    }

    /// Messages on their way, both directions together.
    pub fn in_flight(&self) -> usize {
        [&self.up, &self.down].map(|lane| lane.stream.in_flight() + lane.datagrams.in_flight()).iter().sum()
    }

    pub(crate) fn send_up(&mut self, reliable: bool, bytes: &[u8], now: Duration) {
        let stream = reliable || self.transport == Transport::Stream;
        self.up.send(stream, bytes, now);
    }

    pub(crate) fn send_down(&mut self, channel: Channel, bytes: &[u8], now: Duration) {
        let reliable = channel == Channel::Reliable;
        if self.blocked {
            // Like the server's shell: unreliable messages are dropped, reliable ones are kept up to a bound.
            self.lost |= reliable && self.held_bytes + bytes.len() > RELIABLE_BACKLOG_BYTES_MAX;
            if !reliable || self.lost {
                return;
            }
            self.held_bytes += bytes.len();
        }
        self.down.send(reliable || self.transport == Transport::Stream, bytes, now);
    }

    pub(crate) fn poll_up(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.up.poll(now)
    }

    pub(crate) fn poll_down(&mut self, now: Duration) -> Option<Vec<u8>> {
        if self.blocked || self.held { None } else { self.down.poll(now) }
    }

    pub(crate) fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// While blocked, nothing arrives at the client's end. Returns true if reliable messages were dropped.
    pub(crate) fn set_blocked(&mut self, blocked: bool) -> bool {
        self.blocked = blocked;
        self.held_bytes = 0;
        !blocked && std::mem::take(&mut self.lost)
    }

    pub(crate) fn next_wake(&self) -> Option<Duration> {
        let down = if self.blocked || self.held { None } else { self.down.next_due() };
        [self.up.next_due(), down].into_iter().flatten().min()
    }
}

impl Lane {
    fn new(conditions: ConditionerConfig, rng: &mut Rng) -> Self {
        Self {
            stream: Conditioner::ordered(conditions, rng.next_u64()),
            datagrams: Conditioner::new(conditions, rng.next_u64()),
        }
    }

    fn send(&mut self, stream: bool, bytes: &[u8], now: Duration) {
        let lane = if stream { &mut self.stream } else { &mut self.datagrams };
        lane.push(now, bytes.to_vec()).expect("a simulated link has a bounded number of messages in flight");
    }

    fn poll(&mut self, now: Duration) -> Option<Vec<u8>> {
        // The stream comes first, so that a welcome is read before the snapshot that came with it.
        self.stream.poll(now).or_else(|| self.datagrams.poll(now))
    }

    fn next_due(&self) -> Option<Duration> {
        [self.stream.next_due(), self.datagrams.next_due()].into_iter().flatten().min()
    }
}
