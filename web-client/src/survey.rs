//! Plays a whole recording ahead of the viewer, a few ticks per frame. It finds the marks of the time line and compares the state of
//! every tick with the recorded hash.

use std::collections::VecDeque;

use room::{
    Told,
    record::{self, Step},
};
use serde::Serialize;
use shared::{
    Tick,
    game::{Game, Profile},
    wire::Event,
};

use crate::{
    Page,
    facts::{Facts, Names},
};

/// Pass over a whole recording; poll its marks after each [`Survey::advance`].
#[derive(Debug)]
pub(crate) struct Survey<P: Page> {
    replay: record::Replay<P::Game>,
    page: P,
    /// Players in the room at the survey's tick.
    present: Names,
    marks: VecDeque<Mark>,
    /// Marks made so far, at most [`MARKS_MAX`].
    found: usize,
    /// First and last tick of the current run of ticks whose state differs from the recorded hash.
    differing: Option<(Tick, Tick)>,
    done: bool,
}

/// Mark on the time line. Times are seconds from the beginning of the recording.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Mark {
    /// A human joined.
    Came { at: f64, player: u16, name: String },
    /// A human left.
    Gone { at: f64, player: u16, name: String },
    /// Ticks are missing.
    Gap { at: f64, until: f64 },
    /// The states of these ticks differ from the recorded hashes. `tick` is the first of them.
    Differs { at: f64, until: f64, tick: u32 },
    /// Mark of the game's own.
    #[serde(untagged)]
    Game {
        at: f64,
        #[serde(flatten)]
        mark: Facts,
    },
}

impl Mark {
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("numbers and texts are JSON")
    }
}

/// Bound of the marks of one recording; later ones are dropped. Four hours of a full room have fewer.
const MARKS_MAX: usize = 65_536;

impl<P: Page> Survey<P> {
    /// Starts at the tick at which `replay` stands, which should be the first.
    pub(crate) fn new(replay: record::Replay<P::Game>) -> Self {
        let present = present(&replay);
        Self { replay, page: P::default(), present, marks: VecDeque::new(), found: 0, differing: None, done: false }
    }

    /// Plays up to `ticks` ticks. Returns the fraction of the recording that is done: 1 at the end, and less before.
    pub(crate) fn advance(&mut self, ticks: u32) -> f64 {
        for _ in 0..ticks {
            if self.done {
                break;
            }
            self.step();
        }
        if self.done {
            return 1.0;
        }
        let info = self.replay.info();
        let all = info.last.0.saturating_sub(info.first.0).max(1);
        // Only the end itself is 1.
        (f64::from(self.replay.tick().0.saturating_sub(info.first.0)) / f64::from(all)).min(0.999)
    }

    /// Next mark, in the order in which the survey found them.
    pub(crate) fn poll_mark(&mut self) -> Option<Mark> {
        self.marks.pop_front()
    }

    fn step(&mut self) {
        match self.replay.step() {
            Step::Tick { matches } => {
                self.compare(matches);
                for (_, event) in self.replay.events().to_vec() {
                    self.note(&event);
                }
            }
            Step::Gap { from, to } => {
                self.compare(true);
                self.mark(Mark::Gap { at: self.seconds(from), until: self.seconds(to) });
                self.present = present(&self.replay);
            }
            Step::End => {
                self.compare(true);
                self.done = true;
                let (now, last) = (self.replay.tick(), self.replay.info().last);
                if now < last {
                    // The last checkpoint is broken, so the ticks after it cannot be played.
                    self.mark(Mark::Gap { at: self.seconds(now), until: self.seconds(last) });
                }
            }
        }
    }

    fn compare(&mut self, matches: bool) {
        let now = self.replay.tick();
        match (matches, self.differing) {
            (false, None) => self.differing = Some((now, now)),
            (false, Some((since, _))) => self.differing = Some((since, now)),
            (true, Some((since, until))) => {
                self.differing = None;
                self.mark(Mark::Differs { at: self.seconds(since), until: self.seconds(until), tick: since.0 });
            }
            (true, None) => {}
        }
    }

    fn note(&mut self, told: &Told<<P::Game as Game>::Event>) {
        let at = self.seconds(self.replay.tick());
        match told {
            Told::Game(event) => {
                if let Some(mark) = self.page.mark(event, &self.present) {
                    self.mark(Mark::Game { at, mark });
                }
            }
            Told::Room(Event::Joined { player, name, opponent }) => {
                let before = self.present.0.insert(*player, (name.clone(), *opponent));
                if before.is_none() && !opponent {
                    self.mark(Mark::Came { at, player: player.0, name: name.clone() });
                }
            }
            Told::Room(Event::Left(player)) => {
                if let Some((name, false)) = self.present.0.remove(player) {
                    self.mark(Mark::Gone { at, player: player.0, name });
                }
            }
            Told::Room(Event::Chat { .. }) => {}
        }
    }

    fn mark(&mut self, mark: Mark) {
        if self.found < MARKS_MAX {
            self.found += 1;
            self.marks.push_back(mark);
        }
    }

    fn seconds(&self, tick: Tick) -> f64 {
        let info = self.replay.info();
        f64::from(tick.0.saturating_sub(info.first.0)) / f64::from(info.start.tick_rate.hz())
    }
}

fn present(replay: &record::Replay<impl Game>) -> Names {
    let everyone = replay.play().roster().iter();
    Names(everyone.map(|(player, Profile { name, opponent })| (player, (name.clone(), *opponent))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{Plain, broken_off, damaged, fight, other_than_recorded};

    fn marks(file: Vec<u8>) -> Vec<Mark> {
        let mut survey = Survey::<Plain>::new(record::Replay::open(file).unwrap());
        let mut part = 0.0;
        while part < 1.0 {
            let now = survey.advance(7);
            assert!(now >= part);
            part = now;
        }
        std::iter::from_fn(|| survey.poll_mark()).collect()
    }

    #[test]
    fn marks_are_what_happened_in_order() {
        let marks = marks(fight());
        assert!(marks.iter().any(|mark| matches!(mark, Mark::Game { .. })));
        assert!(marks.iter().any(|mark| matches!(mark, Mark::Came { name, .. } if name == "Ada")));
        assert!(!marks.iter().any(|mark| matches!(mark, Mark::Gap { .. } | Mark::Differs { .. })));
        for mark in &marks {
            if let Mark::Game { at, mark: facts } = mark {
                let told: serde_json::Value = serde_json::from_str(&mark.json()).unwrap();
                assert_eq!(told["kind"], "kill");
                assert!((told["at"].as_f64().unwrap() - at).abs() < 1e-9, "{told}");
                assert!(["killer_name", "victim_name"].iter().all(|name| facts[*name] != ""), "{told}");
            }
        }
    }

    #[test]
    fn missing_ticks_are_one_mark() {
        let gaps: Vec<_> = marks(damaged()).into_iter().filter(|mark| matches!(mark, Mark::Gap { .. })).collect();
        assert!(matches!(gaps[..], [Mark::Gap { at, until }] if until > at), "{gaps:?}");
    }

    #[test]
    fn end_that_nothing_leads_to_is_missing() {
        let gaps: Vec<_> = marks(broken_off()).into_iter().filter(|mark| matches!(mark, Mark::Gap { .. })).collect();
        assert!(matches!(gaps[..], [Mark::Gap { at, until }] if at < 40.0 && until == 40.0), "{gaps:?}");
    }

    #[test]
    fn ticks_that_became_something_else_are_marked() {
        let marks = marks(other_than_recorded());
        let differs = marks.iter().find(|mark| matches!(mark, Mark::Differs { .. }));
        assert!(matches!(differs, Some(Mark::Differs { tick: 1.., .. })), "{marks:?}");
    }
}
