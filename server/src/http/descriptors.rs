//! The behaviour of a listener when the process runs out of file descriptors.
//!
//! ```text
//! 0 ....................... limit - headroom ........ limit
//!   everything                players are refused,       nothing opens: a spare descriptor is closed, and the freed one
//!                             the host is served         refuses a player or serves the host
//! ```
//!
//! The kernel gives out the lowest free number, so a new connection's number shows how many are left at most.

use std::{
    fs::File,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::net::TcpStream;

use crate::base::process;

/// Descriptors that a listener keeps open, to close one when no other is free.
#[derive(Debug)]
pub(super) struct Spares(Arc<Mutex<Vec<File>>>);

/// One spare descriptor that was closed; when dropped, it is opened again.
#[derive(Debug)]
pub(super) struct Loan(Arc<Mutex<Vec<File>>>);

impl Spares {
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new((0..count).map_while(|_| spare()).collect())))
    }

    /// Closes a spare, so that one other descriptor can be opened.
    pub(super) fn lend(&self) -> Option<Loan> {
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        drop(file);
        Some(Loan(Arc::clone(&self.0)))
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(spare());
    }
}

fn spare() -> Option<File> {
    File::open("/dev/null").ok()
}

/// True if the process (EMFILE) or the machine (ENFILE) cannot open more.
pub(super) fn ran_out(error: &std::io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

/// True if so few are left that they are reserved for the host, rooms and recordings.
#[cfg(unix)]
pub(super) fn are_scarce(socket: &TcpStream) -> bool {
    use std::os::fd::AsRawFd;
    let limit = process::usage().map_or(u64::MAX, |usage| usage.open_files_max);
    u64::try_from(socket.as_raw_fd()).is_ok_and(|number| number >= limit - headroom(limit))
}

#[cfg(not(unix))]
pub(super) fn are_scarce(_: &TcpStream) -> bool {
    false
}

/// An eighth of the limit, within bounds.
fn headroom(limit: u64) -> u64 {
    (limit / 8).clamp(HEADROOM_MIN, HEADROOM_MAX).min(limit)
}

/// Some requests of the host and one file that is being written.
const HEADROOM_MIN: u64 = 8;
/// The same with a recording for each of many rooms.
const HEADROOM_MAX: u64 = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headroom_is_a_part_of_what_there_is() {
        assert_eq!([0, 4, 64, 80, 1_024, 65_536, u64::MAX].map(headroom), [0, 4, 8, 10, 128, 128, 128]);
    }

    #[test]
    fn spare_descriptor_is_lent_and_kept_again() {
        let spares = Spares::new(1);
        let loan = spares.lend().unwrap();
        assert!(spares.lend().is_none());
        drop(loan);
        assert!(spares.lend().is_some());
    }
}
