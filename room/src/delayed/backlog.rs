//! What a room's match was made from in the last seconds: enough to make it once more, later.

use std::collections::VecDeque;

use shared::{
    EntityId, PlayerId,
    game::{Game, MapOf, Past, PlayerInput, Profile},
    limits::ROOM_EVENTS_MAX,
    wire::Event,
};

use super::keyframe::Keyframe;
use crate::play::Play;

/// See the module.
#[derive(Debug)]
pub(crate) struct Backlog<G: Game> {
    /// Ticks between the room and its copy.
    delay: u64,
    /// Ticks between two keyframes.
    interval: u64,
    /// Steps made since the backlog began. What orders everything here, since a match may number its ticks anew.
    made: u64,
    /// The oldest first. There is always one, and its successors lead to now.
    keyframes: VecDeque<Keyframe<G>>,
    /// One per tick, the oldest first.
    frames: VecDeque<Frame<G>>,
    /// Of the tick that is made next.
    next: Frame<G>,
    /// Frames whose buffers may be used again, so that a tick allocates nothing.
    spare: Vec<Frame<G>>,
}

/// What makes one tick.
#[derive(Debug)]
pub(crate) struct Frame<G: Game> {
    /// It makes this step.
    step: u64,
    /// What happened to the match before its step.
    pub(super) changes: Vec<Change<G>>,
    /// By seat.
    pub(super) inputs: Vec<Option<PlayerInput<G::Input>>>,
    /// What players said.
    lines: Vec<Event>,
}

/// What happens to a match besides the passing of ticks.
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

/// Seconds between two keyframes: what the backlog is longer than the delay, and what a copy has to catch up at most.
const KEYFRAME_SECS: u64 = 4;

impl<G: Game> Backlog<G> {
    /// A backlog that begins with the match as it is, for a copy that is `delay_secs` behind.
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

    /// The step that a copy shall have made by now; `None` where the backlog does not reach back so far.
    pub(crate) fn due(&self) -> Option<u64> {
        let due = self.made.checked_sub(self.delay)?;
        (self.keyframes[0].step() <= due).then_some(due)
    }

    /// Something happens to the match before its next step.
    pub(crate) fn note(&mut self, change: Change<G>) {
        self.next.changes.push(change);
    }

    /// A player says something, to be heard with the next tick.
    pub(crate) fn note_line(&mut self, line: &Event) {
        if self.next.lines.len() < ROOM_EVENTS_MAX {
            self.next.lines.push(line.clone());
        }
    }

    /// The match has made a step with these inputs.
    pub(crate) fn stepped(&mut self, inputs: &[Option<PlayerInput<G::Input>>]) {
        self.made += 1;
        self.next.step = self.made;
        self.next.inputs.extend_from_slice(inputs);
        let spare = self.spare.pop().unwrap_or_default();
        self.frames.push_back(std::mem::replace(&mut self.next, spare));
    }

    /// A tick is over: keeps a keyframe if it is time for one, and drops what nobody will ask for any more. A copy that is
    /// there has made its steps up to `copied`.
    pub(crate) fn settle(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>, copied: Option<u64>) {
        let newest = self.keyframes.back().expect("there is always one").step();
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

    /// Keyframes and frames that are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> (usize, usize) {
        (self.keyframes.len(), self.frames.len())
    }

    /// Where a new copy begins.
    pub(super) fn start(&self) -> &Keyframe<G> {
        &self.keyframes[0]
    }

    /// What makes the step after `step`.
    pub(super) fn after(&self, step: u64) -> Option<&Frame<G>> {
        let first = self.frames.front()?.step;
        let frame = self.frames.get(usize::try_from((step + 1).checked_sub(first)?).ok()?)?;
        debug_assert_eq!(frame.step, step + 1, "one frame per step");
        Some(frame)
    }
}

impl<G: Game> Frame<G> {
    /// What players said before the tick.
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
