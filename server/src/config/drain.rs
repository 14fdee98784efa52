//! `[drain]`: the end of a server that was asked to stop.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The end of a server that was asked to stop.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Drain {
    /// Seconds that running matches get to finish before the server stops. Docker kills after 10, Kubernetes after 30.
    #[schemars(range(max = SECS_MAX), extend("value" = "SECONDS", "live" = true))]
    pub secs: u32,
}

/// An hour is longer than any match.
const SECS_MAX: u32 = 3_600;

impl Default for Drain {
    fn default() -> Self {
        Self { secs: 8 }
    }
}
