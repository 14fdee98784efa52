//! A simulated bad link in front of a client's real link, in both directions.

use std::time::Duration;

use shared::conditioner::{Conditioner, ConditionerConfig, LinkFull};

use crate::told::Channel;

/// A link conditioner: it delays, loses and reorders a client's messages.
#[derive(Clone, Debug)]
pub struct BadLink {
    /// Messages to the server.
    pub up: Direction,
    /// Messages to the client.
    pub down: Direction,
}

/// One direction of a bad link.
#[derive(Clone, Debug)]
pub struct Direction {
    stream: Conditioner,
    /// `None` if the real link has no datagrams.
    datagrams: Option<Conditioner>,
}

impl BadLink {
    /// A bad link with the faults of `config`. `reliable` says that the real link has no datagrams.
    pub fn new(config: ConditionerConfig, reliable: bool, seed: u64) -> Self {
        Self { up: Direction::new(config, reliable, seed), down: Direction::new(config, reliable, !seed) }
    }

    /// Time at which the next message arrives at either end.
    pub fn next_due(&self) -> Option<Duration> {
        [self.up.next_due(), self.down.next_due()].into_iter().flatten().min()
    }
}

impl Direction {
    fn new(config: ConditionerConfig, reliable: bool, seed: u64) -> Self {
        let datagrams = (!reliable).then(|| Conditioner::new(config, seed.rotate_left(32)));
        Self { stream: Conditioner::ordered(config, seed), datagrams }
    }

    /// Sends a message at `now`.
    ///
    /// # Errors
    /// [`LinkFull`] when there is no room for a reliable message.
    pub fn push(&mut self, now: Duration, channel: Channel, bytes: Vec<u8>) -> Result<(), LinkFull> {
        match (channel, &mut self.datagrams) {
            (Channel::Unreliable, Some(datagrams)) => {
                // A full link drops datagrams; they may be lost on any link.
                datagrams.push(now, bytes).or(Ok(()))
            }
            _ => self.stream.push(now, bytes),
        }
    }

    /// The next message that has arrived by `now`.
    pub fn poll(&mut self, now: Duration) -> Option<(Channel, Vec<u8>)> {
        if let Some(bytes) = self.stream.poll(now) {
            return Some((Channel::Reliable, bytes));
        }
        self.datagrams.as_mut()?.poll(now).map(|bytes| (Channel::Unreliable, bytes))
    }

    /// Time at which the next message arrives.
    pub fn next_due(&self) -> Option<Duration> {
        let datagrams = self.datagrams.as_ref().and_then(Conditioner::next_due);
        [self.stream.next_due(), datagrams].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lossy() -> ConditionerConfig {
        ConditionerConfig { loss: 1.0, ..ConditionerConfig::default() }
    }

    #[test]
    fn loss_takes_datagrams_but_only_delays_the_stream() {
        let mut link = BadLink::new(lossy(), false, 1);
        link.up.push(Duration::ZERO, Channel::Unreliable, vec![1]).unwrap();
        link.up.push(Duration::ZERO, Channel::Reliable, vec![2]).unwrap();
        assert_eq!(link.up.poll(Duration::ZERO), None);
        assert_eq!(link.up.poll(Duration::from_secs(60)), Some((Channel::Reliable, vec![2])));
        assert_eq!(link.up.poll(Duration::from_secs(60)), None);
    }

    #[test]
    fn reliable_link_loses_nothing() {
        let mut link = BadLink::new(lossy(), true, 1);
        link.down.push(Duration::ZERO, Channel::Unreliable, vec![1]).unwrap();
        let due = link.next_due().unwrap();
        assert_eq!(link.down.poll(due), Some((Channel::Reliable, vec![1])));
    }
}
