//! The entities that a player may know in this tick: everything within its interest, and nothing else.

use shared::{
    EntityId, Tick,
    game::{Entity, Game},
};

use super::{Known, Replica, Scene};
use crate::interest::INTEREST_TICKS;

impl<G: Game> Replica<G> {
    /// Updates the list of known entities to the player's present interest.
    #[inline(never)]
    pub(super) fn look_around(&mut self, scene: &Scene<'_, G>) {
        let history = scene.history;
        let now = history.now();
        let (eye, radius) = (self.eye, *self.radius(scene));
        let (follows, followed) = (self.follows, self.followed);
        let may_see = |id| !G::HIDES || Some(id) == followed || scene.play.game().may_see(follows, id);
        let due = now.0.wrapping_add(self.member.ordinal().into()).is_multiple_of(INTEREST_TICKS);
        if !(self.look_around || due && (G::HIDES || !radius.covers_map())) {
            // Between two full searches only entities that appeared in this tick are added. With the whole map in view that is enough.
            for &id in history.born() {
                let Some(state) = history.current(id) else { continue };
                if radius.enters(eye, state.position(scene.map()), state.extent(scene.map())) && may_see(id) {
                    self.want(id, now);
                }
            }
            return;
        }
        self.look_around = false;
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        if radius.covers_map() {
            candidates.extend(history.alive().iter().copied().filter(|&id| may_see(id)));
        } else {
            scene.grid.around(eye, radius.leave().saturating_add(scene.extent_max), |id, position| {
                // The extent needs the entity's state, so it is looked up only if some entity has one.
                let state = if scene.extent_max == 0 { None } else { history.current(id) };
                let extent = state.map_or(0, |state| state.extent(scene.map()));
                let enters = radius.enters(eye, position, extent);
                let stays = enters || radius.stays(eye, position, extent);
                let known = || self.find(id).is_ok_and(|index| self.known[index].wanted);
                if Some(id) == followed || (enters || stays && known()) && may_see(id) {
                    candidates.push(id);
                }
            });
            candidates.sort_unstable();
        }
        self.known.retain_mut(|known| {
            if candidates.binary_search(&known.id).is_ok() {
                known.want(now);
                return true;
            }
            // `due` handles entities that have ended. Here the player forgets entities that live on outside its interest.
            history.life(known.id).end.is_some() || known.unwant(now)
        });
        for &id in &candidates {
            self.want(id, now);
        }
        self.candidates = candidates;
    }

    fn want(&mut self, id: EntityId, now: Tick) {
        match self.find(id) {
            Ok(index) => self.known[index].want(now),
            Err(index) => self.known.insert(index, Known::new(id, now)),
        }
    }
}
