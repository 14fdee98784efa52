//! What a client runs ahead of the server.

use crate::{
    game::{Game, MapOf},
    id::{EntityId, PlayerId},
};

/// One tick of what a player steers.
#[derive(Debug)]
pub struct Control<'a, G: Game> {
    /// Whose.
    pub player: PlayerId,
    /// What it steers, in the order of ids; see [`Game::is_steered`].
    pub entities: &'a mut [(EntityId, G::Entity)],
    /// What only the player knows. Its timers have run for this tick already ([`Own::step`](crate::game::Own::step)).
    pub own: &'a mut G::Own,
    /// What the player wants; `None` when nobody knows.
    pub input: Option<&'a G::Input>,
    /// What everybody knows.
    pub board: &'a G::Board,
    /// The map.
    pub map: &'a MapOf<G>,
    /// Takes what the player brings into being, as it is at the end of this tick, to be shown at once. Only that of which
    /// [`Game::birth`] knows when it was born is shown, since the client must recognise it when the server sends it.
    pub born: &'a mut Vec<G::Entity>,
}

/// What a player steers at the end of a tick, with what only the player knows.
#[derive(Debug)]
pub struct Steered<'a, G: Game> {
    /// In the order of ids.
    pub entities: &'a [(EntityId, G::Entity)],
    /// What only the player knows.
    pub own: &'a G::Own,
}

impl<G: Game> Clone for Steered<'_, G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G: Game> Copy for Steered<'_, G> {}

impl<G: Game> PartialEq for Steered<'_, G> {
    fn eq(&self, other: &Self) -> bool {
        self.entities == other.entities && self.own == other.own
    }
}

impl<G: Game> Steered<'_, G> {
    /// Two ticks' states of the same entities, in pairs.
    pub fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a G::Entity, &'a G::Entity)> {
        self.entities.iter().zip(other.entities).map(|((_, one), (_, other))| (one, other))
    }
}
