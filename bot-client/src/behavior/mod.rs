//! What bots do. Each decides from the client's view alone, by the chance of its own seed.

#[cfg(test)]
mod duel;
mod fight;
mod idle;
mod kind;
mod wander;

use arena::input::Input;
use client::Client;
use shared::{Tick, rng::Rng};

pub(crate) use self::kind::BehaviorKind;

/// One bot's behaviour.
#[derive(Clone, Debug)]
pub(crate) enum Behavior {
    Wander(wander::Wander),
    Fight(fight::Fight),
    Idle,
}

impl Behavior {
    /// A behaviour with chances of its own.
    pub(crate) fn new(kind: BehaviorKind, rng: Rng) -> Self {
        match kind {
            BehaviorKind::Wander => Self::Wander(wander::Wander::new(rng)),
            // Who breaks the rules plays as well as it can.
            BehaviorKind::Fight | BehaviorKind::Hostile(_) => Self::Fight(fight::Fight::new(rng)),
            BehaviorKind::Idle => Self::Idle,
        }
    }

    /// The input for `tick`.
    pub(crate) fn decide(&mut self, client: &Client, tick: Tick) -> Input {
        match self {
            Self::Wander(wander) => wander.decide(),
            Self::Fight(fight) => fight.decide(client, tick),
            Self::Idle => idle::decide(),
        }
    }
}
