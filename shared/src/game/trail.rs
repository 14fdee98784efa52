//! The last ticks of a match's entities, for lag compensation without a room.

use crate::{game::Past, id::EntityId, tick::Tick};

/// The [`Past`] of a match outside of a room: a replay, a copy, a unit test of the rules. Call [`Trail::record`] after each
/// step, and pass the trail to the next step as [`Turn::past`](crate::game::Turn::past).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trail<E> {
    tracked: usize,
    ticks: u32,
    /// Rows of `tracked` states; the row of a tick is `tick % ticks`.
    ring: Vec<Option<E>>,
    newest: Tick,
}

impl<E: Copy> Trail<E> {
    /// An empty trail for the first `tracked` entities and the last `ticks` ticks, including the newest.
    pub fn new(tracked: usize, ticks: u32, now: Tick) -> Self {
        let ticks = ticks.max(1);
        Self { tracked, ticks, ring: vec![None; tracked * ticks as usize], newest: now }
    }

    /// Number of ticks that it keeps, including the newest.
    pub fn ticks(&self) -> u32 {
        self.ticks
    }

    /// Number of entities that it keeps.
    pub fn tracked(&self) -> usize {
        self.tracked
    }

    /// The newest tick recorded.
    pub fn newest(&self) -> Tick {
        self.newest
    }

    /// Records all entities at the end of a tick, in the order of ids. Skipped ticks have no states.
    pub fn record(&mut self, tick: Tick, entities: impl Iterator<Item = (EntityId, E)>) {
        for skipped in 1..tick.since(self.newest).min(self.ticks + 1) {
            self.row_mut(self.newest.plus(skipped)).fill(None);
        }
        self.newest = tick;
        self.row_mut(tick).fill(None);
        let tracked = self.tracked;
        for (id, state) in entities.take_while(|(id, _)| id.index() < tracked) {
            self.set(id, tick, state);
        }
    }

    /// Sets the state of one entity at the end of a tick that is still kept.
    pub fn set(&mut self, id: EntityId, tick: Tick, state: E) {
        if let Some(place) = self.row_mut(tick).get_mut(id.index()) {
            *place = Some(state);
        }
    }

    fn row_mut(&mut self, tick: Tick) -> &mut [Option<E>] {
        let row = (tick.0 % self.ticks) as usize * self.tracked;
        &mut self.ring[row..row + self.tracked]
    }
}

impl<E: Copy> Past<E> for Trail<E> {
    fn entity(&self, id: EntityId, tick: Tick) -> Option<E> {
        if tick > self.newest || self.newest.since(tick) >= self.ticks || id.index() >= self.tracked {
            return None;
        }
        self.ring[(tick.0 % self.ticks) as usize * self.tracked + id.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail_of(ticks: std::ops::Range<u32>) -> Trail<u32> {
        let mut trail = Trail::new(2, 3, Tick(ticks.start));
        for tick in ticks {
            trail.record(Tick(tick), [(EntityId(1), tick), (EntityId(2), 99)].into_iter());
        }
        trail
    }

    #[test]
    fn it_remembers_as_many_ticks_as_it_should_and_only_tracked_entities() {
        let trail = trail_of(5..10);
        assert_eq!(trail.entity(EntityId(1), Tick(9)), Some(9));
        assert_eq!(trail.entity(EntityId(1), Tick(7)), Some(7));
        assert_eq!(trail.entity(EntityId(1), Tick(6)), None, "too old");
        assert_eq!(trail.entity(EntityId(1), Tick(10)), None, "not yet");
        assert_eq!(trail.entity(EntityId(0), Tick(9)), None, "was not there");
        assert_eq!(trail.entity(EntityId(2), Tick(9)), None, "not tracked");
    }

    #[test]
    fn what_was_left_out_is_forgotten() {
        let mut trail = trail_of(5..8);
        trail.record(Tick(9), [(EntityId(1), 9)].into_iter());
        assert_eq!(trail.entity(EntityId(1), Tick(8)), None);
        assert_eq!(trail.entity(EntityId(1), Tick(7)), Some(7));
    }
}
