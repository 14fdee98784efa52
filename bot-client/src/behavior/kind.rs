//! What bots may be told to do, by name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::hostile::Foul;

/// See the module.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) enum BehaviorKind {
    /// Always moves, in a new direction with probability 0.1 per tick.
    Wander,
    /// Chases, strafes, aims ahead of an enemy, fires a third of the time.
    Fight,
    /// Joins and does nothing.
    Idle,
    /// Breaks the rules, each in another way or all in this one.
    Hostile(Option<Foul>),
}

impl fmt::Display for BehaviorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wander => f.write_str("wander"),
            Self::Fight => f.write_str("fight"),
            Self::Idle => f.write_str("idle"),
            Self::Hostile(None) => f.write_str("hostile"),
            Self::Hostile(Some(foul)) => write!(f, "hostile:{foul}"),
        }
    }
}

impl FromStr for BehaviorKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("hostile", foul)) => Ok(Self::Hostile(Some(foul.parse()?))),
            _ => {
                let all = [Self::Wander, Self::Fight, Self::Idle, Self::Hostile(None)];
                let named = all.into_iter().find(|kind| kind.to_string() == text);
                named.ok_or_else(|| "must be wander, fight, idle, hostile or hostile:FOUL".to_owned())
            }
        }
    }
}

impl From<BehaviorKind> for String {
    fn from(kind: BehaviorKind) -> Self {
        kind.to_string()
    }
}

impl TryFrom<String> for BehaviorKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let hostile = Foul::ALL.map(|foul| BehaviorKind::Hostile(Some(foul)));
        let others = [BehaviorKind::Wander, BehaviorKind::Fight, BehaviorKind::Idle, BehaviorKind::Hostile(None)];
        for kind in hostile.into_iter().chain(others) {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<BehaviorKind>(&json).unwrap(), kind, "{json}");
        }
    }

    #[test]
    fn unknown_names_are_refused_with_those_there_are() {
        for (text, told) in
            [("fihgt", "fight"), ("hostile:", "late"), ("hostile:lat", "late"), ("fight:late", "wander")]
        {
            let problem = text.parse::<BehaviorKind>().unwrap_err();
            assert!(problem.contains(told), "{problem}");
        }
    }
}
