//! The owner's end of a room's feed: the ticks that a standby may ask for again, and how far the standby is.
//!
//! ```text
//! event                          what follows
//! tick made                      kept in the window; the oldest ones leave beyond its ticks or bytes
//! ack of the standby             noted with its time
//! fetch, ticks are in the window the ticks that are missing
//! fetch, otherwise               a checkpoint
//! ```

use std::{collections::VecDeque, time::Duration};

use crate::{
    id::Tick,
    limits::{WINDOW_BYTES_MAX, WINDOW_TICKS},
    message::Entry,
};

/// The newest ticks of a room that is followed.
#[derive(Debug, Default)]
pub(crate) struct FeedOut {
    /// Without gaps, in order.
    window: VecDeque<Entry>,
    bytes: usize,
    /// The standby's newest tick, and when it said so.
    acked: Option<Tick>,
    heard: Duration,
}

impl FeedOut {
    /// Begins with a new standby.
    pub(crate) fn new(now: Duration) -> Self {
        Self { heard: now, ..Self::default() }
    }

    /// A tick was made.
    pub(crate) fn push(&mut self, entry: Entry) {
        if self.window.back().is_some_and(|newest| newest.tick.next() != entry.tick) {
            self.window.clear();
            self.bytes = 0;
        }
        self.bytes += entry.record.0.len();
        self.window.push_back(entry);
        while self.window.len() > WINDOW_TICKS || self.bytes > WINDOW_BYTES_MAX {
            let Some(oldest) = self.window.pop_front() else { break };
            self.bytes -= oldest.record.0.len();
        }
    }

    /// The ticks after `held`; `None` if the window does not begin there.
    pub(crate) fn since(&self, held: Tick) -> Option<Vec<Entry>> {
        let (oldest, newest) = (self.window.front()?.tick, self.window.back()?.tick);
        (oldest <= held.next() && held <= newest)
            .then(|| self.window.iter().filter(|entry| entry.tick > held).cloned().collect())
    }

    /// The standby said how far it is.
    pub(crate) fn ack(&mut self, held: Option<Tick>, now: Duration) {
        self.heard = now;
        self.acked = held.max(self.acked.filter(|_| held.is_some()));
    }

    /// The standby's newest tick.
    pub(crate) fn acked(&self) -> Option<Tick> {
        self.acked
    }

    /// When the standby was heard of last.
    pub(crate) fn heard(&self) -> Duration {
        self.heard
    }

    /// Silence until `now` was this node's own.
    pub(crate) fn excuse(&mut self, now: Duration) {
        self.heard = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounded::Blob;

    fn feed(ticks: std::ops::RangeInclusive<u64>) -> FeedOut {
        let mut feed = FeedOut::new(Duration::ZERO);
        for tick in ticks {
            feed.push(Entry { tick: Tick(tick), hash: None, record: Blob::from(vec![0; 8]) });
        }
        feed
    }

    fn numbers(entries: Option<Vec<Entry>>) -> Option<Vec<u64>> {
        entries.map(|entries| entries.iter().map(|entry| entry.tick.0).collect())
    }

    #[test]
    fn missing_ticks_are_in_the_window() {
        assert_eq!(numbers(feed(1..=5).since(Tick(3))), Some(vec![4, 5]));
        assert_eq!(numbers(feed(1..=5).since(Tick(0))), Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(numbers(feed(1..=5).since(Tick(5))), Some(vec![]));
    }

    #[test]
    fn ticks_that_left_the_window_need_a_checkpoint() {
        let last = WINDOW_TICKS as u64 + 2;
        assert_eq!(numbers(feed(1..=last).since(Tick(1))), None);
        assert_eq!(numbers(feed(1..=last).since(Tick(2))).map(|ticks| ticks.len()), Some(WINDOW_TICKS));
    }

    #[test]
    fn standby_ahead_of_its_owner_needs_a_checkpoint() {
        assert_eq!(numbers(feed(1..=5).since(Tick(6))), None);
    }

    #[test]
    fn bytes_of_the_window_are_bounded() {
        let mut feed = FeedOut::new(Duration::ZERO);
        for tick in 1..=40 {
            feed.push(Entry { tick: Tick(tick), hash: None, record: Blob::from(vec![0; WINDOW_BYTES_MAX / 20]) });
        }
        assert_eq!(feed.since(Tick(20)).map(|ticks| ticks.len()), Some(20));
        assert_eq!(feed.since(Tick(19)), None);
    }
}
