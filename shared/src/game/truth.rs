//! A sight of a match as it is, without a room or a client in between.

use glam::IVec2;

use crate::{
    game::{Entity as _, Game, MapOf, Sight},
    id::{EntityId, PlayerId},
    quantize::is_within,
    tick::{Tick, TickRate},
};

/// What a player could see of a match if nothing were too far away: for tests of bots, and for tools that run a match without
/// a room. Every look goes through all entities.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a, G: Game> {
    /// The match.
    pub game: &'a G,
    /// Its map.
    pub map: &'a MapOf<G>,
    /// Its board: whoever runs the match hands every event to it.
    pub board: &'a G::Board,
    /// The last tick made.
    pub tick: Tick,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats of the match.
    pub seats: u16,
    /// The player that looks.
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
