//! Cycles of imports between the modules of a crate.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;

use super::{
    imports::{self, Edges},
    modules::Crate,
};

/// Siblings that reach each other by imports.
#[derive(Serialize, Debug)]
pub(crate) struct Cycle {
    #[serde(rename = "crate")]
    pub(crate) package: String,
    /// The module that holds them, empty for the crate itself.
    pub(crate) parent: String,
    /// Their names, sorted.
    pub(crate) members: Vec<String>,
    /// Every import among them, each with one example.
    pub(crate) edges: Vec<Edge>,
}

/// One sibling imports another.
#[derive(Clone, Serialize, Debug)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) file: String,
    pub(crate) line: usize,
    /// The imported path, as it is written.
    pub(crate) path: String,
}

impl Cycle {
    /// The module that holds the members, with its crate.
    pub(crate) fn place(&self) -> String {
        if self.parent.is_empty() { self.package.clone() } else { format!("{}::{}", self.package, self.parent) }
    }

    /// A shortest circle through a member, edge by edge from there.
    pub(crate) fn shortest(&self, start: &str) -> Vec<&Edge> {
        let mut reached: BTreeMap<&str, &Edge> = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(member) = queue.pop_front() {
            for edge in self.edges.iter().filter(|edge| edge.from == member) {
                if !reached.contains_key(edge.to.as_str()) {
                    reached.insert(&edge.to, edge);
                    queue.push_back(&edge.to);
                }
            }
        }
        let mut circle = Vec::new();
        let mut member = start;
        while let Some(edge) = reached.get(member) {
            circle.push(*edge);
            member = &edge.from;
            if member == start {
                break;
            }
        }
        circle.reverse();
        circle
    }
}

/// Every cycle of a crate, among its top modules and among siblings further down.
pub(crate) fn find(tree: &Crate) -> Vec<Cycle> {
    let mut cycles = Vec::new();
    for (parent, edges) in imports::edges(tree) {
        for members in components(&edges) {
            let name = |module: usize| tree.modules[module].path.last().cloned().unwrap_or_default();
            let inside = edges.iter().filter(|((from, to), _)| members.contains(from) && members.contains(to));
            let mut names: Vec<String> = members.iter().map(|&member| name(member)).collect();
            names.sort();
            cycles.push(Cycle {
                package: tree.name.clone(),
                parent: tree.modules[parent].path.join("::"),
                members: names,
                edges: inside
                    .map(|(&(from, to), example)| Edge {
                        from: name(from),
                        to: name(to),
                        file: example.file.clone(),
                        line: example.line,
                        path: example.path.clone(),
                    })
                    .collect(),
            });
        }
    }
    cycles
}

/// Strongly connected components of more than one module. The graphs have a few dozen nodes, so plain reachability serves.
fn components(edges: &Edges) -> Vec<BTreeSet<usize>> {
    let nodes: BTreeSet<usize> = edges.keys().flat_map(|&(from, to)| [from, to]).collect();
    let reached: BTreeMap<usize, BTreeSet<usize>> = nodes.iter().map(|&node| (node, reach(edges, node))).collect();
    let mut components: Vec<BTreeSet<usize>> = Vec::new();
    for &node in &nodes {
        if components.iter().any(|component| component.contains(&node)) {
            continue;
        }
        let component: BTreeSet<usize> =
            reached[&node].iter().copied().filter(|other| reached[other].contains(&node)).collect();
        if component.len() > 1 {
            components.push(component);
        }
    }
    components
}

fn reach(edges: &Edges, start: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut stack = vec![start];
    while let Some(node) = stack.pop() {
        for &(_, to) in edges.keys().filter(|(from, _)| *from == node) {
            if reached.insert(to) {
                stack.push(to);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::{
        super::{file, modules},
        *,
    };

    fn cycles(files: &[(&str, &str)]) -> Vec<Cycle> {
        let manifest = file("a/Cargo.toml", "[package]\nname = \"a\"\n");
        let files: Vec<_> = files.iter().map(|(path, text)| file(path, text)).chain([manifest]).collect();
        modules::parse(&files).expect("the sources are Rust").iter().flat_map(find).collect()
    }

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[(&str, &[&str])]) {
        let found = cycles(files);
        let found: Vec<_> = found.iter().map(|cycle| (cycle.parent.as_str(), cycle.members.clone())).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(parent, members)| (*parent, members.iter().map(|&member| member.to_owned()).collect()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn two_that_import_each_other_are_a_cycle() {
        let files = [
            ("a/src/lib.rs", "mod b;\nmod c;\nmod d;\n"),
            ("a/src/b.rs", "use crate::c::C;\npub struct B;\n"),
            ("a/src/c.rs", "pub struct C(super::b::B);\n"),
            ("a/src/d.rs", "use crate::b::B;\n"),
        ];
        check(&files, &[("", &["b", "c"])]);
        let circle = &cycles(&files)[0];
        let edges: Vec<_> =
            circle.shortest("b").iter().map(|edge| (edge.from.clone(), edge.file.clone(), edge.line)).collect();
        assert_eq!(edges, [("b".into(), "a/src/b.rs".into(), 1), ("c".into(), "a/src/c.rs".into(), 1)]);
    }

    #[test]
    fn siblings_in_a_folder_form_cycles_too() {
        check(
            &[
                ("a/src/lib.rs", "mod b;\n"),
                ("a/src/b/mod.rs", "mod c;\nmod d;\npub use c::C;\n"),
                // Through a re-export of the parent.
                ("a/src/b/d.rs", "use super::C;\npub struct D;\n"),
                ("a/src/b/c.rs", "pub struct C;\nfn f() { assert!(super::d::D == 1) }\n"),
            ],
            &[("b", &["c", "d"])],
        );
    }

    #[test]
    fn glob_of_the_parent_leads_on() {
        check(
            &[
                ("a/src/lib.rs", "mod b;\nmod c;\nuse b::B;\npub struct A;\n"),
                ("a/src/b.rs", "use crate::c::C;\npub struct B;\n"),
                ("a/src/c.rs", "use super::*;\npub struct C(B);\n"),
            ],
            &[("", &["b", "c"])],
        );
    }

    #[test]
    fn parents_children_and_tests_make_no_cycle() {
        check(
            &[
                ("a/src/lib.rs", "mod b;\nmod c;\nuse b::B;\npub struct A;\n"),
                ("a/src/b.rs", "use super::A;\nuse crate::c::C;\npub struct B;\n"),
                ("a/src/c.rs", "pub struct C;\n#[cfg(test)]\nmod tests { use crate::b::B; }\nuse c::other;\n"),
            ],
            &[],
        );
    }

    #[test]
    fn long_circle_is_one_cycle() {
        check(
            &[
                ("a/src/lib.rs", "mod b;\nmod c;\nmod d;\n"),
                ("a/src/b.rs", "use crate::c;\npub fn f() { c::f() }\n"),
                ("a/src/c.rs", "use crate::d;\npub fn f() { d::f() }\n"),
                ("a/src/d.rs", "pub fn f() { crate::b::f() }\n"),
            ],
            &[("", &["b", "c", "d"])],
        );
    }
}
