//! Bots that stop reading for a while: which, when, and whether they play on afterwards.

use std::{str::FromStr, time::Duration};

use serde::Serialize;

use crate::args::{number, place_in_share};

/// Bots that stop reading for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Stall {
    /// How many.
    pub(crate) percent: u32,
    /// When, from the begin of the measurement.
    pub(crate) at: Duration,
    /// For how long.
    pub(crate) lasts: Duration,
}

impl FromStr for Stall {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let [percent, at, lasts] = parts[..] else { return Err("must be PERCENT:AT:SECS".to_owned()) };
        let secs = |text| number(text, 0.0, 3_600.0).map(Duration::from_secs_f64);
        Ok(Self { percent: number(percent, 0.0, 100.0)? as u32, at: secs(at)?, lasts: secs(lasts)? })
    }
}

impl Stall {
    /// Whether the bot with this number is one of those.
    pub(crate) fn concerns(&self, number: u32) -> bool {
        place_in_share(self.percent, number).is_some()
    }
}

/// Where one of them is with that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stalling {
    /// It reads all the time, or has got over it.
    No,
    /// It will stop.
    Planned(Stall),
    /// It has read what came meanwhile; `None` until that is all.
    Awake(Option<u64>),
}

/// Checks of what it shows that a bot must pass to count as playing again: one a second, of which the first may be of
/// something that was still on its way.
const CHECKS: u64 = 3;

impl Stalling {
    pub(crate) fn new(stall: Option<Stall>) -> Self {
        stall.map_or(Self::No, Self::Planned)
    }

    /// For how long to stop now, so far into the measurement.
    pub(crate) fn poll(&mut self, measuring: Duration) -> Option<Duration> {
        let Self::Planned(stall) = *self else { return None };
        (measuring >= stall.at).then(|| {
            *self = Self::Awake(None);
            stall.lasts
        })
    }

    /// The link is lost: whatever comes now, it did not go on with the one it had.
    pub(crate) fn lose(&mut self) {
        if matches!(self, Self::Awake(_)) {
            *self = Self::No;
        }
    }

    /// So many checks were passed. True once: it plays again.
    pub(crate) fn observe(&mut self, checks: u64) -> bool {
        let Self::Awake(since) = self else { return false };
        let recovered = checks >= *since.get_or_insert(checks) + CHECKS;
        if recovered {
            *self = Self::No;
        }
        recovered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_stall_are_spread_evenly() {
        let stall: Stall = "10:5:60".parse().unwrap();
        assert_eq!((stall.at, stall.lasts), (Duration::from_secs(5), Duration::from_secs(60)));
        assert_eq!((0..300).filter(|&number| stall.concerns(number)).count(), 30);
        assert_eq!((0..30).filter(|&number| stall.concerns(number)).count(), 3);
        for text in ["10:5", "x:5:6", "101:5:6", "10:5:-1", ""] {
            assert!(text.parse::<Stall>().is_err(), "{text}");
        }
    }

    #[test]
    fn bot_stops_once_and_counts_as_back_when_it_is_told_the_truth_again() {
        let secs = Duration::from_secs;
        let mut stalling = Stalling::new(Some(Stall { percent: 100, at: secs(5), lasts: secs(60) }));
        assert!(!stalling.observe(100));
        assert_eq!(stalling.poll(secs(4)), None);
        assert_eq!(stalling.poll(secs(5)), Some(secs(60)));
        assert_eq!(stalling.poll(secs(6)), None);
        assert!(!stalling.observe(140), "that was on its way");
        assert!(!stalling.observe(140 + CHECKS - 1));
        assert!(stalling.observe(140 + CHECKS));
        assert!(!stalling.observe(200), "told once");
    }
}
