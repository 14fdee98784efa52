//! Bots that stop reading for a while: how many, when, and for how long.

use std::{str::FromStr, time::Duration};

use serde::Serialize;

use crate::options::number::{number, place_in_share};

/// Bots that stop reading for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Stall {
    /// Percentage of the bots, spread evenly.
    pub(crate) percent: u32,
    /// Time since the begin of the measurement.
    pub(crate) at: Duration,
    /// Duration of the stall.
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
    /// True if the bot with this number stalls.
    pub(crate) fn concerns(&self, number: u32) -> bool {
        place_in_share(self.percent, number).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stalling_bots_are_spread_evenly() {
        let stall: Stall = "10:5:60".parse().unwrap();
        assert_eq!((stall.at, stall.lasts), (Duration::from_secs(5), Duration::from_secs(60)));
        assert_eq!((0..300).filter(|&number| stall.concerns(number)).count(), 30);
        assert_eq!((0..30).filter(|&number| stall.concerns(number)).count(), 3);
        for text in ["10:5", "x:5:6", "101:5:6", "10:5:-1", ""] {
            assert!(text.parse::<Stall>().is_err(), "{text}");
        }
    }
}
