//! Records lost links of bots: how long they were away, and whether seat and score were the same afterwards.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use shared::PlayerId;

use crate::measure::{
    histogram::{add, histogram},
    percentiles::Percentiles,
};

/// A bot without a link. All times are durations since the start of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Absence {
    /// Times at which the loss was noticed, and at which the last message arrived.
    lost_at: Duration,
    heard_at: Duration,
    /// Time from which the bot tried to come back.
    tried_from: Duration,
    room: u32,
    player: PlayerId,
    score: Option<i64>,
}

/// Sums over the absences of all bots.
#[derive(Debug)]
pub(crate) struct Absences {
    lost: u64,
    resumed: u64,
    /// Resumes that ended on another seat or in another room. There should be none.
    elsewhere: u64,
    /// Times that the session of a bot had ended, and the bot joined again.
    rejoined: u64,
    /// Microseconds, and so is the next.
    away: Histogram<u64>,
    return_time: Histogram<u64>,
    scored: u64,
    before: Option<Scores>,
    after: Option<Scores>,
    lower: u64,
}

/// Scores of several bots, either just before a loss or just after the return.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Scores {
    pub(crate) max: i64,
    pub(crate) sum: i64,
}

/// The absences as the report has them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct AbsenceReport {
    pub(crate) lost: u64,
    pub(crate) resumed: u64,
    /// Resumes on the same seat of the same room.
    pub(crate) same_seat: u64,
    /// Resumes that were refused because the session had ended; each was followed by a new join.
    pub(crate) refused: u64,
    /// Time from the last message before the loss to the first snapshot after it.
    pub(crate) away_ms: Percentiles,
    /// Time from the first attempt to come back to the first snapshot.
    pub(crate) return_ms: Percentiles,
    /// Returns for which the bot knew its score before and after; 0 in a game without scores.
    #[serde(default)]
    pub(crate) scored: u64,
    /// Scores at those returns; `None` if there were none.
    pub(crate) scores_before: Option<Scores>,
    pub(crate) scores_after: Option<Scores>,
    /// Number of returns with a lower score than before.
    pub(crate) scores_lower: u64,
}

impl Absence {
    /// A client whose last message arrived at `heard_at` has lost its link at `now`, and tries to come back after
    /// `down`.
    pub(crate) fn new(
        seat: Option<(u32, PlayerId)>,
        score: Option<i64>,
        heard_at: Duration,
        now: Duration,
        down: Duration,
    ) -> Option<Self> {
        let (room, player) = seat?;
        Some(Self { lost_at: now, heard_at, tried_from: now + down, room, player, score })
    }
}

impl Absences {
    pub(crate) fn new() -> Self {
        Self {
            lost: 0,
            resumed: 0,
            elsewhere: 0,
            rejoined: 0,
            away: histogram(),
            return_time: histogram(),
            scored: 0,
            before: None,
            after: None,
            lower: 0,
        }
    }

    pub(crate) fn add_lost(&mut self) {
        self.lost += 1;
    }

    pub(crate) fn add_rejoined(&mut self) {
        self.rejoined += 1;
    }

    /// A bot plays again: on this seat, and with this score if the game has one.
    pub(crate) fn add_return(&mut self, absence: &Absence, seat: (u32, PlayerId), score: Option<i64>, now: Duration) {
        let Absence { lost_at, heard_at, tried_from, room, player, score: before } = *absence;
        self.resumed += 1;
        self.elsewhere += u64::from(seat != (room, player));
        add(&mut self.away, now.saturating_sub(heard_at.min(lost_at)));
        add(&mut self.return_time, now.saturating_sub(tried_from));
        // Only bots with both scores count, so that the two sums are over the same bots.
        if let (Some(before), Some(after)) = (before, score) {
            self.scored += 1;
            Scores::add(&mut self.before, before);
            Scores::add(&mut self.after, after);
            self.lower += u64::from(after < before);
        }
    }

    pub(crate) fn report(&self) -> AbsenceReport {
        let Self { lost, resumed, elsewhere, rejoined, away, return_time, scored, before, after, lower } = self;
        AbsenceReport {
            lost: *lost,
            resumed: *resumed,
            same_seat: resumed - elsewhere,
            refused: *rejoined,
            away_ms: Percentiles::of_micros(away),
            return_ms: Percentiles::of_micros(return_time),
            scored: *scored,
            scores_before: *before,
            scores_after: *after,
            scores_lower: *lower,
        }
    }
}

impl Scores {
    fn add(scores: &mut Option<Self>, score: i64) {
        let Self { max, sum } = scores.unwrap_or(Self { max: score, sum: 0 });
        *scores = Some(Self { max: max.max(score), sum: sum + score });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn return_to_another_seat_or_a_lower_score_is_noticed() {
        let at = Duration::from_millis;
        let absence = Absence::new(Some((1, PlayerId(4))), Some(7), at(100), at(200), at(50)).unwrap();
        let mut absences = Absences::new();
        absences.add_return(&absence, (1, PlayerId(4)), Some(7), at(300));
        absences.add_return(&absence, (1, PlayerId(5)), Some(6), at(300));
        let report = absences.report();
        assert_eq!((report.resumed, report.same_seat, report.scores_lower), (2, 1, 1));
        assert_eq!(report.scores_before, Some(Scores { max: 7, sum: 14 }));
        assert_eq!(report.scores_after, Some(Scores { max: 7, sum: 13 }));
        assert!((report.away_ms.max - 200.0).abs() < 1.0 && (report.return_ms.max - 50.0).abs() < 1.0);
    }
    #[test]
    fn only_scores_that_are_known_before_and_after_are_compared() {
        let at = Duration::from_millis;
        let seat = (1, PlayerId(4));
        let mut absences = Absences::new();
        for (before, after) in [(Some(9), None), (None, Some(9)), (None, None)] {
            let absence = Absence::new(Some(seat), before, at(100), at(200), at(50)).unwrap();
            absences.add_return(&absence, seat, after, at(300));
        }
        let report = absences.report();
        assert_eq!((report.resumed, report.scored), (3, 0));
        assert_eq!((report.scores_before, report.scores_after, report.scores_lower), (None, None, 0));

        let absence = Absence::new(Some(seat), Some(-3), at(100), at(200), at(50)).unwrap();
        absences.add_return(&absence, seat, Some(-4), at(300));
        let report = absences.report();
        assert_eq!((report.scored, report.scores_lower), (1, 1));
        assert_eq!(report.scores_before, Some(Scores { max: -3, sum: -3 }));
    }
}
