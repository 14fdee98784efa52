//! `[recording]`: matches on disk.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Matches on disk, in the directory of `state`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Recording {
    /// Keep ended matches. Running ones are on disk in any case, so that a restart continues them.
    pub keep: bool,
    /// Most mebibytes of ended matches; the oldest are deleted first.
    #[schemars(range(min = 1, max = MAX_MIB), extend("value" = "MIB"))]
    pub max_mib: u32,
    /// Days after which ended matches are deleted.
    #[schemars(range(min = 1, max = MAX_DAYS), extend("value" = "DAYS"))]
    pub max_days: u32,
    /// Seconds between checkpoints of a running match: a replay seeks to one, and a restart continues from one.
    #[schemars(range(min = 1, max = MAX_CHECKPOINT_SECS), extend("value" = "SECONDS"))]
    pub checkpoint_secs: u32,
}

/// Bound of `max_mib`: a tebibyte.
const MAX_MIB: u32 = 1_048_576;
/// Bound of `max_days`: ten years.
const MAX_DAYS: u32 = 3_650;
/// A restart computes the time since the last checkpoint again; players would not wait longer.
const MAX_CHECKPOINT_SECS: u32 = 600;

impl Default for Recording {
    fn default() -> Self {
        Self { keep: true, max_mib: 1_024, max_days: 30, checkpoint_secs: 10 }
    }
}
