//! The rules of the arena.
//!
//! Nothing here knows of networks, clocks or other machines: inputs go in, one tick passes, events come out.

pub mod collide;
pub mod craft;
pub mod fingerprint;
pub mod grid;
pub mod match_flow;
pub mod numbers;
pub mod pickup;
pub mod pilot;
pub mod shell;
pub mod shells;
pub mod spawn;
pub mod weapon;
pub mod world;

pub use world::{PlayerInput, World, WorldConfig};

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::{TickRate, game::Field};

use crate::map::Map;

/// What is played in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Everyone for themselves.
    Deathmatch = 0,
    /// Red against blue.
    TeamDeathmatch = 1,
}

impl Mode {
    /// The mode with this index among the names that hosts write.
    pub(crate) const fn of_index(index: usize) -> Self {
        if index == Self::TeamDeathmatch as usize { Self::TeamDeathmatch } else { Self::Deathmatch }
    }
}

/// What does not change during a match: where the walls are and what the numbers are. All that is needed to run a
/// craft or a shell forward.
#[derive(Clone, Debug)]
pub struct Terrain {
    /// The map.
    pub map: Arc<Map>,
    /// The numbers.
    pub rules: numbers::Rules,
}

impl Terrain {
    /// A map by the usual numbers of a tick rate.
    pub fn new(map: Arc<Map>, tick_rate: TickRate) -> Self {
        Self { map, rules: numbers::Rules::new(tick_rate) }
    }
}
