//! The muted players, whose chat is not shown. The list is by session, so a reconnect does not help. It is kept in the state directory, if
//! there is one, because sessions outlive a restart there.

use std::{
    io::{self, ErrorKind},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use tracing::warn;

use crate::{
    base::files::{Access, read_bytes, replace},
    session::SessionId,
};

/// The list. Each line of chat reads it, without a lock; changes are rare.
#[derive(Debug, Default)]
pub struct Mutes {
    sessions: ArcSwap<Vec<SessionId>>,
    /// One session a line, the oldest mute first. The lock is held while the list changes.
    file: Mutex<Option<PathBuf>>,
}

/// Most muted sessions; beyond them the oldest is dropped, because its session is most likely over.
const MUTES_MAX: usize = 1_024;
/// A line has 16 digits and a line end of one or two bytes; the rest is spare.
const FILE_BYTES_MAX: usize = 32 * MUTES_MAX;

impl Mutes {
    /// The file's name in the state directory.
    pub const FILE: &str = "mutes";

    /// Reads the list from `file`, if it exists. An unreadable file does not stop the start, because sessions last for minutes only.
    pub fn open(file: PathBuf) -> Self {
        let text = read_bytes(&file, FILE_BYTES_MAX).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(Vec::new()),
            _ => Err(error),
        });
        let text = text.unwrap_or_else(|error| {
            warn!(path = %file.display(), %error, "cannot read the list of muted players; nobody is muted");
            Vec::new()
        });
        let mut sessions: Vec<SessionId> =
            String::from_utf8_lossy(&text).lines().filter_map(|line| line.trim().parse().ok()).collect();
        let forgotten = sessions.len().saturating_sub(MUTES_MAX);
        sessions.drain(..forgotten);
        Self { sessions: ArcSwap::from_pointee(sessions), file: Mutex::new(Some(file)) }
    }

    /// True if a session is muted.
    pub fn holds(&self, session: SessionId) -> bool {
        self.sessions.load().contains(&session)
    }

    /// Mutes or unmutes a session. The list in memory changes even if the file cannot be written.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set(&self, session: SessionId, muted: bool) -> io::Result<()> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sessions = Vec::clone(&self.sessions.load());
        sessions.retain(|&known| known != session);
        if muted {
            sessions.push(session);
        }
        let forgotten = sessions.len().saturating_sub(MUTES_MAX);
        sessions.drain(..forgotten);
        let lines: String = sessions.iter().map(|session| format!("{session}\n")).collect();
        self.sessions.store(sessions.into());
        file.as_ref().map_or(Ok(()), |path| replace(path, lines.as_bytes(), Access::Shared))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn session_is_muted_until_it_is_unmuted() {
        let mutes = Mutes::default();
        mutes.set(SessionId(1), true).unwrap();
        mutes.set(SessionId(1), true).unwrap();
        assert!(mutes.holds(SessionId(1)) && !mutes.holds(SessionId(2)));
        mutes.set(SessionId(1), false).unwrap();
        assert!(!mutes.holds(SessionId(1)));
    }

    #[test]
    fn oldest_is_forgotten_when_the_list_is_full() {
        let mutes = Mutes::default();
        (0..=MUTES_MAX as u64).for_each(|session| mutes.set(SessionId(session), true).unwrap());
        assert!(!mutes.holds(SessionId(0)));
        assert!(mutes.holds(SessionId(1)) && mutes.holds(SessionId(MUTES_MAX as u64)));
    }

    #[test]
    fn mutes_outlive_a_restart_where_sessions_do() {
        let folder = std::env::temp_dir().join(format!("ricochet-mutes-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(Mutes::FILE);
        let before = Mutes::open(file.clone());
        (1..=3).for_each(|session| before.set(SessionId(session), true).unwrap());
        before.set(SessionId(2), false).unwrap();
        let after = Mutes::open(file.clone());
        assert_eq!([1, 2, 3].map(|session| after.holds(SessionId(session))), [true, false, true]);
        // No contents of the file keep a server from starting.
        for text in [&b"\xff\n0000000000000003\r\nno session\n"[..], &[b'0'; FILE_BYTES_MAX + 1]] {
            fs::write(&file, text).unwrap();
            let read = Mutes::open(file.clone());
            assert_eq!(read.holds(SessionId(3)), text.len() < 100);
            read.set(SessionId(9), true).unwrap();
        }
        fs::remove_dir_all(&folder).unwrap();
        let lost = Mutes::open(file);
        assert!(lost.set(SessionId(1), true).is_err() && lost.holds(SessionId(1)), "it holds until the server ends");
    }
}
