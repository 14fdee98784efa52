//! The view that a bot has through a client: the states that the server sent, run forward to the tick of the bot's next input.

use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Entity as _, Game, IVec2, MapOf, Own as _, Sight},
    quantize::is_within,
    wire::Welcome,
};

use crate::{client::Client, view::View};

/// See the module.
#[derive(Debug)]
pub struct ClientSight<'a, G: Game> {
    client: &'a Client<G>,
    view: &'a View<G>,
    welcome: &'a Welcome,
    map: &'a MapOf<G>,
    player: PlayerId,
    /// One tick before the input's.
    tick: Tick,
}

impl<'a, G: Game> ClientSight<'a, G> {
    /// The view for the input of `tick`; `None` while the client has no map, and for a spectator.
    pub fn new(client: &'a Client<G>, tick: Tick) -> Option<Self> {
        let (view, welcome) = (client.view(), client.welcome()?);
        let (map, player) = (view.map()?, welcome.member.player()?);
        Some(Self { client, view, welcome, map, player, tick: tick.minus(1) })
    }
}

impl<G: Game> Sight<G> for ClientSight<'_, G> {
    fn player(&self) -> PlayerId {
        self.player
    }

    fn seats(&self) -> u16 {
        self.welcome.seats
    }

    fn tick(&self) -> Tick {
        self.tick
    }

    fn tick_rate(&self) -> TickRate {
        self.welcome.tick_rate
    }

    fn map(&self) -> &MapOf<G> {
        self.map
    }

    fn own(&self) -> G::Own {
        let mut own = self.view.own();
        let ahead = self.tick.since(self.view.tick()).min(self.welcome.tick_rate.hz().into());
        (0..ahead).for_each(|_| own.step());
        own
    }

    fn board(&self) -> &G::Board {
        self.client.board()
    }

    fn entity(&self, id: EntityId) -> Option<G::Entity> {
        self.view.extrapolated(id, self.tick)
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)> {
        self.view.entities().map(|(id, entity)| (id, *entity))
    }

    fn near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = (EntityId, G::Entity)> {
        // Running an entity forward costs time, so those farther than twice the radius are left out: few come near since they were sent.
        let reach = radius.saturating_mul(2);
        let sent =
            self.view.entities().filter(move |(_, entity)| is_within(entity.position(self.map), position, reach));
        sent.filter_map(|(id, _)| Some((id, self.entity(id)?)))
            .filter(move |(_, entity)| is_within(entity.position(self.map), position, radius))
    }
}
