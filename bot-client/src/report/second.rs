//! A run second by second: what curves are drawn of.

use serde::{Deserialize, Serialize};

/// One second. What was not measured in it is `None`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Second {
    /// Its end, in seconds since the first bot set out.
    pub(crate) at_s: f64,
    /// Whether it counts for the figures of the report, or belongs to the ramp.
    pub(crate) measured: bool,
    pub(crate) players: u32,
    /// All bots together, message payload.
    pub(crate) down_bytes_per_s: f64,
    pub(crate) up_bytes_per_s: f64,
    pub(crate) state_mismatches: u64,
    pub(crate) rtt_p50_ms: Option<f64>,
    pub(crate) input_to_effect_above_rtt_p50_ms: Option<f64>,
    pub(crate) input_to_effect_above_rtt_p99_ms: Option<f64>,
    /// Of one core.
    pub(crate) bots_cpu_percent: Option<f64>,
    pub(crate) server_cpu_percent: Option<f64>,
    pub(crate) tick_p50_ms: Option<f64>,
    pub(crate) tick_p99_ms: Option<f64>,
}
