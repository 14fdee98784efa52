//! State that only the player receives about its own cells.

use serde::{Deserialize, Serialize};
use shared::game::{Own, Record};

use crate::{limits::CELLS_MAX, plate::Plate};

/// Timers that count down by one per tick, and the mass that the cells have swallowed and not digested yet.
///
/// Swallowed mass is added only at the next *digestion* but one, some tenths of a second later. The player's client
/// therefore receives it before it slows the cell down, and predicts its cells exactly.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record, Serialize, Deserialize)]
#[record(sparse)]
#[draw(map = Plate)]
pub struct OwnCells {
    /// Ticks until each cell may merge, by slot.
    #[draw(skip)]
    pub merge_ticks: [u16; CELLS_MAX],
    /// Mass that each cell digests next, by slot.
    #[draw(skip)]
    pub digests: [u16; CELLS_MAX],
    /// Ticks until the cells may split again.
    #[draw(seconds, name = "split")]
    pub split_ticks: u8,
    /// Ticks until the cells may eject again.
    #[draw(skip)]
    pub eject_ticks: u8,
    /// Ticks until a player without cells respawns by itself.
    #[draw(seconds, name = "comes_back")]
    pub return_ticks: u16,
    /// Rank by mass, from 1; 0 without a rank.
    pub place: u16,
}

impl Own for OwnCells {
    fn step(&mut self) {
        for ticks in &mut self.merge_ticks {
            *ticks = ticks.saturating_sub(1);
        }
        for ticks in [&mut self.split_ticks, &mut self.eject_ticks] {
            *ticks = ticks.saturating_sub(1);
        }
        self.return_ticks = self.return_ticks.saturating_sub(1);
    }
}
