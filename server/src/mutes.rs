//! Players whose lines nobody reads. Kept by session, so that a reconnect does not help.

use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::sessions::SessionId;

/// The list: looked at for every line of chat without a lock, changed seldom.
#[derive(Debug, Default)]
pub struct Mutes {
    sessions: ArcSwap<Vec<SessionId>>,
    /// Locked while it changes.
    changing: Mutex<()>,
}

/// Sessions that are muted at once; beyond them the oldest, whose session is most likely over, is forgotten.
const MUTES_MAX: usize = 1_024;

impl Mutes {
    /// Whether a session is muted.
    pub fn holds(&self, session: SessionId) -> bool {
        self.sessions.load().contains(&session)
    }

    /// Mutes a session, or lets it speak again.
    pub fn set(&self, session: SessionId, muted: bool) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sessions = Vec::clone(&self.sessions.load());
        sessions.retain(|&known| known != session);
        if muted {
            sessions.push(session);
        }
        let forgotten = sessions.len().saturating_sub(MUTES_MAX);
        sessions.drain(..forgotten);
        self.sessions.store(sessions.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_is_muted_until_it_is_unmuted() {
        let mutes = Mutes::default();
        mutes.set(SessionId(1), true);
        mutes.set(SessionId(1), true);
        assert!(mutes.holds(SessionId(1)) && !mutes.holds(SessionId(2)));
        mutes.set(SessionId(1), false);
        assert!(!mutes.holds(SessionId(1)));
    }

    #[test]
    fn oldest_is_forgotten_when_the_list_is_full() {
        let mutes = Mutes::default();
        (0..=MUTES_MAX as u64).for_each(|session| mutes.set(SessionId(session), true));
        assert!(!mutes.holds(SessionId(0)));
        assert!(mutes.holds(SessionId(1)) && mutes.holds(SessionId(MUTES_MAX as u64)));
    }
}
