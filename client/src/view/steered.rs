//! The entities of the view that the player steers, and which of them are certain.
//!
//! After a lost snapshot the view may lack a change of an entity, until the server has learnt of the loss and sent it again. A
//! prediction must not be corrected by such a state.

use shared::{EntityId, limits::PREDICTED_ENTITIES_MAX};

/// See the module. In the order of ids.
#[derive(Debug)]
pub(super) struct SteeredInView<E> {
    entities: Vec<(EntityId, E)>,
    /// For each entity: true if its state certainly equals the server's.
    sure: Vec<bool>,
}

impl<E> Default for SteeredInView<E> {
    fn default() -> Self {
        Self { entities: Vec::new(), sure: Vec::new() }
    }
}

impl<E: Copy> SteeredInView<E> {
    pub(super) fn clear(&mut self) {
        self.entities.clear();
        self.sure.clear();
    }

    /// `complete` means that no snapshot is missing since the baseline; changes lost before that have been sent again. `next` means
    /// that no snapshot is missing since the last one.
    pub(super) fn handle_snapshot(&mut self, complete: bool, next: bool) {
        for sure in &mut self.sure {
            *sure = complete || *sure && next;
        }
    }

    /// The server sent an entity, or a change of it.
    pub(super) fn handle_update(&mut self, id: EntityId, state: E, is_steered: bool) {
        match (self.find(id), is_steered) {
            (Ok(place), true) => (self.entities[place].1, self.sure[place]) = (state, true),
            (Err(place), true) if self.entities.len() < PREDICTED_ENTITIES_MAX => {
                self.entities.insert(place, (id, state));
                self.sure.insert(place, true);
            }
            (Ok(_), false) => self.remove(id),
            (Err(_), _) => {}
        }
    }

    pub(super) fn remove(&mut self, id: EntityId) {
        if let Ok(place) = self.find(id) {
            self.entities.remove(place);
            self.sure.remove(place);
        }
    }

    /// A checksum has shown that the whole view is right.
    pub(super) fn handle_match(&mut self) {
        self.sure.fill(true);
    }

    /// Copies the states of the view, and drops entities that have left it.
    pub(super) fn refresh(&mut self, state_of: impl Fn(EntityId) -> Option<E>) {
        let mut place = 0;
        while let Some((id, state)) = self.entities.get_mut(place) {
            match state_of(*id) {
                Some(now) => {
                    *state = now;
                    place += 1;
                }
                None => {
                    self.entities.remove(place);
                    self.sure.remove(place);
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// All steered entities, if all of them are certain.
    pub(super) fn sure(&self) -> Option<&[(EntityId, E)]> {
        self.sure.iter().all(|&sure| sure).then_some(&self.entities)
    }

    fn find(&self, id: EntityId) -> Result<usize, usize> {
        self.entities.binary_search_by_key(&id, |&(id, _)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: EntityId = EntityId(1);
    const TWO: EntityId = EntityId(2);

    fn steered() -> SteeredInView<u8> {
        let mut steered = SteeredInView::default();
        steered.handle_update(TWO, 20, true);
        steered.handle_update(ONE, 10, true);
        steered.handle_update(EntityId(3), 30, false);
        steered
    }

    #[test]
    fn lost_snapshot_makes_doubtful_what_is_not_sent_anew() {
        let mut steered = steered();
        assert_eq!(steered.sure(), Some(&[(ONE, 10), (TWO, 20)][..]));
        steered.handle_snapshot(false, true);
        assert!(steered.sure().is_some());
        steered.handle_snapshot(false, false);
        assert!(steered.sure().is_none());
        steered.handle_update(ONE, 11, true);
        assert!(steered.sure().is_none(), "the other one is still doubtful");
        steered.handle_update(TWO, 21, true);
        assert_eq!(steered.sure(), Some(&[(ONE, 11), (TWO, 21)][..]));
        steered.handle_snapshot(false, false);
        steered.handle_match();
        assert!(steered.sure().is_some());
    }

    #[test]
    fn crowd_is_not_predicted_beyond_its_bound() {
        let mut steered = SteeredInView::default();
        (0..2 * PREDICTED_ENTITIES_MAX as u16).for_each(|id| steered.handle_update(EntityId(id), 0_u8, true));
        assert_eq!(steered.sure().map(<[_]>::len), Some(PREDICTED_ENTITIES_MAX));
        steered.remove(EntityId(5));
        steered.handle_update(EntityId(900), 0, true);
        assert_eq!(steered.sure().map(<[_]>::len), Some(PREDICTED_ENTITIES_MAX));
    }

    #[test]
    fn it_follows_the_view_and_who_steers() {
        let mut steered = steered();
        steered.refresh(|id| (id == ONE).then_some(12));
        assert_eq!(steered.sure(), Some(&[(ONE, 12)][..]));
        steered.handle_update(ONE, 13, false);
        assert_eq!(steered.sure(), Some(&[][..]));
    }
}
