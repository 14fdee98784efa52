//! Points of players: an event and a board for games in which players only collect points.

use std::collections::BTreeMap;

use crate::{
    game::{Board, Record},
    id::PlayerId,
};

/// The points of a player have changed. A game with points needs only this event and the board [`Scores`]:
///
/// ```
/// use shared::{PlayerId, game::{Board, Events, Score, Scores}};
///
/// // In the game: `type Event = Score; type Board = Scores;`, and when a player scores:
/// let mut events = Events::default();
/// events.all(Score { player: PlayerId(3), points: 7 });
///
/// let mut board = Scores::default();
/// while let Some((_, event)) = events.poll() {
///     board.handle(&event);
/// }
/// assert_eq!(board.score(PlayerId(3)), Some(7));
/// ```
///
/// Send it in [`Game::join`](crate::game::Game::join) too, and return one for every player in
/// [`Game::board`](crate::game::Game::board). A page gets it as an event of the kind `event`, like every event that is a struct.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub struct Score {
    /// The player.
    pub player: PlayerId,
    /// The player's new points, not the difference: an event that a client gets twice does no harm.
    pub points: i32,
}

/// The points of every player, as [`Score`] reports them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scores(pub BTreeMap<PlayerId, i32>);

impl Board<Score> for Scores {
    fn handle(&mut self, score: &Score) {
        self.0.insert(score.player, score.points);
    }

    fn forget(&mut self, player: PlayerId) {
        self.0.remove(&player);
    }

    fn score(&self, player: PlayerId) -> Option<i64> {
        self.0.get(&player).copied().map(i64::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_a_seat_go_with_its_player() {
        let mut scores = Scores::default();
        scores.handle(&Score { player: PlayerId(2), points: 5 });
        scores.handle(&Score { player: PlayerId(2), points: 6 });
        assert_eq!((scores.score(PlayerId(2)), scores.score(PlayerId(1))), (Some(6), None));
        scores.forget(PlayerId(2));
        assert_eq!(scores.score(PlayerId(2)), None);
    }
}
