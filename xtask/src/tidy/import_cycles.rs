//! Imports between the modules of a crate form no cycle: the reader of a module may leave aside what imports it. A module and those inside of it
//! may know each other.

use std::collections::BTreeSet;

use super::Finding;
use crate::source::{
    cycles::{self, Cycle},
    modules::Crate,
};

/// Cycles that there still are. The list gets shorter: an entry that is more than what is found is a finding too.
const ACCEPTED: &[Accepted] = &[
    Accepted {
        place: "client::native",
        members: &["driver", "opened", "pilot", "run", "session", "way"],
        reason: "`Pilot::link_lost` may change the connector, which opens what runs a pilot",
    },
    Accepted {
        place: "arena",
        members: &["board", "bot", "entity", "event", "flight", "map", "own", "rules", "settings"],
        reason: "`rules` holds the world and also the small types (`Mode`, `Terrain`) that the world is made of",
    },
    Accepted {
        place: "arena::rules",
        members: &["fingerprint", "world"],
        reason: "the fingerprint plays a fight of the world, whose `Game` implementation returns it",
    },
    Accepted {
        place: "arena-web",
        members: &["page", "recorded"],
        reason: "`recorded` continues the implementation of `ArenaPage`",
    },
    Accepted {
        place: "petri",
        members: &["bot", "rules"],
        reason: "`Game` names its bot, and the bot reads the world",
    },
    Accepted {
        place: "room",
        members: &["delayed", "journal", "player", "replication", "seats", "stage"],
        reason: "`stage` makes what the seats and the replication keep for one map, and names both",
    },
    Accepted {
        place: "server::games",
        members: &["hosted", "prepared", "recorded"],
        reason: "a hosted game is what prepared and recorded rooms are made from, and it makes them",
    },
    Accepted {
        place: "server::net",
        members: &["quic", "quic_link"],
        reason: "an endpoint opens links, and a link names the endpoint that it belongs to",
    },
    Accepted {
        place: "server::shard",
        members: &["census", "worker"],
        reason: "the census counts what the worker holds, and the worker calls it",
    },
    Accepted {
        place: "server::storage",
        members: &["recording", "recovery"],
        reason: "the thread that writes recordings also reads them back for a shard that starts again",
    },
    Accepted {
        place: "shared",
        members: &["game", "wire"],
        reason: "the protocol carries a map of `Game`, and games write themselves with the codec of the protocol",
    },
    Accepted {
        place: "shared::game",
        members: &["bot", "checkpoint", "control", "difference", "digest", "edit", "rules", "start", "step"],
        reason: "`Game` names the traits and types of its parts, and their signatures name `Game`",
    },
    Accepted {
        place: "testkit",
        members: &["peer", "scenario", "sim"],
        reason: "`Sim` makes the `Scenario` that runs on it, and its options are the options of peers",
    },
    Accepted {
        place: "tests (wire)",
        members: &["document", "petri"],
        reason: "`document` lists the documents of the games, which are read with it",
    },
    Accepted {
        place: "tests (wire)::petri",
        members: &["messages", "records"],
        reason: "messages contain records, whose tests use the messages' sample cells",
    },
    Accepted {
        place: "web-client",
        members: &["page", "told"],
        reason: "`Page` names the events that `told` writes as JSON for a `Page`",
    },
    Accepted {
        place: "web-packer (main)",
        members: &["index", "pack", "page"],
        reason: "`index` and `pack` write and read parts of the `page`",
    },
];

struct Accepted {
    /// The crate, with the module that holds the members.
    place: &'static str,
    members: &'static [&'static str],
    reason: &'static str,
}

pub(super) fn check(crates: &[Crate]) -> Vec<Finding> {
    let cycles: Vec<Cycle> = crates.iter().flat_map(cycles::find).collect();
    compare(&cycles, ACCEPTED)
}

fn compare(cycles: &[Cycle], accepted: &[Accepted]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = cycles
        .iter()
        .filter(|cycle| !accepted.iter().any(|accepted| accepted.allows(cycle)))
        .map(|cycle| describe(cycle, accepted))
        .collect();
    for accepted in accepted {
        let here = cycles.iter().filter(|cycle| cycle.place() == accepted.place);
        let found: BTreeSet<&str> = here.flat_map(|cycle| &cycle.members).map(String::as_str).collect();
        let gone: Vec<&str> = accepted.members.iter().copied().filter(|member| !found.contains(member)).collect();
        if !gone.is_empty() {
            let message = format!(
                "{} of {} are in no cycle any more: take them from the list (its reason: {})",
                gone.join(", "),
                accepted.place,
                accepted.reason
            );
            findings.push(Finding { path: "xtask/src/tidy/import_cycles.rs".into(), line: 1, message });
        }
    }
    findings
}

impl Accepted {
    fn allows(&self, cycle: &Cycle) -> bool {
        self.place == cycle.place() && cycle.members.iter().all(|member| self.members.contains(&member.as_str()))
    }
}

/// A circle of the cycle that holds a member which is not accepted, with the line of each import.
fn describe(cycle: &Cycle, accepted: &[Accepted]) -> Finding {
    let is_new = |member: &&String| {
        !accepted.iter().any(|accepted| accepted.place == cycle.place() && accepted.members.contains(&member.as_str()))
    };
    let circle = cycle.shortest(cycle.members.iter().find(is_new).unwrap_or(&cycle.members[0]));
    let edges: Vec<String> = circle
        .iter()
        .map(|edge| format!("{} -> {} by `{}` in {}:{}", edge.from, edge.to, edge.path, edge.file, edge.line))
        .collect();
    let message = format!("modules of {} import each other in a circle: {}", cycle.place(), edges.join(", "));
    Finding { path: circle[0].file.clone(), line: circle[0].line, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{file, modules};

    /// A crate whose modules `b` and `c` import each other, and `d` and `e` if wanted.
    fn cycles_found(more: bool) -> Vec<Cycle> {
        let files = [
            file("a/Cargo.toml", "[package]\nname = \"a\"\n"),
            file("a/src/lib.rs", "mod b;\nmod c;\nmod d;\n"),
            file("a/src/b.rs", "use crate::c::C;\npub struct B;\n"),
            file("a/src/c.rs", if more { "use crate::{b::B, d::D};\n" } else { "use crate::b::B;\n" }),
            file("a/src/d.rs", "use crate::b::B;\n"),
        ];
        modules::parse(&files).expect("the sources are Rust").iter().flat_map(cycles::find).collect()
    }

    fn accepted(members: &'static [&'static str]) -> Accepted {
        Accepted { place: "a", members, reason: "because" }
    }

    #[test]
    fn cycle_is_printed_import_by_import() {
        let found = compare(&cycles_found(false), &[]);
        let finding = Finding {
            path: "a/src/b.rs".into(),
            line: 1,
            message: "modules of a import each other in a circle: b -> c by `crate::c::C` in a/src/b.rs:1, c -> b by `crate::b::B` in a/src/c.rs:1"
                .into(),
        };
        assert_eq!(found, [finding]);
    }

    #[test]
    fn accepted_cycle_may_not_grow_and_must_shrink() {
        assert_eq!(compare(&cycles_found(false), &[accepted(&["b", "c"])]), []);
        let grown = compare(&cycles_found(true), &[accepted(&["b", "c"])]);
        assert!(grown[0].message.contains("d -> b"), "{grown:?}");
        let shrunk = compare(&cycles_found(false), &[accepted(&["b", "c", "d"])]);
        assert_eq!((shrunk.len(), shrunk[0].message.starts_with("d of a are in no cycle")), (1, true));
        assert_eq!(compare(&[], &[accepted(&["b", "c"])]).len(), 1);
    }
}
