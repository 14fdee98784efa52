//! The fields in which two matches differ, as text, to find out why a replay differs from its recording.

use std::fmt::Debug;

use crate::game::{Game, Part};

/// A field with different values in two matches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The part of the match that has the field.
    pub part: Part,
    /// Name of the field.
    pub field: &'static str,
    /// The value in the first match.
    pub one: String,
    /// The value in the second match.
    pub other: String,
}

/// The default of [`Game::differences`]: compares entity by entity, and then the rest of the match as a whole.
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
