//! Puts ticks of several rooms for one standby into one message, so that a pair of nodes exchanges few messages however many rooms it shares.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    id::{Holder, Incarnation, NodeId},
    limits::{FEED_BYTES_MAX, FEED_ROOMS_MAX},
    message::{Feed, RoomTick},
};

/// Ticks on their way to each standby.
#[derive(Debug, Default)]
pub(crate) struct FeedBatches {
    batches: BTreeMap<NodeId, Batch>,
}

#[derive(Debug, Default)]
struct Batch {
    sequence: u64,
    ticks: Vec<RoomTick>,
    bytes: usize,
    since: Duration,
}

impl FeedBatches {
    /// Adds a tick. Returns a message that is full.
    pub(crate) fn push(&mut self, to: NodeId, tick: RoomTick, now: Duration) -> Option<Feed> {
        let batch = self.batches.entry(to).or_default();
        if batch.ticks.is_empty() {
            batch.since = now;
        }
        batch.bytes += tick.entry.record.0.len();
        batch.ticks.push(tick);
        (batch.ticks.len() >= FEED_ROOMS_MAX || batch.bytes >= FEED_BYTES_MAX).then(|| batch.message())
    }

    /// The message for one node, if it has ticks.
    pub(crate) fn take(&mut self, to: NodeId) -> Option<Feed> {
        self.batches.get_mut(&to).filter(|batch| !batch.ticks.is_empty()).map(Batch::message)
    }

    /// Messages whose oldest tick has waited for `wait`.
    pub(crate) fn due(&mut self, wait: Duration, now: Duration) -> Vec<(NodeId, Feed)> {
        let due = self.batches.iter_mut().filter(|(_, batch)| !batch.ticks.is_empty() && now >= batch.since + wait);
        due.map(|(&to, batch)| (to, batch.message())).collect()
    }

    /// When the next message is due.
    pub(crate) fn deadline(&self, wait: Duration) -> Option<Duration> {
        self.batches.values().filter(|batch| !batch.ticks.is_empty()).map(|batch| batch.since + wait).min()
    }
}

impl Batch {
    fn message(&mut self) -> Feed {
        self.sequence += 1;
        self.bytes = 0;
        Feed { sequence: self.sequence, ticks: std::mem::take(&mut self.ticks) }
    }
}

/// Counts what the broker lost or doubled of the feeds of each owner.
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    newest: BTreeMap<NodeId, (Incarnation, u64)>,
}

impl Sequences {
    /// A message of the feed came: how many before it are missing, or `None` if it is late or doubled.
    pub(crate) fn seen(&mut self, from: Holder, sequence: u64) -> Option<u64> {
        let newest = self.newest.entry(from.node).or_insert((from.incarnation, sequence.saturating_sub(1)));
        if newest.0 != from.incarnation {
            *newest = (from.incarnation, sequence.saturating_sub(1));
        }
        let missing = sequence.checked_sub(newest.1)?.checked_sub(1)?;
        newest.1 = sequence;
        Some(missing)
    }

    /// Forgets nodes that are gone.
    pub(crate) fn forget(&mut self, node: NodeId) {
        self.newest.remove(&node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(incarnation: u64) -> Holder {
        Holder { node: NodeId(1), incarnation: Incarnation(incarnation) }
    }

    #[test]
    fn missing_messages_are_counted() {
        let mut sequences = Sequences::default();
        assert_eq!(sequences.seen(from(1), 8), Some(0), "the first one that is heard");
        assert_eq!(sequences.seen(from(1), 9), Some(0));
        assert_eq!(sequences.seen(from(1), 12), Some(2));
        assert_eq!(sequences.seen(from(1), 11), None, "late");
        assert_eq!(sequences.seen(from(1), 12), None, "doubled");
        assert_eq!(sequences.seen(from(2), 1), Some(0), "another life begins again");
    }
}
