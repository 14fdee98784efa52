//! What a listener does where the process may open hardly any more files and sockets.
//!
//! ```text
//! 0 ....................... limit - headroom ........ limit
//!   everything                players are refused,       nothing opens: a spare descriptor is given up, with which
//!                             the host is served         a player is refused, or the host served
//! ```
//!
//! The kernel gives out the lowest number that is free, so a connection's own number says how many are left at most.

use std::{
    fs::File,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::net::TcpStream;

use crate::ops::process;

/// Descriptors that a listener keeps for the time when there are none.
#[derive(Debug)]
pub(super) struct Spares(Arc<Mutex<Vec<File>>>);

/// One spare descriptor given up; dropped, it is kept again.
#[derive(Debug)]
pub(super) struct Loan(Arc<Mutex<Vec<File>>>);

impl Spares {
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new((0..count).map_while(|_| spare()).collect())))
    }

    /// Closes one, so that one may be opened.
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

/// Whether nothing more can be opened, by this process or by the whole machine (EMFILE, ENFILE).
pub(super) fn ran_out(error: &std::io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

/// Whether so few are left that the rest is for the host, rooms and recordings.
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

/// An eighth, within reason.
fn headroom(limit: u64) -> u64 {
    (limit / 8).clamp(HEADROOM_MIN, HEADROOM_MAX).min(limit)
}

/// A few requests of the host and a file that is written.
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
