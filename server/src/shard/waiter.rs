//! Sleeps until a moment as exactly as an unprivileged thread can.
//!
//! ```text
//! no players    poll the sockets until a few ms before, so that a newcomer or a command is heard at once
//! then          sleep; looks may come late, a tick is aimed at a little early
//! a tick        spin the rest, usually some 20 µs
//! ```
//!
//! With players nothing is polled: their messages come all the time, and waking for each would cost more than handling
//! it. They wait for the next look instead, a few milliseconds at most.

use std::{
    hint, thread,
    time::{Duration, Instant},
};

#[cfg(test)]
use super::clock::Clock;

/// Waits, and learns how much too long the system sleeps.
#[derive(Debug)]
pub(super) struct Waiter {
    /// How late sleeping threads wake here, smoothed.
    oversleep: Duration,
    /// Waiting moves this clock instead of taking time.
    #[cfg(test)]
    simulated: Option<Clock>,
}

/// Longest time to spin through. Above it the processor is worth more than the moment.
const SPIN_MAX: Duration = Duration::from_micros(60);
/// Shortest allowance for waking up.
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

    /// Returns at `moment`, neither sooner nor, if the system plays along, later.
    pub(super) fn meet(&mut self, moment: Instant) {
        #[cfg(test)]
        if let Some(clock) = self.simulated {
            return clock.advance_to(moment);
        }
        // Less than it usually takes: a tick that begins 20 µs late harms nobody, but spinning 30 µs for each of some
        // hundred wake-ups a second is 5 % of what playing costs.
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
        // A preempted thread says nothing about timers.
        if late < Duration::from_micros(500) {
            self.oversleep = (self.oversleep * 15 + late) / 16;
        }
    }
}

/// Asks the kernel not to round this thread's sleeps, which it does by 50 µs to save power. Best effort: a thread may
/// write this file for itself, and where there is none the spin above makes up for most of it.
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
