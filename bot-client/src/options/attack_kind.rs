//! The rules a client can break, one name for each.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One way to break the rules. `docs/load-testing.md` says what the server does about it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AttackKind {
    /// Inputs for ticks that have passed.
    Late,
    /// Inputs for ticks far ahead.
    Early,
    /// Every message of inputs twice.
    Repeated,
    /// More inputs than there are ticks, and fewer than close the link.
    Greedy,
    /// Many more than that.
    Flood,
    /// Acknowledges snapshots that never were, and claims to have seen any past.
    Lying,
    /// Chat and resyncs far beyond their rates.
    Chatty,
    /// Messages that end too early.
    Truncated,
    /// Values of types that do not belong there.
    Mistyped,
    /// Arrays within arrays within arrays.
    Deep,
    /// Messages of kinds there are not.
    Unknown,
    /// Says hello again.
    Hello,
    /// Never reads, and asks for more.
    Deaf,
}

impl AttackKind {
    /// All of them.
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

    /// As the command line and the report call it.
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

    /// The foul of the `place`th hostile bot: each in turn, beginning where the seed says.
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
            .find(|foul| foul.label() == text)
            .ok_or_else(|| format!("a foul is one of {}", Self::ALL.map(Self::label).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn as_many_bots_as_there_are_fouls_commit_them_all() {
        for seed in [0, 1, 12, u64::MAX] {
            let all: BTreeSet<AttackKind> =
                (100..100 + AttackKind::ALL.len() as u32).map(|place| AttackKind::in_turn(place, seed)).collect();
            assert_eq!(all.len(), AttackKind::ALL.len());
        }
        assert_ne!(AttackKind::in_turn(0, 1), AttackKind::in_turn(0, 2));
    }

    #[test]
    fn report_calls_a_foul_as_the_command_line_does() {
        for foul in AttackKind::ALL {
            assert_eq!(serde_json::to_value(foul).unwrap(), foul.label());
            assert_eq!(foul.label().parse(), Ok(foul));
        }
    }
}
