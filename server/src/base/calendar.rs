//! Today's date, for everything that is kept or refused by its age: bans, recordings, tokens of accounts.
//!
//! The problem: the clock of a machine jumps. NTP was wrong for a moment, a virtual machine wakes up, a battery is empty, somebody mistypes
//! a year. A server that trusts the wall clock alone ends every ban and deletes every recording because of an error of six seconds.
//!
//! The idea: a machine has a second clock, which counts from the start of the process and never jumps. The date of the start plus that
//! clock gives today's date without the wall clock. While the wall clock differs from this by less than [`TOLERANCE`] (NTP slews, and
//! steps by seconds), we follow it. If it differs by more, we follow it only after it has stayed there for [`PATIENCE`]:
//!
//! ```text
//! wall clock   12:00  12:01 | 40 days later, for 6 s | 12:02 …             12:02 … 12:13
//! calendar     12:00  12:01 | 12:01                  | 12:02               the same
//! wall clock   12:00  12:01 | 3 days later, for good                        3 days later + 10 min
//! calendar     12:00  12:01 | 12:01 … 12:11                               | 3 days later + 10 min
//! ```
//!
//! The limit: we cannot know whether the clock was right when the process started. So nothing is deleted for good by this date alone: a ban
//! that has ended is still kept for a while (`guard/bans.rs`), and a recording must be too old for an hour (`recording/shelf.rs`).
//! Certificates are judged by the wall clock, because browsers judge them so.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use metrics::{counter, gauge};
use tracing::{info, warn};

/// The date now.
pub(crate) fn now() -> SystemTime {
    static CLOCKS: OnceLock<(Instant, Mutex<Calendar>)> = OnceLock::new();
    let (start, calendar) = CLOCKS.get_or_init(|| (Instant::now(), Mutex::new(Calendar::new(SystemTime::now()))));
    let mut calendar = calendar.lock().unwrap_or_else(PoisonError::into_inner);
    // Read under the lock, so that time does not run backwards between two threads.
    let (running, wall) = (start.elapsed(), SystemTime::now());
    let found = calendar.look(wall, running);
    let now = calendar.at(running);
    gauge!("ricochet_clock_ahead_seconds").set(ahead_secs(wall, now));
    report(found);
    now
}

/// The calendar of the module header, as a core: both clocks are arguments.
#[derive(Debug)]
struct Calendar {
    /// The date when the process started, as believed now.
    start: SystemTime,
    jump: Option<Jump>,
}

/// The wall clock differs by more than [`TOLERANCE`].
#[derive(Clone, Copy, Debug)]
struct Jump {
    /// The start of the process according to the wall clock.
    start: SystemTime,
    since: Duration,
}

/// The result of a comparison of the clocks, for the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Found {
    Nothing,
    /// The wall clock has jumped by so many seconds.
    Jumped(i64),
    /// The wall clock is back within the tolerance.
    Returned,
    /// The wall clock has stayed where it jumped to, so many seconds away, and the calendar follows it now.
    Believed(i64),
}

/// A smaller difference is no jump, and the calendar follows the wall clock at once.
const TOLERANCE: Duration = Duration::from_secs(60);
/// Time that the wall clock must stay where it jumped to.
const PATIENCE: Duration = Duration::from_secs(600);

impl Calendar {
    fn new(now: SystemTime) -> Self {
        Self { start: now, jump: None }
    }

    /// The date when the process has run for `running`.
    fn at(&self, running: Duration) -> SystemTime {
        self.start.checked_add(running).unwrap_or(self.start)
    }

    /// Compares the wall clock with the calendar at `running` since the start.
    fn look(&mut self, wall: SystemTime, running: Duration) -> Found {
        let start = wall.checked_sub(running).unwrap_or(SystemTime::UNIX_EPOCH);
        if distance(start, self.start) <= TOLERANCE {
            self.start = start;
            return if self.jump.take().is_some() { Found::Returned } else { Found::Nothing };
        }
        let secs = ahead_secs(start, self.start) as i64;
        match &mut self.jump {
            Some(jump) if distance(jump.start, start) <= TOLERANCE => {
                jump.start = start;
                if running.saturating_sub(jump.since) < PATIENCE {
                    return Found::Nothing;
                }
                *self = Self { start, jump: None };
                Found::Believed(secs)
            }
            _ => {
                self.jump = Some(Jump { start, since: running });
                Found::Jumped(secs)
            }
        }
    }
}

fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).unwrap_or_else(|error| error.duration())
}

fn ahead_secs(wall: SystemTime, calendar: SystemTime) -> f64 {
    match wall.duration_since(calendar) {
        Ok(ahead) => ahead.as_secs_f64(),
        Err(behind) => -behind.duration().as_secs_f64(),
    }
}

fn report(found: Found) {
    match found {
        Found::Nothing => {}
        Found::Jumped(secs) => {
            counter!("ricochet_clock_jumps_total").increment(1);
            warn!(
                secs,
                "the clock of the machine has jumped; ages are computed without the jump unless the clock stays there for ten minutes"
            );
        }
        Found::Returned => info!("the clock of the machine is right again"),
        Found::Believed(secs) => {
            warn!(secs, "the clock of the machine has stayed where it jumped to; ages follow it from now on");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const SEC: Duration = Duration::from_secs(1);

    struct Machine {
        calendar: Calendar,
        wall: SystemTime,
        running: Duration,
    }

    impl Machine {
        fn new() -> Self {
            let wall = SystemTime::UNIX_EPOCH + 20_000 * DAY;
            Self { calendar: Calendar::new(wall), wall, running: Duration::ZERO }
        }

        /// Lets time pass, comparing every second; returns the results other than `Found::Nothing`.
        fn pass(&mut self, secs: u32) -> Vec<Found> {
            let looks = (0..secs).map(|_| {
                self.wall += SEC;
                self.running += SEC;
                self.calendar.look(self.wall, self.running)
            });
            looks.filter(|found| *found != Found::Nothing).collect()
        }

        /// Days since the start of the test, by the calendar.
        fn days(&self) -> f64 {
            ahead_secs(self.calendar.at(self.running), SystemTime::UNIX_EPOCH + 20_000 * DAY) / 86_400.0
        }
    }

    #[test]
    fn jump_that_does_not_last_changes_nothing_either_way() {
        for (jump, secs) in [(40, 3_456_000), (-40, -3_456_000)] {
            let mut machine = Machine::new();
            machine.pass(60);
            machine.wall = if jump > 0 { machine.wall + 40 * DAY } else { machine.wall - 40 * DAY };
            assert_eq!(machine.pass(599), [Found::Jumped(secs)]);
            assert!(machine.days() < 0.01, "{}", machine.days());
            machine.wall = if jump > 0 { machine.wall - 40 * DAY } else { machine.wall + 40 * DAY };
            assert_eq!(machine.pass(1), [Found::Returned]);
            assert_eq!(machine.pass(3_600), []);
            assert!(machine.days() < 0.1);
        }
    }

    #[test]
    fn jump_that_lasts_is_believed() {
        let mut machine = Machine::new();
        machine.wall += 3 * DAY;
        assert_eq!(machine.pass(601), [Found::Jumped(259_200), Found::Believed(259_200)]);
        assert!((3.0..3.1).contains(&machine.days()), "{}", machine.days());
        machine.wall -= 3 * DAY;
        assert_eq!(machine.pass(601), [Found::Jumped(-259_200), Found::Believed(-259_200)]);
        assert!(machine.days() < 0.1);
    }

    #[test]
    fn clock_that_jumps_from_place_to_place_is_not_believed() {
        let mut machine = Machine::new();
        for _ in 0..20 {
            machine.wall += 2 * DAY;
            assert_eq!(machine.pass(300).len(), 1);
        }
        assert!(machine.days() < 0.1);
    }

    #[test]
    fn small_steps_are_followed_at_once() {
        let mut machine = Machine::new();
        machine.wall += 50 * SEC;
        assert_eq!(machine.pass(10), []);
        assert_eq!((machine.days() * 86_400.0).round(), 60.0);
        machine.wall -= 50 * SEC;
        assert_eq!(machine.pass(10), []);
        assert_eq!((machine.days() * 86_400.0).round(), 20.0);
    }

    #[test]
    fn clock_before_1970_does_no_harm() {
        let mut machine = Machine::new();
        machine.wall = SystemTime::UNIX_EPOCH;
        assert_eq!(machine.pass(1).len(), 1);
        assert!(machine.days() < 0.1);
    }
}
