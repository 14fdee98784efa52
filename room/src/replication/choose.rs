//! Chooses the entities that a player's snapshot should update in this tick, and the priority of each.
//!
//! The loop runs in every tick over everything that a player knows, for every player, so most entities must cost one comparison.

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

/// Ticks that a change of cosmetic fields may wait.
const LOOKS_TICKS: u32 = 3;
/// Size of a crowd. For each so many wanted entities the stride, in which distant ones are checked, grows by one tick.
const CROWD: usize = 128;
/// Maximum by which the stride grows.
const CROWD_STRIDE_MAX: usize = 5;
/// Closeness at which an entity is checked in every tick.
const NEAR: u32 = 5;
/// Waiting time, in ticks, above which a priority no longer grows, so that its product stays within 32 bits.
const PRIORITY_AGE_MAX: u32 = 1_000_000;
/// Priority of updates that take a few bytes and must not wait.
const URGENT: u32 = u32::MAX;

/// The view of one player, from which entities are checked.
struct Look<'a, G: Game> {
    scene: &'a Scene<'a, G>,
    eye: IVec2,
    radius: Radius,
    follows: PlayerId,
    followed: Option<EntityId>,
    /// True if the client runs entities forward.
    foresees: bool,
    /// Ticks that a change of cosmetic fields may wait.
    looks_ticks: u32,
    /// Distant entities are checked in one of this many ticks; above 1 only in a crowd.
    stride: u32,
}

impl<G: Game> Replica<G> {
    /// Fills `due` with all updates that are due, ascending by id, not yet encoded.
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
                    // Its index after the forgotten ones are removed.
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
    /// The update that is due for an entity, and its priority; `None` if nothing is due.
    fn at(&self, known: &mut Known) -> Option<(Due, u32)> {
        let (history, map, radius) = (self.scene.history, self.scene.map(), &self.radius);
        let now = history.now();
        let what = known.due(history, self.foresees, self.looks_ticks);
        if what == Due::Nothing && self.stride == 1 {
            return None;
        }
        let seen = history.current(known.id).map(|state| (state, state.position(map)));
        let closeness = seen.map_or(0, |(_, position)| radius.closeness(self.eye, position));
        // A removal never rests: if its snapshot is lost, the checksum relies on sending it again at once.
        if self.stride > 1 && closeness < NEAR && known.wanted {
            known.rest(now, self.stride);
        }
        match (what, seen) {
            (Due::Nothing, _) => None,
            (Due::Full | Due::Delta { .. }, Some((state, position))) if Some(known.id) != self.followed => {
                if !radius.stays(self.eye, position, state.extent(map)) || !self.may_see(known.id) {
                    // No data about an entity outside a player's interest may reach the player, not even one last change.
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
