//! The match of a room. Every change of the match goes through this type.
//!
//! This is the one place where a change reaches the recorder and the backlog of a delayed world.

use std::ops::Deref;

use shared::{
    EntityId, PlayerId, SpectatorId,
    game::{Audience, Game, MapOf, Past, PlayerInput, Profile},
    wire::Event,
};

use crate::{
    delayed::{Backlog, Change},
    play::{Play, Told},
    record::{Ended, Recorder},
};

/// A match with its recorder, and with the backlog of its last seconds.
#[derive(Debug)]
pub(crate) struct Journal<G: Game> {
    play: Play<G>,
    recorder: Option<Box<Recorder<G>>>,
    /// The changes of the last seconds; only in a room with a spectator delay.
    backlog: Option<Box<Backlog<G>>>,
}

impl<G: Game> Journal<G> {
    pub(crate) fn new(play: Play<G>) -> Self {
        Self { play, recorder: None, backlog: None }
    }

    /// See [`Play::join`].
    pub(crate) fn join(&mut self, player: PlayerId, profile: Profile) {
        if let Some(recorder) = &mut self.recorder {
            recorder.joined(player, &profile);
        }
        self.note(|| Change::Joined(player, profile.clone()));
        self.play.join(player, profile);
    }

    /// See [`Play::leave`].
    pub(crate) fn leave(&mut self, player: PlayerId) {
        if let Some(recorder) = &mut self.recorder {
            recorder.left(player);
        }
        self.note(|| Change::Left(player));
        self.play.leave(player);
    }

    /// Records that a spectator left; the match itself is not affected.
    pub(crate) fn spectator_left(&mut self, spectator: SpectatorId) {
        if let Some(recorder) = &mut self.recorder {
            recorder.spectator_left(spectator);
        }
    }

    /// See [`Play::end_match`].
    pub(crate) fn end_match(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.match_ended();
        }
        self.note(|| Change::MatchEnded);
        self.play.end_match();
    }

    /// See [`Play::restart`]. The recording of the match before ends, and a new one begins.
    pub(crate) fn restart(&mut self, map: MapOf<G>, seed: u64) {
        if let Some(recorder) = &mut self.recorder {
            recorder.end(&self.play, Ended::NextMap);
        }
        self.note(|| Change::Restarted(map.clone(), seed));
        self.play.restart(map, seed);
        if let Some(recorder) = &mut self.recorder {
            recorder.start(&self.play, &());
        }
    }

    /// See [`Play::edit`]. No input leads from the match before to the match after, so one recording ends here and another begins.
    pub(crate) fn edit(&mut self, id: EntityId, wanted: G::Entity, past: &dyn Past<G::Entity>) -> Result<(), String> {
        let mut edited = self.play.clone();
        edited.edit(id, wanted)?;
        if let Some(recorder) = &mut self.recorder {
            recorder.end(&self.play, Ended::Edited);
        }
        self.play = edited;
        self.note(|| Change::Edited(id, wanted));
        if let Some(recorder) = &mut self.recorder {
            recorder.start(&self.play, past);
        }
        Ok(())
    }

    /// See [`Play::step`].
    pub(crate) fn step(&mut self, inputs: &[Option<PlayerInput<G::Input>>], past: &dyn Past<G::Entity>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.begin_tick(&self.play, inputs, past);
        }
        self.play.step(inputs, past);
        if let Some(backlog) = &mut self.backlog {
            backlog.stepped(inputs);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.end_tick(&self.play, past);
        }
    }

    /// Keeps the changes of the last `delay_secs` seconds and a few more, from now on.
    pub(crate) fn keep_backlog(&mut self, delay_secs: u32, past: &dyn Past<G::Entity>) {
        self.backlog = Some(Box::new(Backlog::new(delay_secs, &self.play, past)));
    }

    /// The changes of the last seconds; `None` in a room without a spectator delay.
    pub(crate) fn backlog(&self) -> Option<&Backlog<G>> {
        self.backlog.as_deref()
    }

    /// Adds a chat line of the next tick to the backlog.
    pub(crate) fn note_line(&mut self, line: &Event) {
        if let Some(backlog) = &mut self.backlog {
            backlog.note_line(line);
        }
    }

    /// Ends a tick of the backlog; see [`Backlog::settle`].
    pub(crate) fn settle_backlog(&mut self, past: &dyn Past<G::Entity>, copied: Option<u64>) {
        if let Some(backlog) = &mut self.backlog {
            backlog.settle(&self.play, past, copied);
        }
    }

    fn note(&mut self, change: impl FnOnce() -> Change<G>) {
        if let Some(backlog) = &mut self.backlog {
            backlog.note(change());
        }
    }

    /// Sets or removes the recorder.
    pub(crate) fn set_recorder(&mut self, recorder: Option<Recorder<G>>) {
        self.recorder = recorder.map(Box::new);
    }

    /// The recorder, if there is one, and the match that it records.
    pub(crate) fn recorder(&mut self) -> Option<(&mut Recorder<G>, &Play<G>)> {
        Some((self.recorder.as_deref_mut()?, &self.play))
    }

    /// The next event to send, in the order in which they happened.
    pub(crate) fn poll_told(&mut self) -> Option<(Audience, Told<G::Event>)> {
        self.play.poll()
    }
}

impl<G: Game> Deref for Journal<G> {
    type Target = Play<G>;

    fn deref(&self) -> &Play<G> {
        &self.play
    }
}
