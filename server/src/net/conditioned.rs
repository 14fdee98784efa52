//! A link that is degraded on purpose, to show how the game plays on a bad one. Both directions pass through the same
//! conditioners that bots use: datagrams may be lost or reordered, reliable messages stay in order.
//!
//! It delays messages, not packets, so the transport below it is not affected: QUIC still measures the real round trip.

use std::time::Duration;

use bytes::Bytes;
use room::Channel;
use shared::conditioner::{Conditioner, ConditionerConfig, LinkFull};

use super::Received;

/// Both directions of a link, each with a conditioner per channel. Times are since the shard started.
#[derive(Debug)]
pub(crate) struct Conditioned {
    config: ConditionerConfig,
    down: Direction,
    up: Direction,
    now: Duration,
    full: bool,
}

#[derive(Debug)]
struct Direction {
    unreliable: Conditioner,
    reliable: Conditioner,
}

impl Conditioned {
    pub(crate) fn new(config: ConditionerConfig, seed: u64, now: Duration) -> Self {
        let direction = |seed| Direction {
            unreliable: Conditioner::new(config, seed),
            reliable: Conditioner::ordered(config, seed),
        };
        Self { config, down: direction(seed), up: direction(seed ^ u64::MAX), now, full: false }
    }

    /// The current configuration.
    pub(crate) fn config(&self) -> ConditionerConfig {
        self.config
    }

    /// Changes the configuration; messages in flight keep their times.
    pub(crate) fn set_config(&mut self, config: ConditionerConfig) {
        self.config = config;
        for direction in [&mut self.down, &mut self.up] {
            direction.unreliable.set_config(config);
            direction.reliable.set_config(config);
        }
    }

    /// True if it no longer changes anything and no message is in flight.
    pub(crate) fn is_done(&self) -> bool {
        let in_flight = |direction: &Direction| direction.unreliable.in_flight() + direction.reliable.in_flight();
        self.config.is_clear() && in_flight(&self.down) + in_flight(&self.up) == 0
    }

    /// True if a reliable message had to be dropped, so that the link cannot be used any longer.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// Sets the time.
    pub(crate) fn advance(&mut self, now: Duration) {
        self.now = now;
    }

    /// Queues a message to the peer.
    pub(crate) fn push_down(&mut self, channel: Channel, message: &[u8]) {
        self.full |= self.down.push(channel, message.to_vec(), self.now).is_err();
    }

    /// Queues a message from the peer.
    pub(crate) fn push_up(&mut self, channel: Channel, message: &[u8]) {
        self.full |= self.up.push(channel, message.to_vec(), self.now).is_err();
    }

    /// The next message that is due for the peer.
    pub(crate) fn poll_down(&mut self) -> Option<(Channel, Vec<u8>)> {
        self.down.poll(self.now)
    }

    /// The next message from the peer that is due.
    pub(crate) fn poll_up(&mut self) -> Option<Received> {
        let (channel, bytes) = self.up.poll(self.now)?;
        Some(Received::Message { channel, bytes: Bytes::from(bytes) })
    }
}

impl Direction {
    fn push(&mut self, channel: Channel, message: Vec<u8>, now: Duration) -> Result<(), LinkFull> {
        match channel {
            // A full conditioner drops the datagram: a bad link may lose datagrams.
            Channel::Unreliable => self.unreliable.push(now, message).or(Ok(())),
            Channel::Reliable => self.reliable.push(now, message),
        }
    }

    fn poll(&mut self, now: Duration) -> Option<(Channel, Vec<u8>)> {
        let reliable = self.reliable.poll(now).map(|message| (Channel::Reliable, message));
        reliable.or_else(|| self.unreliable.poll(now).map(|message| (Channel::Unreliable, message)))
    }
}

#[cfg(test)]
mod tests {
    use shared::limits::CONDITIONER_MESSAGES_MAX;

    use super::*;

    const SLOW: ConditionerConfig =
        ConditionerConfig { delay: ms(50), jitter: ms(0), loss: 0.0, duplicate: 0.0, reorder: 0.0 };

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn both_directions_take_their_time() {
        let mut link = Conditioned::new(SLOW, 1, ms(0));
        link.push_down(Channel::Unreliable, b"down");
        link.push_up(Channel::Reliable, b"up");
        link.advance(ms(49));
        assert!(link.poll_down().is_none() && link.poll_up().is_none());
        link.advance(ms(50));
        assert_eq!(link.poll_down(), Some((Channel::Unreliable, b"down".to_vec())));
        let up = Received::Message { channel: Channel::Reliable, bytes: Bytes::from_static(b"up") };
        assert_eq!(link.poll_up(), Some(up));
    }

    #[test]
    fn cleared_link_is_done_when_the_last_message_has_arrived() {
        let mut link = Conditioned::new(SLOW, 1, ms(0));
        link.push_down(Channel::Reliable, b"last");
        link.set_config(ConditionerConfig::default());
        assert!(!link.is_done());
        link.advance(ms(50));
        assert!(link.poll_down().is_some());
        assert!(link.is_done());
    }

    #[test]
    fn datagrams_beyond_the_limit_are_lost_and_reliable_messages_end_the_link() {
        let mut link = Conditioned::new(SLOW, 1, ms(0));
        (0..=CONDITIONER_MESSAGES_MAX).for_each(|_| link.push_down(Channel::Unreliable, b"x"));
        assert!(!link.is_full());
        (0..=CONDITIONER_MESSAGES_MAX).for_each(|_| link.push_up(Channel::Reliable, b"x"));
        assert!(link.is_full());
    }
}
