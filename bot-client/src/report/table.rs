//! The report as text.

use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};

use crate::{
    measure::{
        absence::{AbsenceReport, Scores},
        by_transport,
        percentiles::Percentiles,
        tally,
    },
    report::{Report, Transports, origin::GameOrigin},
    slo,
};

/// The report as tables, with a verdict at the end.
pub(crate) fn render(report: &Report) -> String {
    let mut text = format!("{}\n{}\n", counts(report), times(report));
    if report.by_transport.len() > 1 {
        let mut side_by_side = table();
        by_transport::fill(&mut side_by_side, &report.by_transport);
        text += &format!("{side_by_side}\n");
    }
    if !report.hostile.is_empty() {
        let mut attacks = table();
        attacks.set_header(tally::COLUMNS).add_rows(tally::rows(&report.hostile));
        text += &format!("{attacks}\n");
    }
    for (problem, count) in &report.problems {
        text += &format!("{count} x {problem}\n");
    }
    if !report.objectives.is_empty() {
        text += &format!("{}\n", slo::table(&report.objectives, table()));
    }
    let broken = slo::broken(&report.objectives);
    text + &match (broken.is_empty(), report.is_clean()) {
        (true, true) => "ok".to_owned(),
        (true, false) => "NOT ok".to_owned(),
        (false, _) => format!("NOT ok, broke: {}", broken.join(", ")),
    }
}

fn counts(report: &Report) -> Table {
    let Report { bots, joined, failed, disconnects, seconds, tick_hz, transports, .. } = report;
    let mut table = table();
    let mut row = |name: &str, value: String| {
        table.add_row([name.to_owned(), value]);
    };
    row("bots", {
        let Transports { quic, ws, wt } = transports;
        let GameOrigin { name: game, version } = &report.origin.game;
        format!("{bots} ({quic} quic, {ws} ws, {wt} wt), {} of {game}, version {version}", report.behavior)
    });
    if report.hostile_bots() > 0 {
        row("hostile bots", report.hostile_bots().to_string());
    }
    row("joined, failed, dropped", format!("{joined}, {failed}, {disconnects}"));
    row("measured", format!("{seconds:.1} s at {tick_hz} Hz"));
    row(
        "states checked, wrong, not checked",
        format!("{}, {}, {}", report.state_checks, report.state_mismatches, report.state_checks_skipped),
    );
    row("bytes down per player and second", format!("{:.0}", report.down_bytes_per_player_s));
    row("bytes up per player and second", format!("{:.0}", report.up_bytes_per_player_s));
    row("snapshots per player and second", format!("{:.1}", report.snapshots_per_player_s));
    row("entities visible", format!("{:.1}", report.entities_visible_mean));
    row(
        "inputs before their tick, wanted",
        format!("{:.1} ms, {:.1} ms", report.input_margin_ms, report.input_margin_aim_ms),
    );
    let AbsenceReport { lost, resumed, same_seat, refused, .. } = &report.absences;
    if *lost > 0 {
        row("links lost, resumed, same seat, refused", format!("{lost}, {resumed}, {same_seat}, {refused}"));
    }
    if let Some(scores) = scores(&report.absences) {
        row("scores before and after (sum, max)", scores);
    }
    let Percentiles { p50, p99, max, .. } = report.correction_px;
    row(
        "predictions corrected per player and minute",
        format!("{:.1}, by {p50:.1} px (p99 {p99:.1}, max {max:.1})", report.corrections_per_min),
    );
    if let Some(cpu) = report.bot_cpu_us_per_player_tick {
        row("CPU of a bot per tick", format!("{cpu:.1} µs"));
    }
    if let Some(server) = &report.server {
        row("CPU of the server per player and tick", format!("{:.1} µs", server.cpu_us_per_player_tick));
        row("CPU of the game per player and tick", format!("{:.2} µs", server.game_us_per_player_tick));
        row("players, rooms", format!("{}, {}", server.players, server.rooms));
        row("ticks overrun", server.tick_overruns.to_string());
        row("inputs late, missing", format!("{}, {}", server.inputs_late, server.inputs_missing));
        row("memory of the server", format!("{:.1} MB", server.rss_mb));
    }
    table
}

/// Scores of bots that came back; `None` if no score was known, as in a game without scores.
fn scores(absences: &AbsenceReport) -> Option<String> {
    let AbsenceReport { scored, scores_before, scores_after, scores_lower, .. } = absences;
    let Scores { max, sum } = (*scores_before)?;
    let Scores { max: max_after, sum: sum_after } = (*scores_after)?;
    Some(format!("{sum}, {max} and {sum_after}, {max_after}, of {scored} returns; lower at {scores_lower}"))
}

fn times(report: &Report) -> Table {
    let mut table = table();
    table.set_header(["milliseconds", "p50", "p90", "p99", "p99.9", "max"]);
    let mut row = |name: &str, percentiles: &Percentiles| {
        let Percentiles { p50, p90, p99, p999, max } = percentiles;
        let cells = [p50, p90, p99, p999, max].map(|value| format!("{value:.2}"));
        table.add_row(std::iter::once(name.to_owned()).chain(cells));
    };
    row("round trip", &report.rtt_ms);
    row("between snapshots", &report.snapshot_gap_ms);
    row("input to effect", &report.input_to_effect_ms);
    row("input to effect above round trip", &report.input_to_effect_above_rtt_ms);
    if report.absences.lost > 0 {
        row("lost until playing again", &report.absences.away_ms);
        row("first attempt until playing again", &report.absences.return_ms);
    }
    if let Some(server) = &report.server {
        row("server's tick", &server.tick_ms);
        row("server's tick late", &server.tick_late_ms);
    }
    table
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY);
    table
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;
    use shared::PlayerId;

    use super::*;
    use crate::{
        measure::{absence::Absence, record::Recorder, stage::Stages},
        options::args::Args,
        report::Measured,
    };

    /// The table of a run in which a bot lost its link and came back, with its score before and after.
    fn after_a_loss(before: Option<i64>, after: Option<i64>) -> String {
        let (seat, at) = ((1, PlayerId(2)), Duration::from_secs);
        let recorder = Recorder::new();
        let mut record = recorder.lock();
        record.absences.add_lost();
        let absence = Absence::new(Some(seat), before, at(1), at(2), at(0)).expect("it had a seat");
        record.absences.add_return(&absence, seat, after, at(3));
        let args = Args::parse_from(["ricochet-bots"]);
        render(&Report::new(&args, &Stages::default(), &record, Measured::default()))
    }

    #[test]
    fn scores_of_bots_that_came_back_are_shown_where_the_game_has_them() {
        let text = after_a_loss(Some(12), Some(9));
        assert!(text.contains("12, 12 and 9, 9, of 1 returns; lower at 1"), "{text}");
        let text = after_a_loss(None, None);
        assert!(text.contains("links lost") && !text.contains("scores"), "{text}");
    }
}
