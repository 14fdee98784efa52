//! What the player has brought into being ahead of the server: drawn at once, and taken back if the server knows nothing of it.

use std::collections::VecDeque;

use shared::{
    Tick,
    game::{Birth, Entity, Game, MapOf},
    limits::{PREDICTED_BIRTHS_MAX, PREDICTED_TICKS_MAX},
};

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Born<E> {
    /// What tells it from all others.
    pub birth: Birth,
    /// Its first state, at the end of the tick of its birth.
    pub first: E,
    /// Whether the server has sent it.
    pub confirmed: bool,
    /// What it is at a later tick.
    now: (Tick, E),
}

/// All of them, oldest first.
#[derive(Debug)]
pub struct Births<E>(VecDeque<Born<E>>);

impl<E> Default for Births<E> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<E: Entity> Births<E> {
    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Born<E>> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this one is among them.
    pub fn contains(&self, birth: Birth) -> bool {
        self.0.iter().any(|born| born.birth == birth)
    }

    /// Compares them with the player's own that the server showed at `tick`. `complete` says that the view of that tick lacks nothing,
    /// so that what is missing there never came about, or has ended already.
    pub fn handle_snapshot(&mut self, tick: Tick, shown: &[Birth], complete: bool, map: &E::Map) {
        self.0.retain_mut(|born| {
            let is_shown = shown.contains(&born.birth);
            let refuted = !is_shown && (born.confirmed || complete && born.birth.tick.plus(SENT_TICKS) <= tick);
            born.confirmed |= is_shown;
            // What is shown lives, even if the prediction had it end sooner.
            !refuted && (is_shown || born.lives_until(tick.minus(SCREEN_TICKS), map))
        });
    }

    /// Forgets those born after `tick`: the inputs that made them are played again. What the server has sent stays.
    pub(crate) fn forget_after(&mut self, tick: Tick) {
        self.0.retain(|born| born.confirmed || born.birth.tick <= tick);
    }

    /// Takes in what came about at the end of `tick`.
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
    /// Runs it forward; false if it ends by itself, or if nothing was heard for so long that nobody knows.
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

/// A screen may be so many ticks behind the newest snapshot, and still has to draw how something ends.
const SCREEN_TICKS: u32 = 64;
/// Ticks the server may take to send something new when much else is more urgent.
const SENT_TICKS: u32 = 8;
