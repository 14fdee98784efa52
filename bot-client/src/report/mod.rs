//! The report: `--json` writes it, and the table shows it.

pub(crate) mod about_server;
pub(crate) mod command_line;
mod machine;
pub(crate) mod number;
pub(crate) mod origin;
pub(crate) mod saved;
pub(crate) mod second;
pub(crate) mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    measure::{
        absence::AbsenceReport,
        by_transport::{self, SideReport},
        percentiles::Percentiles,
        record::Record,
        server_figures::ServerFigures,
        spread::Spread,
        stage::Stages,
        tally::Tally,
    },
    options::{args::Args, attack_kind::AttackKind, behavior::BehaviorKind, common::Conditions, transport::Transport},
    report::{origin::Origin, second::Second},
    slo::{self, Judged, Objectives},
};

/// Results of a run. All fields except `hostile` are about the bots that play fair.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) bots: u32,
    pub(crate) joined: u32,
    pub(crate) failed: u32,
    pub(crate) disconnects: u32,
    /// Bots that stopped reading for a while, and below those of them that played on with the link they had.
    pub(crate) stalled: u32,
    pub(crate) recovered: u32,
    /// Seconds measured.
    pub(crate) seconds: f64,
    pub(crate) tick_hz: u16,
    pub(crate) transports: Transports,
    pub(crate) behavior: BehaviorKind,
    pub(crate) seed: u64,
    pub(crate) plain: bool,
    pub(crate) conditions: Conditions,
    pub(crate) state_checks: u64,
    pub(crate) state_mismatches: u64,
    /// Checksums that could not be checked, because a snapshot before them was lost.
    pub(crate) state_checks_skipped: u64,
    pub(crate) unknown_baselines: u64,
    pub(crate) resyncs: u64,
    pub(crate) decode_errors: u64,
    pub(crate) snapshots_stale: u64,
    pub(crate) clock_snaps: u64,
    /// Message payload.
    pub(crate) down_bytes_per_player_s: f64,
    /// Message payload.
    pub(crate) up_bytes_per_player_s: f64,
    pub(crate) snapshots_per_player_s: f64,
    pub(crate) entities_visible_mean: f64,
    pub(crate) rtt_ms: Percentiles,
    pub(crate) snapshot_gap_ms: Percentiles,
    pub(crate) input_to_effect_ms: Percentiles,
    pub(crate) input_to_effect_above_rtt_ms: Percentiles,
    /// Times per minute that a bot's prediction of its own entity was wrong, and below the size of the corrections.
    pub(crate) corrections_per_min: f64,
    pub(crate) correction_px: Percentiles,
    /// Mean margin by which clocks wanted inputs to arrive before their tick, and below the mean margin they had.
    pub(crate) input_margin_aim_ms: f64,
    pub(crate) input_margin_ms: f64,
    pub(crate) bot_cpu_us_per_player_tick: Option<f64>,
    /// CPU use of this process in percent of one core.
    pub(crate) bots_cpu_percent: Option<f64>,
    /// Delay of this process in doing what it has planned. Bots that are late measure their own delay.
    #[serde(default)]
    pub(crate) bots_late_ms: Percentiles,
    pub(crate) server: Option<ServerFigures>,
    /// Figures of each transport that bots used.
    pub(crate) by_transport: BTreeMap<String, SideReport>,
    /// Lost links and returns.
    pub(crate) absences: AbsenceReport,
    /// Results of the hostile bots, by attack.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) hostile: BTreeMap<AttackKind, Tally>,
    /// The objectives of the run and their verdicts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) objectives: Vec<Judged>,
    /// Number of times each problem occurred, by its text.
    pub(crate) problems: BTreeMap<String, u32>,
    /// Distributions of times.
    #[serde(default)]
    pub(crate) spreads: Spreads,
    /// The run second by second.
    #[serde(default)]
    pub(crate) timeline: Vec<Second>,
    #[serde(default)]
    pub(crate) origin: Origin,
}

/// Histograms of the times whose percentiles are in the report.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Spreads {
    pub(crate) rtt_ms: Spread,
    pub(crate) snapshot_gap_ms: Spread,
    pub(crate) input_to_effect_ms: Spread,
    pub(crate) input_to_effect_above_rtt_ms: Spread,
}

/// Bots per transport.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Transports {
    pub(crate) quic: u32,
    pub(crate) ws: u32,
    pub(crate) wt: u32,
}

/// The fleet's measurements of itself and of the server over the window.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    pub(crate) bot_cpu_seconds: Option<f64>,
    pub(crate) bots_late_ms: Percentiles,
    pub(crate) server: Option<ServerFigures>,
    pub(crate) timeline: Vec<Second>,
    pub(crate) origin: Origin,
}

impl Report {
    pub(crate) fn new(args: &Args, stages: &Stages, record: &Record, measured: Measured) -> Self {
        let Measured { seconds, bot_cpu_seconds, bots_late_ms, server, timeline, origin } = measured;
        let Record { window, whole, .. } = record;
        let on = |transport| args.fair().filter(|&number| args.common.transport.of(number) == transport).count() as u32;
        let [quic, ws, wt] = Transport::ALL.map(on);
        let per_player_s = |count: u64| ratio(count as f64, window.player_seconds);
        Self {
            bots: args.fair().count() as u32,
            joined: stages.joined(),
            failed: stages.failed(),
            disconnects: stages.disconnected(),
            stalled: stages.stalled(),
            recovered: stages.recovered(),
            seconds,
            tick_hz: stages.tick_hz(),
            transports: Transports { quic, ws, wt },
            behavior: args.common.behavior.clone(),
            seed: args.common.seed,
            plain: args.common.plain,
            conditions: args.common.conditions,
            state_checks: whole.state_checks,
            state_mismatches: whole.state_mismatches,
            state_checks_skipped: whole.state_checks_skipped,
            unknown_baselines: whole.unknown_baselines,
            resyncs: whole.resyncs,
            decode_errors: whole.decode_errors,
            snapshots_stale: whole.snapshots_stale,
            clock_snaps: whole.clock_snaps,
            down_bytes_per_player_s: per_player_s(window.down_bytes),
            up_bytes_per_player_s: per_player_s(window.up_bytes),
            snapshots_per_player_s: per_player_s(window.snapshots),
            entities_visible_mean: ratio(window.visible_sum as f64, window.visible_samples as f64),
            rtt_ms: Percentiles::of_micros(&record.rtt),
            snapshot_gap_ms: Percentiles::of_micros(&record.snapshot_gap),
            input_to_effect_ms: Percentiles::of_micros(&record.input_to_effect),
            input_to_effect_above_rtt_ms: Percentiles::of_micros(&record.input_to_effect_above_rtt),
            corrections_per_min: 60.0 * per_player_s(window.corrections),
            correction_px: Percentiles::of_positions(&record.correction),
            input_margin_aim_ms: 1_000.0 * ratio(window.margin_aim_sum, window.margin_samples as f64),
            input_margin_ms: 1_000.0 * ratio(window.margin_sum, window.margin_samples as f64),
            bot_cpu_us_per_player_tick: bot_cpu_seconds.map(|cpu| ratio(cpu * 1e6, window.inputs as f64)),
            bots_cpu_percent: bot_cpu_seconds.map(|cpu| 100.0 * ratio(cpu, seconds)),
            bots_late_ms,
            server,
            by_transport: by_transport::reports(&record.sides, [quic, ws, wt]),
            absences: record.absences.report(),
            hostile: record.hostile.clone(),
            objectives: Vec::new(),
            problems: record.problems.clone(),
            spreads: Spreads {
                rtt_ms: Spread::of_micros(&record.rtt),
                snapshot_gap_ms: Spread::of_micros(&record.snapshot_gap),
                input_to_effect_ms: Spread::of_micros(&record.input_to_effect),
                input_to_effect_above_rtt_ms: Spread::of_micros(&record.input_to_effect_above_rtt),
            },
            timeline,
            origin,
        }
    }

    /// Number of hostile bots.
    pub(crate) fn hostile_bots(&self) -> u32 {
        self.hostile.values().map(|tally| tally.bots).sum()
    }

    /// True if all bots joined, none was dropped and no state was wrong. If all bots are hostile, one must have entered
    /// a room.
    pub(crate) fn is_clean(&self) -> bool {
        self.failed == 0
            && self.disconnects == 0
            && self.state_mismatches == 0
            && self.joined == self.bots
            && self.absences.same_seat == self.absences.resumed
            && (self.joined > 0 || self.hostile.values().any(|tally| tally.visits > 0))
    }

    /// Compares the report with objectives, and keeps the verdicts.
    pub(crate) fn judge(&mut self, objectives: &Objectives) {
        let json = serde_json::to_value(&*self).expect("a report can be written as JSON");
        self.objectives = slo::judge(objectives, &json);
    }

    /// True if all objectives were kept.
    pub(crate) fn keeps_objectives(&self) -> bool {
        self.objectives.iter().all(|judged| judged.kept)
    }
}

fn ratio(value: f64, by: f64) -> f64 {
    if by > 0.0 { value / by } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::measure::record::Recorder;

    #[test]
    fn json_holds_every_promised_field() {
        let args = Args::parse_from(["ricochet-bots", "--bots", "3"]);
        let measured = Measured { server: Some(ServerFigures::default()), ..Measured::default() };
        let report = Report::new(&args, &Stages::default(), &Recorder::new().lock(), measured);
        let json = serde_json::to_value(&report).unwrap();
        for path in [
            "bots joined failed disconnects seconds tick_hz state_checks state_mismatches down_bytes_per_player_s",
            "up_bytes_per_player_s snapshots_per_player_s entities_visible_mean bot_cpu_us_per_player_tick",
            "transports/quic transports/ws transports/wt by_transport/wt/rtt_ms/p99 rtt_ms/p50 rtt_ms/p90 rtt_ms/p99",
            "rtt_ms/p999 rtt_ms/max snapshot_gap_ms/p50 corrections_per_min correction_px/p50 correction_px/p99",
            "correction_px/max",
            "input_to_effect_ms/p999 input_to_effect_above_rtt_ms/max server/cpu_us_per_player_tick",
            "server/game_us_per_player_tick server/tick_ms/p99 server/tick_late_ms/p999 server/tick_overruns",
            "absences/resumed absences/same_seat absences/away_ms/p99 absences/return_ms/max absences/scored absences/scores_after",
            "server/inputs_late server/inputs_missing server/rss_mb server/players server/rooms",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        {
            assert!(json.pointer(&format!("/{path}")).is_some(), "{path} is missing");
        }
    }

    #[test]
    fn hostile_bots_are_told_apart_and_fail_nothing_unless_all_are_kept_out() {
        let report = |line: &str, tally: Tally| {
            let args = Args::parse_from(line.split(' '));
            let (stages, recorder) = (Stages::default(), Recorder::new());
            args.fair().for_each(|_| stages.add_joined(20));
            recorder.lock().hostile.insert(AttackKind::Deep, tally);
            Report::new(&args, &stages, &recorder.lock(), Measured::default())
        };
        let shut_out = Tally { bots: 3, visits: 9, closed: [("bad_message".to_owned(), 9)].into(), ..Tally::default() };
        let mixed = report("ricochet-bots --bots 30 --hostile 10%:deep", shut_out.clone());
        assert_eq!((mixed.bots, mixed.hostile_bots(), mixed.transports.quic), (27, 3, 9));
        assert!(mixed.is_clean());
        let json = serde_json::to_value(&mixed).unwrap();
        assert_eq!(json["hostile"]["deep"]["closed"]["bad_message"], 9);
        assert!(report("ricochet-bots --bots 3 --behavior hostile:deep", shut_out).is_clean());
        let kept_out = Tally { bots: 3, refused: 9, ..Tally::default() };
        assert!(!report("ricochet-bots --bots 3 --behavior hostile:deep", kept_out).is_clean());
    }

    #[test]
    fn missing_bot_is_not_clean() {
        let args = Args::parse_from(["ricochet-bots", "--bots", "1"]);
        let stages = Stages::default();
        let recorder = Recorder::new();
        assert!(!Report::new(&args, &stages, &recorder.lock(), Measured::default()).is_clean());
        stages.add_joined(30);
        assert!(Report::new(&args, &stages, &recorder.lock(), Measured::default()).is_clean());
        recorder.lock().whole.state_mismatches = 1;
        assert!(!Report::new(&args, &stages, &recorder.lock(), Measured::default()).is_clean());
    }
}
