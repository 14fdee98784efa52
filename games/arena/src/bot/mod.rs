//! The bots of the arena: a room's computer opponents and the players of a load test.

mod fight;
mod names;
mod opponent;
mod sight;
mod wander;

use shared::{
    game::{self, Behavior, Sight},
    rng::Rng,
};

use self::{fight::Fight, opponent::Opponent, wander::Wander};
use crate::{input::Input, rules::World};

/// A bot and its memory.
#[derive(Clone, Debug)]
pub struct Bot(Mind);

#[derive(Clone, Debug)]
enum Mind {
    Fight(Fight),
    Wander(Wander),
    Idle,
    /// Boxed because it is by far the largest, and most bots of a load test have another behaviour.
    Opponent(Box<Opponent>),
}

impl game::Bot<World> for Bot {
    const BEHAVIORS: &'static [Behavior] = &[
        Behavior { name: "fight", about: "chase, strafe, aim ahead of an enemy, fire a third of the time" },
        Behavior { name: "wander", about: "always move, in a new direction with probability 0.1 per tick" },
        Behavior { name: "idle", about: "join and do nothing" },
        Behavior { name: "opponent", about: "play as the computer opponents of a room do" },
    ];
    const OPPONENT: usize = 3;
    const NAMES: &'static [&'static str] = names::NAMES;

    fn new(behavior: usize, seed: u64) -> Self {
        let rng = Rng::new(seed);
        Self(match Self::BEHAVIORS[behavior].name {
            "fight" => Mind::Fight(Fight::new(rng)),
            "wander" => Mind::Wander(Wander::new(rng)),
            "opponent" => Mind::Opponent(Box::new(Opponent::new(rng))),
            _ => Mind::Idle,
        })
    }

    fn input(&mut self, sight: &impl Sight<World>) -> Input {
        match &mut self.0 {
            Mind::Fight(fight) => fight.input(sight),
            Mind::Wander(wander) => wander.input(),
            Mind::Idle => Input::default(),
            Mind::Opponent(opponent) => opponent.input(sight),
        }
    }
}
