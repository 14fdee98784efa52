//! Which of the bots are hostile, beside others who play fair.

use std::str::FromStr;

use crate::options::{
    attack_kind::AttackKind,
    number::{number, place_in_share},
};

/// So many percent, spread evenly among the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HostileShare {
    percent: u32,
    /// What all of them do; each something else without it.
    foul: Option<AttackKind>,
}

impl HostileShare {
    /// What the bot with this number does wrong, if it is one of them.
    pub(crate) fn foul_of(&self, bot: u32, seed: u64) -> Option<AttackKind> {
        let place = place_in_share(self.percent, bot)?;
        Some(self.foul.unwrap_or_else(|| AttackKind::in_turn(place, seed)))
    }
}

impl FromStr for HostileShare {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (percent, foul) = match text.split_once(':') {
            Some((percent, foul)) => (percent, Some(foul.parse()?)),
            None => (text, None),
        };
        Ok(Self { percent: number(percent.trim_end_matches('%'), 1.0, 100.0)? as u32, foul })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fouls(share: &str, bots: u32) -> Vec<Option<AttackKind>> {
        let share: HostileShare = share.parse().unwrap();
        (0..bots).map(|bot| share.foul_of(bot, 1)).collect()
    }

    #[test]
    fn hostile_bots_are_spread_evenly_and_take_turns() {
        let all = fouls("10%", 300);
        for some in all.chunks(10) {
            assert_eq!(some.iter().flatten().count(), 1);
        }
        for foul in AttackKind::ALL {
            assert!((2..=3).contains(&all.iter().flatten().filter(|other| **other == foul).count()), "{foul}");
        }
    }

    #[test]
    fn one_foul_can_be_asked_for() {
        assert_eq!(fouls("50:late", 4), [None, Some(AttackKind::Late), None, Some(AttackKind::Late)]);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "%", "0%", "101", "10%:", "10%:later", "late"] {
            assert!(text.parse::<HostileShare>().is_err(), "{text}");
        }
    }
}
