//! The fields in which two matches differ, in words: for people who look for the reason.

use std::fmt::Debug;

use crate::game::{Game, Part};

/// A field that two matches do not agree on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The entity it belongs to.
    pub part: Part,
    /// Its name.
    pub field: &'static str,
    /// Its value in the one match.
    pub one: String,
    /// Its value in the other.
    pub other: String,
}

/// The differences of two matches of a game that names none itself: entity by entity, and what is left as a whole.
pub(super) fn between<G: Game>(one: &G, other: &G, limit: usize) -> Vec<Difference> {
    let mut ids: Vec<_> = one.entities().chain(other.entities()).map(|(id, _)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    let entities = ids.into_iter().filter_map(|id| {
        let (one, other) = (one.entity(id), other.entity(id));
        (one != other).then(|| said(Part::Entity(id), "state", &one, &other))
    });
    let written = |game: &G| {
        let mut bytes = Vec::new();
        game.checkpoint(&mut bytes);
        bytes
    };
    let rest = (written(one) != written(other)).then(|| said(Part::Rest, "match", one, other));
    entities.chain(rest).take(limit).collect()
}

fn said<T: Debug>(part: Part, field: &'static str, one: &T, other: &T) -> Difference {
    Difference { part, field, one: format!("{one:?}"), other: format!("{other:?}") }
}
