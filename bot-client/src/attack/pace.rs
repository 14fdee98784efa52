//! Gives out turns at a fixed rate until a deadline.

use std::time::{Duration, Instant};

/// Counts the turns of one attack.
#[derive(Debug)]
pub(crate) struct Pace {
    rate: u32,
    begun: Instant,
    until: Instant,
    done: u64,
}

/// Timers of the system are no more precise than this.
const STEP: Duration = Duration::from_millis(2);

impl Pace {
    pub(crate) fn new(rate: u32, until: Instant) -> Self {
        Self { rate, begun: Instant::now(), until, done: 0 }
    }

    /// Waits for the next turn. False once the deadline has passed.
    pub(crate) async fn next(&mut self) -> bool {
        loop {
            let now = Instant::now();
            if now >= self.until {
                return false;
            }
            let due = (now - self.begun).as_secs_f64() * f64::from(self.rate);
            if (self.done as f64) < due {
                self.done += 1;
                return true;
            }
            tokio::time::sleep(STEP).await;
        }
    }

    /// Number of turns so far.
    pub(crate) fn done(&self) -> u64 {
        self.done
    }
}
