//! The figures that are compared: the name of each, which direction is worse, and how much of a change is noise.

use crate::{
    measure::percentiles::Percentiles,
    report::{
        Report,
        saved::capacity::{Capacity, Marks, Step},
    },
};

/// One figure of two results.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) before: Option<f64>,
    pub(crate) after: Option<f64>,
    pub(crate) judged: Judged,
}

/// How a change is judged.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Judged {
    /// A larger value is worse if it grew by more than `percent` and by more than `least`.
    LessIsBetter { percent: f64, least: f64 },
    /// A smaller value is worse if it shrank by more than `percent` and by more than `least`.
    MoreIsBetter { percent: f64, least: f64 },
    /// The figure describes the run and is not judged.
    Not,
}

/// Two equal runs on one machine differ by less: byte counts by little, medians by more, the slowest cases by much.
/// Short times vary by any percentage because timers are coarse, so a change must also reach an absolute value.
const BYTES: Judged = Judged::LessIsBetter { percent: 5.0, least: 5.0 };
const COST: Judged = Judged::LessIsBetter { percent: 10.0, least: 0.1 };
const MIDDLE: Judged = Judged::LessIsBetter { percent: 15.0, least: 0.05 };
const SLOW: Judged = Judged::LessIsBetter { percent: 25.0, least: 0.2 };
const SLOWEST: Judged = Judged::LessIsBetter { percent: 50.0, least: 1.0 };
/// One more fault is worse.
const FAULTS: Judged = Judged::LessIsBetter { percent: 0.0, least: 0.0 };
const PLAYERS: Judged = Judged::MoreIsBetter { percent: 5.0, least: 0.0 };

/// The figures of two runs.
pub(crate) fn of_runs(before: &Report, after: &Report) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |name: &str, judged, value: &dyn Fn(&Report) -> Option<f64>| {
        figures.push(Figure { name: name.to_owned(), before: value(before), after: value(after), judged });
    };
    add("bots", Judged::Not, &|run| Some(run.bots.into()));
    add("seconds measured", Judged::Not, &|run| Some(run.seconds));
    add("failed to join", FAULTS, &|run| Some(run.failed.into()));
    add("dropped", FAULTS, &|run| Some(run.disconnects.into()));
    add("states wrong", FAULTS, &|run| Some(run.state_mismatches as f64));
    add("bytes down per player and second", BYTES, &|run| Some(run.down_bytes_per_player_s));
    add("bytes up per player and second", BYTES, &|run| Some(run.up_bytes_per_player_s));
    let snapshots = Judged::MoreIsBetter { percent: 2.0, least: 0.2 };
    add("snapshots per player and second", snapshots, &|run| Some(run.snapshots_per_player_s));
    add("corrections per player and minute", SLOW, &|run| Some(run.corrections_per_min));
    add("CPU of a bot per tick, µs", COST, &|run| run.bot_cpu_us_per_player_tick);
    add("CPU of the server per player-tick, µs", COST, &|run| Some(run.server.as_ref()?.cpu_us_per_player_tick));
    add("CPU of the game per player-tick, µs", COST, &|run| Some(run.server.as_ref()?.game_us_per_player_tick));
    let memory = Judged::LessIsBetter { percent: 10.0, least: 1.0 };
    add("memory of the server, MB", memory, &|run| Some(run.server.as_ref()?.rss_mb));
    let overruns = Judged::LessIsBetter { percent: 20.0, least: 2.0 };
    add("ticks overrun", overruns, &|run| Some(run.server.as_ref()?.tick_overruns as f64));
    let mut times = |name: &str, value: fn(&Report) -> Option<Percentiles>| {
        figures.extend(marks(name, value(before).map(three), value(after).map(three)));
    };
    times("server's tick", |run| Some(run.server.as_ref()?.tick_ms));
    times("server's tick late", |run| Some(run.server.as_ref()?.tick_late_ms));
    times("round trip", |run| Some(run.rtt_ms));
    times("between snapshots", |run| Some(run.snapshot_gap_ms));
    times("input to effect", |run| Some(run.input_to_effect_ms));
    times("input to effect above round trip", |run| Some(run.input_to_effect_above_rtt_ms));
    figures.retain(Figure::is_known);
    figures
}

/// Chooses the percentiles of a step.
type MarksOf = fn(&Step) -> Marks;

/// The figures of two searches: the players held, then the cost of each step that both have.
pub(crate) fn of_capacities(before: &Capacity, after: &Capacity) -> Vec<Figure> {
    let held = |capacity: &Capacity| capacity.players.map(|players| players as f64);
    let mut figures =
        vec![Figure { name: "players held".into(), before: held(before), after: held(after), judged: PLAYERS }];
    let after_steps = after.by_players();
    for one in before.by_players() {
        let Some(other) = after_steps.iter().find(|step| step.players == one.players) else { continue };
        let at = |name: &str| format!("{name} at {}", one.players);
        let times: [(&str, MarksOf); 2] = [
            ("tick", |step| step.tick_ms),
            ("input to effect above round trip", |step| step.input_to_effect_above_rtt_ms),
        ];
        for (name, of) in times {
            let [one, other] = [one, other].map(|step| {
                let Marks { p50, p99, p999 } = of(step);
                [p50, p99, p999]
            });
            figures.extend(marks(&at(name), Some(one), Some(other)));
        }
        let mut add = |name: &str, judged, value: fn(&Step) -> Option<f64>| {
            figures.push(Figure { name: at(name), before: value(one), after: value(other), judged });
        };
        add("bytes down per player and second", BYTES, |step| step.down_bytes_per_s_each);
        add("CPU of the server, %", COST, |step| step.server_cpu_percent);
        add("CPU of the bots, %", COST, |step| step.bots_cpu_percent);
    }
    figures.retain(Figure::is_known);
    figures
}

fn three(percentiles: Percentiles) -> [Option<f64>; 3] {
    [percentiles.p50, percentiles.p99, percentiles.p999].map(Some)
}

fn marks(name: &str, before: Option<[Option<f64>; 3]>, after: Option<[Option<f64>; 3]>) -> Vec<Figure> {
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let marks = [("p50", MIDDLE), ("p99", SLOW), ("p99.9", SLOWEST)].into_iter().zip(before.into_iter().zip(after));
    marks
        .map(|((mark, judged), (before, after))| Figure { name: format!("{name} {mark}, ms"), before, after, judged })
        .collect()
}

impl Figure {
    fn is_known(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}
