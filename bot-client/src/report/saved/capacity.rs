//! The search for the most players a server holds, as it is read back. All but the numbers of players may be missing: a
//! search against a server that tells nothing of itself has no more.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::report::origin::Origin;

/// The result.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub(crate) struct Capacity {
    /// In whatever form they were written.
    #[serde(default)]
    pub(crate) objectives: Value,
    /// In the order they were taken.
    pub(crate) steps: Vec<Step>,
    /// Held; none of those tried when it is missing or 0.
    #[serde(default)]
    pub(crate) players: Option<u64>,
    /// What broke first, by name.
    #[serde(default)]
    pub(crate) limit: Option<String>,
    #[serde(default)]
    pub(crate) limit_in_words: Option<String>,
    /// Whether the bots gave in before the server did, which may hold more.
    #[serde(default)]
    pub(crate) lower_bound: bool,
    #[serde(default)]
    pub(crate) origin: Origin,
}

/// So many players for a while.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Step {
    pub(crate) players: u64,
    /// Whether every objective was met.
    pub(crate) kept: bool,
    /// Those that were not.
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

/// Percentiles that a step tells.
#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Marks {
    pub(crate) p50: Option<f64>,
    pub(crate) p99: Option<f64>,
    pub(crate) p999: Option<f64>,
}

/// The phases of a tick in their order; what else is told comes behind.
pub(crate) const PHASES: [&str; 5] = ["receive", "inputs", "simulate", "replicate", "send"];

impl Capacity {
    /// The step with the most players that were held.
    pub(crate) fn held(&self) -> Option<&Step> {
        self.steps.iter().filter(|step| step.kept).max_by_key(|step| step.players)
    }

    /// The steps by players; of several with as many the last one taken.
    pub(crate) fn by_players(&self) -> Vec<&Step> {
        let by: BTreeMap<u64, &Step> = self.steps.iter().map(|step| (step.players, step)).collect();
        by.into_values().collect()
    }
}

/// What was written as `null` is as if it were missing.
fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A value in words: a text as it is, anything else as JSON.
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
