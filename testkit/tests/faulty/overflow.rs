//! Swans whose velocity has no bound: a state that a server may have made up overflows.

use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId,
    game::{Entity, Events, Game, IVec2, Input, NoBot, Profile, Replicate, Slots, Start, Turn, Viewpoint},
};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub(crate) struct Swan {
    #[replicate(position)]
    position: IVec2,
    velocity: i32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub(crate) struct Feet {
    swims: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Swans(Vec<Option<Swan>>);

impl Entity for Swan {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        self.position.x += self.velocity;
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

impl Game for Swans {
    const NAME: &'static str = "swans";
    const VERSION: u16 = 1;

    type Entity = Swan;
    type Input = Feet;
    type Own = ();
    type Event = ();
    type Board = ();
    type Settings = ();
    type Bot = NoBot;

    fn new(start: &Start<'_, Self>) -> Self {
        Self(vec![None; start.seats.into()])
    }

    fn join(&mut self, player: PlayerId, _: &Profile, _: &mut Events<()>) {
        if let Some(seat) = self.0.get_mut(player.index()) {
            *seat = Some(Swan { position: IVec2::ZERO, velocity: 0 });
        }
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<()>) {
        if let Some(seat) = self.0.get_mut(player.index()) {
            *seat = None;
        }
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        for (player, swan) in (0..).map(PlayerId).zip(&mut self.0) {
            if let Some(swan) = swan {
                let way = if swan.position.x > 1_000 { -1_000 } else { 10 };
                swan.velocity = if turn.input(player).swims { way } else { 0 };
                swan.step(&());
            }
        }
    }

    fn slots(&self) -> Slots {
        Slots::tracked(self.0.len())
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Swan)> {
        (0..).map(EntityId).zip(&self.0).filter_map(|(id, swan)| Some((id, (*swan)?)))
    }

    fn viewpoint(&self, player: PlayerId, (): &()) -> Option<Viewpoint> {
        let swan = self.0.get(player.index()).copied().flatten()?;
        Some(Viewpoint { entity: Some(EntityId(player.0)), position: swan.position, radius_px: None })
    }
}
