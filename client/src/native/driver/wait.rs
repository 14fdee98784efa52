//! A driver's sleep: until something is due or arrives, but at least for [`SWEEP_EVERY`], so that a wake-up serves many packets.

use std::{
    io::{self, ErrorKind},
    thread,
    time::{Duration, Instant},
};

use mio::{Events, Poll};

/// Sleeps until `due` or until a socket is ready, but at least until [`SWEEP_EVERY`] after the `last` sweep.
pub(super) fn wait(poll: &mut Poll, events: &mut Events, last: Instant, due: Instant) -> io::Result<()> {
    let now = Instant::now();
    let earliest = last + SWEEP_EVERY;
    // The system's poll counts in milliseconds, so the last millisecond before `due` is spent in `thread::sleep`.
    let wake = if due < now + POLL_PRECISION { due.max(earliest) } else { earliest };
    if let Some(left) = wake.checked_duration_since(now).filter(|left| !left.is_zero()) {
        thread::sleep(left);
    }
    let left = due.saturating_duration_since(Instant::now());
    ask(poll, events, Duration::from_millis(left.as_millis() as u64))
}

/// Polls for ready sockets without sleeping.
pub(super) fn look(poll: &mut Poll, events: &mut Events) -> io::Result<()> {
    ask(poll, events, Duration::ZERO)
}

fn ask(poll: &mut Poll, events: &mut Events, timeout: Duration) -> io::Result<()> {
    match poll.poll(events, Some(timeout)) {
        Err(error) if error.kind() != ErrorKind::Interrupted => Err(error),
        _ => Ok(()),
    }
}

/// Least time between two sweeps of the sockets. On average it delays inputs and the arrival times of messages by half of it.
const SWEEP_EVERY: Duration = Duration::from_micros(500);
const POLL_PRECISION: Duration = Duration::from_millis(1);
