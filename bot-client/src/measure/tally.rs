//! Results of the hostile bots for the report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::wire::DisconnectReason;

use crate::options::attack_kind::AttackKind;

/// Result of one visit of a hostile bot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Visit {
    /// True if the bot entered a room.
    pub(crate) welcome: bool,
    /// Number of messages that broke a rule.
    pub(crate) committed: u64,
    pub(crate) end: End,
}

/// How a visit ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// The bot got no seat, or no link to it.
    Refused,
    /// The server closed the link with this reason.
    Closed(DisconnectReason),
    /// The link ended without a reason.
    Lost,
    /// The bot left when the run ended.
    Stayed,
}

/// Sums over the visits of all bots with the same attack.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) bots: u32,
    /// Number of times that one of them entered a room. A bot that was shut out comes back.
    pub(crate) visits: u64,
    /// Number of messages that broke the rule.
    pub(crate) messages: u64,
    /// Visits that lasted until the run ended.
    pub(crate) stayed: u64,
    /// Visits that the server ended, by its reason.
    pub(crate) closed: BTreeMap<String, u64>,
    /// Links that ended without a readable reason.
    pub(crate) lost: u64,
    /// Number of times that a bot got no seat, or no link to it.
    pub(crate) refused: u64,
}

impl Tally {
    /// Counts one more bot with this attack.
    pub(crate) const fn add_bot(&mut self) {
        self.bots += 1;
    }

    /// Adds the result of a visit.
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

/// Column names of the table of hostile bots.
pub(crate) const COLUMNS: [&str; 8] =
    ["attack", "bots", "visits", "messages", "stayed", "lost", "refused", "closed by the server"];

/// A row for each attack.
pub(crate) fn rows(tallies: &BTreeMap<AttackKind, Tally>) -> Vec<Vec<String>> {
    let row = |(attack, tally): (&AttackKind, &Tally)| {
        let Tally { bots, visits, messages, stayed, closed, lost, refused } = tally;
        let closed: Vec<String> = closed.iter().map(|(reason, times)| format!("{times} x {reason}")).collect();
        vec![
            attack.to_string(),
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
            // The run ended before the bot entered a room.
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
