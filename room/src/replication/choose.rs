//! Which of the known entities a player must be told of at this tick, and how urgent each is.
//!
//! This runs for every player over everything it knows, in every tick: most of it must be passed over at the price of one
//! comparison.

use glam::IVec2;
use shared::{
    EntityId, PlayerId,
    game::{Entity, Game},
};

use crate::interest::Radius;

use super::{
    Replica, Scene, Update,
    fragment::Fragment,
    known::{Due, Known},
};

/// Ticks that a change of what is only drawn may wait.
const LOOKS_TICKS: u32 = 3;
/// Wanted entities beyond which those far away are looked at in turns, one turn more for each so many.
const CROWD: usize = 128;
/// Turns at most.
const CROWD_STRIDE_MAX: usize = 5;
/// Closeness from which on an entity is looked at in every tick.
const NEAR: u32 = 5;
/// Ticks beyond which waiting longer makes nothing more urgent; the product of a priority stays within 32 bits.
const PRIORITY_AGE_MAX: u32 = 1_000_000;
/// Of what takes a few bytes and must not be missed.
const URGENT: u32 = u32::MAX;

/// With whose eyes entities are looked at.
struct Look<'a, G: Game> {
    scene: &'a Scene<'a, G>,
    eye: IVec2,
    radius: Radius,
    follows: PlayerId,
    followed: Option<EntityId>,
    /// Whether the player runs forward what it knows.
    foresees: bool,
    /// Ticks that a change of what is only drawn may wait.
    looks_ticks: u32,
    /// In a crowd, what is far away is looked at in one of so many ticks.
    stride: u32,
}

impl<G: Game> Replica<G> {
    /// Fills `due` with all that should be told, in the order of ids, not yet encoded.
    #[inline(never)]
    pub(super) fn collect_due(&mut self, scene: &Scene<'_, G>) {
        let now = scene.history.now();
        let look = Look {
            scene,
            eye: self.eye,
            radius: *self.radius(scene),
            follows: self.follows,
            followed: self.followed,
            foresees: !self.plain,
            looks_ticks: if scene.reduction > 0 { 2 * LOOKS_TICKS } else { LOOKS_TICKS },
            stride: 1 + (self.wanted / CROWD).min(CROWD_STRIDE_MAX) as u32,
        };
        let mut forgotten = std::mem::take(&mut self.candidates);
        forgotten.clear();
        self.due.clear();
        self.wanted = 0;
        for (index, known) in self.known.iter_mut().enumerate() {
            if known.is_quiet(scene.history) {
                self.wanted += 1;
                continue;
            }
            self.wanted += usize::from(known.wanted);
            if known.rests(now) {
                continue;
            }
            match look.at(known) {
                None => {}
                Some((Due::Forgotten, _)) => forgotten.push(known.id),
                Some((what, priority)) => self.due.push(Update {
                    // Where it is once the forgotten are gone.
                    index: index - forgotten.len(),
                    id: known.id,
                    what,
                    priority,
                    fragment: Fragment::default(),
                }),
            }
        }
        if !forgotten.is_empty() {
            self.known.retain(|known| forgotten.binary_search(&known.id).is_err());
        }
        self.candidates = forgotten;
    }
}

impl<G: Game> Look<'_, G> {
    /// What must be told of an entity, and how urgent that is; `None` if nothing.
    fn at(&self, known: &mut Known) -> Option<(Due, u32)> {
        let (history, map, radius) = (self.scene.history, self.scene.map(), &self.radius);
        let now = history.now();
        let what = known.due(history, self.foresees, self.looks_ticks);
        if what == Due::Nothing && self.stride == 1 {
            return None;
        }
        let seen = history.current(known.id).map(|state| (state, state.position(map)));
        let closeness = seen.map_or(0, |(_, position)| radius.closeness(self.eye, position));
        // A removal never rests: when its snapshot is lost the checksum counts on its being told again at once.
        if self.stride > 1 && closeness < NEAR && known.wanted {
            known.rest(now, self.stride);
        }
        match (what, seen) {
            (Due::Nothing, _) => None,
            (Due::Full | Due::Delta { .. }, Some((state, position))) if Some(known.id) != self.followed => {
                if !radius.stays(self.eye, position, state.extent(map)) || !self.may_see(known.id) {
                    // Nothing outside a player's interest may reach it, not even one last change.
                    return Some((if known.unwant(now) { Due::Gone } else { Due::Forgotten }, URGENT));
                }
                let age = now.since(known.sent).clamp(1, PRIORITY_AGE_MAX);
                let importance = if self.foresees { state.importance() } else { state.plain_importance() };
                Some((what, importance * closeness * age))
            }
            _ => Some((what, URGENT)),
        }
    }

    fn may_see(&self, id: EntityId) -> bool {
        !G::HIDES || self.scene.play.game().may_see(self.follows, id)
    }
}
