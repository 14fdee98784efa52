//! How the players of the arena behave in a simulation.

use std::fmt::Debug;

use arena::{
    entity::EntityState,
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::World,
};
use client::{Client, View};
use shared::{EntityId, game::Game, rng::Rng, trig};
use testkit::{Behaves, Script, truth::distance_squared};

/// A game whose players have their own behaviours.
pub trait Scripted: Game {
    /// How a player behaves.
    type Behavior: Behaves<Self> + Debug;
}

impl Scripted for World {
    type Behavior = Behavior;
}

/// How a player of the arena behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Behavior {
    /// Presses nothing.
    Idle,
    /// Always moves, picks a new heading with probability 0.1 per tick, never fires.
    #[default]
    Wander,
    /// Aims at the nearest craft it sees, strafes with four or more changes a second, fires a third of the time.
    Fight,
    /// A random input in every tick: the worst case for dead reckoning.
    Random,
    /// Always the same input.
    Hold(Input),
}

impl Behaves<World> for Behavior {
    fn decide(script: &mut Script<World, Self>, client: &Client<World>) -> Input {
        let Script { behavior, rng, intent, .. } = script;
        let mut intent = *intent;
        match *behavior {
            Behavior::Idle => intent = Input::default(),
            Behavior::Hold(input) => intent = input,
            Behavior::Wander => {
                if intent.heading == Heading::NONE || rng.chance(1, 10) {
                    intent.heading = any_heading(rng);
                }
            }
            Behavior::Fight => {
                if rng.chance(1, 6) {
                    intent.heading = any_heading(rng);
                }
                let aim = client.player().and_then(|player| aim_at_nearest(client.view(), arena::craft_of(player)));
                if let Some(aim) = aim {
                    intent.aim = (aim + rng.below(24) as u16 + AIM_TURN - 12) % AIM_TURN;
                }
                let fire = if rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
                let dash = if rng.chance(1, 40) { Buttons::DASH } else { Buttons::NONE };
                intent.buttons = fire.with(dash);
            }
            Behavior::Random => {
                intent = Input {
                    heading: Heading::new(rng.below(65) as u8).expect("65 wire values are headings"),
                    aim: rng.below(AIM_TURN.into()) as u16,
                    buttons: Buttons::new(rng.below(4) as u8).expect("4 wire values are buttons"),
                };
            }
        }
        intent
    }
}

fn any_heading(rng: &mut Rng) -> Heading {
    Heading::new(rng.between(1, 64) as u8).expect("1..=64 are headings")
}

/// Fires straight along `aim` (1/1024 turn) and stands still.
pub const fn fire_along(aim: u16) -> Input {
    Input { heading: Heading::NONE, aim, buttons: Buttons::FIRE }
}

/// Flies along `angle` (1/1024 turn) and fires nothing.
pub const fn fly_along(angle: u16) -> Input {
    Input { heading: Heading::from_aim(angle), aim: angle, buttons: Buttons::NONE }
}

fn aim_at_nearest(view: &View<World>, own: EntityId) -> Option<u16> {
    let craft = |state: &EntityState| match state {
        EntityState::Craft(craft) if craft.is_alive() => Some(craft.position),
        _ => None,
    };
    let here = view.entity(own).and_then(craft)?;
    let others = view.entities().filter(|&(id, _)| id != own).filter_map(|(_, state)| craft(state));
    let nearest = others.min_by_key(|&there| distance_squared(here, there))?;
    Some(trig::angle_of(nearest - here))
}
