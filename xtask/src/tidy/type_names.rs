//! The name of a public type stands for one thing in the engine. A game's types may be named like another game's, and the tests' games are games.

use std::collections::BTreeMap;

use super::Finding;
use crate::source::modules::{Crate, SeenBy};

/// Packages whose names are compared with each other.
const ENGINE: &[&str] = &[
    "shared",
    "derive",
    "net",
    "http3",
    "room",
    "client",
    "server",
    "bot-client",
    "testkit",
    "web-client",
    "page-build",
];

/// Names that there still are more than once: how often, and why. The list gets shorter: an entry that allows more than is found is a finding too.
const ACCEPTED: &[(&str, usize, &str)] = &[
    ("Accounts", 2, "a table of the settings is named like the part of the server that it sets"),
    ("Admin", 2, "a table of the settings is named like the part of the server that it sets"),
    ("Behavior", 2, "a game's behaviours for bots, and those of the testkit's scripted players"),
    ("Channel", 2, "the same two channels at both ends; one definition in `shared` would serve"),
    ("Check", 2, "a checksum to compare in the client, one check of the testkit"),
    ("Difference", 2, "between two states of a game, between a view and the truth"),
    ("Digest", 2, "of a game's state while it is computed, and of a whole simulation"),
    ("Drain", 2, "a table of the settings is named like the part of the server that it sets"),
    ("Event", 2, "`http3` knows nothing of games: its events are those of a connection"),
    ("Facts", 2, "facts of a game as JSON, for the server's answers and for a page; one definition would serve"),
    ("Fault", 2, "`http3` knows nothing of recordings: a peer's fault there, a recording's in `room`"),
    ("Frame", 2, "what a player sees at a tick: the truth's, and the one a watcher keeps"),
    ("JoinError", 2, "why a room has no seat, and why the request of a client failed"),
    ("Key", 3, "of a setting, of a session, of a drawn shape"),
    ("Kind", 3, "of a setting, of a metric, of a reflected field"),
    ("Link", 2, "a real link of the client, a simulated one of the testkit"),
    ("Output", 3, "what a core returns from `poll_output`: the client, `http3`, the room"),
    ("Page", 2, "what a game adds to the page, and the files that it is built from"),
    ("Roster", 2, "the room's list of members, and the client's copy"),
    ("Session", 2, "a session of the native client, and of a page's module"),
    ("Start", 2, "how a match starts in a game, and how a recording does"),
    ("Telemetry", 2, "a table of the settings is named like the part of the server that it sets"),
    ("Traffic", 2, "bytes that a client counts, and those of a simulated peer"),
    ("Truth", 2, "how a game compares with the truth, and the truth that the testkit keeps"),
];

pub(super) fn check(crates: &[Crate]) -> Vec<Finding> {
    compare(crates, ACCEPTED)
}

fn compare(crates: &[Crate], accepted: &[(&str, usize, &str)]) -> Vec<Finding> {
    let mut places: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for found in crates.iter().filter(|found| ENGINE.contains(&found.name.as_str())) {
        for module in &found.modules {
            for defined in module.types.iter().filter(|defined| defined.seen_by == SeenBy::All) {
                places.entry(&defined.name).or_default().push((&module.file, defined.line));
            }
        }
    }
    let mut findings = Vec::new();
    for (name, places) in &places {
        let allowed = accepted.iter().find(|(accepted, ..)| accepted == name).map_or(1, |(_, times, _)| *times);
        if places.len() > allowed {
            let listed: Vec<String> = places.iter().map(|(file, line)| format!("{file}:{line}")).collect();
            let (file, line) = places[places.len() - 1];
            let message = format!("`{name}` is the name of several public types: {}", listed.join(", "));
            findings.push(Finding { path: file.to_owned(), line, message });
        }
    }
    for (name, times, reason) in accepted {
        let found = places.get(name).map_or(0, Vec::len);
        if found < *times {
            let message = format!("`{name}` occurs {found} times, and the list allows {times} (its reason: {reason})");
            findings.push(Finding { path: "xtask/src/tidy/type_names.rs".into(), line: 1, message });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{file, modules};

    fn crates() -> Vec<Crate> {
        let files = [
            file("room/Cargo.toml", "[package]\nname = \"room\"\n"),
            file("room/src/lib.rs", "pub struct A;\npub struct B;\nstruct C;\n"),
            file("net/Cargo.toml", "[package]\nname = \"net\"\n"),
            file("net/src/lib.rs", "pub enum A {}\npub struct C;\n"),
            file("games/a/Cargo.toml", "[package]\nname = \"a\"\n"),
            file("games/a/src/lib.rs", "pub struct B;\n"),
        ];
        modules::parse(&files).expect("the sources are Rust")
    }

    #[test]
    fn second_type_of_a_name_is_found_in_the_engine_alone() {
        let found = compare(&crates(), &[]);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.starts_with("`A` is the name"), "{found:?}");
    }

    #[test]
    fn list_allows_as_many_as_it_says_and_no_more_than_there_are() {
        assert_eq!(compare(&crates(), &[("A", 2, "because")]), []);
        assert_eq!(compare(&crates(), &[("A", 3, "because")]).len(), 1);
        assert_eq!(compare(&crates(), &[("A", 2, "because"), ("B", 2, "because")]).len(), 1);
    }
}
