//! A room with a `fill` of opponents whose game has no bots.

#![allow(clippy::unwrap_used)]

use room::{Room, RoomConfig};
use shared::{
    EntityId, PlayerId, TickRate,
    game::{Checkpoint, Entity, Events, Game, IVec2, Input, NoBot, Profile, Replicate, Slots, Start, Turn, Viewpoint},
    wire::DecodeError,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
struct Stone {
    #[replicate(position, fixed)]
    position: IVec2,
}

impl Entity for Stone {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
struct Nothing {
    pressed: bool,
}

#[derive(Clone, Debug)]
struct Stones;

impl Checkpoint for Stones {
    fn checkpoint(&self, _: &mut Vec<u8>) {}

    fn restore(_: &Start<'_, Self>, _: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

impl Game for Stones {
    const NAME: &'static str = "stones";
    const VERSION: u16 = 1;

    type Entity = Stone;
    type Input = Nothing;
    type Own = ();
    type Event = ();
    type Board = ();
    type Settings = ();
    type Bot = NoBot;

    fn new(_: &Start<'_, Self>) -> Self {
        Self
    }

    fn join(&mut self, _: PlayerId, _: &Profile, _: &mut Events<()>) {}

    fn leave(&mut self, _: PlayerId, _: &mut Events<()>) {}

    fn step(&mut self, _: &mut Turn<'_, Self>) {}

    fn slots(&self) -> Slots {
        Slots::tracked(0)
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Stone)> {
        std::iter::empty()
    }

    fn viewpoint(&self, _: PlayerId, (): &()) -> Option<Viewpoint> {
        None
    }
}

#[test]
fn room_of_a_game_without_bots_stays_empty() {
    let config = RoomConfig { seats: 8, fill: 4, ..RoomConfig::<Stones>::new((), TickRate::new(30).unwrap()) };
    let mut room = Room::new(config, 1);
    room.tick();
    assert_eq!((room.opponents(), room.players()), (0, 0));
}
