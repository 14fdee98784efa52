//! Decides when the server has been silent for too long. Only time in which the owner could read messages counts.
//!
//! An owner that was suspended (a browser with a long task, a sleeping machine) calls [`Silence::is_over`] before it reads the
//! messages that arrived meanwhile. So an owner that is late gets time to read first, and its lateness does not count as silence.

use std::time::Duration;

/// See the module.
#[derive(Debug)]
pub(crate) struct Silence {
    heard_at: Duration,
    /// Start of the silence that counts: the time of the last message, plus the lateness excused since.
    counted_from: Duration,
    /// When the owner should call again.
    due: Duration,
    excuses: u8,
}

impl Silence {
    pub(crate) const fn new(now: Duration) -> Self {
        Self { heard_at: now, counted_from: now, due: Duration::MAX, excuses: 0 }
    }

    /// Time of the last message.
    pub(crate) const fn heard_at(&self) -> Duration {
        self.heard_at
    }

    /// A message arrived.
    pub(crate) const fn handle_message(&mut self, now: Duration) {
        self.heard_at = now;
        self.counted_from = now;
        self.excuses = 0;
    }

    /// Time at which the silence will be too long.
    pub(crate) const fn ends_at(&self) -> Duration {
        self.counted_from.saturating_add(SILENCE_MAX)
    }

    /// Called by the owner at every wake-up. Returns true if the silence has been too long.
    pub(crate) fn is_over(&mut self, now: Duration) -> bool {
        let late = now.saturating_sub(self.due);
        if late >= LATE && self.excuses < EXCUSES_MAX {
            self.excuses += 1;
            let read_until = (now + READ_TIME).saturating_sub(SILENCE_MAX);
            self.counted_from = (self.counted_from + late).max(read_until).min(now);
        }
        now >= self.ends_at()
    }

    /// The text with which a session ends.
    pub(crate) fn words() -> String {
        format!("the server sent nothing for {} s", SILENCE_MAX.as_secs())
    }

    /// The owner will call [`Silence::is_over`] again at `due`.
    pub(crate) const fn set_due(&mut self, due: Duration) {
        self.due = due;
    }
}

/// After this long without a message the server counts as gone: a working server sends a snapshot every tick.
const SILENCE_MAX: Duration = Duration::from_secs(5);
/// An owner that is later than this was suspended.
const LATE: Duration = Duration::from_secs(1);
/// Time that an owner that was suspended gets to read the messages that arrived meanwhile.
const READ_TIME: Duration = Duration::from_secs(1);
/// Bound of excuses since the last message: an owner that is always late must notice a dead server too.
const EXCUSES_MAX: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn punctual_until(silence: &mut Silence, from: u64, until: u64) {
        for at in (from..=until).step_by(100) {
            assert!(!silence.is_over(ms(at)), "at {at} ms");
            silence.set_due(ms(at + 100));
        }
    }

    #[test]
    fn silence_of_five_seconds_is_too_long() {
        let mut silence = Silence::new(ms(0));
        punctual_until(&mut silence, 0, 4_900);
        assert!(silence.is_over(ms(5_000)));
    }

    #[test]
    fn time_in_which_the_owner_stood_still_does_not_count() {
        let mut silence = Silence::new(ms(0));
        punctual_until(&mut silence, 0, 1_000);
        // Six seconds without a reader. Of five seconds of silence 1.1 had passed before; about four are left.
        punctual_until(&mut silence, 7_100, 10_900);
        assert!(silence.is_over(ms(11_000)));
    }

    #[test]
    fn late_owner_reads_first() {
        let mut silence = Silence::new(ms(0));
        // The wake-up was due at the end of the silence, and came late.
        silence.set_due(ms(5_000));
        assert!(!silence.is_over(ms(9_000)));
        silence.handle_message(ms(9_001));
        silence.set_due(ms(9_100));
        assert!(!silence.is_over(ms(9_100)));
        assert_eq!(silence.heard_at(), ms(9_001));
    }

    #[test]
    fn owner_that_is_always_late_notices_a_dead_server() {
        let mut silence = Silence::new(ms(0));
        silence.set_due(ms(100));
        let over = (1..100).find(|&minute| {
            let over = silence.is_over(ms(60_000 * minute));
            silence.set_due(ms(60_000 * minute + 250));
            over
        });
        assert_eq!(over, Some(4));
    }
}
