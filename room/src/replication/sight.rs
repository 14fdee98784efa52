//! What a player may know now: everything within its interest, and nothing else.

use shared::{EntityId, Tick, game::Entity};

use super::{Known, Replica, Scene};

impl Replica {
    /// Brings the list of known entities up to what the player may know now.
    #[inline(never)]
    pub(super) fn look_around(&mut self, scene: &Scene<'_>) {
        let history = scene.history;
        let now = history.now();
        let eye = self.eye;
        let due = now.0.wrapping_add(self.member.ordinal().into()).is_multiple_of(crate::interest::INTEREST_TICKS);
        if !(self.look_around || due && !scene.radius.covers_map()) {
            // Between two looks only the newborn are new: with the whole map in view they always are.
            for &id in history.born() {
                let Some(state) = history.current(id) else { continue };
                if scene.radius.enters(eye, state.position(scene.terrain)) {
                    self.want(id, now);
                }
            }
            return;
        }
        self.look_around = false;
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        if scene.radius.covers_map() {
            candidates.extend_from_slice(history.alive());
        } else {
            scene.grid.around(eye, scene.radius.leave(), |id, position| {
                let enters = scene.radius.enters(eye, position);
                let stays = enters || scene.radius.stays(eye, position);
                let known = || self.find(id).is_ok_and(|index| self.known[index].wanted);
                if id == arena::craft_of(self.follows) || enters || stays && known() {
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
            // What has ended is taken care of when it is looked at; only what lives on unseen is forgotten here.
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
