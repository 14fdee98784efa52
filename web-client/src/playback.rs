//! Playback of a recording: the moment that is shown, the two ticks around it, and the events on the way there.
//!
//! ```text
//! seek ──> events: `Anew`, the players, the match
//! advance ──> steps ──> events of a tick, once the moment shown has reached it
//! before, after, part ──> a frame
//! ```

use std::collections::VecDeque;

use client::Between;
use room::{
    Told,
    record::{self, Step},
};
use shared::{EntityId, PlayerId, Tick, game::Game};

/// See the module. A moment is a tick of the room with a fraction.
#[derive(Debug)]
pub(crate) struct Playback<G: Game> {
    /// Its state is that of the later tick.
    replay: record::Replay<G>,
    /// The moment that is shown.
    at: f64,
    earlier: Tick,
    before: Vec<(EntityId, G::Entity)>,
    after: Vec<(EntityId, G::Entity)>,
    /// Own records of the players at the earlier tick, by seat.
    own: Vec<G::Own>,
    /// Events of the later tick. They are handed out when the moment shown has reached that tick.
    held: Vec<Told<G::Event>>,
    told: VecDeque<(Tick, Happening<G::Event>)>,
    /// False if the state of the later tick differs from the recorded hash.
    matches: bool,
    over: bool,
}

/// Event of a recording.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Happening<E> {
    /// The playback goes on from another moment. Events that list the players and the state of the match follow.
    Anew,
    /// An event of the room or of the game.
    Told(Told<E>),
    /// Ticks up to this one are missing.
    Gap { to: Tick },
}

/// Most seconds that one call plays, so that a page that was asleep for hours does not play them all at once.
const ADVANCE_SECS_MAX: f64 = 4.0;
/// Bound of the events that have not been polled. A full queue drops new ones; the next seek lists the players and the match again.
const TOLD_MAX: usize = 16_384;

impl<G: Game> Playback<G> {
    /// Starts at the first tick.
    pub(crate) fn new(replay: record::Replay<G>) -> Self {
        let mut playback = Self {
            at: 0.0,
            earlier: replay.tick(),
            before: Vec::new(),
            after: Vec::new(),
            own: Vec::new(),
            held: Vec::new(),
            told: VecDeque::new(),
            matches: true,
            over: false,
            replay,
        };
        playback.seek(0.0);
        playback
    }

    /// The recording, in the state of the later tick.
    pub(crate) fn replay(&self) -> &record::Replay<G> {
        &self.replay
    }

    /// Facts about the recording that need no playing.
    pub(crate) fn info(&self) -> &record::ReplayInfo {
        self.replay.info()
    }

    /// The moment that is shown.
    pub(crate) fn at(&self) -> f64 {
        self.at
    }

    /// Returns true at the end of the recording.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Returns false if the state of the later tick differs from the recorded hash.
    pub(crate) fn matches(&self) -> bool {
        self.matches
    }

    /// Plays to a later moment, but [`ADVANCE_SECS_MAX`] at most. A moment in the past changes nothing.
    pub(crate) fn advance_to(&mut self, at: f64) {
        let hz = f64::from(self.info().start.tick_rate.hz());
        let last = f64::from(self.info().last.0);
        // NaN and infinity change nothing.
        if at.is_finite() {
            self.at = at.clamp(self.at, (self.at + ADVANCE_SECS_MAX * hz).min(last).max(self.at));
        }
        self.catch_up();
    }

    /// Goes to a moment, or to the nearest one that can be played.
    pub(crate) fn seek(&mut self, at: f64) {
        let (first, last) = (self.info().first, self.info().last);
        let at = if at.is_finite() { at.clamp(first.0.into(), last.0.into()) } else { first.0.into() };
        self.replay.seek(Tick(at as u32));
        let here = self.replay.tick();
        self.at = if here == Tick(at as u32) { at } else { here.0.into() };
        self.over = false;
        self.matches = true;
        self.settle();
        self.catch_up();
    }

    /// Next event and its tick.
    pub(crate) fn poll_told(&mut self) -> Option<(Tick, Happening<G::Event>)> {
        self.told.pop_front()
    }

    /// The two states from which a frame is interpolated. `followed` is the player whose own record the frame has.
    pub(crate) fn moment(&self, followed: Option<PlayerId>) -> Between<'_, G> {
        let part = (self.at - f64::from(self.earlier.0)).clamp(0.0, 1.0) as f32;
        Between {
            tick: self.earlier,
            before: &self.before,
            after: &self.after,
            // At the end there is no later state to interpolate to.
            part: if self.earlier == self.replay.tick() { 0.0 } else { part },
            own: followed.and_then(|player| Some((player, *self.own.get(player.index())?))),
            map: self.replay.play().map(),
        }
    }

    fn catch_up(&mut self) {
        while self.at >= f64::from(self.replay.tick().0) && self.step() {}
    }

    /// Plays one tick, or skips a gap. Returns false at the end.
    fn step(&mut self) -> bool {
        let now = self.replay.tick();
        for event in std::mem::take(&mut self.held) {
            self.tell(now, Happening::Told(event));
        }
        std::mem::swap(&mut self.before, &mut self.after);
        self.earlier = now;
        self.note_own();
        match self.replay.step() {
            Step::Tick { matches } => {
                self.matches = matches;
                self.held.extend(self.replay.events().iter().map(|(_, event)| event.clone()));
                self.note_after();
                true
            }
            Step::Gap { from, to } => {
                self.matches = true;
                self.at = self.at.max(to.0.into());
                self.tell(from, Happening::Gap { to });
                self.settle();
                true
            }
            Step::End => {
                self.over = true;
                self.at = now.0.into();
                self.note_after();
                false
            }
        }
    }

    /// Starts over from the replay's tick: the states and events from before the jump are dropped, except for reports of gaps.
    fn settle(&mut self) {
        let now = self.replay.tick();
        self.earlier = now;
        self.held.clear();
        self.told.retain(|(_, happening)| matches!(happening, Happening::Gap { .. }));
        self.note_after();
        self.note_own();
        self.before.clone_from(&self.after);
        self.tell(now, Happening::Anew);
        for event in self.replay.play().everything().collect::<Vec<_>>() {
            self.tell(now, Happening::Told(event));
        }
    }

    fn note_after(&mut self) {
        self.after.clear();
        self.after.extend(self.replay.entities());
    }

    fn note_own(&mut self) {
        let play = self.replay.play();
        self.own.clear();
        self.own.extend((0..play.roster().seats()).map(|seat| play.game().own(PlayerId(seat))));
    }

    fn tell(&mut self, tick: Tick, happening: Happening<G::Event>) {
        if self.told.len() < TOLD_MAX {
            self.told.push_back((tick, happening));
        }
    }
}

#[cfg(test)]
mod tests {
    use arena::{entity::EntityState, event::Event, rules::World};
    use shared::game::{Key, Scene, Shown};

    use super::*;
    use crate::fixtures::{LAST_TICK, fight};

    fn playback() -> Playback<World> {
        Playback::new(record::Replay::open(fight()).unwrap())
    }

    fn told(playback: &mut Playback<World>) -> Vec<(Tick, Happening<Event>)> {
        std::iter::from_fn(|| playback.poll_told()).collect()
    }

    /// The render tick, and the position of each entity.
    fn picture(playback: &Playback<World>) -> (f64, Vec<(Key, f32, f32)>) {
        let mut scene = Scene::default();
        playback.moment(None).fill(&mut scene);
        let place = |Shown { key, pose, .. }: &Shown<EntityState>| (*key, pose.position.x, pose.position.y);
        (scene.render_tick, scene.others.iter().map(place).collect())
    }

    #[test]
    fn playing_and_seeking_show_the_same() {
        let mut playing = playback();
        let mut seeking = playback();
        for step in 0..600 {
            playing.advance_to(playing.at() + 0.37);
            if step % 25 == 0 {
                seeking.seek(playing.at());
                assert_eq!(picture(&seeking), picture(&playing), "at {}", playing.at());
            }
        }
        assert!(playing.at() > 200.0 && playing.matches());
    }

    #[test]
    fn events_are_told_once_their_tick_is_shown_and_no_sooner() {
        let mut slow = playback();
        let mut events = Vec::new();
        while !slow.is_over() {
            slow.advance_to(slow.at() + 0.1);
            for (tick, happening) in told(&mut slow) {
                assert!(f64::from(tick.0) <= slow.at(), "{happening:?} of {tick:?} at {}", slow.at());
                events.push(happening);
            }
        }
        assert!(
            events.iter().filter(|event| matches!(event, Happening::Told(Told::Game(Event::Killed { .. })))).count()
                > 0
        );
        let mut fast = playback();
        let mut others = Vec::new();
        while !fast.is_over() {
            fast.advance_to(fast.at() + 8.0);
            others.extend(told(&mut fast).into_iter().map(|(_, happening)| happening));
        }
        assert_eq!(events, others);
        assert_eq!(slow.at(), f64::from(LAST_TICK));
    }

    #[test]
    fn seek_tells_everyone_and_the_match_anew() {
        let mut playback = playback();
        told(&mut playback);
        playback.seek(100.5);
        let told = told(&mut playback);
        assert_eq!(told[0], (Tick(100), Happening::Anew));
        let players = playback.replay.play().roster().taken();
        assert_eq!(told.len(), 2 + 2 * players);
        assert!(matches!(told[1 + 2 * players].1, Happening::Told(Told::Game(Event::Match { .. }))));
        assert_eq!(playback.at(), 100.5);
    }

    #[test]
    fn nonsense_stays_within_the_recording() {
        let mut playback = playback();
        for (at, shown) in [(f64::NAN, 0.0), (-5.0, 0.0), (1e12, f64::from(LAST_TICK))] {
            playback.seek(at);
            assert_eq!(playback.at(), shown, "{at}");
        }
        assert!(playback.is_over());
        playback.advance_to(f64::INFINITY);
        assert_eq!(playback.at(), f64::from(LAST_TICK));
        playback.seek(3.0);
        playback.advance_to(1.0);
        assert_eq!(playback.at(), 3.0);
        assert!(!playback.is_over());
    }

    #[test]
    fn what_is_missing_is_gone_over_and_told() {
        let file = crate::fixtures::damaged();
        let mut playback = Playback::new(record::Replay::open(file).unwrap());
        let mut gaps = Vec::new();
        while !playback.is_over() {
            playback.advance_to(playback.at() + 1.0);
            gaps.extend(told(&mut playback).into_iter().filter(|(_, told)| matches!(told, Happening::Gap { .. })));
        }
        let [(from, Happening::Gap { to })] = gaps[..] else { panic!("one gap: {gaps:?}") };
        assert!(from < to && playback.at() == f64::from(LAST_TICK));
        // A seek into the gap ends behind it.
        playback.seek(f64::from(from.0) + 1.0);
        assert_eq!(playback.at(), f64::from(to.0));
    }
}
