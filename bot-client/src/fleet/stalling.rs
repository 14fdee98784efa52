//! A bot that stops reading for a while, and whether it plays on afterwards.

use std::time::Duration;

use crate::options::stall::Stall;

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
