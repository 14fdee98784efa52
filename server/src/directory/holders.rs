//! Maps accounts to the sessions they play in, so that a second join can take over from the first. It has one entry for each
//! session with an account.

use dashmap::DashMap;

use crate::session::{AccountMark, SessionId};

/// Both directions of the map.
#[derive(Debug, Default)]
pub(super) struct Holders {
    sessions: DashMap<AccountMark, Place>,
    accounts: DashMap<SessionId, AccountMark>,
}

/// A session and its shard.
pub(super) type Place = (SessionId, usize);

impl Holders {
    /// From now on the account plays in this session; returns the session and shard where it played before.
    pub(super) fn claim(&self, account: AccountMark, session: SessionId, shard: usize) -> Option<Place> {
        self.accounts.insert(session, account);
        let before = self.sessions.insert(account, (session, shard));
        if let Some((before, _)) = before {
            self.accounts.remove(&before);
        }
        before
    }

    /// The account of a session.
    pub(super) fn account_of(&self, session: SessionId) -> Option<AccountMark> {
        self.accounts.get(&session).map(|account| *account)
    }

    /// Removes a session that has ended.
    pub(super) fn forget(&self, session: SessionId) {
        if let Some((_, account)) = self.accounts.remove(&session) {
            self.sessions.remove_if(&account, |_, (held, _)| *held == session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_claim_tells_the_first_and_what_is_over_is_forgotten() {
        let holders = Holders::default();
        let (ann, first, second) = (AccountMark(7), SessionId(1), SessionId(2));
        assert_eq!(holders.claim(ann, first, 0), None);
        assert_eq!(holders.claim(ann, second, 3), Some((first, 0)));
        assert_eq!((holders.account_of(first), holders.account_of(second)), (None, Some(ann)));
        holders.forget(first);
        assert_eq!(holders.claim(ann, SessionId(3), 1), Some((second, 3)));
        holders.forget(SessionId(3));
        assert_eq!((holders.sessions.len(), holders.accounts.len()), (0, 0));
    }
}
