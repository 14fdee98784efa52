//! A sight of a match itself, without a room or a client.

use glam::IVec2;

use crate::{
    game::{Entity as _, Game, MapOf, Sight},
    id::{EntityId, PlayerId},
    quantize::is_within,
    tick::{Tick, TickRate},
};

/// The view of a player without a bound of distance, for tests of bots, and for tools that run a match without
/// a room. Every look-up visits all entities.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a, G: Game> {
    /// The match.
    pub game: &'a G,
    /// The map of the match.
    pub map: &'a MapOf<G>,
    /// The board of the match. The caller must pass every event to it.
    pub board: &'a G::Board,
    /// The tick of the last step.
    pub tick: Tick,
    /// The tick rate.
    pub tick_rate: TickRate,
    /// Number of seats of the match.
    pub seats: u16,
    /// The player whose view this is.
    pub player: PlayerId,
}

impl<G: Game> Sight<G> for Truth<'_, G> {
    fn player(&self) -> PlayerId {
        self.player
    }

    fn seats(&self) -> u16 {
        self.seats
    }

    fn tick(&self) -> Tick {
        self.tick
    }

    fn tick_rate(&self) -> TickRate {
        self.tick_rate
    }

    fn map(&self) -> &MapOf<G> {
        self.map
    }

    fn own(&self) -> G::Own {
        self.game.own(self.player)
    }

    fn board(&self) -> &G::Board {
        self.board
    }

    fn entity(&self, id: EntityId) -> Option<G::Entity> {
        self.game.entity(id).filter(|_| self.game.may_see(self.player, id))
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)> {
        self.game.entities().filter(|&(id, _)| self.game.may_see(self.player, id))
    }

    fn near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = (EntityId, G::Entity)> {
        self.entities().filter(move |(_, entity)| is_within(entity.position(self.map), position, radius))
    }
}
