//! The rules of the arena.
//!
//! Nothing here depends on networks, clocks or other machines: inputs go in, one tick passes, events come out.

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

/// Mode of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Field, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Every player fights alone.
    Deathmatch = 0,
    /// Red against blue.
    TeamDeathmatch = 1,
}

impl Mode {
    /// The mode with this index in the list of mode names.
    pub(crate) const fn of_index(index: usize) -> Self {
        if index == Self::TeamDeathmatch as usize { Self::TeamDeathmatch } else { Self::Deathmatch }
    }
}

/// Data that does not change during a match, the map and the numbers of the rules: everything that is needed to run a
/// craft or a shell forward.
#[derive(Clone, Debug)]
pub struct Terrain {
    /// The map.
    pub map: Arc<Map>,
    /// The numbers of the rules.
    pub rules: numbers::Rules,
}

impl Terrain {
    /// A map with the default numbers of a tick rate.
    pub fn new(map: Arc<Map>, tick_rate: TickRate) -> Self {
        Self { map, rules: numbers::Rules::new(tick_rate) }
    }
}
