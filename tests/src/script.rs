//! What the players of a simulation do: small behaviours that turn a view and a seeded stream into an intent.

use std::fmt::Debug;

use arena::{
    entity::EntityState,
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::World,
};
use client::View;
use shared::{EntityId, PlayerId, game::Game, rng::Rng, trig};

use crate::truth::distance_squared;

/// A game whose players can be scripted.
pub trait Scripted: Game {
    /// How a player behaves.
    type Behavior: Copy + PartialEq + Debug + Default;

    /// The intent for the next tick, given what the player sees. Asked once per tick.
    fn decide(script: &mut Script<Self>, view: &View<Self>, player: Option<PlayerId>) -> Self::Input;
}

/// A behaviour on its way: the intent it keeps and its own stream of chance.
#[derive(Clone, Debug)]
pub struct Script<G: Scripted = World> {
    /// What it does.
    pub behavior: G::Behavior,
    /// Its chance.
    pub rng: Rng,
    /// What it wanted last.
    pub intent: G::Input,
}

impl<G: Scripted> Script<G> {
    /// `behavior`, deciding by `seed`.
    pub fn new(behavior: G::Behavior, seed: u64) -> Self {
        Self { behavior, rng: Rng::new(seed), intent: G::Input::default() }
    }

    /// Behaves otherwise from now on.
    pub fn change(&mut self, behavior: G::Behavior) {
        self.behavior = behavior;
        self.intent = G::Input::default();
    }

    /// The intent for the next tick.
    pub fn intent(&mut self, view: &View<G>, player: Option<PlayerId>) -> G::Input {
        self.intent = G::decide(self, view, player);
        self.intent
    }
}

/// How a player of the arena behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Behavior {
    /// Touches nothing.
    Idle,
    /// Always moves, picks a new heading with probability 0.1 per tick, never fires (DESIGN, section 7).
    #[default]
    Wander,
    /// Aims at the nearest craft it sees, strafes with four or more changes a second, fires a third of the time.
    Fight,
    /// Any input at all, a new one every tick: the worst case for dead reckoning.
    Random,
    /// The same input for ever.
    Hold(Input),
}

impl Scripted for World {
    type Behavior = Behavior;

    fn decide(script: &mut Script, view: &View<Self>, player: Option<PlayerId>) -> Input {
        let Script { behavior, rng, intent } = script;
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
                if let Some(aim) = player.and_then(|player| aim_at_nearest(view, arena::craft_of(player))) {
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
