//! What everybody knows beside the cells: the largest players.

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
}
