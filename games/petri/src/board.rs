//! Public state besides the cells: the largest players.

use shared::{PlayerId, game};

use crate::event::{Event, Leader};

/// The leaderboard.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Board(Vec<Leader>);

impl Board {
    /// The largest players, the largest first.
    pub fn leaders(&self) -> &[Leader] {
        &self.0
    }
}

impl game::Board<Event> for Board {
    fn handle(&mut self, event: &Event) {
        if let Event::Leaders { count, leaders } = event {
            self.0.clear();
            self.0.extend(leaders.iter().take((*count).into()));
        }
    }

    fn forget(&mut self, player: PlayerId) {
        self.0.retain(|leader| leader.seat != player.0);
    }

    /// The mass of a player on the leaderboard; the masses of other players are not sent.
    fn score(&self, player: PlayerId) -> Option<i64> {
        self.0.iter().find(|leader| leader.seat == player.0).map(|leader| leader.mass.into())
    }
}

#[cfg(test)]
mod tests {
    use shared::game::Board as _;

    use super::*;
    use crate::event::LEADERS;

    #[test]
    fn score_is_the_mass_on_the_leaderboard() {
        let mut leaders = [Leader::default(); LEADERS];
        leaders[0] = Leader { seat: 7, mass: 410 };
        leaders[1] = Leader { seat: 2, mass: 24 };
        let mut board = Board::default();
        board.handle(&Event::Leaders { count: 2, leaders });
        // The pairs behind the count have seat 0, and must be ignored.
        assert_eq!([7, 2, 0].map(|seat| board.score(PlayerId(seat))), [Some(410), Some(24), None]);
        board.forget(PlayerId(7));
        assert_eq!(board.score(PlayerId(7)), None);
    }
}
