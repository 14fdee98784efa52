//! The smallest game: every player slides a puck to the left and to the right.
//!
//! A server, a client and a load test need no more code. The parts that the game lacks (events, a map, settings, computer opponents) are
//! `()`, a default or `NoBot`.

use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Entity, Events, Game, IVec2, Input, NoBot, PlayerInput, Profile, Replicate, Slots, Start, Turn},
};

/// A puck slides in its direction until its player turns it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
struct Puck {
    #[replicate(position)]
    position: IVec2,
    #[replicate(intent)]
    direction: i8,
}

impl Entity for Puck {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        self.position.x = (self.position.x + SPEED * i32::from(self.direction)).clamp(0, WIDTH);
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

/// Width of the world, position units; a pixel has 16.
const WIDTH: i32 = 16_000;
/// Speed of a puck, position units per tick.
const SPEED: i32 = 50;

/// The left key is -1, the right one 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
struct Steering {
    #[input(max = 1, missing = "repeat")]
    direction: i8,
}

/// The match: the pucks by seat. Serde makes its checkpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pucks(Vec<Option<Puck>>);

impl Game for Pucks {
    const NAME: &'static str = "pucks";
    const VERSION: u16 = 1;
    const STEERS_SEAT: bool = true;

    type Entity = Puck;
    type Input = Steering;
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
            *seat = Some(Puck { position: IVec2::new(WIDTH / 2, 0), direction: 0 });
        }
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<()>) {
        self.0.get_mut(player.index()).into_iter().for_each(|seat| *seat = None);
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        for (player, seat) in (0..).map(PlayerId).zip(&mut self.0) {
            if let Some(puck) = seat {
                Self::steer(puck, &mut (), turn.input(player), &());
            }
        }
    }

    fn slots(&self) -> Slots {
        Slots::tracked(self.0.len())
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Puck)> {
        (0..).map(EntityId).zip(&self.0).filter_map(|(id, puck)| Some((id, (*puck)?)))
    }

    fn steer(puck: &mut Puck, (): &mut (), input: Steering, (): &()) {
        puck.direction = input.direction;
        puck.step(&());
    }
}

/// Does what a room does with a game: a match, a player, a tick.
fn main() {
    let tick_rate = TickRate::new(30).expect("a rate that rooms may have");
    let start = Start { settings: &(), map: &(), tick_rate, seats: 2, tick: Tick(0), seed: 1 };
    let (mut game, mut events) = (Pucks::new(&start), Events::default());
    game.join(PlayerId(1), &Profile::default(), &mut events);
    let left = PlayerInput { input: Steering { direction: -1 }, view_age: 0 };
    game.step(&mut Turn { tick: Tick(1), map: &(), inputs: &[None, Some(left)], past: &(), events: &mut events });
    let puck = Puck { position: IVec2::new(WIDTH / 2 - SPEED, 0), direction: -1 };
    assert_eq!(game.entities().collect::<Vec<_>>(), [(EntityId(1), puck)]);
    // The player looks from its puck, because of `STEERS_SEAT`.
    assert_eq!(game.viewpoint(PlayerId(1), &()).and_then(|view| view.entity), Some(EntityId(1)));
}
