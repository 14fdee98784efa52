//! What everybody knows besides the entities.

use std::fmt::Debug;

use crate::id::PlayerId;

/// What everybody knows besides the entities: scores, sides, how the match stands.
///
/// Each client keeps a board, and the room keeps one for its computer opponents. Both begin with the default one and change it by events
/// alone; the rules do not read it, they have the truth. A board lasts as long as the room, so it must follow from events when a new match
/// begins, see [`Game::restart`](crate::game::Game::restart).
///
/// ```
/// use std::collections::BTreeMap;
///
/// use shared::{PlayerId, game::{Board, Record}};
///
/// /// Events say how things are now, not by how much they changed: whoever gets one twice is not misled.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
/// enum Event {
///     Score { player: PlayerId, points: i32 },
///     Round(u16),
/// }
///
/// #[derive(Clone, Debug, Default)]
/// struct Scores {
///     points: BTreeMap<PlayerId, i32>,
///     round: u16,
/// }
///
/// impl Board<Event> for Scores {
///     fn handle(&mut self, event: &Event) {
///         match *event {
///             Event::Score { player, points } => drop(self.points.insert(player, points)),
///             Event::Round(round) => self.round = round,
///         }
///     }
///
///     fn forget(&mut self, player: PlayerId) {
///         self.points.remove(&player);
///     }
///
///     fn score(&self, player: PlayerId) -> Option<i64> {
///         self.points.get(&player).copied().map(i64::from)
///     }
/// }
/// #
/// # let mut scores = Scores::default();
/// # for event in [Event::Score { player: PlayerId(3), points: 7 }, Event::Round(2)] {
/// #     scores.handle(&event);
/// # }
/// # assert_eq!((scores.score(PlayerId(3)), scores.round), (Some(7), 2));
/// ```
pub trait Board<E>: Clone + Debug + Default + Send + Sync + 'static {
    /// Takes in an event. The room's board gets those for [`Audience::All`](crate::game::Audience::All), a client's board gets every event
    /// that the client receives. So the others must not lead to a board that contradicts the room's: they may bring something that all
    /// hear of a little later.
    fn handle(&mut self, event: &E);

    /// A player left, or another one took its seat: what the board knows of the seat is no longer true. Called after the events of
    /// [`Game::leave`](crate::game::Game::leave) and before those of [`Game::join`](crate::game::Game::join).
    fn forget(&mut self, player: PlayerId) {
        let _ = player;
    }

    /// A player's score, if the game has one: load tests check that a player who reconnects keeps it.
    fn score(&self, player: PlayerId) -> Option<i64> {
        let _ = player;
        None
    }
}

impl<E> Board<E> for () {
    fn handle(&mut self, _: &E) {}
}
