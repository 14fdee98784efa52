//! Sleeps until a given time, as exactly as an unprivileged thread can.
//!
//! ```text
//! no players    poll the sockets until a few ms before, so that a newcomer or a command is handled at once
//! then          sleep; before a receive until its time, before a tick until a little earlier
//! a tick        spin for the rest, usually some 20 µs
//! ```
//!
//! With players the thread does not wait on the sockets: messages come all the time, and a wake-up for each would cost more than
//! handling it. They wait for the next receive instead, a few milliseconds at most.

use std::{
    hint, thread,
    time::{Duration, Instant},
};

#[cfg(test)]
use super::clock::Clock;

/// Waits, and measures how late the system wakes a sleeping thread.
#[derive(Debug)]
pub(super) struct Waiter {
    /// Delay of wake-ups on this system, smoothed.
    oversleep: Duration,
    /// In tests, waiting advances this clock instead.
    #[cfg(test)]
    simulated: Option<Clock>,
}

/// Longest time to spin. Above it, the CPU time is worth more than the precision.
const SPIN_MAX: Duration = Duration::from_micros(60);
/// Least time to wake up early.
const SPIN_MIN: Duration = Duration::from_micros(10);

impl Waiter {
    pub(super) fn new() -> Self {
        Self {
            oversleep: Duration::from_micros(60),
            #[cfg(test)]
            simulated: None,
        }
    }

    #[cfg(test)]
    pub(super) fn simulated(clock: Clock) -> Self {
        Self { simulated: Some(clock), ..Self::new() }
    }

    /// Sleeps until about `moment`.
    pub(super) fn sleep_until(&mut self, moment: Instant) {
        #[cfg(test)]
        if let Some(clock) = self.simulated {
            return clock.advance_to(moment);
        }
        let now = Instant::now();
        if let Some(left) = moment.checked_duration_since(now).filter(|left| !left.is_zero()) {
            thread::sleep(left);
            self.learn(moment);
        }
    }

    /// Returns at `moment`: never earlier, and as little later as the system allows.
    pub(super) fn meet(&mut self, moment: Instant) {
        #[cfg(test)]
        if let Some(clock) = self.simulated {
            return clock.advance_to(moment);
        }
        // Less than the usual delay: a tick that begins 20 µs late does no harm, but spinning 30 µs for each of some
        // hundred wake-ups a second is 5 % of the cost of playing.
        let allowance = (self.oversleep * 3 / 4).clamp(SPIN_MIN, SPIN_MAX);
        if let Some(early) = moment.checked_sub(allowance) {
            self.sleep_until(early);
        }
        while Instant::now() < moment {
            hint::spin_loop();
        }
    }

    fn learn(&mut self, wanted: Instant) {
        let late = wanted.elapsed();
        // A longer delay comes from preemption, not from the timer.
        if late < Duration::from_micros(500) {
            self.oversleep = (self.oversleep * 15 + late) / 16;
        }
    }
}

/// Asks the kernel not to round this thread's sleeps, which it does by 50 µs to save power. Best effort: a thread may
/// write this file for itself, and without the file the spin above makes up for most of it.
pub(super) fn sharpen_timer() {
    #[cfg(target_os = "linux")]
    if let Ok(path) = std::fs::read_link("/proc/thread-self")
        && let Some(thread) = path.file_name()
    {
        let slack = std::path::Path::new("/proc").join(thread).join("timerslack_ns");
        if let Err(error) = std::fs::write(&slack, "1") {
            tracing::debug!(%error, "the timer stays rounded");
        }
    }
}
