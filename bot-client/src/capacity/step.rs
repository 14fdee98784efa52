//! One measured number of players: a point of the curve.

use serde::Serialize;

use crate::{
    measure::{percentiles::Percentiles, server_figures::Phases},
    report::Report,
    slo::{self, Objectives},
};

/// Result of one measurement. Figures of the server are `None` without its ops listener.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) players: u32,
    pub(crate) kept: bool,
    /// Objectives that broke, with their figures.
    pub(crate) broke: Vec<String>,
    /// Bots that could not join, and below bots that were dropped.
    pub(crate) failed: u32,
    pub(crate) disconnects: u32,
    pub(crate) state_mismatches: u64,
    pub(crate) tick_ms: Option<Percentiles>,
    pub(crate) late_ms: Option<Percentiles>,
    pub(crate) input_to_effect_above_rtt_ms: Percentiles,
    pub(crate) down_bytes_per_s_each: f64,
    pub(crate) up_bytes_per_s_each: f64,
    /// CPU use in percent of one core.
    pub(crate) server_cpu_percent: Option<f64>,
    pub(crate) shard_load_max: Option<f64>,
    /// CPU use in percent of one core.
    pub(crate) bots_cpu_percent: Option<f64>,
    pub(crate) bots_late_ms: Percentiles,
    pub(crate) phases_ms: Option<Phases>,
    /// Periods of the scheduler under a CPU limit of the server, and below those in which it stopped the server.
    pub(crate) cpu_periods: Option<u64>,
    pub(crate) cpu_periods_stopped: Option<u64>,
}

impl Step {
    /// Compares a run with the objectives. All players must also have joined and stayed, or the run did not have that
    /// many.
    pub(crate) fn new(mut report: Report, objectives: &Objectives) -> Self {
        report.judge(objectives);
        let mut broke = slo::broken(&report.objectives);
        let Report { bots, joined, failed, disconnects, .. } = report;
        if failed > 0 || disconnects > 0 || joined != bots {
            let gone = match (failed, disconnects) {
                (_, 0) => format!("{failed} could not join"),
                (0, _) => format!("{disconnects} were dropped"),
                _ => format!("{failed} could not join, {disconnects} were dropped"),
            };
            let why = report.problems.iter().max_by_key(|(_, count)| **count);
            let why = why.map(|(problem, count)| format!(", {count} x {problem}")).unwrap_or_default();
            broke.push(gone + &why);
        }
        let server = report.server.as_ref();
        Self {
            players: bots,
            kept: broke.is_empty(),
            broke,
            failed,
            disconnects,
            state_mismatches: report.state_mismatches,
            tick_ms: server.map(|server| server.tick_ms),
            late_ms: server.map(|server| server.tick_late_ms),
            input_to_effect_above_rtt_ms: report.input_to_effect_above_rtt_ms,
            down_bytes_per_s_each: report.down_bytes_per_player_s,
            up_bytes_per_s_each: report.up_bytes_per_player_s,
            server_cpu_percent: server.map(|server| server.cpu_percent),
            shard_load_max: server.map(|server| server.shard_load_max),
            bots_cpu_percent: report.bots_cpu_percent,
            bots_late_ms: report.bots_late_ms,
            phases_ms: server.map(|server| server.phases_ms),
            cpu_periods: server.map(|server| server.cpu_periods),
            cpu_periods_stopped: server.map(|server| server.cpu_periods_stopped),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use clap::Parser;

    use super::*;
    use crate::{
        measure::{record::Recorder, server_figures::ServerFigures, stage::Stages},
        options::args::Args,
        report::Measured,
    };

    /// A step of 16 players, of which `joined` came, with these figures.
    pub(crate) fn step(joined: u32, server: Option<ServerFigures>, objectives: &str) -> Step {
        let (stages, recorder) = (Stages::default(), Recorder::new());
        stages.begin(joined);
        for _ in joined..16 {
            stages.add_failed();
            recorder.lock().add_problem("no seat".to_owned());
        }
        let measured = Measured { server, ..Measured::default() };
        let report = Report::new(&Args::parse_from(["ricochet-bots"]), &stages, &recorder.lock(), measured);
        Step::new(report, &objectives.parse().unwrap())
    }

    #[test]
    fn run_without_all_its_players_is_broken_whatever_the_objectives() {
        let full = step(16, None, "joined>0");
        assert!(full.kept && full.broke.is_empty());
        let short = step(14, None, "joined>0");
        assert_eq!(short.broke, ["2 could not join, 2 x no seat"]);
        assert!(!short.kept);
    }

    #[test]
    fn broken_objective_breaks_the_step() {
        let mut figures = ServerFigures { shard_load_max: 0.5, ..ServerFigures::default() };
        figures.tick_ms = Percentiles { p99: 12.0, max: 13.0, ..Percentiles::default() };
        let step = step(16, Some(figures), "tick_p99_ms<10,joined>0");
        assert_eq!(step.broke, ["tick_p99_ms<10 (12)"]);
        assert_eq!(step.shard_load_max, Some(0.5));
    }
}
