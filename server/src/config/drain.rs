//! `[drain]`: the end of a server that is told to stop.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The end of a server that is told to stop.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Drain {
    /// Seconds that running matches have to end before the server does. Docker kills after 10, Kubernetes after 30.
    #[schemars(range(max = SECS_MAX), extend("value" = "SECONDS", "live" = true))]
    pub secs: u32,
}

/// An hour: no match should be waited for any longer.
const SECS_MAX: u32 = 3_600;

impl Default for Drain {
    fn default() -> Self {
        Self { secs: 8 }
    }
}
