//! A match that is played once more, some seconds behind its room.

use shared::{game::Game, wire::Event};

use super::{
    CATCH_UP_TICKS,
    backlog::{Backlog, Change},
};
use crate::{config::RoomConfig, play::Play, stage::Stage};

/// See the module.
#[derive(Debug)]
pub(crate) struct WorldCopy<G: Game> {
    pub(crate) world: Play<G>,
    pub(crate) stage: Stage<G>,
    /// Steps that its room had made when it was as this is.
    step: u64,
    /// It is as far behind as it should be, so that spectators may see it.
    caught_up: bool,
}

/// Whether ticks are numbered anew with a new map.
pub(crate) type Renumbered = bool;

/// What came of a copy's turn.
#[derive(Debug, PartialEq)]
pub(crate) enum Turn {
    /// Nothing that anybody may see yet.
    CatchingUp,
    /// It has caught up: from here on it makes one tick per turn.
    CaughtUp,
    /// It has made the tick after the one before.
    Ticked {
        /// It goes on with another map, and maybe with ticks that are numbered anew.
        new_map: Option<Renumbered>,
        /// What players said before this tick.
        lines: Vec<Event>,
    },
}

impl<G: Game> WorldCopy<G> {
    /// A copy that begins where the backlog does.
    pub(crate) fn new(backlog: &Backlog<G>, config: &RoomConfig<G>) -> Self {
        let keyframe = backlog.start();
        let world = keyframe.play().clone();
        let mut stage = Stage::new(config, &world, 0);
        stage.history.restore(&world, keyframe.trail());
        Self { world, stage, step: keyframe.step(), caught_up: false }
    }

    /// Steps that its room had made when it was as this is.
    pub(crate) fn steps(&self) -> u64 {
        self.step
    }

    /// Whether spectators may see it.
    pub(crate) fn is_caught_up(&self) -> bool {
        self.caught_up
    }

    /// Plays on to the tick that is due.
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
            // Nobody was there to hear of it.
            self.world.forget_told();
        }
        self.caught_up = self.step >= due;
        if self.caught_up { Turn::CaughtUp } else { Turn::CatchingUp }
    }

    /// Makes one tick; tells whether the map is another one, and what was said.
    fn make_step(&mut self, backlog: &Backlog<G>, config: &RoomConfig<G>) -> Option<(Option<Renumbered>, Vec<Event>)> {
        let frame = backlog.after(self.step)?;
        let mut new_map = None;
        for change in &frame.changes {
            match change.clone() {
                Change::Joined(player, profile) => self.world.join(player, profile),
                Change::Left(player) => self.world.leave(player),
                Change::MatchEnded => self.world.end_match(),
                // It was possible in the match that this is a copy of.
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
