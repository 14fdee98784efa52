//! The figures of a report that objectives can use, and their paths in its JSON.

use serde_json::Value;

/// A figure of the report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    /// JSON pointer of the value.
    path: String,
    /// JSON pointer of a value that is above 0 if there was anything to measure. Without it a 0 would keep every upper
    /// bound.
    proof: Option<String>,
}

impl Figure {
    /// The figure of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().find(|figure| figure.name == name)
    }

    /// True if only the server has this figure.
    pub(crate) fn is_of_server(&self) -> bool {
        self.path.starts_with("/server/")
    }

    /// All figures, in the order of error messages.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let times = PERCENTILES.iter().flat_map(|&(stem, path, unit, proof)| {
            QUANTILES.iter().map(move |quantile| Self {
                name: format!("{stem}_{quantile}_{unit}"),
                path: format!("{path}/{quantile}"),
                proof: Some(if proof.is_empty() { format!("{path}/max") } else { proof.to_owned() }),
            })
        });
        let single = SINGLE.iter().map(|&(name, path, proof)| Self {
            name: name.to_owned(),
            path: path.to_owned(),
            proof: (!proof.is_empty()).then(|| proof.to_owned()),
        });
        times.chain(single)
    }

    /// The value in a report.
    ///
    /// # Errors
    /// There is no value; the text says why.
    pub(crate) fn reached(&self, report: &Value) -> Result<f64, &'static str> {
        if self.is_of_server() && report.get("server").is_none_or(Value::is_null) {
            return Err("only the server has this figure: give its ops listener with --ops");
        }
        let number = |path: &str| report.pointer(path).and_then(Value::as_f64);
        let value = number(&self.path).ok_or("not available on this machine")?;
        match &self.proof {
            Some(proof) if number(proof).is_none_or(|proof| proof <= 0.0) => Err("there was nothing to measure"),
            _ => Ok(value),
        }
    }
}

/// The parts of a name `STEM_QUANTILE_UNIT`, the path, and the proof; an empty proof stands for the largest value.
const PERCENTILES: &[(&str, &str, &str, &str)] = &[
    ("tick", "/server/tick_ms", "ms", ""),
    ("tick_late", "/server/tick_late_ms", "ms", ""),
    ("rtt", "/rtt_ms", "ms", ""),
    ("snapshot_gap", "/snapshot_gap_ms", "ms", ""),
    ("input_to_effect", "/input_to_effect_ms", "ms", ""),
    ("input_to_effect_above_rtt", "/input_to_effect_above_rtt_ms", "ms", ""),
    ("bots_late", "/bots_late_ms", "ms", ""),
    ("away", "/absences/away_ms", "ms", ""),
    ("return", "/absences/return_ms", "ms", ""),
    // A bot whose predictions are right has no corrections.
    ("correction", "/correction_px", "px", PLAYED),
];
const QUANTILES: [&str; 5] = ["p50", "p90", "p99", "p999", "max"];

/// Name, path, proof.
const SINGLE: &[(&str, &str, &str)] = &[
    ("joined", "/joined", ""),
    ("failed", "/failed", ""),
    ("disconnects", "/disconnects", ""),
    ("state_mismatches", "/state_mismatches", "/state_checks"),
    ("decode_errors", "/decode_errors", PLAYED),
    ("unknown_baselines", "/unknown_baselines", PLAYED),
    ("resyncs", "/resyncs", PLAYED),
    ("clock_snaps", "/clock_snaps", PLAYED),
    ("down_bytes_per_player_s", "/down_bytes_per_player_s", PLAYED),
    ("up_bytes_per_player_s", "/up_bytes_per_player_s", PLAYED),
    ("snapshots_per_player_s", "/snapshots_per_player_s", ""),
    ("entities_visible_mean", "/entities_visible_mean", PLAYED),
    ("corrections_per_min", "/corrections_per_min", PLAYED),
    ("bot_cpu_us_per_player_tick", "/bot_cpu_us_per_player_tick", PLAYED),
    ("bots_cpu_percent", "/bots_cpu_percent", PLAYED),
    ("server_cpu_percent", "/server/cpu_percent", SERVER_CPU),
    ("server_cpu_us_per_player_tick", SERVER_CPU, SERVER_CPU),
    ("server_game_us_per_player_tick", "/server/game_us_per_player_tick", TICKED),
    ("server_rss_mb", "/server/rss_mb", "/server/rss_mb"),
    ("tick_overruns", "/server/tick_overruns", TICKED),
    ("inputs_late", "/server/inputs_late", TICKED),
    ("inputs_missing", "/server/inputs_missing", TICKED),
    ("snapshots_skipped", "/server/snapshots_skipped", TICKED),
    ("overload_rung", "/server/overload_rung", TICKED),
];

const PLAYED: &str = "/snapshots_per_player_s";
const TICKED: &str = "/server/tick_ms/max";
const SERVER_CPU: &str = "/server/cpu_us_per_player_tick";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Parser;
    use serde_json::json;

    use super::*;
    use crate::{
        measure::{record::Recorder, server_figures::ServerFigures, stage::Stages},
        options::args::Args,
        report::{Measured, Report},
    };

    #[test]
    fn every_figure_and_every_proof_stands_in_a_report() {
        let args = Args::parse_from(["ricochet-bots"]);
        let measured =
            Measured { server: Some(ServerFigures::default()), bot_cpu_seconds: Some(1.0), ..Measured::default() };
        let report = Report::new(&args, &Stages::default(), &Recorder::new().lock(), measured);
        let json = serde_json::to_value(&report).unwrap();
        for Figure { name, path, proof } in Figure::all() {
            for path in [Some(path), proof].into_iter().flatten() {
                assert!(json.pointer(&path).is_some_and(Value::is_number), "{name}: {path}");
            }
        }
    }

    #[test]
    fn names_are_distinct() {
        let names: BTreeSet<String> = Figure::all().map(|figure| figure.name).collect();
        assert_eq!(names.len(), Figure::all().count());
        assert!(
            ["tick_p99_ms", "input_to_effect_above_rtt_p99_ms", "correction_max_px"]
                .iter()
                .all(|&name| names.contains(name))
        );
    }

    #[test]
    fn figure_without_measurements_is_an_error() {
        let reached = |name, report: &Value| Figure::named(name).unwrap().reached(report);
        let mut report = json!({ "state_mismatches": 0, "state_checks": 0, "server": null });
        assert_eq!(reached("state_mismatches", &report), Err("there was nothing to measure"));
        assert!(reached("tick_p99_ms", &report).unwrap_err().contains("--ops"));
        assert_eq!(reached("bot_cpu_us_per_player_tick", &report), Err("not available on this machine"));
        report = json!({ "state_mismatches": 2, "state_checks": 9, "server": { "tick_ms": { "p99": 4.5, "max": 5 } } });
        assert_eq!(reached("state_mismatches", &report), Ok(2.0));
        assert_eq!(reached("tick_p99_ms", &report), Ok(4.5));
    }
}
