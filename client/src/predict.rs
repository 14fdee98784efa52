//! The own craft ahead of the server: every input acts here the moment it is made, by the server's own rules.
//!
//! In: inputs, tick by tick (`advance`), and the truth of earlier ticks as it arrives (`reconcile`). Out: the craft and
//! its timers at the newest input, and the shells it fired that the server may not have told of yet.
//!
//! Reconciliation is exact: integers on both ends, so the state predicted for a tick and the server's either are the
//! same bits or the inputs since are played again upon the truth.

mod shots;

use std::collections::VecDeque;

use arena::{
    entity::{CraftState, ShellState},
    event::Weapon,
    input::Input,
    own::OwnState,
    rules::{Terrain, pilot, weapon},
};
use glam::IVec2;
use shared::{Tick, game::Own, limits::PREDICTED_TICKS_MAX};

pub(crate) use shots::born;
pub use shots::{Shot, Shots};

/// A craft and what only its player knows of it, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piloted {
    /// The craft.
    pub craft: CraftState,
    /// Its timers and stocks.
    pub own: OwnState,
}

/// The own craft's ticks from the newest that is surely known to the newest input.
#[derive(Debug, Default)]
pub struct Prediction {
    /// Oldest first. A clock that jumped left a gap.
    inputs: VecDeque<(Tick, Input)>,
    /// Without gaps, oldest first. The oldest is the server's.
    steps: VecDeque<Step>,
    shots: Shots,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    tick: Tick,
    piloted: Piloted,
}

/// What the truth of a tick did to the prediction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reconciled {
    /// It had been predicted to the bit.
    Agreed,
    /// It had not: the newest position moved by this much, position units.
    Corrected(IVec2),
    /// There was nothing to compare with: a first state, another life, a clock that jumped.
    Began,
}

impl Prediction {
    /// Applies the input of `tick`. Ticks left out since the one before are flown without any, as the server does
    /// once it has repeated the last heading for a while.
    ///
    /// `armed` says whether the match lets guns fire.
    pub fn advance(&mut self, tick: Tick, input: Input, armed: bool, terrain: &Terrain) {
        if self.inputs.back().is_some_and(|&(newest, _)| tick <= newest) {
            self.clear();
        }
        if self.inputs.len() == PREDICTED_TICKS_MAX {
            self.inputs.pop_front();
        }
        self.inputs.push_back((tick, input));
        self.catch_up(armed, terrain);
    }

    /// Takes in what the server says was true at the end of `tick`.
    pub fn reconcile(&mut self, tick: Tick, truth: Piloted, armed: bool, terrain: &Terrain) -> Reconciled {
        while self.steps.get(1).is_some_and(|step| step.tick <= tick) {
            self.steps.pop_front();
        }
        let Some(&oldest) = self.steps.front().filter(|step| step.tick == tick) else {
            self.begin(tick, truth, armed, terrain);
            return Reconciled::Began;
        };
        let same_life = oldest.piloted.craft.is_alive() == truth.craft.is_alive()
            && truth.own.protection_ticks <= oldest.piloted.own.protection_ticks;
        if moves_alike(&oldest.piloted, &truth) {
            // What is worn and what hurts is the server's to say and moves nothing.
            self.wear(&truth);
            return Reconciled::Agreed;
        }
        let newest = |this: &Self| this.piloted().map_or(truth.craft.position, |piloted| piloted.craft.position);
        let before = newest(self);
        self.begin(tick, truth, armed, terrain);
        let moved = newest(self) - before;
        if same_life { Reconciled::Corrected(moved) } else { Reconciled::Began }
    }

    /// The newest tick predicted.
    pub fn newest(&self) -> Option<Tick> {
        self.steps.back().map(|step| step.tick)
    }

    /// The craft at the newest tick predicted.
    pub fn piloted(&self) -> Option<&Piloted> {
        self.steps.back().map(|step| &step.piloted)
    }

    /// The craft a tick after the newest, if `intent` stays what it is: what is drawn lies on the way there, so that a
    /// key shows its effect in the next frame.
    pub fn next(&self, intent: &Input, terrain: &Terrain) -> Option<Piloted> {
        let mut next = *self.piloted()?;
        next.own.step();
        pilot::fly(&mut next.craft, &mut next.own, Some(intent), terrain);
        Some(next)
    }

    /// The shells fired ahead of the server.
    pub fn shots(&self) -> &Shots {
        &self.shots
    }

    /// The same, to compare them with what the server tells.
    pub fn shots_mut(&mut self) -> &mut Shots {
        &mut self.shots
    }

    /// Forgets everything; the next truth begins anew.
    pub fn clear(&mut self) {
        self.inputs.clear();
        self.steps.clear();
        self.shots.clear();
    }

    /// Starts at the truth of `tick` and plays all inputs after it.
    fn begin(&mut self, tick: Tick, truth: Piloted, armed: bool, terrain: &Terrain) {
        self.steps.clear();
        self.shots.forget_after(tick);
        self.steps.push_back(Step { tick, piloted: truth });
        self.catch_up(armed, terrain);
    }

    /// Flies on to the newest input.
    fn catch_up(&mut self, armed: bool, terrain: &Terrain) {
        let Some((newest, &Step { tick, mut piloted })) =
            self.inputs.back().map(|&(tick, _)| tick).zip(self.steps.back())
        else {
            return;
        };
        let oldest = self.steps.front().map_or(tick, |step| step.tick);
        if newest.since(oldest) as usize >= PREDICTED_TICKS_MAX {
            // Nothing has been heard of the craft for so long that a guess would only mislead.
            return self.steps.clear();
        }
        let from = self.inputs.partition_point(|&(input, _)| input <= tick);
        let mut inputs = self.inputs.range(from..).peekable();
        for tick in (tick.next().0..=newest.0).map(Tick) {
            let input = inputs.next_if(|(input, _)| *input == tick).map(|(_, input)| input);
            if let Some(shell) = fly(&mut piloted, input, armed, terrain) {
                self.shots.push(tick, shell);
            }
            self.steps.push_back(Step { tick, piloted });
        }
    }

    fn wear(&mut self, truth: &Piloted) {
        for Step { piloted, .. } in &mut self.steps {
            piloted.craft.health = truth.craft.health;
            piloted.own.shield = truth.own.shield;
        }
    }
}

/// One tick of the own craft, in the order of the server's.
fn fly(piloted: &mut Piloted, input: Option<&Input>, armed: bool, terrain: &Terrain) -> Option<ShellState> {
    let Piloted { craft, own } = piloted;
    own.step();
    pilot::fly(craft, own, input, terrain);
    let fired = input.filter(|_| armed).and_then(|input| {
        let weapon = pilot::pull_trigger(craft, own, input, &terrain.rules)?;
        (weapon == Weapon::Shell).then_some(input.aim)
    });
    craft.flags = pilot::flags(own);
    // The owner does not change how it flies, and is known to whoever shows it.
    fired.map(|aim| weapon::shell(terrain, craft, Shots::OWNER, aim))
}

/// Whether two states of a tick have the same future. What is only drawn may differ: snapshots tell it late.
fn moves_alike(predicted: &Piloted, truth: &Piloted) -> bool {
    let Piloted { craft: CraftState { position, velocity, heading: _, aim: _, health, flags: _ }, own } = *predicted;
    let shield = truth.own.shield;
    position == truth.craft.position
        && velocity == truth.craft.velocity
        && (health > 0) == truth.craft.is_alive()
        && OwnState { shield, ..own } == truth.own
}

#[cfg(test)]
mod tests;
