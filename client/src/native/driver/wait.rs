//! How a driver sleeps: until something is due or arrives, but never so short that a packet costs a wake-up of its own.

use std::{
    io::{self, ErrorKind},
    thread,
    time::{Duration, Instant},
};

use mio::{Events, Poll};

/// Sleeps until `due` or until a socket is ready, at least until [`SWEEP_EVERY`] after the `last` sweep.
pub(super) fn wait(poll: &mut Poll, events: &mut Events, last: Instant, due: Instant) -> io::Result<()> {
    let now = Instant::now();
    let earliest = last + SWEEP_EVERY;
    // The system's poll counts in milliseconds, so the last one before something is due is slept through.
    let wake = if due < now + POLL_PRECISION { due.max(earliest) } else { earliest };
    if let Some(left) = wake.checked_duration_since(now).filter(|left| !left.is_zero()) {
        thread::sleep(left);
    }
    let left = due.saturating_duration_since(Instant::now());
    ask(poll, events, Duration::from_millis(left.as_millis() as u64))
}

/// Asks which sockets are ready, without sleeping.
pub(super) fn look(poll: &mut Poll, events: &mut Events) -> io::Result<()> {
    ask(poll, events, Duration::ZERO)
}

fn ask(poll: &mut Poll, events: &mut Events, timeout: Duration) -> io::Result<()> {
    match poll.poll(events, Some(timeout)) {
        Err(error) if error.kind() != ErrorKind::Interrupted => Err(error),
        _ => Ok(()),
    }
}

/// Time between two looks at the sockets. Inputs leave and messages are stamped late by half of it in the mean.
const SWEEP_EVERY: Duration = Duration::from_micros(500);
const POLL_PRECISION: Duration = Duration::from_millis(1);
