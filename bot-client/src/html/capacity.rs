//! The page of a capacity search: every figure plotted over the number of players.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::{
    html::{
        canvas::Tone,
        chart::{Chart, Series},
        page::{self, Page, Tile},
    },
    report::{
        number::short,
        saved::capacity::{Capacity, Marks, PHASES, Step, words},
    },
};

pub(crate) fn page(capacity: &Capacity) -> Page {
    let players = capacity.players.filter(|&players| players > 0);
    let limit = capacity.limit.as_deref().filter(|&limit| limit != "none");
    let at_least = if capacity.lower_bound { "at least " } else { "" };
    let objectives = objectives(capacity);
    Page {
        title: match players {
            Some(players) => format!("Holds {at_least}{players} players"),
            None => "Holds none of the numbers tried".to_owned(),
        },
        tagline: match (capacity.origin.game.name.as_str(), objectives.as_slice()) {
            ("", []) => "No objectives".to_owned(),
            ("", objectives) => format!("with {}", objectives.join(", ")),
            (game, []) => format!("{game}, no objectives"),
            (game, objectives) => format!("{game}, with {}", objectives.join(", ")),
        },
        verdict: match limit {
            Some(limit) => (!capacity.lower_bound, format!("first limit: {limit}")),
            None => (true, "no limit was met".to_owned()),
        },
        body: html! {
            (tiles(capacity, players))
            (page::plots("Over players", plots(capacity, players)))
            (steps(capacity))
            (page::origin(&capacity.origin))
        },
    }
}

/// The objectives as texts. The JSON may hold a list of texts, a list of objects, or a single value.
fn objectives(capacity: &Capacity) -> Vec<String> {
    match &capacity.objectives {
        serde_json::Value::Null => Vec::new(),
        serde_json::Value::Array(all) => all.iter().map(words).collect(),
        one => vec![words(one)],
    }
}

fn tiles(capacity: &Capacity, players: Option<u64>) -> Markup {
    let nothing = Step::default();
    let held = capacity.held().unwrap_or(&nothing);
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), short);
    page::tiles(&[
        Tile {
            name: "Players held",
            value: players.map_or_else(|| "–".to_owned(), |players| players.to_string()),
            unit: if capacity.lower_bound { "or more" } else { "" },
            note: capacity.limit_in_words.clone().unwrap_or_default(),
        },
        Tile {
            name: "Server's tick",
            value: figure(held.tick_ms.p99),
            unit: "ms, p99",
            note: format!("half below {} ms", figure(held.tick_ms.p50)),
        },
        Tile {
            name: "Input to effect",
            value: figure(held.input_to_effect_above_rtt_ms.p99),
            unit: "ms above the round trip, p99",
            note: format!("half below {} ms", figure(held.input_to_effect_above_rtt_ms.p50)),
        },
        Tile {
            name: "Bytes down",
            value: figure(held.down_bytes_per_s_each),
            unit: "B/s each",
            note: format!("{} B/s up", figure(held.up_bytes_per_s_each)),
        },
        Tile {
            name: "CPU of the server",
            value: figure(held.server_cpu_percent),
            unit: "% of a core",
            note: format!("bots {} %", figure(held.bots_cpu_percent)),
        },
    ])
}

fn plots(capacity: &Capacity, held: Option<u64>) -> Vec<Markup> {
    let steps = capacity.by_players();
    let most = steps.last().map_or(0, |step| step.players) as f64;
    let chart = Chart {
        items: &steps,
        x_name: "players",
        x: (0.0, most),
        place: |step: &&Step| step.players as f64,
        dots: true,
        // The range beyond the number of players held is shaded.
        apart: held.map(|held| (held as f64, most)),
    };
    let marks = |title: &str, of: fn(&Step) -> &Marks| {
        chart.plot(
            title,
            &[
                ("p50", Tone::Second, &|step| of(step).p50),
                ("p99", Tone::Accent, &|step| of(step).p99),
                ("p99.9", Tone::Muted, &|step| of(step).p999),
            ],
        )
    };
    vec![
        marks("Server's tick, ms", |step| &step.tick_ms),
        phases(capacity, &chart),
        marks("Ticks late, ms", |step| &step.late_ms),
        marks("Input to effect above the round trip, ms", |step| &step.input_to_effect_above_rtt_ms),
        chart.plot(
            "Bytes per second and player",
            &[
                ("down", Tone::Second, &|step| step.down_bytes_per_s_each),
                ("up", Tone::Accent, &|step| step.up_bytes_per_s_each),
            ],
        ),
        chart.plot(
            "CPU, % of a core",
            &[
                ("server", Tone::Accent, &|step| step.server_cpu_percent),
                ("bots", Tone::Muted, &|step| step.bots_cpu_percent),
            ],
        ),
    ]
}

/// Plots the phases of a tick. All phases that any step contains are drawn, in the order of a tick.
fn phases<'a>(capacity: &'a Capacity, chart: &Chart<'_, &'a Step>) -> Markup {
    let names: BTreeSet<&String> = capacity.steps.iter().flat_map(|step| step.phases_ms.keys()).collect();
    let place = |name: &str| PHASES.iter().position(|phase| *phase == name).unwrap_or(PHASES.len());
    let mut names: Vec<&String> = names.into_iter().collect();
    names.sort_by_key(|name| place(name));
    let lasts = |name: &'a String| move |step: &&'a Step| *step.phases_ms.get(name)?;
    let values: Vec<_> = names.iter().map(|name| lasts(name)).collect();
    let tones = [Tone::Muted, Tone::Blue, Tone::Accent, Tone::Second, Tone::Good];
    let series = names.iter().zip(tones.into_iter().cycle()).zip(&values);
    let series: Vec<Series<'_, &'a Step>> =
        series.map(|((name, tone), value)| (name.as_str(), tone, value as &dyn Fn(&&'a Step) -> Option<f64>)).collect();
    chart.plot_stacked("A tick by its phases, ms", &series)
}

fn steps(capacity: &Capacity) -> Markup {
    let columns = ["Step", "Players", "Tick p50", "p99", "p99.9 ms", "Effect p99 ms", "Down B/s", "CPU %", "Outcome"];
    let cell = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), short);
    let rows = capacity.steps.iter().enumerate().map(|(number, step)| {
        let outcome = match step.kept {
            true => "held".to_owned(),
            false => format!("broke: {}", step.broke.iter().map(words).collect::<Vec<_>>().join(", ")),
        };
        vec![
            (number + 1).to_string(),
            step.players.to_string(),
            cell(step.tick_ms.p50),
            cell(step.tick_ms.p99),
            cell(step.tick_ms.p999),
            cell(step.input_to_effect_above_rtt_ms.p99),
            cell(step.down_bytes_per_s_each),
            cell(step.server_cpu_percent),
            outcome,
        ]
    });
    page::table("Steps in their order", &columns.map(str::to_owned), &rows.collect::<Vec<_>>())
}
