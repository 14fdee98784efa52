//! Settings of petri: the section `[games.petri]`.

use serde::{Deserialize, Serialize};
use shared::game::{self, About};

use crate::limits::PELLETS_MAX;

/// Settings of petri.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Pellets in the dish.
    pub pellets: u16,
    /// Seconds until a swallowed pellet comes back at another place.
    pub pellet_secs: u16,
    /// Mass of a player's first cell.
    pub start_mass: u32,
    /// Seconds until a player who was swallowed respawns by itself.
    pub return_secs: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self { pellets: 4_000, pellet_secs: 6, start_mass: 24, return_secs: 2 }
    }
}

impl game::Settings for Settings {
    const ABOUT: &'static [About] = &[
        About::new("pellets", "Pellets in the dish.").value("PELLETS").range(0, PELLETS_MAX as i64),
        About::new("pellet_secs", "Seconds until a swallowed pellet is back, elsewhere.")
            .value("SECONDS")
            .range(1, 600),
        About::new("start_mass", "Mass of a player's first cell.").value("MASS").range(10, 1_000),
        About::new("return_secs", "Seconds until a player who was swallowed comes back by itself.")
            .value("SECONDS")
            .range(1, 60),
    ];
}
