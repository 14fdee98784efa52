//! The page of a search for the most players: every figure over the number of players.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::{
    html::{
        canvas::Tone,
        lines::{Curve, Lines},
        number::short,
        page::{self, Page, Tile},
    },
    saved::capacity::{Capacity, Marks, PHASES, Step, words},
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
        tagline: if objectives.is_empty() { "No objectives".into() } else { format!("with {}", objectives.join(", ")) },
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

/// In words, whether they were written as texts, as objects or as one of them.
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
    let curve = |name: &str, tone, value: &dyn Fn(&Step) -> Option<f64>| {
        Curve::of(name, tone, &steps, |step| Some((step.players as f64, value(step)?)))
    };
    let marks = |of: fn(&Step) -> &Marks| {
        vec![
            curve("p50", Tone::Second, &|step| of(step).p50),
            curve("p99", Tone::Accent, &|step| of(step).p99),
            curve("p99.9", Tone::Muted, &|step| of(step).p999),
        ]
    };
    let plot = |title: &str, curves: Vec<Curve>, stacked| {
        let plot = Lines {
            title: title.to_owned(),
            x_name: "players",
            x: (0.0, most),
            curves,
            stacked,
            dots: true,
            // Beyond what is held.
            apart: held.map(|held| (held as f64, most)),
            limit: None,
        };
        plot.draw()
    };
    let tones = [Tone::Muted, Tone::Blue, Tone::Accent, Tone::Second, Tone::Good];
    let phases = phases(capacity).into_iter().zip(tones.into_iter().cycle());
    let phases = phases.map(|(phase, tone)| curve(&phase, tone, &|step| *step.phases_ms.get(&phase)?));
    vec![
        plot("Server's tick, ms", marks(|step| &step.tick_ms), false),
        plot("A tick by its phases, ms", phases.collect(), true),
        plot("Ticks late, ms", marks(|step| &step.late_ms), false),
        plot("Input to effect above the round trip, ms", marks(|step| &step.input_to_effect_above_rtt_ms), false),
        plot(
            "Bytes per second and player",
            vec![
                curve("down", Tone::Second, &|step| step.down_bytes_per_s_each),
                curve("up", Tone::Accent, &|step| step.up_bytes_per_s_each),
            ],
            false,
        ),
        plot(
            "CPU, % of a core",
            vec![
                curve("server", Tone::Accent, &|step| step.server_cpu_percent),
                curve("bots", Tone::Muted, &|step| step.bots_cpu_percent),
            ],
            false,
        ),
    ]
}

/// Those that any step tells, in the order of a tick.
fn phases(capacity: &Capacity) -> Vec<String> {
    let told: BTreeSet<&String> = capacity.steps.iter().flat_map(|step| step.phases_ms.keys()).collect();
    let place = |name: &str| PHASES.iter().position(|phase| *phase == name).unwrap_or(PHASES.len());
    let mut phases: Vec<String> = told.into_iter().cloned().collect();
    phases.sort_by_key(|phase| place(phase));
    phases
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
