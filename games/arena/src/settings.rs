//! Settings of the arena: the section `[games.arena]`, except mode and maps, which the engine describes.

use serde::{Deserialize, Serialize};
use shared::game::{self, About};

use crate::rules::Mode;

/// Settings of the arena.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Mode of the matches.
    pub mode: Mode,
    /// Points that end a match, 0 for no limit.
    pub score_limit: u16,
    /// Seconds after which a match ends, 0 for no limit.
    pub match_secs: u32,
    /// Seconds of warm-up; with two crafts in the room three of them remain at most.
    pub warm_up_secs: u32,
    /// Seconds for which results are shown.
    pub results_secs: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { mode: Mode::Deathmatch, score_limit: 25, match_secs: 300, warm_up_secs: 5, results_secs: 8 }
    }
}

impl game::Settings for Settings {
    const MODES: &'static [&'static str] = &["deathmatch", "team-deathmatch"];
    const ABOUT: &'static [About] = &[
        About::new("score_limit", "Points that end a match.").value("POINTS").range(1, u16::MAX as i64),
        About::new("match_secs", "Seconds after which a match ends anyway.").value("SECONDS").range(10, SECS_MAX),
        About::new("warm_up_secs", "Seconds of warm-up before a match.").value("SECONDS").range(0, SECS_MAX),
        About::new("results_secs", "Seconds its results are shown.").value("SECONDS").range(0, SECS_MAX),
    ];

    fn with_mode(self, mode: usize) -> Self {
        Self { mode: Mode::of_index(mode), ..self }
    }

    fn mode(&self) -> usize {
        self.mode as usize
    }
}

/// One day, longer than any match should last.
const SECS_MAX: i64 = 86_400;
