//! The result of a capacity search, as it is read from JSON. Only the numbers of players are required: a search without
//! the server's figures has no more.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::report::origin::Origin;

/// Result of a capacity search.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub(crate) struct Capacity {
    /// Objectives, as texts or as objects.
    #[serde(default)]
    pub(crate) objectives: Value,
    /// Steps in the order in which they were measured.
    pub(crate) steps: Vec<Step>,
    /// Number of players held; missing or 0 if no number was.
    #[serde(default)]
    pub(crate) players: Option<u64>,
    /// Name of the limit that was reached first.
    #[serde(default)]
    pub(crate) limit: Option<String>,
    #[serde(default)]
    pub(crate) limit_in_words: Option<String>,
    /// True if the server may hold more players.
    #[serde(default)]
    pub(crate) lower_bound: bool,
    #[serde(default)]
    pub(crate) origin: Origin,
}

/// Measurement of one number of players.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Step {
    pub(crate) players: u64,
    /// True if every objective was kept.
    pub(crate) kept: bool,
    /// The objectives that broke.
    #[serde(deserialize_with = "or_nothing")]
    pub(crate) broke: Vec<Value>,
    #[serde(deserialize_with = "or_nothing")]
    pub(crate) tick_ms: Marks,
    #[serde(deserialize_with = "or_nothing")]
    pub(crate) late_ms: Marks,
    #[serde(deserialize_with = "or_nothing")]
    pub(crate) input_to_effect_above_rtt_ms: Marks,
    pub(crate) down_bytes_per_s_each: Option<f64>,
    pub(crate) up_bytes_per_s_each: Option<f64>,
    pub(crate) server_cpu_percent: Option<f64>,
    pub(crate) bots_cpu_percent: Option<f64>,
    #[serde(deserialize_with = "or_nothing")]
    pub(crate) phases_ms: BTreeMap<String, Option<f64>>,
}

/// Percentiles of a step.
#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Marks {
    pub(crate) p50: Option<f64>,
    pub(crate) p99: Option<f64>,
    pub(crate) p999: Option<f64>,
}

/// The phases of a tick in their order; unknown phases come last.
pub(crate) const PHASES: [&str; 5] = ["receive", "inputs", "simulate", "replicate", "send"];

impl Capacity {
    /// The step with the most players among those that kept the objectives.
    pub(crate) fn held(&self) -> Option<&Step> {
        self.steps.iter().filter(|step| step.kept).max_by_key(|step| step.players)
    }

    /// The steps sorted by players; of several with the same number the last one.
    pub(crate) fn by_players(&self) -> Vec<&Step> {
        let by: BTreeMap<u64, &Step> = self.steps.iter().map(|step| (step.players, step)).collect();
        by.into_values().collect()
    }
}

/// Treats `null` as missing.
fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A value as text: a string as it is, anything else as JSON.
pub(crate) fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_step_with_as_many_players_counts() {
        let step = |players, kept, cpu| Step { players, kept, server_cpu_percent: Some(cpu), ..Step::default() };
        let steps = vec![step(100, true, 10.0), step(400, false, 90.0), step(200, true, 30.0), step(400, false, 80.0)];
        let capacity = Capacity { steps, ..serde_json::from_str(r#"{"steps": []}"#).unwrap() };
        let by_players: Vec<_> =
            capacity.by_players().iter().map(|step| (step.players, step.server_cpu_percent)).collect();
        assert_eq!(by_players, [(100, Some(10.0)), (200, Some(30.0)), (400, Some(80.0))]);
        assert_eq!(capacity.held().map(|step| step.players), Some(200));
    }
}
