//! One second of a run, for the plots.

use serde::{Deserialize, Serialize};

/// One second. Values without measurements are `None`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Second {
    /// End of the second, in seconds since the start of the run.
    pub(crate) at_s: f64,
    /// True if the second belongs to the measurement, false if it belongs to the ramp.
    pub(crate) measured: bool,
    pub(crate) players: u32,
    /// Sum over all bots, message payload; also the next.
    pub(crate) down_bytes_per_s: f64,
    pub(crate) up_bytes_per_s: f64,
    pub(crate) state_mismatches: u64,
    pub(crate) rtt_p50_ms: Option<f64>,
    pub(crate) input_to_effect_above_rtt_p50_ms: Option<f64>,
    pub(crate) input_to_effect_above_rtt_p99_ms: Option<f64>,
    /// CPU use in percent of one core; also the next.
    pub(crate) bots_cpu_percent: Option<f64>,
    pub(crate) server_cpu_percent: Option<f64>,
    pub(crate) tick_p50_ms: Option<f64>,
    pub(crate) tick_p99_ms: Option<f64>,
}
