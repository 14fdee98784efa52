//! Entities that the prediction has created ahead of the server, such as shots. They are drawn at once, and removed if the server
//! turns out not to have created them.

use std::collections::VecDeque;

use shared::{
    Tick,
    game::{Birth, Entity, Game, MapOf},
    limits::{PREDICTED_BIRTHS_MAX, PREDICTED_TICKS_MAX},
};

/// An entity created by the prediction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Born<E> {
    /// The identity of the entity, equal on client and server.
    pub birth: Birth,
    /// Its first state, at the end of the tick of its birth.
    pub first: E,
    /// True once the server has sent it.
    pub confirmed: bool,
    /// A later tick and the state at its end, advanced to find out when the entity ends.
    now: (Tick, E),
}

/// The created entities, oldest first, at most `PREDICTED_BIRTHS_MAX`.
#[derive(Debug)]
pub struct Births<E>(VecDeque<Born<E>>);

impl<E> Default for Births<E> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<E: Entity> Births<E> {
    /// The entities, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Born<E>> {
        self.0.iter()
    }

    /// Returns true if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if the entity of this birth is among them.
    pub fn contains(&self, birth: Birth) -> bool {
        self.0.iter().any(|born| born.birth == birth)
    }

    /// Compares them with the player's entities that the server sent for `tick`. `complete` means that no snapshot is missing, so that an
    /// entity missing in the view was never created or has ended already.
    pub fn handle_snapshot(&mut self, tick: Tick, shown: &[Birth], complete: bool, map: &E::Map) {
        self.0.retain_mut(|born| {
            let is_shown = shown.contains(&born.birth);
            let refuted = !is_shown && (born.confirmed || complete && born.birth.tick.plus(SENT_TICKS) <= tick);
            born.confirmed |= is_shown;
            // An entity in the view is alive, even if the prediction ended it sooner.
            !refuted && (is_shown || born.lives_until(tick.minus(SCREEN_TICKS), map))
        });
    }

    /// Drops those born after `tick`, because the inputs that made them are played again. Confirmed ones stay.
    pub(crate) fn forget_after(&mut self, tick: Tick) {
        self.0.retain(|born| born.confirmed || born.birth.tick <= tick);
    }

    /// Adds an entity created at the end of `tick`.
    pub(crate) fn push<G: Game<Entity = E>>(&mut self, tick: Tick, first: E, map: &MapOf<G>) {
        let Some(birth) = G::birth(&first, tick, map).filter(|&birth| !self.contains(birth)) else { return };
        if self.0.len() == PREDICTED_BIRTHS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(Born { birth, first, confirmed: false, now: (tick, first) });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

impl<E: Entity> Born<E> {
    /// Runs the entity forward to `tick`. Returns false if it ends by itself, or if `tick` is too far ahead to know.
    fn lives_until(&mut self, tick: Tick, map: &E::Map) -> bool {
        let (now, state) = &mut self.now;
        if tick.since(*now) as usize > PREDICTED_TICKS_MAX {
            return false;
        }
        while *now < tick {
            *now = now.next();
            if !state.step(map) {
                return false;
            }
        }
        true
    }
}

/// Ticks for which an ended entity is kept: the screen may lag this far behind the newest snapshot and has to draw the end.
const SCREEN_TICKS: u32 = 64;
/// Ticks that the server may take to send a new entity when others have a higher priority.
const SENT_TICKS: u32 = 8;
