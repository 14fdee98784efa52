//! Events of the dish, sent reliably.

use serde::{Deserialize, Serialize};
use shared::{
    PlayerId,
    game::{Field, IVec2, Record},
    wire::POSITION_MAX,
};

use crate::limits::MASS_MAX;

/// An event of the dish.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub enum Event {
    /// A cell was swallowed by a cell of another player: sent to players who see that cell.
    Swallowed {
        /// Owner of the larger cell.
        by: PlayerId,
        /// Owner of the swallowed cell.
        owner: PlayerId,
        /// Position of the swallowed cell, position units.
        #[record(max = POSITION_MAX)]
        #[draw(px)]
        position: IVec2,
        /// Mass of the swallowed cell.
        #[record(max = MASS_MAX as i64)]
        mass: u32,
    },
    /// A player lost its last cell: sent to that player.
    Ended {
        /// Owner of the cell that swallowed it.
        by: PlayerId,
        /// Largest total mass of its cells.
        best_mass: u32,
        /// Seconds from its first cell to the loss of the last one.
        secs: u16,
    },
    /// The largest players in descending order, sent to all players.
    Leaders {
        /// Number of leaders.
        #[record(max = LEADERS as i64)]
        count: u8,
        /// The leaders; entries from `count` on have no meaning.
        leaders: [Leader; LEADERS],
    },
}

/// One of the largest players.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field, Serialize, Deserialize)]
pub struct Leader {
    /// Seat of the player.
    pub seat: u16,
    /// Total mass of its cells.
    pub mass: u32,
}

/// Number of places on the leaderboard.
pub const LEADERS: usize = 10;
