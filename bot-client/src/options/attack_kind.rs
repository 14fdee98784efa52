//! The ways in which a client can break the rules.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One way to break the rules. `docs/load-testing.md` describes the server's reaction to each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AttackKind {
    /// Inputs for ticks that have passed.
    Late,
    /// Inputs for ticks far ahead.
    Early,
    /// Every input message twice.
    Repeated,
    /// More inputs than ticks, but too few to be disconnected.
    Greedy,
    /// Far more inputs than allowed.
    Flood,
    /// Acknowledges snapshots that were never sent, and claims a random view age.
    Lying,
    /// Chat lines and resyncs far above their rates.
    Chatty,
    /// Messages that end too early.
    Truncated,
    /// Values of wrong types.
    Mistyped,
    /// Deeply nested arrays.
    Deep,
    /// Messages of unknown kinds.
    Unknown,
    /// A second hello.
    Hello,
    /// Never reads, and requests more data.
    Deaf,
}

impl AttackKind {
    /// All attacks.
    pub(crate) const ALL: [Self; 13] = [
        Self::Late,
        Self::Early,
        Self::Repeated,
        Self::Greedy,
        Self::Flood,
        Self::Lying,
        Self::Chatty,
        Self::Truncated,
        Self::Mistyped,
        Self::Deep,
        Self::Unknown,
        Self::Hello,
        Self::Deaf,
    ];

    /// The name on the command line and in the report.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Early => "early",
            Self::Repeated => "repeated",
            Self::Greedy => "greedy",
            Self::Flood => "flood",
            Self::Lying => "lying",
            Self::Chatty => "chatty",
            Self::Truncated => "truncated",
            Self::Mistyped => "mistyped",
            Self::Deep => "deep",
            Self::Unknown => "unknown",
            Self::Hello => "hello",
            Self::Deaf => "deaf",
        }
    }

    /// The attack of hostile bot number `place`: all attacks in turn, starting at a place that depends on the seed.
    pub(crate) const fn in_turn(place: u32, seed: u64) -> Self {
        let all = Self::ALL.len() as u64;
        Self::ALL[((place as u64 + seed % all) % all) as usize]
    }
}

impl fmt::Display for AttackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for AttackKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|attack| attack.label() == text)
            .ok_or_else(|| format!("an attack is one of {}", Self::ALL.map(Self::label).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn as_many_bots_as_attacks_make_each_attack_once() {
        for seed in [0, 1, 12, u64::MAX] {
            let all: BTreeSet<AttackKind> =
                (100..100 + AttackKind::ALL.len() as u32).map(|place| AttackKind::in_turn(place, seed)).collect();
            assert_eq!(all.len(), AttackKind::ALL.len());
        }
        assert_ne!(AttackKind::in_turn(0, 1), AttackKind::in_turn(0, 2));
    }

    #[test]
    fn attack_has_the_same_name_in_report_and_command_line() {
        for attack in AttackKind::ALL {
            assert_eq!(serde_json::to_value(attack).unwrap(), attack.label());
            assert_eq!(attack.label().parse(), Ok(attack));
        }
    }
}
