//! The entities that a client knows, and their earlier states from which the server may still make deltas.
//!
//! In the bots thousands of views share one core, and memory access costs more than arithmetic. So the data that a snapshot touches
//! is contiguous and in the order of ids, which is the order of snapshots too.

use std::collections::VecDeque;

use shared::{EntityId, Tick, limits::BASELINE_AGE_MAX};

/// Entities in the order of their ids. The three vectors have the same length and order.
#[derive(Debug)]
pub(super) struct Known<E> {
    ids: Vec<EntityId>,
    /// States at the view's tick.
    states: Vec<E>,
    bases: Vec<Written<E>>,
    /// States written later than the bases, oldest first. Some may belong to entities that are gone.
    later: VecDeque<(EntityId, Written<E>)>,
}

/// A state as a snapshot wrote it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<E> {
    pub(super) tick: Tick,
    pub(super) state: E,
}

impl<E> Default for Known<E> {
    fn default() -> Self {
        Self { ids: Vec::new(), states: Vec::new(), bases: Vec::new(), later: VecDeque::new() }
    }
}

impl<E: Copy> Known<E> {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.states.clear();
        self.bases.clear();
        self.later.clear();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (EntityId, &E)> {
        self.ids.iter().copied().zip(&self.states)
    }

    pub(super) fn get(&self, id: EntityId) -> Option<&E> {
        self.find(id).ok().map(|place| &self.states[place])
    }

    /// Calls `change` with every state, and removes the entities for which it returns false.
    pub(super) fn retain(&mut self, mut change: impl FnMut(&mut E) -> bool) {
        let mut kept = 0;
        for place in 0..self.ids.len() {
            if change(&mut self.states[place]) {
                if kept < place {
                    self.ids[kept] = self.ids[place];
                    self.states[kept] = self.states[place];
                    self.bases[kept] = self.bases[place];
                }
                kept += 1;
            }
        }
        self.ids.truncate(kept);
        self.states.truncate(kept);
        self.bases.truncate(kept);
    }

    pub(super) fn remove(&mut self, id: EntityId) {
        if let Ok(place) = self.find(id) {
            self.ids.remove(place);
            self.states.remove(place);
            self.bases.remove(place);
        }
    }

    /// Sets a state that a snapshot wrote. The earlier base stays: until this snapshot is acknowledged, the server may still make
    /// deltas from it.
    pub(super) fn write(&mut self, id: EntityId, written: Written<E>) {
        match self.find(id) {
            Ok(place) => {
                self.states[place] = written.state;
                self.later.push_back((id, written));
            }
            Err(place) => self.insert(place, id, written),
        }
    }

    /// Sets a state of a plain snapshot, from which no deltas are made.
    pub(super) fn write_plain(&mut self, id: EntityId, written: Written<E>) {
        match self.find(id) {
            Ok(place) => (self.states[place], self.bases[place]) = (written.state, written),
            Err(place) => self.insert(place, id, written),
        }
    }

    /// The newest state written at or before the baseline of the newest snapshot.
    pub(super) fn base(&self, id: EntityId, baseline: Tick) -> Option<Written<E>> {
        let base = self.bases[self.find(id).ok()?];
        (base.tick <= baseline).then_some(base)
    }

    /// Advances the bases to the baseline of a new snapshot: no later delta is made from an older state. States older than
    /// `BASELINE_AGE_MAX` go as well, so that `later` stays bounded if the server names no baseline for long.
    pub(super) fn handle_snapshot(&mut self, tick: Tick, baseline: Option<Tick>) {
        let forgotten = Tick(tick.0.saturating_sub(BASELINE_AGE_MAX + 1));
        let until = baseline.map_or(forgotten, |baseline| baseline.max(forgotten));
        while let Some(&(id, written)) = self.later.front()
            && written.tick <= until
        {
            self.later.pop_front();
            // The entity may have gone, and another one may have its id now.
            if let Ok(place) = self.find(id)
                && self.bases[place].tick < written.tick
            {
                self.bases[place] = written;
            }
        }
    }

    fn insert(&mut self, place: usize, id: EntityId, written: Written<E>) {
        self.ids.insert(place, id);
        self.states.insert(place, written.state);
        self.bases.insert(place, written);
    }

    fn find(&self, id: EntityId) -> Result<usize, usize> {
        self.ids.binary_search(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: EntityId = EntityId(7);

    fn written(tick: u32) -> Written<u32> {
        Written { tick: Tick(tick), state: tick }
    }

    fn base(known: &Known<u32>, baseline: u32) -> Option<u32> {
        known.base(ID, Tick(baseline)).map(|base| base.tick.0)
    }

    #[test]
    fn base_is_the_newest_state_written_until_the_baseline() {
        let mut known = Known::default();
        for tick in [10, 12, 15] {
            known.write(ID, written(tick));
        }
        for (baseline, expected) in
            [(9, None), (10, Some(10)), (11, Some(10)), (12, Some(12)), (14, Some(12)), (20, Some(15))]
        {
            known.handle_snapshot(Tick(baseline + 5), Some(Tick(baseline)));
            assert_eq!(base(&known, baseline), expected, "baseline {baseline}");
        }
    }

    #[test]
    fn what_a_dead_entity_was_is_no_base_of_the_next_of_its_name() {
        let mut known = Known::default();
        known.write(ID, written(10));
        known.write(ID, written(11));
        known.remove(ID);
        known.write(ID, written(13));
        known.handle_snapshot(Tick(14), Some(Tick(12)));
        assert_eq!(base(&known, 12), None);
        known.handle_snapshot(Tick(14), Some(Tick(13)));
        assert_eq!(base(&known, 13), Some(13));
    }

    #[test]
    fn without_baselines_nothing_grows() {
        let mut known = Known::default();
        for tick in 1..10_000 {
            known.write(ID, written(tick));
            known.handle_snapshot(Tick(tick), None);
            assert!(known.later.len() <= BASELINE_AGE_MAX as usize + 1);
        }
    }

    #[test]
    fn entities_stay_in_order_whoever_goes() {
        let mut known = Known::default();
        for id in [5, 1, 9, 3, 7] {
            known.write(EntityId(id), written(id.into()));
        }
        known.remove(EntityId(3));
        known.retain(|state| *state != written(7).state);
        let left: Vec<_> = known.iter().map(|(id, state)| (id.0, *state)).collect();
        assert_eq!(left, [1, 5, 9].map(|id| (id, written(id.into()).state)));
        for id in [1, 5, 9] {
            assert_eq!(known.base(EntityId(id), Tick(20)).map(|base| base.tick), Some(Tick(id.into())));
        }
    }
}
