//! The page of one run.

use maud::{Markup, html};

use crate::{
    html::{
        bars,
        canvas::Tone,
        chart::Chart,
        page::{self, Page, Tile},
        ranges,
    },
    measure::{absence::AbsenceReport, percentiles::Percentiles, tally},
    options::behavior::BehaviorKind,
    report::{Report, Spreads, number::short, second::Second},
};

pub(crate) fn page(report: &Report) -> Page {
    let well = report.is_clean();
    Page {
        title: title(report),
        tagline: tagline(report),
        verdict: (well, if well { "all well" } else { "not well" }.to_owned()),
        body: html! {
            (page::tiles(&tiles(report)))
            (problems(report))
            (page::table("Hostile bots", &tally::COLUMNS.map(capital), &tally::rows(&report.hostile)))
            (page::plots("Over time", over_time(report)))
            (page::plots("Distribution of times", spreads(report)))
            (transports(report))
            (times(report))
            (page::origin(&report.origin))
        },
    }
}

fn title(report: &Report) -> String {
    match (&report.behavior, report.hostile_bots()) {
        (BehaviorKind::Hostile(_), hostile) => format!("{hostile} hostile bots"),
        (BehaviorKind::Plays(name), 0) => format!("{} bots ({name})", report.bots),
        (BehaviorKind::Plays(name), hostile) => {
            format!("{} bots ({name}), and {hostile} hostile bots", report.bots)
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn tagline(report: &Report) -> String {
    let transports = &report.transports;
    let on = [("QUIC", transports.quic), ("WebSocket", transports.ws), ("WebTransport", transports.wt)];
    let on = on.iter().filter(|(_, bots)| *bots > 0).map(|(name, bots)| format!("{bots} over {name}"));
    let game = match report.origin.game.name.as_str() {
        "" => String::new(),
        name => format!("{name}, "),
    };
    let mut text =
        format!("{game}{:.0} s at {} Hz, {}", report.seconds, report.tick_hz, on.collect::<Vec<_>>().join(", "));
    let conditions = &report.conditions;
    for (value, name) in [
        (conditions.delay_ms, "ms of delay each way"),
        (conditions.jitter_ms, "ms of jitter"),
        (conditions.loss_percent, "% lost"),
        (conditions.duplicate_percent, "% doubled"),
        (conditions.reorder_percent, "% overtaken"),
    ] {
        if value > 0.0 {
            text += &format!(", {} {name}", short(value));
        }
    }
    text
}

fn tiles(report: &Report) -> Vec<Tile> {
    let Report { bots, joined, failed, disconnects, state_checks, state_mismatches, .. } = report;
    let effect = &report.input_to_effect_above_rtt_ms;
    let mut tiles = vec![
        Tile {
            name: "Players",
            value: joined.to_string(),
            unit: "",
            note: match (bots.saturating_sub(*joined), disconnects) {
                (0, 0) => "all joined, none was dropped".to_owned(),
                _ => format!("of {bots}; {failed} failed, {disconnects} dropped"),
            },
        },
        Tile {
            name: "Input to effect",
            value: short(effect.p99),
            unit: "ms above the round trip, p99",
            note: format!("half below {} ms", short(effect.p50)),
        },
        Tile {
            name: "Bytes down",
            value: short(report.down_bytes_per_player_s),
            unit: "B/s each",
            note: format!("{} B/s up", short(report.up_bytes_per_player_s)),
        },
        Tile {
            name: "States wrong",
            value: state_mismatches.to_string(),
            unit: "",
            note: format!("of {} checked", short(*state_checks as f64)),
        },
    ];
    tiles.insert(
        1,
        match &report.server {
            Some(server) => Tile {
                name: "Server's tick",
                value: short(server.tick_ms.p99),
                unit: "ms, p99",
                note: format!("{} µs of CPU per player-tick", short(server.cpu_us_per_player_tick)),
            },
            None => Tile {
                name: "Snapshots",
                value: short(report.snapshots_per_player_s),
                unit: "per s each",
                note: format!("p99 {} ms apart", short(report.snapshot_gap_ms.p99)),
            },
        },
    );
    tiles
}

fn problems(report: &Report) -> Markup {
    html! {
        @if !report.problems.is_empty() {
            section .block {
                h2 { "What went wrong" }
                ul .panel.problems { @for (problem, count) in &report.problems { li { b { (count) " × " } (problem) } } }
            }
        }
    }
}

fn over_time(report: &Report) -> Vec<Markup> {
    let seconds = &report.timeline;
    let Some(last) = seconds.last() else { return Vec::new() };
    let ramp = seconds.iter().find(|second| second.measured).map(|second| (second.at_s - 1.0).max(0.0));
    let chart = Chart {
        items: seconds,
        x_name: "s",
        x: (0.0, last.at_s),
        place: |second: &Second| second.at_s,
        dots: false,
        apart: ramp.map(|ramp| (0.0, ramp)),
    };
    let period = (report.tick_hz > 0).then(|| 1_000.0 / f64::from(report.tick_hz));
    let wrong = |second: &Second| (report.state_mismatches > 0).then_some(second.state_mismatches as f64);
    vec![
        chart.plot("Players", &[("playing", Tone::Second, &|second| Some(second.players.into()))]),
        chart.plot_below(
            period,
            "Server's tick, ms",
            &[("p50", Tone::Second, &|second| second.tick_p50_ms), ("p99", Tone::Accent, &|second| second.tick_p99_ms)],
        ),
        chart.plot("Round trip, ms", &[("p50", Tone::Second, &|second| second.rtt_p50_ms)]),
        chart.plot(
            "Input to effect above the round trip, ms",
            &[
                ("p50", Tone::Second, &|second| second.input_to_effect_above_rtt_p50_ms),
                ("p99", Tone::Accent, &|second| second.input_to_effect_above_rtt_p99_ms),
            ],
        ),
        chart.plot(
            "Bytes per second, all players",
            &[
                ("down", Tone::Second, &|second| Some(second.down_bytes_per_s)),
                ("up", Tone::Accent, &|second| Some(second.up_bytes_per_s)),
            ],
        ),
        chart.plot(
            "CPU, % of a core",
            &[
                ("server", Tone::Accent, &|second| second.server_cpu_percent),
                ("bots", Tone::Muted, &|second| second.bots_cpu_percent),
            ],
        ),
        chart.plot("States wrong", &[("per second", Tone::Red, &wrong)]),
    ]
}

fn spreads(report: &Report) -> Vec<Markup> {
    let Spreads { rtt_ms, snapshot_gap_ms, input_to_effect_ms, input_to_effect_above_rtt_ms } = &report.spreads;
    vec![
        bars::draw("Round trip, % of all", rtt_ms, &report.rtt_ms),
        bars::draw("Between two snapshots, % of all", snapshot_gap_ms, &report.snapshot_gap_ms),
        bars::draw("Input to effect, % of all", input_to_effect_ms, &report.input_to_effect_ms),
        bars::draw(
            "Input to effect above the round trip, % of all",
            input_to_effect_above_rtt_ms,
            &report.input_to_effect_above_rtt_ms,
        ),
    ]
}

fn transports(report: &Report) -> Markup {
    let sides = &report.by_transport;
    if sides.len() < 2 {
        return Markup::default();
    }
    let rows = |of: fn(&crate::measure::by_transport::SideReport) -> Percentiles| -> Vec<(&str, Percentiles)> {
        sides.iter().map(|(name, side)| (name.as_str(), of(side))).collect()
    };
    let plots = vec![
        ranges::draw("Round trip, ms", &rows(|side| side.rtt_ms)),
        ranges::draw("Between two snapshots, ms", &rows(|side| side.snapshot_gap_ms)),
        ranges::draw("Input to effect, ms", &rows(|side| side.input_to_effect_ms)),
    ];
    let columns = ["Per player and second", "Bots", "Bytes down", "Bytes up", "Snapshots", "States wrong"];
    let table = sides.iter().map(|(name, side)| {
        let figures = [
            side.bots.to_string(),
            short(side.down_bytes_per_player_s),
            short(side.up_bytes_per_player_s),
            short(side.snapshots_per_player_s),
            side.state_mismatches.to_string(),
        ];
        std::iter::once(name.clone()).chain(figures).collect()
    });
    html! {
        (page::plots("Transports side by side", plots))
        (page::table("", &columns.map(str::to_owned), &table.collect::<Vec<_>>()))
    }
}

fn times(report: &Report) -> Markup {
    let mut rows = Vec::new();
    let mut row = |name: &str, percentiles: &Percentiles| {
        let Percentiles { p50, p90, p99, p999, max } = percentiles;
        rows.push(
            std::iter::once(name.to_owned()).chain([p50, p90, p99, p999, max].map(|value| short(*value))).collect(),
        );
    };
    row("Round trip", &report.rtt_ms);
    row("Between two snapshots", &report.snapshot_gap_ms);
    row("Input to effect", &report.input_to_effect_ms);
    row("Input to effect above the round trip", &report.input_to_effect_above_rtt_ms);
    if let Some(server) = &report.server {
        row("Server's tick", &server.tick_ms);
        row("Server's tick late", &server.tick_late_ms);
    }
    let AbsenceReport { lost, away_ms, return_ms, .. } = &report.absences;
    if *lost > 0 {
        row("Lost until playing again", away_ms);
        row("First attempt until playing again", return_ms);
    }
    let columns = ["Milliseconds", "p50", "p90", "p99", "p99.9", "max"].map(str::to_owned);
    let mut others = vec![
        ("Snapshots each", format!("{} per second", short(report.snapshots_per_player_s))),
        ("Entities in view", short(report.entities_visible_mean)),
        (
            "Inputs early by",
            format!("{} ms, aim {} ms", short(report.input_margin_ms), short(report.input_margin_aim_ms)),
        ),
        (
            "Corrections each",
            format!("{} per minute, p99 {} px", short(report.corrections_per_min), short(report.correction_px.p99)),
        ),
        ("States not checked", report.state_checks_skipped.to_string()),
    ];
    if let Some(cpu) = report.bot_cpu_us_per_player_tick {
        others.push(("CPU of a bot", format!("{} µs per tick", short(cpu))));
    }
    let server = report.server.as_ref().map_or_else(Vec::new, |server| {
        vec![
            ("CPU", format!("{} µs per player-tick", short(server.cpu_us_per_player_tick))),
            ("CPU of the game", format!("{} µs", short(server.game_us_per_player_tick))),
            ("Memory", format!("{} MB", short(server.rss_mb))),
            ("Rooms", server.rooms.to_string()),
            ("Ticks overrun", server.tick_overruns.to_string()),
            ("Inputs", format!("{} late, {} missing", server.inputs_late, server.inputs_missing)),
        ]
    });
    html! {
        (page::table("Times", &columns, &rows))
        div .columns-even { (page::list("Seen by the players", &others)) (page::list("The server over the same time", &server)) }
    }
}
