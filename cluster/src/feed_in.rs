//! The standby's end of a room's feed: ticks in order out of messages that are lost, doubled and late.
//!
//! ```text
//! state      event                                next       what follows
//! Empty      checkpoint at T                      Following  play what is kept after T
//! Empty      tick                                 Empty      kept
//! Following  tick held + 1                        Following  play it, and what is kept behind it
//! Following  tick up to held                      Following  ignored
//! Following  later tick                           Behind     kept
//! Behind     the missing ticks                    Following  play them, and what is kept
//! Behind     30 ms have passed                    Behind     fetch what comes after held
//! any        hash differs                         Empty      fetch a checkpoint
//! any        new epoch of the room                Empty      fetch a checkpoint
//! ```
//! The newest tick that was *heard of* is remembered also when it cannot be played: only with it does a standby know how much a claim would lose.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use crate::{
    id::Tick,
    limits::{AHEAD_TICKS, HASHES_MAX, WINDOW_BYTES_MAX},
    message::Entry,
};

/// Brings the ticks of one room in order.
#[derive(Debug, Default)]
pub(crate) struct FeedIn {
    held: Option<Tick>,
    /// The newest tick that was heard of.
    newest: Tick,
    /// Ticks behind a gap.
    ahead: BTreeMap<Tick, Entry>,
    ahead_bytes: usize,
    /// Since when there is a gap, or no copy.
    missing_since: Option<Duration>,
    /// The owner's hashes of ticks that were handed out.
    hashes: VecDeque<(Tick, u64)>,
}

impl FeedIn {
    /// Without a copy.
    pub(crate) fn empty(now: Duration) -> Self {
        Self { missing_since: Some(now), ..Self::default() }
    }

    /// With a copy that ends with this tick.
    pub(crate) fn with_copy(tick: Tick) -> Self {
        Self { held: Some(tick), newest: tick, ..Self::default() }
    }

    /// The newest tick of the copy; `None` without one.
    pub(crate) fn held(&self) -> Option<Tick> {
        self.held
    }

    /// The newest tick that was heard of.
    pub(crate) fn newest(&self) -> Tick {
        self.newest
    }

    /// How many ticks of the owner the copy is known to lack; `None` without a copy.
    pub(crate) fn lag(&self) -> Option<u64> {
        Some(self.newest.since(self.held?))
    }

    /// Since when something is missing that a fetch would bring.
    pub(crate) fn missing_since(&self) -> Option<Duration> {
        self.missing_since
    }

    /// Takes a tick, and returns those that are to be played.
    pub(crate) fn take(&mut self, entry: Entry, now: Duration) -> Vec<Entry> {
        self.newest = self.newest.max(entry.tick);
        if self.held.is_some_and(|held| entry.tick <= held) {
            return Vec::new();
        }
        self.keep(entry);
        self.advance(now)
    }

    /// Takes a checkpoint: true if it is newer than the copy.
    pub(crate) fn restore(&mut self, tick: Tick) -> bool {
        if self.held.is_some_and(|held| tick <= held) {
            return false;
        }
        self.held = Some(tick);
        self.newest = self.newest.max(tick);
        self.hashes.clear();
        true
    }

    /// Ticks that follow the copy without a gap.
    pub(crate) fn advance(&mut self, now: Duration) -> Vec<Entry> {
        let Some(mut held) = self.held else { return Vec::new() };
        let mut playable = Vec::new();
        while let Some(entry) = self.ahead.first_entry() {
            if *entry.key() > held.next() {
                break;
            }
            let entry = entry.remove();
            self.ahead_bytes -= entry.record.0.len();
            if entry.tick == held.next() {
                held = entry.tick;
                if let Some(hash) = entry.hash {
                    self.hashes.push_back((entry.tick, hash));
                }
                playable.push(entry);
            }
        }
        while self.hashes.len() > HASHES_MAX {
            self.hashes.pop_front();
        }
        self.held = Some(held);
        self.missing_since = if self.newest > held { self.missing_since.or(Some(now)) } else { None };
        playable
    }

    /// The copy has played a tick and has this hash: false if the owner's is another one.
    pub(crate) fn agrees(&mut self, tick: Tick, hash: u64) -> bool {
        while let Some(&(of, expected)) = self.hashes.front() {
            if of > tick {
                break;
            }
            self.hashes.pop_front();
            if of == tick {
                return expected == hash;
            }
        }
        true
    }

    /// Forgets the copy, but not what was heard of.
    pub(crate) fn drop_copy(&mut self, now: Duration) {
        self.held = None;
        self.hashes.clear();
        self.missing_since = Some(now);
    }

    fn keep(&mut self, entry: Entry) {
        self.ahead_bytes += entry.record.0.len();
        if let Some(doubled) = self.ahead.insert(entry.tick, entry) {
            self.ahead_bytes -= doubled.record.0.len();
        }
        // The oldest ones are the first that a checkpoint makes worthless.
        while self.ahead.len() > AHEAD_TICKS || self.ahead_bytes > WINDOW_BYTES_MAX {
            let Some((_, oldest)) = self.ahead.pop_first() else { break };
            self.ahead_bytes -= oldest.record.0.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounded::Blob;

    const NOW: Duration = Duration::from_secs(1);

    fn entry(tick: u64) -> Entry {
        Entry { tick: Tick(tick), hash: Some(tick * 10), record: Blob::default() }
    }

    fn take(feed: &mut FeedIn, tick: u64) -> Vec<u64> {
        feed.take(entry(tick), NOW).iter().map(|entry| entry.tick.0).collect()
    }

    #[test]
    fn ticks_that_overtook_each_other_are_played_in_order() {
        let mut feed = FeedIn::with_copy(Tick(4));
        assert_eq!(take(&mut feed, 6), [0; 0]);
        assert_eq!((feed.lag(), feed.missing_since()), (Some(2), Some(NOW)));
        assert_eq!(take(&mut feed, 5), [5, 6]);
        assert_eq!((feed.lag(), feed.missing_since()), (Some(0), None));
    }

    #[test]
    fn doubled_and_late_ticks_are_played_once() {
        let mut feed = FeedIn::with_copy(Tick(4));
        assert_eq!(take(&mut feed, 5), [5]);
        assert_eq!(take(&mut feed, 5), [0; 0]);
        assert_eq!(take(&mut feed, 3), [0; 0]);
        assert_eq!(feed.held(), Some(Tick(5)));
    }

    #[test]
    fn checkpoint_is_followed_by_what_was_kept() {
        let mut feed = FeedIn::empty(NOW);
        for tick in [7, 8, 9] {
            assert_eq!(take(&mut feed, tick), [0; 0]);
        }
        assert!(feed.restore(Tick(7)));
        assert_eq!(feed.advance(NOW).len(), 2);
        assert_eq!(feed.held(), Some(Tick(9)));
        assert!(!feed.restore(Tick(8)), "an older checkpoint is late");
    }

    #[test]
    fn other_hash_is_a_difference_once() {
        let mut feed = FeedIn::with_copy(Tick(4));
        take(&mut feed, 5);
        take(&mut feed, 6);
        assert!(feed.agrees(Tick(5), 50));
        assert!(!feed.agrees(Tick(6), 61));
        assert!(feed.agrees(Tick(6), 61), "it was reported");
    }

    #[test]
    fn ticks_behind_a_gap_are_bounded() {
        let mut feed = FeedIn::with_copy(Tick(0));
        for tick in 2..2 + 2 * AHEAD_TICKS as u64 {
            take(&mut feed, tick);
        }
        assert_eq!(feed.ahead.len(), AHEAD_TICKS);
    }
}
