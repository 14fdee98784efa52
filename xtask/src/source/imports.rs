//! The graph of a crate's modules: which sibling imports which.
//!
//! Every reference becomes one edge, between the two modules below the lowest module that contains both ends: `a::b` naming `a::c::d` is an
//! edge from `b` to `c` in `a`. A module and those inside of it may know each other, so that is no edge.

use std::collections::BTreeMap;

use super::{
    modules::{Crate, Reference},
    paths::{self, Place},
};

/// Where one sibling names another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Example {
    pub(crate) file: String,
    pub(crate) line: usize,
    /// The path as it is written.
    pub(crate) path: String,
}

/// Edges among the children of one module, each with the first place that makes it.
pub(super) type Edges = BTreeMap<(usize, usize), Example>;

/// The edges among siblings, by their parent.
pub(super) fn edges(tree: &Crate) -> BTreeMap<usize, Edges> {
    let mut edges: BTreeMap<usize, Edges> = BTreeMap::new();
    for (from, module) in tree.modules.iter().enumerate() {
        for reference in module.references.iter().filter(|reference| may_lead_elsewhere(reference)) {
            let Some(to) = paths::follow(tree, from, &reference.path).as_ref().map(Place::module) else { continue };
            let Some((parent, from, to)) = siblings(tree, from, to) else { continue };
            edges.entry(parent).or_default().entry((from, to)).or_insert_with(|| Example {
                file: module.file.clone(),
                line: reference.line,
                path: reference.path.join("::"),
            });
        }
    }
    edges
}

/// A single small name is a local variable or a function far more often than it is imported by a glob.
fn may_lead_elsewhere(reference: &Reference) -> bool {
    reference.path.len() > 1
        || reference.path.iter().any(|name| name.starts_with(|character: char| character.is_uppercase()))
}

/// The lowest module that contains both, and its children towards each. `None` when one contains the other.
fn siblings(tree: &Crate, a: usize, b: usize) -> Option<(usize, usize, usize)> {
    let (way_a, way_b) = (ancestry(tree, a), ancestry(tree, b));
    let common = way_a.iter().zip(&way_b).take_while(|(a, b)| a == b).count();
    Some((*way_a.get(common.checked_sub(1)?)?, *way_a.get(common)?, *way_b.get(common)?))
}

/// From the root down to the module itself.
fn ancestry(tree: &Crate, module: usize) -> Vec<usize> {
    let mut way: Vec<usize> = std::iter::successors(Some(module), |&module| tree.modules[module].parent).collect();
    way.reverse();
    way
}
