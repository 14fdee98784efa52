//! What became of the bots that broke the rules, for the report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::wire::DisconnectReason;

use crate::options::attack_kind::AttackKind;

/// What came of one visit of a hostile bot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Visit {
    /// Whether it was let into a room.
    pub(crate) welcome: bool,
    /// Messages that broke a rule.
    pub(crate) committed: u64,
    pub(crate) end: End,
}

/// How a visit ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// No seat, or no link to it.
    Refused,
    /// The server said so.
    Closed(DisconnectReason),
    /// The link ended without a word that was heard.
    Lost,
    /// It left with everybody else.
    Stayed,
}

/// All bots of one foul together.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) bots: u32,
    /// Times one of them was let into a room. Who is shut out comes back.
    pub(crate) visits: u64,
    /// Messages that broke the rule.
    pub(crate) messages: u64,
    /// Visits that lasted until the run ended.
    pub(crate) stayed: u64,
    /// Times the server ended one, by its reason.
    pub(crate) closed: BTreeMap<String, u64>,
    /// Links that ended without a reason that could be read.
    pub(crate) lost: u64,
    /// Times there was no seat, or no link to it.
    pub(crate) refused: u64,
}

impl Tally {
    /// One more of these bots.
    pub(crate) const fn add_bot(&mut self) {
        self.bots += 1;
    }

    /// A visit is over.
    pub(crate) fn add(&mut self, visit: &Visit) {
        let Visit { welcome, committed, end } = visit;
        self.visits += u64::from(*welcome);
        self.messages += committed;
        match end {
            End::Refused => self.refused += 1,
            End::Lost => self.lost += 1,
            End::Stayed => self.stayed += u64::from(*welcome),
            End::Closed(reason) => *self.closed.entry(reason.label().to_owned()).or_default() += 1,
        }
    }
}

/// What a table of them tells.
pub(crate) const COLUMNS: [&str; 8] =
    ["foul", "bots", "visits", "messages", "stayed", "lost", "refused", "closed by the server"];

/// A row for each foul.
pub(crate) fn rows(tallies: &BTreeMap<AttackKind, Tally>) -> Vec<Vec<String>> {
    let row = |(foul, tally): (&AttackKind, &Tally)| {
        let Tally { bots, visits, messages, stayed, closed, lost, refused } = tally;
        let closed: Vec<String> = closed.iter().map(|(reason, times)| format!("{times} x {reason}")).collect();
        vec![
            foul.to_string(),
            bots.to_string(),
            visits.to_string(),
            messages.to_string(),
            stayed.to_string(),
            lost.to_string(),
            refused.to_string(),
            closed.join(", "),
        ]
    };
    tallies.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use shared::wire::DisconnectReason::{BadMessage, TooFast};

    use super::*;

    #[test]
    fn visits_are_counted_by_how_they_ended() {
        let mut tally = Tally::default();
        tally.add_bot();
        let visit = |welcome, end| Visit { welcome, committed: 3, end };
        for visit in [
            visit(true, End::Closed(BadMessage)),
            visit(true, End::Closed(BadMessage)),
            visit(true, End::Closed(TooFast)),
            visit(true, End::Lost),
            visit(true, End::Stayed),
            // The run ended before it was let in.
            visit(false, End::Stayed),
            visit(false, End::Refused),
        ] {
            tally.add(&visit);
        }
        assert_eq!((tally.visits, tally.stayed, tally.lost, tally.refused, tally.messages), (5, 1, 1, 1, 21));
        let rows = rows(&BTreeMap::from([(AttackKind::Deep, tally)]));
        assert_eq!(rows[0].join("|"), "deep|1|5|21|1|1|1|2 x bad_message, 1 x too_fast");
        assert_eq!(rows[0].len(), COLUMNS.len());
    }
}
