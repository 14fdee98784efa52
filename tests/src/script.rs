//! What the players of a simulation do: small behaviours that turn a view and a seeded stream into an intent.

use arena::{
    entity::EntityState,
    input::{AIM_TURN, Buttons, Heading, Input},
};
use client::View;
use shared::{EntityId, rng::Rng, trig};

use crate::truth::distance_squared;

/// How a player behaves. Asked once per tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behavior {
    /// Touches nothing.
    Idle,
    /// Always moves, picks a new heading with probability 0.1 per tick, never fires (DESIGN, section 7).
    Wander,
    /// Aims at the nearest craft it sees, strafes with four or more changes a second, fires a third of the time.
    Fight,
    /// Any input at all, a new one every tick: the worst case for dead reckoning.
    Random,
    /// The same input for ever.
    Hold(Input),
}

/// A behaviour on its way: the intent it keeps and its own stream of chance.
#[derive(Clone, Debug)]
pub struct Script {
    behavior: Behavior,
    rng: Rng,
    intent: Input,
}

impl Script {
    /// `behavior`, deciding by `seed`.
    pub const fn new(behavior: Behavior, seed: u64) -> Self {
        let rest = Input { heading: Heading::NONE, aim: 0, buttons: Buttons::NONE };
        Self { behavior, rng: Rng::new(seed), intent: rest }
    }

    /// Behaves otherwise from now on.
    pub fn change(&mut self, behavior: Behavior) {
        self.behavior = behavior;
        self.intent = Input::default();
    }

    /// The intent for the next tick, given what the player sees.
    pub fn intent(&mut self, view: &View, own: Option<EntityId>) -> Input {
        match self.behavior {
            Behavior::Idle => self.intent = Input::default(),
            Behavior::Hold(input) => self.intent = input,
            Behavior::Wander => {
                if self.intent.heading == Heading::NONE || self.rng.chance(1, 10) {
                    self.intent.heading = self.any_heading();
                }
            }
            Behavior::Fight => {
                if self.rng.chance(1, 6) {
                    self.intent.heading = self.any_heading();
                }
                if let Some(aim) = own.and_then(|own| aim_at_nearest(view, own)) {
                    self.intent.aim = (aim + self.rng.below(24) as u16 + AIM_TURN - 12) % AIM_TURN;
                }
                let fire = if self.rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
                let dash = if self.rng.chance(1, 40) { Buttons::DASH } else { Buttons::NONE };
                self.intent.buttons = fire.with(dash);
            }
            Behavior::Random => {
                self.intent = Input {
                    heading: Heading::new(self.rng.below(65) as u8).expect("65 wire values are headings"),
                    aim: self.rng.below(AIM_TURN.into()) as u16,
                    buttons: Buttons::new(self.rng.below(4) as u8).expect("4 wire values are buttons"),
                };
            }
        }
        self.intent
    }

    fn any_heading(&mut self) -> Heading {
        Heading::new(self.rng.between(1, 64) as u8).expect("1..=64 are headings")
    }
}

/// Fires straight along `aim` (1/1024 turn) and stands still.
pub const fn fire_along(aim: u16) -> Input {
    Input { heading: Heading::NONE, aim, buttons: Buttons::FIRE }
}

/// Flies along `angle` (1/1024 turn) and fires nothing.
pub const fn fly_along(angle: u16) -> Input {
    Input { heading: Heading::from_aim(angle), aim: angle, buttons: Buttons::NONE }
}

fn aim_at_nearest(view: &View, own: EntityId) -> Option<u16> {
    let craft = |state: &EntityState| match state {
        EntityState::Craft(craft) if craft.is_alive() => Some(craft.position),
        _ => None,
    };
    let here = view.entity(own).and_then(craft)?;
    let others = view.entities().filter(|&(id, _)| id != own).filter_map(|(_, state)| craft(state));
    let nearest = others.min_by_key(|&there| distance_squared(here, there))?;
    Some(trig::angle_of(nearest - here))
}
