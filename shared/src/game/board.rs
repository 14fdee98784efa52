//! The board: the state of a match that every player knows apart from the entities.

use std::fmt::Debug;

use crate::id::PlayerId;

/// The state of a match that every player knows apart from the entities: scores, sides, the phase of the match.
///
/// Each client keeps a board, and the room keeps one for its computer opponents. Both start with the default board and change it only by
/// events. The rules do not read it; they have the match itself. A board lasts as long as the room, so a new match must send events that
/// bring it up to date, see [`Game::restart`](crate::game::Game::restart).
///
/// ```
/// use std::collections::BTreeMap;
///
/// use shared::{PlayerId, game::{Board, Record}};
///
/// /// Events hold new values, not differences: an event that is handled twice does no harm.
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
    /// Handles an event. The room's board gets the events for [`Audience::All`](crate::game::Audience::All); a client's board gets every
    /// event that the client receives. So events for fewer receivers must not make a board contradict the room's. They may announce
    /// something that all players learn a little later.
    fn handle(&mut self, event: &E);

    /// Removes what the board knows of a player: it left, or another player took its seat. Called after the events of
    /// [`Game::leave`](crate::game::Game::leave) and before those of [`Game::join`](crate::game::Game::join).
    fn forget(&mut self, player: PlayerId) {
        let _ = player;
    }

    /// A player's score, if the game has scores and the board knows this one. Load tests compare the scores of players who reconnect.
    fn score(&self, player: PlayerId) -> Option<i64> {
        let _ = player;
        None
    }
}

impl<E> Board<E> for () {
    fn handle(&mut self, _: &E) {}
}
