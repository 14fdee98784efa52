//! Checks which objectives a report keeps.

use comfy_table::Table;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Objectives;

/// An objective and the value that the run reached.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Judged {
    pub(crate) objective: String,
    pub(crate) reached: Option<f64>,
    pub(crate) kept: bool,
    /// The reason why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) missing: Option<String>,
}

/// Compares a report with objectives. An objective whose figure is missing counts as broken.
pub(crate) fn judge(objectives: &Objectives, report: &Value) -> Vec<Judged> {
    let judged = objectives.iter().map(|objective| {
        let reached = objective.figure.reached(report);
        Judged {
            objective: objective.to_string(),
            kept: reached.is_ok_and(|value| objective.is_kept_by(value)),
            reached: reached.ok(),
            missing: reached.err().map(str::to_owned),
        }
    });
    judged.collect()
}

/// The objectives that broke, with the values that were reached.
pub(crate) fn broken(judged: &[Judged]) -> Vec<String> {
    let broken = judged.iter().filter(|judged| !judged.kept);
    broken.map(|judged| format!("{} ({})", judged.objective, judged.in_words())).collect()
}

/// A table with objective, reached value and verdict.
pub(crate) fn table(judged: &[Judged], mut table: Table) -> Table {
    table.set_header(["objective", "reached", "kept"]);
    for judged in judged {
        let kept = if judged.kept { "yes" } else { "NO" };
        table.add_row([judged.objective.clone(), judged.in_words(), kept.to_owned()]);
    }
    table
}

impl Judged {
    fn in_words(&self) -> String {
        match (self.reached, self.missing.as_deref()) {
            (Some(value), _) if value.fract() == 0.0 => format!("{value}"),
            (Some(value), _) => format!("{value:.2}"),
            (None, why) => why.unwrap_or_default().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn broken_and_missing_objectives_are_shown_with_their_values() {
        let objectives: Objectives = "rtt_p99_ms<10,tick_p99_ms<10,disconnects=0".parse().unwrap();
        let report = json!({ "rtt_ms": { "p99": 12.345, "max": 20 }, "disconnects": 0 });
        let judged = judge(&objectives, &report);
        assert_eq!(judged.iter().map(|judged| judged.kept).collect::<Vec<_>>(), [false, false, true]);
        let broken = broken(&judged);
        assert_eq!(broken[0], "rtt_p99_ms<10 (12.35)");
        assert!(broken[1].contains("--ops"), "{}", broken[1]);
        let table = table(&judged, Table::new()).to_string();
        assert!(table.contains("disconnects=0") && table.contains("yes") && table.contains("NO"), "{table}");
    }
}
