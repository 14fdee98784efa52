//! The match of a room, changed through here and nowhere else.
//!
//! So the recorder hears in this one place of everything that happens to a match besides the passing of ticks.

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

/// A match that is read like any other, who records it, and what it was made from in the last seconds.
#[derive(Debug)]
pub(crate) struct Journal<G: Game> {
    play: Play<G>,
    recorder: Option<Box<Recorder<G>>>,
    /// Where spectators see the match later than players.
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

    /// A spectator left, which no match notices.
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

    /// See [`Play::restart`]. What was before is forgotten, and recorded to its end.
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

    /// See [`Play::edit`]. No input leads from the match before to the one after, so a recording ends here and another one begins.
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

    /// Keeps what the match is made from, from now on.
    pub(crate) fn keep_backlog(&mut self, delay_secs: u32, past: &dyn Past<G::Entity>) {
        self.backlog = Some(Box::new(Backlog::new(delay_secs, &self.play, past)));
    }

    /// What the match was made from, where that is kept.
    pub(crate) fn backlog(&self) -> Option<&Backlog<G>> {
        self.backlog.as_deref()
    }

    /// A player says something, to be heard with the next tick.
    pub(crate) fn note_line(&mut self, line: &Event) {
        if let Some(backlog) = &mut self.backlog {
            backlog.note_line(line);
        }
    }

    /// A tick is over; see [`Backlog::settle`].
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

    /// Lets a recorder listen from now on, or nobody.
    pub(crate) fn set_recorder(&mut self, recorder: Option<Recorder<G>>) {
        self.recorder = recorder.map(Box::new);
    }

    /// Who listens, and to what.
    pub(crate) fn recorder(&mut self) -> Option<(&mut Recorder<G>, &Play<G>)> {
        Some((self.recorder.as_deref_mut()?, &self.play))
    }

    /// The next thing to tell, in the order in which they happened.
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
