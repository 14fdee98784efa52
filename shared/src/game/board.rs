//! What everybody knows beside the entities.

use std::fmt::Debug;

use crate::id::PlayerId;

/// What everybody knows beside the entities: scores, sides, how the match stands. Clients and computer opponents keep it from the events
/// that are for everyone.
pub trait Board<E>: Clone + Debug + Default + Send + Sync + 'static {
    /// Takes in an event.
    fn handle(&mut self, event: &E);

    /// A player left, or another one took its seat: what was said of the seat counts no more.
    fn forget(&mut self, player: PlayerId) {
        let _ = player;
    }

    /// What a player has won so far, where the game counts something: load tests check that nobody loses it by coming back.
    fn score(&self, player: PlayerId) -> Option<i64> {
        let _ = player;
        None
    }
}

impl<E> Board<E> for () {
    fn handle(&mut self, _: &E) {}
}
