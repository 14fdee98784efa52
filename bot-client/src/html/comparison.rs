//! The page of a comparison.

use maud::{Markup, html};

use crate::{
    compare::{Comparison, Verdict},
    html::{
        canvas::Tone,
        lines::{Curve, Lines},
        page::{self, Page, Tile},
    },
    report::second::Second,
};

pub(crate) fn page(comparison: &Comparison) -> Page {
    let worse = comparison.worse().len();
    let better = comparison.rows.iter().filter(|row| row.verdict == Verdict::Better).count();
    Page {
        title: "Before and after".to_owned(),
        tagline: format!("{} and {}", comparison.before, comparison.after),
        verdict: (worse == 0, if worse == 0 { "nothing worse".to_owned() } else { format!("{worse} worse") }),
        body: html! {
            (page::tiles(&[
                tile("Worse", worse, "beyond noise"),
                tile("Better", better, "beyond noise"),
                tile("Compared", comparison.rows.len(), "figures"),
            ]))
            (differences(&comparison.differences))
            (table(comparison))
            (page::plots("Over time", over_time(&comparison.timelines)))
        },
    }
}

fn tile(name: &'static str, count: usize, unit: &'static str) -> Tile {
    Tile { name, value: count.to_string(), unit, note: String::new() }
}

fn differences(differences: &[String]) -> Markup {
    html! {
        @if !differences.is_empty() {
            section .block {
                h2 { "Different setup" }
                ul .panel.problems { @for name in differences { li { (name) } } }
            }
        }
    }
}

fn table(comparison: &Comparison) -> Markup {
    html! {
        section .block {
            h2 { "Figures" }
            div .panel.scroll {
                table {
                    thead { tr { th {} th .number { "before" } th .number { "after" } th .number { "change" } th .number {} } }
                    tbody {
                        @for row in &comparison.rows {
                            tr class=(row.verdict.word()) {
                                td { (row.name) }
                                td .number { (row.before()) }
                                td .number { (row.after()) }
                                td .number { (row.change()) }
                                td .number { (row.verdict.word()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Plots both runs in one picture, each from its first measured second on.
fn over_time([before, after]: &[Vec<Second>; 2]) -> Vec<Markup> {
    let measured = |seconds: &[Second]| -> Vec<Second> {
        let seconds: Vec<_> = seconds.iter().filter(|second| second.measured).cloned().collect();
        let first = seconds.first().map_or(0.0, |second| second.at_s);
        seconds.into_iter().map(|second| Second { at_s: second.at_s - first, ..second }).collect()
    };
    let sides = [("before", Tone::Muted, measured(before)), ("after", Tone::Accent, measured(after))];
    let end = sides.iter().filter_map(|(.., seconds)| seconds.last()).map(|second| second.at_s).fold(0.0, f64::max);
    let plot = |title: &str, value: fn(&Second) -> Option<f64>| {
        let curve = |(name, tone, seconds): &(&str, Tone, Vec<Second>)| {
            Curve::of(name, *tone, seconds, |second| Some((second.at_s, value(second)?)))
        };
        let plot = Lines {
            title: title.to_owned(),
            x_name: "s",
            x: (0.0, end),
            curves: sides.iter().map(curve).collect(),
            stacked: false,
            dots: false,
            apart: None,
            limit: None,
        };
        plot.draw()
    };
    vec![
        plot("Server's tick p99, ms", |second| second.tick_p99_ms),
        plot("Input to effect above the round trip p99, ms", |second| second.input_to_effect_above_rtt_p99_ms),
        plot("Bytes down per second, all players", |second| Some(second.down_bytes_per_s)),
        plot("CPU of the server, % of a core", |second| second.server_cpu_percent),
    ]
}
