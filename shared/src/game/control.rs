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
    /// Takes what the player brings into being, to be shown at once.
    pub born: &'a mut Vec<G::Entity>,
}
