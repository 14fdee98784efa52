//! The view of a computer opponent: the newest tick, without the entities that the game hides from its seat.

use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Game, IVec2, MapOf, Sight},
};

use crate::{play::Play, stage::Stage};

/// The newest tick, as one opponent may see it.
pub(crate) struct OpponentSight<'a, G: Game> {
    pub(crate) play: &'a Play<G>,
    pub(crate) stage: &'a Stage<G>,
    pub(crate) player: PlayerId,
}

impl<G: Game> OpponentSight<'_, G> {
    fn may_see(&self, id: EntityId) -> bool {
        !G::HIDES || self.play.game().may_see(self.player, id)
    }
}

impl<G: Game> Sight<G> for OpponentSight<'_, G> {
    fn player(&self) -> PlayerId {
        self.player
    }

    fn seats(&self) -> u16 {
        self.play.roster().seats()
    }

    fn tick(&self) -> Tick {
        self.play.tick()
    }

    fn tick_rate(&self) -> TickRate {
        self.play.setup().tick_rate
    }

    fn map(&self) -> &MapOf<G> {
        self.play.map()
    }

    fn own(&self) -> G::Own {
        self.play.game().own(self.player)
    }

    fn board(&self) -> &G::Board {
        self.play.board()
    }

    fn entity(&self, id: EntityId) -> Option<G::Entity> {
        self.stage.history.current_of(id).filter(|_| self.may_see(id)).copied()
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)> {
        self.stage.history.alive().iter().filter_map(|&id| Some((id, self.entity(id)?)))
    }

    fn near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = (EntityId, G::Entity)> {
        let near = self.stage.opponents_grid.near(position, radius);
        near.filter_map(|(id, _)| Some((id, self.entity(id)?)))
    }
}
