//! Shells the own craft has fired ahead of the server: drawn at once, and taken back if the server knows nothing of
//! them.

use std::collections::VecDeque;

use arena::{
    entity::ShellState,
    limits::PREDICTED_SHOTS_MAX,
    rules::{Terrain, numbers::Rules},
};
use shared::{PlayerId, Tick};

/// A shell, known by the tick it was born in: a gun fires at most one a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shot {
    /// The tick of its first state.
    pub born: Tick,
    /// Its first state, at the muzzle.
    pub birth: ShellState,
    /// Whether the server has told of it.
    pub confirmed: bool,
}

/// The shots in the air, oldest first.
#[derive(Debug, Default)]
pub struct Shots(VecDeque<Shot>);

impl Shots {
    /// The owner predicted shells carry: whoever predicts knows whose they are.
    pub(crate) const OWNER: PlayerId = PlayerId(u16::MAX);

    /// The shots in the air, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Shot> {
        self.0.iter()
    }

    /// Compares the shots with the ticks of birth of the own shells that the server showed at `tick`. `complete` says
    /// that the view of that tick lacks nothing, so that a shot missing there was not fired, or has hit already.
    pub fn handle_told(&mut self, tick: Tick, born: &[Tick], complete: bool, rules: &Rules) {
        for shot in &mut self.0 {
            shot.confirmed |= born.contains(&shot.born);
        }
        self.0.retain(|shot| {
            let told = born.contains(&shot.born);
            let refuted = !told && (shot.confirmed || complete && shot.born.plus(TOLD_TICKS) <= tick);
            let over = shot.born.plus(rules.shell_life_ticks.into()) <= tick;
            !(refuted || over)
        });
    }

    /// Forgets those born after `tick`: the inputs that fired them are played again. What the server told stays.
    pub(crate) fn forget_after(&mut self, tick: Tick) {
        self.0.retain(|shot| shot.confirmed || shot.born <= tick);
    }

    pub(crate) fn push(&mut self, born: Tick, birth: ShellState) {
        if self.0.iter().any(|shot| shot.born == born) {
            return;
        }
        if self.0.len() == PREDICTED_SHOTS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(Shot { born, birth, confirmed: false });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Ticks the server may take to tell of a shell when much else is more urgent.
const TOLD_TICKS: u32 = 8;

/// The tick of birth of a shell that looks like `shell` at the end of `tick`.
pub(crate) fn born(tick: Tick, shell: &ShellState, terrain: &Terrain) -> Tick {
    tick.minus(terrain.rules.shell_life_ticks.saturating_sub(shell.ticks_left).into())
}
