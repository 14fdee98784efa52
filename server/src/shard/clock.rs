//! The time of a shard: the monotonic clock, without the time in which the process did not run.
//!
//! A process may stand still: suspended, stopped by a debugger, without a processor for seconds. Messages of that time
//! wait in the sockets. So a turn never takes longer than [`STEP_MAX`] on this clock, and all times that a
//! shard measures with it (silence of players, time-outs of QUIC, deadlines of ticks) stand still with the process.
//!
//! Two readings leave the shard: [`Clock::at`] for libraries that need an `Instant` and compare it only with earlier ones from
//! the same clock, and [`Clock::real`] for values that other threads read, too.

#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The clock of a shard; its times are since the shard's start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: Instant,
    /// Time in which the process stood still.
    away: Duration,
    /// When the time was noted last.
    noted: Duration,
    #[cfg(test)]
    simulated: Option<&'static AtomicU64>,
}

/// The longest time between two readings that counts in full. A longer time is a standstill, not a turn of the loop: waits end after
/// a quarter of a second, and for players a tick of a second is like a standstill.
pub(super) const STEP_MAX: Duration = Duration::from_secs(1);

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            away: Duration::ZERO,
            noted: Duration::ZERO,
            #[cfg(test)]
            simulated: None,
        }
    }

    /// Time since the shard started, without standstills that were noted.
    pub(super) fn now(self) -> Duration {
        self.elapsed().saturating_sub(self.away)
    }

    /// `now` for libraries that compare it with earlier values of this method. It stands still with the shard.
    pub(super) fn at(self, now: Duration) -> Instant {
        self.start + now
    }

    /// `now` on the clock of other threads.
    pub(super) fn real(self, now: Duration) -> Instant {
        self.start + self.away + now
    }

    /// Notes that a part of a turn has ended. Returns the time; and the gap since the last call, if it is longer than [`STEP_MAX`].
    pub(super) fn note(&mut self) -> (Duration, Option<Duration>) {
        let gap = self.now().saturating_sub(self.noted);
        self.away += gap.saturating_sub(STEP_MAX);
        self.noted += gap.min(STEP_MAX);
        (self.noted, (gap > STEP_MAX).then_some(gap))
    }

    /// True if only a test moves it.
    #[cfg(not(test))]
    pub(super) fn is_simulated(self) -> bool {
        false
    }

    #[cfg(not(test))]
    fn elapsed(self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
impl Clock {
    /// A clock that only [`Clock::advance`] and waiting move.
    pub(super) fn simulated() -> Self {
        Self { simulated: Some(Box::leak(Box::new(AtomicU64::new(0)))), ..Self::new() }
    }

    pub(super) fn is_simulated(self) -> bool {
        self.simulated.is_some()
    }

    /// When the time was noted last.
    pub(super) fn noted(self) -> Duration {
        self.noted
    }

    pub(super) fn advance(self, by: Duration) {
        let nanos = self.simulated.expect("only a simulated clock can be moved");
        nanos.fetch_add(by.as_nanos() as u64, Ordering::Relaxed);
    }

    /// Moves it to a moment of [`Clock::real`], if that is yet to come.
    pub(super) fn advance_to(self, moment: Instant) {
        self.advance(moment.saturating_duration_since(self.real(self.now())));
    }

    fn elapsed(self) -> Duration {
        self.simulated.map_or_else(|| self.start.elapsed(), |now| Duration::from_nanos(now.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn steps_count_up_to_a_second_and_the_rest_does_not() {
        let mut clock = Clock::simulated();
        clock.advance(STEP_MAX);
        assert_eq!(clock.note(), (STEP_MAX, None));
        clock.advance(ms(18_000));
        assert_eq!(clock.note(), (STEP_MAX * 2, Some(ms(18_000))));
        assert_eq!(clock.now(), STEP_MAX * 2);
        clock.advance(ms(10));
        assert_eq!(clock.now(), STEP_MAX * 2 + ms(10), "from there it goes on");
        assert_eq!(clock.real(clock.now()) - clock.at(clock.now()), ms(17_000), "others know how late it is");
    }
}
