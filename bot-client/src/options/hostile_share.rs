//! The share of the bots that is hostile.

use std::str::FromStr;

use crate::options::{
    attack_kind::AttackKind,
    number::{number, place_in_share},
};

/// A percentage of the bots, spread evenly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HostileShare {
    percent: u32,
    /// Attack of all of them; `None` gives each bot another one in turn.
    attack: Option<AttackKind>,
}

impl HostileShare {
    /// The attack of the bot with this number, `None` if it plays fair.
    pub(crate) fn attack_of(&self, bot: u32, seed: u64) -> Option<AttackKind> {
        let place = place_in_share(self.percent, bot)?;
        Some(self.attack.unwrap_or_else(|| AttackKind::in_turn(place, seed)))
    }
}

impl FromStr for HostileShare {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (percent, attack) = match text.split_once(':') {
            Some((percent, attack)) => (percent, Some(attack.parse()?)),
            None => (text, None),
        };
        Ok(Self { percent: number(percent.trim_end_matches('%'), 1.0, 100.0)? as u32, attack })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attacks(share: &str, bots: u32) -> Vec<Option<AttackKind>> {
        let share: HostileShare = share.parse().unwrap();
        (0..bots).map(|bot| share.attack_of(bot, 1)).collect()
    }

    #[test]
    fn hostile_bots_are_spread_evenly_and_take_turns() {
        let all = attacks("10%", 300);
        for some in all.chunks(10) {
            assert_eq!(some.iter().flatten().count(), 1);
        }
        for attack in AttackKind::ALL {
            assert!((2..=3).contains(&all.iter().flatten().filter(|other| **other == attack).count()), "{attack}");
        }
    }

    #[test]
    fn one_attack_can_be_chosen() {
        assert_eq!(attacks("50:late", 4), [None, Some(AttackKind::Late), None, Some(AttackKind::Late)]);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "%", "0%", "101", "10%:", "10%:later", "late"] {
            assert!(text.parse::<HostileShare>().is_err(), "{text}");
        }
    }
}
