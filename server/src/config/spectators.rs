//! `spectators`: whether anybody may watch, and how late.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::limits::SPECTATOR_DELAY_SECS;

/// Whether anybody may watch, and how late.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Spectators {
    /// Nobody.
    Off,
    /// Everything is shown some seconds late, and nobody watches the match that it plays in.
    #[default]
    Delayed,
    /// Everything at once, to everybody: who plays may have somebody tell where the others are.
    Live,
}

impl Spectators {
    /// Seconds that a room is shown late.
    pub const fn delay_secs(self) -> u32 {
        match self {
            Self::Delayed => SPECTATOR_DELAY_SECS,
            Self::Off | Self::Live => 0,
        }
    }
}
