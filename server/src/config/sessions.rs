//! `[sessions]`: players who come back after their link was cut.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Players who come back after their link was cut.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Seconds that a player's seat and entity are kept after its link was cut; 0 ends both at once.
    #[schemars(range(max = RESUME_SECS_MAX), extend("value" = "SECONDS", "live" = true))]
    pub resume_secs: u32,
}

/// Longer than most matches; an entity that nobody controls disturbs the others.
const RESUME_SECS_MAX: u32 = 600;

impl Default for Sessions {
    fn default() -> Self {
        Self { resume_secs: 30 }
    }
}
