//! The states of one entity by tick, and its pose between them.

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
    /// Oldest first; never empty.
    states: VecDeque<(Tick, G::Entity)>,
    ended: Option<Tick>,
    offset: Offset,
}

impl<G: Game> Track<G> {
    /// The track of an entity first seen at `tick`.
    pub(super) fn new(tick: Tick, state: G::Entity) -> Self {
        Self { states: VecDeque::from([(tick, state)]), ended: None, offset: Offset::default() }
    }

    /// Returns true if a state of `tick` belongs to the same entity: ids are reused.
    pub(super) fn continues_as(&self, tick: Tick, state: &G::Entity, map: &MapOf<G>) -> bool {
        self.newest().kind() == state.kind() && self.birth(map) == G::birth(state, tick, map)
    }

    /// The birth of the entity, if the game gives it one.
    pub fn birth(&self, map: &MapOf<G>) -> Option<Birth> {
        let (tick, newest) = self.last();
        G::birth(newest, tick, map)
    }

    /// Adds the state of a later tick.
    pub(super) fn push(&mut self, tick: Tick, state: G::Entity, map: &MapOf<G>) {
        self.run_until(tick, map);
        self.add(tick, state);
    }

    /// Ends the track at `tick`, or at the tick where the entity ends by itself if that is earlier.
    pub(super) fn end(&mut self, tick: Tick, map: &MapOf<G>) {
        self.run_until(tick, map);
        self.ended = Some(self.ended.unwrap_or(tick));
    }

    /// The tick at which the entity ended, if it has.
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

    /// Keeps the drawn position at the render tick `shown` although new states have changed it; the difference decays.
    pub(super) fn keep_place(&mut self, shown: f64, drawn: Vec2, map: &MapOf<G>, now: Duration) {
        if let Some(pose) = self.at(shown, map) {
            self.offset.absorb(pose.position - drawn, now);
        }
    }

    /// The decaying offset to add to a position, px.
    pub fn offset(&self, now: Duration) -> Vec2 {
        self.offset.at(now)
    }

    /// The pose at a tick with its fraction; `None` before the first state and after the end. After the newest state the entity
    /// is run forward, so the caller must bound `tick`.
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

    /// Adds the states between the newest and `tick` for an entity that is sent once. It moves by itself between snapshots, and
    /// interpolation in a straight line would cut its corners.
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

/// Bound of the ticks that an entity is run forward without a snapshot; the view has dropped it by then.
const RUN_FORWARD_MAX: u32 = 600;
