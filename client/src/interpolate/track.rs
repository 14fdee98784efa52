//! One entity's states by tick, and where it is between them.

use std::{collections::VecDeque, time::Duration};

use glam::Vec2;
use shared::{
    Tick,
    game::{Birth, Entity, Game, MapOf, Pose, Replicate},
    limits::SHOWN_STATES_MAX,
};

use crate::smooth::Offset;

/// See the module.
#[derive(Clone, Debug)]
pub struct Track<G: Game> {
    /// Oldest first; there is always one.
    states: VecDeque<(Tick, G::Entity)>,
    ended: Option<Tick>,
    offset: Offset,
}

impl<G: Game> Track<G> {
    /// The track of an entity first seen at `tick`.
    pub(super) fn new(tick: Tick, state: G::Entity) -> Self {
        Self { states: VecDeque::from([(tick, state)]), ended: None, offset: Offset::default() }
    }

    /// Whether a state of `tick` belongs to the same life: ids are used again.
    pub(super) fn continues_as(&self, tick: Tick, state: &G::Entity, map: &MapOf<G>) -> bool {
        self.newest().kind() == state.kind() && self.birth(map) == G::birth(state, tick, map)
    }

    /// How it came about, if the game knows.
    pub fn birth(&self, map: &MapOf<G>) -> Option<Birth> {
        let (tick, newest) = self.last();
        G::birth(newest, tick, map)
    }

    /// Adds the state of a later tick.
    pub(super) fn push(&mut self, tick: Tick, state: G::Entity, map: &MapOf<G>) {
        self.run_until(tick, map);
        self.add(tick, state);
    }

    /// Ends at `tick` or, if it sees its own end coming, when that comes.
    pub(super) fn end(&mut self, tick: Tick, map: &MapOf<G>) {
        self.run_until(tick, map);
        self.ended = Some(self.ended.unwrap_or(tick));
    }

    /// The tick it ended at, if it has.
    pub fn ended(&self) -> Option<Tick> {
        self.ended
    }

    /// The newest state.
    pub fn newest(&self) -> &G::Entity {
        self.last().1
    }

    /// The newest state and its tick.
    pub fn last(&self) -> (Tick, &G::Entity) {
        let (tick, state) = self.states.back().expect("a track has a state");
        (*tick, state)
    }

    /// Keeps the picture where it was at the render tick `shown`, whatever has been learnt since; the difference fades.
    pub(super) fn keep_place(&mut self, shown: f64, drawn: Vec2, map: &MapOf<G>, now: Duration) {
        if let Some(pose) = self.at(shown, map) {
            self.offset.absorb(pose.position - drawn, now);
        }
    }

    /// What fades of earlier guesses, to be added to a position, px.
    pub fn offset(&self, now: Duration) -> Vec2 {
        self.offset.at(now)
    }

    /// The entity at a tick with its fraction; `None` before its first state and after its end. Beyond the newest state
    /// it is run forward, so bound `tick` first.
    pub fn at(&self, tick: f64, map: &MapOf<G>) -> Option<Pose<G::Entity>> {
        if self.ended.is_some_and(|ended| tick >= f64::from(ended.0)) {
            return None;
        }
        let after = self.states.partition_point(|(known, _)| f64::from(known.0) <= tick);
        let (since, state) = self.states.get(after.checked_sub(1)?)?;
        let past = tick - f64::from(since.0);
        match self.states.get(after) {
            Some((until, later)) => Some(state.between(later, past, until.since(*since), map)),
            None => state.ahead(past, map),
        }
    }

    /// What is sent once moves by itself between two snapshots; straight lines would cut its corners.
    fn run_until(&mut self, tick: Tick, map: &MapOf<G>) {
        let (since, mut state) = (self.last().0, *self.last().1);
        if !state.is_sent_once() {
            return;
        }
        for missed in since.next().0..tick.0 {
            if missed - since.0 > RUN_FORWARD_MAX || !state.step(map) {
                self.ended.get_or_insert(Tick(missed));
                return;
            }
            self.add(Tick(missed), state);
        }
    }

    fn add(&mut self, tick: Tick, state: G::Entity) {
        if self.states.len() == SHOWN_STATES_MAX {
            self.states.pop_front();
        }
        self.states.push_back((tick, state));
    }
}

/// Ticks that something moves on by itself while nothing is heard of it; the view has forgotten it by then.
const RUN_FORWARD_MAX: u32 = 600;
