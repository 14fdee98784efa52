//! Phases of a match and the transitions between them.
//!
//! ```text
//! WarmUp  --(its time is up; with two crafts there at most READY_SECS remain)--> Running
//! Running --(a score reaches the limit, or its time is up)--------------------> Results
//! Results --(its time is up)--> the room changes the map --------------------> WarmUp
//! ```

use crate::event::MatchPhase;
use shared::tick::{Tick, TickRate};

/// Lengths of the phases, and the score limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MatchLimits {
    /// Points that end a match, 0 for no limit.
    pub score_limit: u16,
    /// Ticks of a match, `None` for no limit.
    pub match_ticks: Option<u32>,
    /// Ticks of warm-up.
    pub warm_up_ticks: u32,
    /// Ticks of warm-up that remain at most once there are two crafts.
    pub ready_ticks: u32,
    /// Ticks for which results are shown.
    pub results_ticks: u32,
}

/// The present phase and its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MatchFlow {
    /// The phase.
    pub phase: MatchPhase,
    /// The tick at which it ends at the latest, [`NEVER`] if only a score ends it.
    pub ends: Tick,
    /// True once the results were shown long enough.
    pub wants_next_map: bool,
}

/// Result of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Nothing changed.
    None,
    /// The end of the phase changed.
    Ends,
    /// The match begins: scores and crafts are reset.
    Started,
    /// The match is over.
    Finished,
}

impl MatchLimits {
    /// Limits in seconds, as hosts configure them, at a tick rate.
    pub fn new(rate: TickRate, score_limit: u16, match_secs: u32, warm_up_secs: u32, results_secs: u32) -> Self {
        let ticks = |secs: u32| secs.saturating_mul(rate.hz().into());
        Self {
            score_limit,
            match_ticks: (match_secs > 0).then(|| ticks(match_secs)),
            warm_up_ticks: ticks(warm_up_secs),
            ready_ticks: ticks(READY_SECS),
            results_ticks: ticks(results_secs).max(1),
        }
    }
}

impl MatchFlow {
    /// A warm-up that begins now.
    pub fn new(limits: &MatchLimits, now: Tick) -> Self {
        Self { phase: MatchPhase::WarmUp, ends: now.plus(limits.warm_up_ticks), wants_next_map: false }
    }

    /// Ends the match or the warm-up now. False if results are shown already.
    pub fn finish(&mut self, limits: &MatchLimits, now: Tick) -> bool {
        if self.phase == MatchPhase::Results {
            return false;
        }
        self.phase = MatchPhase::Results;
        self.ends = now.plus(limits.results_ticks);
        true
    }

    /// Runs one tick. `best_score` is the highest score of a player or team.
    pub fn step(&mut self, limits: &MatchLimits, now: Tick, crafts: usize, best_score: i32) -> Change {
        match self.phase {
            MatchPhase::WarmUp if now >= self.ends => {
                self.phase = MatchPhase::Running;
                self.ends = limits.match_ticks.map_or(NEVER, |ticks| now.plus(ticks));
                Change::Started
            }
            MatchPhase::WarmUp if crafts >= 2 && self.ends.since(now) > limits.ready_ticks => {
                self.ends = now.plus(limits.ready_ticks);
                Change::Ends
            }
            MatchPhase::Running
                if now >= self.ends || limits.score_limit > 0 && best_score >= limits.score_limit.into() =>
            {
                self.finish(limits, now);
                Change::Finished
            }
            MatchPhase::Results if now >= self.ends => {
                self.wants_next_map = true;
                Change::None
            }
            _ => Change::None,
        }
    }
}

/// End of a phase that does not end by time.
pub const NEVER: Tick = Tick(u32::MAX);
/// Seconds of warm-up that remain at most once there are two crafts: enough to find one's own craft.
const READY_SECS: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: TickRate = TickRate::new(20).unwrap();

    fn run(
        flow: &mut MatchFlow,
        limits: &MatchLimits,
        ticks: std::ops::RangeInclusive<u32>,
        crafts: usize,
        best: i32,
    ) -> Vec<(u32, Change)> {
        ticks
            .map(|tick| (tick, flow.step(limits, Tick(tick), crafts, best)))
            .filter(|(_, change)| *change != Change::None)
            .collect()
    }

    #[test]
    fn lonely_player_warms_up_until_the_timer_ends() {
        let limits = MatchLimits::new(RATE, 10, 60, 30, 5);
        let mut flow = MatchFlow::new(&limits, Tick(0));
        assert_eq!(run(&mut flow, &limits, 1..=600, 1, 0), [(600, Change::Started)]);
        assert_eq!(flow.ends, Tick(600 + 60 * 20));
    }

    #[test]
    fn second_player_cuts_the_warm_up_short() {
        let limits = MatchLimits::new(RATE, 10, 60, 30, 5);
        let mut flow = MatchFlow::new(&limits, Tick(0));
        assert_eq!(run(&mut flow, &limits, 1..=100, 2, 0), [(1, Change::Ends), (61, Change::Started)]);
    }

    #[test]
    fn score_or_time_ends_the_match_and_results_ask_for_a_map() {
        let limits = MatchLimits::new(RATE, 10, 60, 0, 5);
        let mut by_score = MatchFlow::new(&limits, Tick(0));
        assert_eq!(run(&mut by_score, &limits, 1..=1, 2, 0), [(1, Change::Started)]);
        assert_eq!(run(&mut by_score, &limits, 2..=9, 2, 9), []);
        assert_eq!(run(&mut by_score, &limits, 10..=10, 2, 10), [(10, Change::Finished)]);
        run(&mut by_score, &limits, 11..=109, 2, 10);
        assert!(!by_score.wants_next_map);
        run(&mut by_score, &limits, 110..=110, 2, 10);
        assert!(by_score.wants_next_map);

        let mut by_time = MatchFlow::new(&limits, Tick(0));
        assert_eq!(run(&mut by_time, &limits, 1..=1_300, 2, 0), [(1, Change::Started), (1_201, Change::Finished)]);
    }

    #[test]
    fn match_without_limits_never_ends() {
        let limits = MatchLimits::new(RATE, 0, 0, 0, 5);
        let mut flow = MatchFlow::new(&limits, Tick(0));
        run(&mut flow, &limits, 1..=100_000, 2, 30_000);
        assert_eq!((flow.phase, flow.ends), (MatchPhase::Running, NEVER));
    }
}
