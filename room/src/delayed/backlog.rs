//! The changes and inputs of the last seconds of a match, from which a copy can play it again later.

use std::collections::VecDeque;

use shared::{
    EntityId, PlayerId,
    game::{Game, MapOf, Past, PlayerInput, Profile},
    limits::ROOM_EVENTS_MAX,
    wire::Event,
};

use super::keyframe::Keyframe;
use crate::play::Play;

/// Keyframes and frames of the last seconds.
#[derive(Debug)]
pub(crate) struct Backlog<G: Game> {
    /// Delay of the copy, ticks.
    delay: u64,
    /// Ticks between two keyframes.
    interval: u64,
    /// Steps since the backlog began. Keyframes and frames are ordered by it, since a match may renumber its ticks.
    made: u64,
    /// The oldest first. There is always one, and `frames` leads from it to the present.
    keyframes: VecDeque<Keyframe<G>>,
    /// One frame per tick, the oldest first.
    frames: VecDeque<Frame<G>>,
    /// The frame of the next tick.
    next: Frame<G>,
    /// Empty frames whose buffers are used again, so that a tick allocates nothing.
    spare: Vec<Frame<G>>,
}

/// Everything that goes into one tick.
#[derive(Debug)]
pub(crate) struct Frame<G: Game> {
    /// Number of the step that this frame makes.
    step: u64,
    /// Changes of the match before the step.
    pub(super) changes: Vec<Change<G>>,
    /// Inputs, by seat.
    pub(super) inputs: Vec<Option<PlayerInput<G::Input>>>,
    /// Chat lines of players.
    lines: Vec<Event>,
}

/// A change of a match other than a tick.
#[derive(Clone, Debug)]
pub(crate) enum Change<G: Game> {
    /// See [`Play::join`].
    Joined(PlayerId, Profile),
    /// See [`Play::leave`].
    Left(PlayerId),
    /// See [`Play::end_match`].
    MatchEnded,
    /// See [`Play::edit`].
    Edited(EntityId, G::Entity),
    /// See [`Play::restart`].
    Restarted(MapOf<G>, u64),
}

/// Seconds between two keyframes. The backlog is longer than the delay by at most this, and a new copy has to catch up by at most this.
const KEYFRAME_SECS: u64 = 4;

impl<G: Game> Backlog<G> {
    /// A backlog that begins with the present match, for a copy with a delay of `delay_secs`.
    pub(crate) fn new(delay_secs: u32, play: &Play<G>, past: &dyn Past<G::Entity>) -> Self {
        let hz = u64::from(play.setup().tick_rate.hz());
        Self {
            delay: u64::from(delay_secs) * hz,
            interval: KEYFRAME_SECS * hz,
            made: 0,
            keyframes: VecDeque::from([Keyframe::of(play, past, 0)]),
            frames: VecDeque::new(),
            next: Frame::default(),
            spare: Vec::new(),
        }
    }

    /// The step that a copy should have made by now; `None` if the backlog does not reach back so far.
    pub(crate) fn due(&self) -> Option<u64> {
        let due = self.made.checked_sub(self.delay)?;
        (self.keyframes[0].step() <= due).then_some(due)
    }

    /// Adds a change that happens before the next step.
    pub(crate) fn note(&mut self, change: Change<G>) {
        self.next.changes.push(change);
    }

    /// Adds a chat line that is sent with the next tick.
    pub(crate) fn note_line(&mut self, line: &Event) {
        if self.next.lines.len() < ROOM_EVENTS_MAX {
            self.next.lines.push(line.clone());
        }
    }

    /// Stores the inputs of a step that the match has made.
    pub(crate) fn stepped(&mut self, inputs: &[Option<PlayerInput<G::Input>>]) {
        self.made += 1;
        self.next.step = self.made;
        self.next.inputs.extend_from_slice(inputs);
        let spare = self.spare.pop().unwrap_or_default();
        self.frames.push_back(std::mem::replace(&mut self.next, spare));
    }

    /// Ends a tick: adds a keyframe if one is due, and drops keyframes and frames that no copy needs. `copied` is the last step of the
    /// copy, if there is one.
    pub(crate) fn settle(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>, copied: Option<u64>) {
        let newest = self.keyframes.back().expect("there is always a keyframe").step();
        if self.made - newest >= self.interval {
            self.keyframes.push_back(Keyframe::of(play, past, self.made));
        }
        while self.keyframes.get(1).is_some_and(|next| self.made - next.step() >= self.delay) {
            self.keyframes.pop_front();
        }
        let oldest = self.keyframes[0].step().min(copied.unwrap_or(u64::MAX));
        while self.frames.front().is_some_and(|frame| frame.step <= oldest) {
            let Some(mut frame) = self.frames.pop_front() else { break };
            frame.clear();
            self.spare.push(frame);
        }
    }

    /// Number of keyframes and of frames.
    #[cfg(test)]
    pub(crate) fn len(&self) -> (usize, usize) {
        (self.keyframes.len(), self.frames.len())
    }

    /// The keyframe from which a new copy starts.
    pub(super) fn start(&self) -> &Keyframe<G> {
        &self.keyframes[0]
    }

    /// The frame of the step after `step`.
    pub(super) fn after(&self, step: u64) -> Option<&Frame<G>> {
        let first = self.frames.front()?.step;
        let frame = self.frames.get(usize::try_from((step + 1).checked_sub(first)?).ok()?)?;
        debug_assert_eq!(frame.step, step + 1, "one frame per step");
        Some(frame)
    }
}

impl<G: Game> Frame<G> {
    /// Chat lines of players before the tick.
    pub(crate) fn lines(&self) -> &[Event] {
        &self.lines
    }

    fn clear(&mut self) {
        let Self { step: _, changes, inputs, lines } = self;
        changes.clear();
        inputs.clear();
        lines.clear();
    }
}

impl<G: Game> Default for Frame<G> {
    fn default() -> Self {
        Self { step: 0, changes: Vec::new(), inputs: Vec::new(), lines: Vec::new() }
    }
}
