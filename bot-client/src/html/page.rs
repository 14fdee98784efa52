//! The frame of every report page: a head with a verdict, tiles, panels, and the origin.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::origin::{GameOrigin, Origin, ServerOrigin};

/// A page without references to other files.
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) tagline: String,
    /// True if all is well, and the verdict as text.
    pub(crate) verdict: (bool, String),
    pub(crate) body: Markup,
}

/// An important figure: its name, the value with its unit, and a note.
pub(crate) struct Tile {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) unit: &'static str,
    pub(crate) note: String,
}

impl Page {
    pub(crate) fn render(&self) -> String {
        let Self { title, tagline, verdict: (well, verdict), body } = self;
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="dark light";
                    title { (title) " · Ricochet" }
                    style { (PreEscaped(HOUSE)) (PreEscaped(STYLE)) }
                }
                body {
                    header .top {
                        span .mark { (PreEscaped(ICON)) }
                        div .title { h1 { (title) } p .muted { (tagline) } }
                        p .pulse data-state=(if *well { "well" } else { "lost" }) { i {} (verdict) }
                    }
                    main { (body) }
                }
            }
        };
        page.into_string()
    }
}

/// Tiles in one row.
pub(crate) fn tiles(tiles: &[Tile]) -> Markup {
    html! {
        section .tiles {
            @for Tile { name, value, unit, note } in tiles {
                article .tile {
                    h2 { (name) }
                    p .figure { b { (value) } span { (unit) } }
                    p .note { (note) }
                }
            }
        }
    }
}

/// Plots side by side under a title; empty if there are no plots.
pub(crate) fn plots(title: &str, plots: Vec<Markup>) -> Markup {
    let plots: Vec<Markup> = plots.into_iter().filter(|plot| !plot.0.is_empty()).collect();
    html! {
        @if !plots.is_empty() {
            section .block { h2 { (title) } div .plots { @for plot in &plots { (plot) } } }
        }
    }
}

/// A table under a title: names of columns, then rows. The first cell of a row is its name.
pub(crate) fn table(title: &str, columns: &[String], rows: &[Vec<String>]) -> Markup {
    // Figures are aligned to the right; sentences are aligned to the left and may be long.
    let says: Vec<bool> = (0..columns.len()).map(|column| rows.iter().any(|row| row[column].contains(' '))).collect();
    let class = |column: usize| match column {
        0 => "",
        _ if says[column] => "words",
        _ => "number",
    };
    html! {
        @if !rows.is_empty() {
            section .block {
                @if !title.is_empty() { h2 { (title) } }
                div .panel.scroll {
                    table {
                        thead { tr { @for (column, name) in columns.iter().enumerate() { th class=(class(column)) { (name) } } } }
                        tbody {
                            @for row in rows {
                                tr { @for (column, cell) in row.iter().enumerate() { td class=(class(column)) { (cell) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A list of terms and values. Empty values are left out.
pub(crate) fn list(title: &str, entries: &[(&str, String)]) -> Markup {
    let known: Vec<_> = entries.iter().filter(|(_, text)| !text.is_empty()).collect();
    html! {
        @if !known.is_empty() {
            section .panel {
                h2 { (title) }
                dl { @for (name, text) in known { div { dt { (name) } dd { (text) } } } }
            }
        }
    }
}

/// Time and command of a run, machine, server and versions.
pub(crate) fn origin(origin: &Origin) -> Markup {
    let Origin { began, command, version, protocol, game, machine, server } = origin;
    let GameOrigin { name: game, version: game_version } = game;
    let some = |count: u64, text: String| if count > 0 { text } else { String::new() };
    let ServerOrigin { name, version: server_version, mode, room_size, shards } = server.clone().unwrap_or_default();
    html! {
        section .block {
            h2 { "Origin" }
            @if !command.is_empty() { p .command-line { code { (command) } } }
            div .columns-even {
                (list("Machine of the bots", &[
                    ("Processor", machine.cpu.clone()),
                    ("Cores", some(machine.cores as u64, machine.cores.to_string())),
                    ("Memory", some(machine.memory_mb, format!("{:.1} GB", machine.memory_mb as f64 / 1_000.0))),
                    ("System", machine.kernel.clone()),
                ]))
                (list("Server", &[
                    ("Name", name),
                    ("Version", server_version),
                    ("Mode", mode),
                    ("Rooms of", some(room_size.into(), room_size.to_string())),
                    ("Shards", some(shards as u64, shards.to_string())),
                ]))
                (list("Run", &[
                    ("Game", game.clone()),
                    ("Version of the game", some((*game_version).into(), game_version.to_string())),
                    ("Began", began.replace('T', " ").replace('Z', " UTC")),
                    ("Bots", version.clone()),
                    ("Protocol", some((*protocol).into(), protocol.to_string())),
                ]))
            }
        }
    }
}

const HOUSE: &str = include_str!("../../../assets/status/status.css");
const ICON: &str = include_str!("../../../assets/status/icon.svg");
const STYLE: &str = include_str!("report.css");
