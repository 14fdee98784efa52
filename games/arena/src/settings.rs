//! What a host can set about the arena: the section `[games.arena]`.

use serde::{Deserialize, Serialize};
use shared::game;

use crate::rules::Mode;

/// See the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What is played.
    pub mode: Mode,
    /// Points that end a match, 0 for no limit.
    pub score_limit: u16,
    /// Seconds after which a match ends, 0 for no limit.
    pub match_secs: u32,
    /// Seconds of warm-up; with two crafts in the room three of them remain at most.
    pub warm_up_secs: u32,
    /// Seconds results are shown.
    pub results_secs: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { mode: Mode::Deathmatch, score_limit: 25, match_secs: 300, warm_up_secs: 5, results_secs: 8 }
    }
}

impl game::Settings for Settings {
    const MODES: &'static [&'static str] = &["deathmatch", "team-deathmatch"];

    fn with_mode(self, mode: usize) -> Self {
        let mode = if mode == Mode::TeamDeathmatch as usize { Mode::TeamDeathmatch } else { Mode::Deathmatch };
        Self { mode, ..self }
    }

    fn mode(&self) -> usize {
        self.mode as usize
    }
}
