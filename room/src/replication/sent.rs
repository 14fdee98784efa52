//! The contents of the snapshots in flight to one player, so that their arrival or loss can be applied to its entities.
//!
//! Only links that may lose data need this record; on reliable links everything sent has arrived.

use std::collections::VecDeque;

use shared::{
    EntityId, Tick,
    limits::{ACK_MASK_TICKS, SENT_SNAPSHOTS_MAX},
    wire::Ack,
};

/// Snapshots that were sent and are neither acknowledged nor lost.
#[derive(Debug, Default)]
pub(crate) struct SentSnapshots {
    snapshots: VecDeque<Sent>,
    entities: VecDeque<EntityId>,
    /// Ticks of the snapshots sent after the newest acknowledged one, including lost ones.
    since_ack: VecDeque<Tick>,
    acked: Option<Tick>,
}

#[derive(Debug)]
struct Sent {
    tick: Tick,
    entities: usize,
    own: bool,
}

/// The outcome of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// The client has applied it.
    Arrived,
    /// The client has not applied it, and never will.
    Lost,
    /// It cannot be known any more: no acknowledgement arrived in time that covers it.
    Unknown,
}

/// A snapshot with its outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Resolved {
    /// Tick of the snapshot.
    pub(crate) tick: Tick,
    /// Its outcome.
    pub(crate) fate: Fate,
    /// True if it contained the own record.
    pub(crate) own: bool,
}

impl SentSnapshots {
    /// Adds a snapshot and the entities in it.
    pub(crate) fn push(&mut self, tick: Tick, own: bool, entities: impl Iterator<Item = EntityId>) {
        let before = self.entities.len();
        self.entities.extend(entities);
        self.snapshots.push_back(Sent { tick, entities: self.entities.len() - before, own });
        if self.since_ack.len() == SENT_SNAPSHOTS_MAX {
            self.since_ack.pop_front();
        }
        self.since_ack.push_back(tick);
    }

    /// The newest acknowledged snapshot, to which deltas refer.
    pub(crate) fn acked(&self) -> Option<Tick> {
        self.acked
    }

    /// Number of snapshots sent after the acknowledged one; `None` when there are more than this record holds.
    pub(crate) fn since_ack(&self) -> Option<u8> {
        (self.since_ack.len() < SENT_SNAPSHOTS_MAX).then_some(self.since_ack.len() as u8)
    }

    /// Resolves the oldest snapshot if `ack` covers it, and passes its entities to `entity`. Call it until it returns `None`.
    /// Acknowledgements of snapshots that were never sent are ignored.
    pub(crate) fn resolve(&mut self, ack: Ack, mut entity: impl FnMut(EntityId)) -> Option<Resolved> {
        let tick = self.snapshots.front()?.tick;
        let fate = match ack.covers(tick)? {
            true => Fate::Arrived,
            false if ack.newest.since(tick) > ACK_MASK_TICKS => Fate::Unknown,
            false => Fate::Lost,
        };
        self.take(fate, &mut entity)
    }

    /// Gives up the oldest snapshot if it was sent before `oldest`, or if there are too many.
    pub(crate) fn expire(&mut self, oldest: Tick, mut entity: impl FnMut(EntityId)) -> Option<Resolved> {
        let front = self.snapshots.front()?;
        if front.tick >= oldest && self.snapshots.len() <= SENT_SNAPSHOTS_MAX {
            return None;
        }
        self.take(Fate::Unknown, &mut entity)
    }

    /// Empties the record.
    pub(crate) fn clear(&mut self) {
        self.snapshots.clear();
        self.entities.clear();
        self.since_ack.clear();
        self.acked = None;
    }

    fn take(&mut self, fate: Fate, entity: &mut impl FnMut(EntityId)) -> Option<Resolved> {
        let Sent { tick, entities, own } = self.snapshots.pop_front()?;
        self.entities.drain(..entities).for_each(entity);
        if fate == Fate::Arrived {
            self.acked = Some(tick);
            while self.since_ack.front().is_some_and(|&sent| sent <= tick) {
                self.since_ack.pop_front();
            }
        }
        Some(Resolved { tick, fate, own })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(ticks: &[u32]) -> SentSnapshots {
        let mut sent = SentSnapshots::default();
        for &tick in ticks {
            sent.push(Tick(tick), false, [EntityId(tick as u16)].into_iter());
        }
        sent
    }

    fn resolve_all(sent: &mut SentSnapshots, ack: Ack) -> Vec<(u32, Fate)> {
        let mut fates = Vec::new();
        while let Some(fate) = sent.resolve(ack, |_| {}) {
            fates.push((fate.tick.0, fate.fate));
        }
        fates
    }

    #[test]
    fn ack_decides_everything_up_to_its_tick() {
        let mut sent = sent(&[10, 11, 12, 13]);
        let ack = Ack { newest: Tick(12), missing: 0b01 };
        assert_eq!(resolve_all(&mut sent, ack), [(10, Fate::Arrived), (11, Fate::Lost), (12, Fate::Arrived)]);
        assert_eq!((sent.acked(), sent.since_ack()), (Some(Tick(12)), Some(1)));
    }

    #[test]
    fn what_the_mask_no_longer_covers_is_unknown() {
        let mut sent = sent(&[10, 11]);
        let ack = Ack { newest: Tick(11 + ACK_MASK_TICKS), missing: u32::MAX };
        assert_eq!(resolve_all(&mut sent, ack), [(10, Fate::Unknown), (11, Fate::Lost)]);
    }

    #[test]
    fn snapshots_between_count_even_when_lost() {
        let mut sent = sent(&[10, 11, 12]);
        resolve_all(&mut sent, Ack { newest: Tick(10), missing: 0 });
        assert_eq!(sent.since_ack(), Some(2));
    }

    #[test]
    fn silence_leaves_the_fate_unknown() {
        let mut sent = sent(&[10, 11]);
        let mut spoken = Vec::new();
        while let Some(fate) = sent.expire(Tick(11), |id| spoken.push(id)) {
            assert_eq!(fate.fate, Fate::Unknown);
        }
        assert_eq!(spoken, [EntityId(10)]);
    }
}
