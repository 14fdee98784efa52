//! `[sessions]`: players that come back after their link was cut.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Players that come back after their link was cut.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Seconds that a player's seat and what it plays there are kept after its link was cut; 0 for not at all.
    #[schemars(range(max = RESUME_SECS_MAX), extend("value" = "SECONDS", "live" = true))]
    pub resume_secs: u32,
}

/// Longer than a match, mostly; what nobody plays is in everybody's way.
const RESUME_SECS_MAX: u32 = 600;

impl Default for Sessions {
    fn default() -> Self {
        Self { resume_secs: 30 }
    }
}
