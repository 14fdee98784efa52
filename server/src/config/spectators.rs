//! `spectators`: the rule for spectators, and their delay.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::limits::SPECTATOR_DELAY_SECS;

/// The rule for spectators, and their delay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Spectators {
    /// Nobody may watch.
    Off,
    /// Everybody may watch some seconds late, but not the match that the same address or account plays in.
    #[default]
    Delayed,
    /// Everybody may watch without delay. A player can then learn from a spectator where the others are.
    Live,
}

impl Spectators {
    /// Delay of the spectators' view, in seconds.
    pub const fn delay_secs(self) -> u32 {
        match self {
            Self::Delayed => SPECTATOR_DELAY_SECS,
            Self::Off | Self::Live => 0,
        }
    }
}
