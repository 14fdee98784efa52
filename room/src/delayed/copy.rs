//! A second copy of a match that plays some seconds behind its room.

use shared::{game::Game, wire::Event};

use super::{
    CATCH_UP_TICKS,
    backlog::{Backlog, Change},
};
use crate::{config::RoomConfig, play::Play, stage::Stage};

/// The delayed world and its map state.
#[derive(Debug)]
pub(crate) struct WorldCopy<G: Game> {
    pub(crate) world: Play<G>,
    pub(crate) stage: Stage<G>,
    /// Number of the last step that this copy has made, counted as in the backlog.
    step: u64,
    /// True once the copy has reached its delay, so that spectators may see it.
    caught_up: bool,
}

/// True if the ticks are renumbered with the new map.
pub(crate) type Renumbered = bool;

/// The result of a copy's turn.
#[derive(Debug, PartialEq)]
pub(crate) enum Turn {
    /// The copy is still too far behind to be shown.
    CatchingUp,
    /// The copy has caught up. From now on it makes one tick per turn.
    CaughtUp,
    /// The copy has made its next tick.
    Ticked {
        /// Set if the match continues on a new map.
        new_map: Option<Renumbered>,
        /// Chat lines of players before this tick.
        lines: Vec<Event>,
    },
}

impl<G: Game> WorldCopy<G> {
    /// A copy that starts at the oldest keyframe of the backlog.
    pub(crate) fn new(backlog: &Backlog<G>, config: &RoomConfig<G>) -> Self {
        let keyframe = backlog.start();
        let world = keyframe.play().clone();
        let mut stage = Stage::new(config, &world, 0);
        stage.history.restore(&world, keyframe.trail());
        Self { world, stage, step: keyframe.step(), caught_up: false }
    }

    /// Number of the last step that this copy has made, counted as in the backlog.
    pub(crate) fn steps(&self) -> u64 {
        self.step
    }

    /// True if spectators may see the copy.
    pub(crate) fn is_caught_up(&self) -> bool {
        self.caught_up
    }

    /// Makes the next tick, or several while the copy catches up.
    pub(crate) fn turn(&mut self, due: u64, backlog: &Backlog<G>, config: &RoomConfig<G>) -> Turn {
        if self.caught_up {
            let (new_map, lines) = self.make_step(backlog, config).unwrap_or_default();
            return Turn::Ticked { new_map, lines };
        }
        for _ in 0..CATCH_UP_TICKS {
            if self.step >= due {
                break;
            }
            self.make_step(backlog, config);
            // Nobody watched yet, so these events have no receivers.
            self.world.forget_told();
        }
        self.caught_up = self.step >= due;
        if self.caught_up { Turn::CaughtUp } else { Turn::CatchingUp }
    }

    /// Makes one tick. Returns whether the map changed, and the chat lines of the tick.
    fn make_step(&mut self, backlog: &Backlog<G>, config: &RoomConfig<G>) -> Option<(Option<Renumbered>, Vec<Event>)> {
        let frame = backlog.after(self.step)?;
        let mut new_map = None;
        for change in &frame.changes {
            match change.clone() {
                Change::Joined(player, profile) => self.world.join(player, profile),
                Change::Left(player) => self.world.leave(player),
                Change::MatchEnded => self.world.end_match(),
                // The game accepted this edit in the original match, so it accepts it here.
                Change::Edited(id, wanted) => drop(self.world.edit(id, wanted)),
                Change::Restarted(map, seed) => {
                    let before = self.world.tick();
                    self.world.restart(map, seed);
                    self.stage = Stage::new(config, &self.world, 0);
                    new_map = Some(self.world.tick() < before);
                }
            }
        }
        self.step += 1;
        self.world.step(&frame.inputs, &self.stage.history);
        self.stage.record(&self.world);
        // An empty list allocates nothing, and most ticks have no line.
        Some((new_map, frame.lines().to_vec()))
    }
}
