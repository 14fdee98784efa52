//! What happens and must not be lost.

use serde::{Deserialize, Serialize};
use shared::{
    PlayerId,
    game::{Field, IVec2, Record},
    wire::POSITION_MAX,
};

use crate::limits::MASS_MAX;

/// See the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub enum Event {
    /// A cell was swallowed by another player's: for those who see that one.
    Swallowed {
        /// Whose cell swallowed.
        by: PlayerId,
        /// Whose cell was swallowed.
        owner: PlayerId,
        /// Where, position units.
        #[record(max = POSITION_MAX)]
        #[draw(px)]
        position: IVec2,
        /// Its mass.
        #[record(max = MASS_MAX as i64)]
        mass: u32,
    },
    /// A player lost its last cell: for that player.
    Ended {
        /// Whose cell swallowed it.
        by: PlayerId,
        /// The most mass that its cells had together.
        best_mass: u32,
        /// Seconds from its first cell to its last.
        secs: u16,
    },
    /// The largest players, the largest first, for everybody.
    Leaders {
        /// How many there are.
        #[record(max = LEADERS as i64)]
        count: u8,
        /// Who; meaningless from `count` on.
        leaders: [Leader; LEADERS],
    },
}

/// One of the largest players.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field, Serialize, Deserialize)]
pub struct Leader {
    /// Its seat.
    pub seat: u16,
    /// Mass of its cells together.
    pub mass: u32,
}

/// Players on the leaderboard.
pub const LEADERS: usize = 10;
