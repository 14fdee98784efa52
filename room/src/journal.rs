//! The world of a room, changed through here and nowhere else.
//!
//! So the recorder hears in this one place of everything that happens to a world besides the passing of ticks.

use std::{ops::Deref, sync::Arc};

use arena::{
    map::Map,
    rules::world::{Past, PlayerInput, World},
};
use shared::{PlayerId, SpectatorId, game::Audience, wire::Event};

use crate::{
    delayed::{Backlog, Change},
    play::{Play, Told},
    record::{Ended, Recorder},
};

/// A world that is read like any other, who records it, and what it was made from in the last seconds.
#[derive(Debug)]
pub(crate) struct Journal {
    world: Play,
    recorder: Option<Box<Recorder>>,
    /// Where spectators see the world later than players.
    backlog: Option<Box<Backlog>>,
}

impl Journal {
    pub(crate) fn new(world: World) -> Self {
        Self { world: Play::new(world), recorder: None, backlog: None }
    }

    /// See [`World::add_player`].
    pub(crate) fn add_player(&mut self, player: PlayerId, name: String, opponent: bool) {
        if let Some(recorder) = &mut self.recorder {
            recorder.joined(player, opponent, &name);
        }
        self.note(|| Change::Added { player, name: name.clone(), opponent });
        self.world.add_player(player, name, opponent);
    }

    /// See [`World::remove_player`].
    pub(crate) fn remove_player(&mut self, player: PlayerId) {
        if let Some(recorder) = &mut self.recorder {
            recorder.left(player);
        }
        self.note(|| Change::Removed(player));
        self.world.remove_player(player);
    }

    /// A spectator left, which no world notices.
    pub(crate) fn spectator_left(&mut self, spectator: SpectatorId) {
        if let Some(recorder) = &mut self.recorder {
            recorder.spectator_left(spectator);
        }
    }

    /// See [`World::end_match`].
    pub(crate) fn end_match(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.match_ended();
        }
        self.note(|| Change::MatchEnded);
        self.world.end_match();
    }

    /// See [`World::change_map`]. What was before is forgotten, and recorded to its end.
    pub(crate) fn change_map(&mut self, map: Arc<Map>, seed: u64) {
        if let Some(recorder) = &mut self.recorder {
            recorder.end(&self.world, Ended::NextMap);
        }
        self.note(|| Change::Map(Arc::clone(&map), seed));
        self.world.change_map(map, seed);
        if let Some(recorder) = &mut self.recorder {
            recorder.start(&self.world, &());
        }
    }

    /// See [`World::step`].
    pub(crate) fn step(&mut self, inputs: &[Option<PlayerInput>], past: &impl Past) {
        if let Some(recorder) = &mut self.recorder {
            recorder.begin_tick(&self.world, inputs, past);
        }
        self.world.step(inputs, past);
        if let Some(backlog) = &mut self.backlog {
            backlog.stepped(inputs);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.end_tick(&self.world, past);
        }
    }

    /// Keeps what the world is made from, from now on.
    pub(crate) fn keep_backlog(&mut self, delay_secs: u32, past: &impl Past) {
        self.backlog = Some(Box::new(Backlog::new(delay_secs, &self.world, past)));
    }

    /// What the world was made from, where that is kept.
    pub(crate) fn backlog(&self) -> Option<&Backlog> {
        self.backlog.as_deref()
    }

    /// A player says something, to be heard with the next tick.
    pub(crate) fn note_line(&mut self, line: &Event) {
        if let Some(backlog) = &mut self.backlog {
            backlog.note_line(line);
        }
    }

    /// A tick is over; see [`Backlog::settle`].
    pub(crate) fn settle_backlog(&mut self, past: &impl Past, copied: Option<u64>) {
        if let Some(backlog) = &mut self.backlog {
            backlog.settle(&self.world, past, copied);
        }
    }

    fn note(&mut self, change: impl FnOnce() -> Change) {
        if let Some(backlog) = &mut self.backlog {
            backlog.note(change());
        }
    }

    /// Lets a recorder listen from now on, or nobody.
    pub(crate) fn set_recorder(&mut self, recorder: Option<Recorder>) {
        self.recorder = recorder.map(Box::new);
    }

    /// Who listens, and to what.
    pub(crate) fn recorder(&mut self) -> Option<(&mut Recorder, &World)> {
        Some((self.recorder.as_deref_mut()?, &self.world))
    }

    /// The next thing to tell, in the order in which they happened.
    pub(crate) fn poll_told(&mut self) -> Option<(Audience, Told)> {
        self.world.poll()
    }
}

impl Deref for Journal {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}
