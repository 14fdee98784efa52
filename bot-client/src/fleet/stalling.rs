//! A bot that stops reading for a while, and whether it plays on afterwards.

use std::time::Duration;

use crate::options::stall::Stall;

/// State of a bot that may stop reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stalling {
    /// The bot does not stop, has recovered, or lost its link.
    No,
    /// The bot will stop reading.
    Planned(Stall),
    /// The bot reads again. Number of state checks at the first observation after that.
    Awake(Option<u64>),
}

/// State checks that a bot must pass to count as recovered: one per second, and the first may be of a snapshot sent
/// before the stall.
const CHECKS: u64 = 3;

impl Stalling {
    pub(crate) fn new(stall: Option<Stall>) -> Self {
        stall.map_or(Self::No, Self::Planned)
    }

    /// Duration of the stall if it begins now, at `measuring` since the start of the measurement.
    pub(crate) fn poll(&mut self, measuring: Duration) -> Option<Duration> {
        let Self::Planned(stall) = *self else { return None };
        (measuring >= stall.at).then(|| {
            *self = Self::Awake(None);
            stall.lasts
        })
    }

    /// The link is lost: the bot did not recover on the link it had.
    pub(crate) fn lose(&mut self) {
        if matches!(self, Self::Awake(_)) {
            *self = Self::No;
        }
    }

    /// Takes the number of passed checks. True once, when the bot has recovered.
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
    fn bot_stops_once_and_has_recovered_after_enough_checks() {
        let secs = Duration::from_secs;
        let mut stalling = Stalling::new(Some(Stall { percent: 100, at: secs(5), lasts: secs(60) }));
        assert!(!stalling.observe(100));
        assert_eq!(stalling.poll(secs(4)), None);
        assert_eq!(stalling.poll(secs(5)), Some(secs(60)));
        assert_eq!(stalling.poll(secs(6)), None);
        assert!(!stalling.observe(140), "that was on its way");
        assert!(!stalling.observe(140 + CHECKS - 1));
        assert!(stalling.observe(140 + CHECKS));
        assert!(!stalling.observe(200), "reported once");
    }
}
