//! The behaviours of bots, by name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use shared::game::Behavior;

use crate::options::attack_kind::AttackKind;

/// Behaviour of the bots of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) enum BehaviorKind {
    /// Plays with the game's behaviour of this name.
    Plays(String),
    /// Breaks the rules: each bot in another way, or all with this attack.
    Hostile(Option<AttackKind>),
}

impl BehaviorKind {
    /// Index of the behaviour in the game's list. Hostile bots play with the first behaviour.
    ///
    /// # Errors
    /// The game has no behaviour of this name; the text lists those it has.
    pub(crate) fn index_in(&self, behaviors: &[Behavior]) -> Result<usize, String> {
        match self {
            Self::Plays(name) => {
                let index = behaviors.iter().position(|behavior| behavior.name == name);
                index.ok_or_else(|| {
                    let names: Vec<_> = behaviors.iter().map(|behavior| behavior.name).collect();
                    format!("--behavior {name}: must be {}, hostile or hostile:ATTACK", names.join(", "))
                })
            }
            Self::Hostile(_) if behaviors.is_empty() => Err("the game has no bots".to_owned()),
            Self::Hostile(_) => Ok(0),
        }
    }
}

impl fmt::Display for BehaviorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plays(name) => f.write_str(name),
            Self::Hostile(None) => f.write_str("hostile"),
            Self::Hostile(Some(attack)) => write!(f, "hostile:{attack}"),
        }
    }
}

impl FromStr for BehaviorKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("hostile", attack)) => Ok(Self::Hostile(Some(attack.parse()?))),
            _ if text == "hostile" => Ok(Self::Hostile(None)),
            _ => Ok(Self::Plays(text.to_owned())),
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

    const BEHAVIORS: [Behavior; 2] =
        [Behavior { name: "run", about: "run about" }, Behavior { name: "idle", about: "join and do nothing" }];

    #[test]
    fn names_are_read_as_they_are_written() {
        let hostile = AttackKind::ALL.map(|attack| BehaviorKind::Hostile(Some(attack)));
        let others = [BehaviorKind::Plays("run".to_owned()), BehaviorKind::Hostile(None)];
        for kind in hostile.into_iter().chain(others) {
            assert_eq!(kind.to_string().parse(), Ok(kind.clone()));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<BehaviorKind>(&json).unwrap(), kind, "{json}");
        }
    }

    #[test]
    fn unknown_names_are_refused_with_the_known_ones() {
        for (text, part) in
            [("idel", "run, idle, hostile"), ("hostile:", "late"), ("hostile:lat", "late"), ("run:late", "run, idle")]
        {
            let kind = text.parse::<BehaviorKind>();
            let problem = kind.and_then(|kind| kind.index_in(&BEHAVIORS)).unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }

    #[test]
    fn index_is_that_of_the_game_and_hostile_bots_use_the_first() {
        let index = |text: &str| text.parse::<BehaviorKind>().unwrap().index_in(&BEHAVIORS);
        assert_eq!((index("run"), index("idle"), index("hostile:deaf")), (Ok(0), Ok(1), Ok(0)));
        assert!(BehaviorKind::Hostile(None).index_in(&[]).is_err());
    }
}
