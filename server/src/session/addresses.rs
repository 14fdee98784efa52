//! The last addresses of sessions, while they are linked or held, and for a while after their end, so that a player who has
//! just disconnected can still be banned.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    time::Duration,
};

use shared::RoomId;

use super::SessionId;

/// The last addresses of the sessions of one shard. Times are since its start.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    last: BTreeMap<SessionId, LastSeen>,
    /// Ended sessions and the times of their end; the oldest first.
    over: VecDeque<(Duration, SessionId)>,
}

/// Room and address of a session's last link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LastSeen {
    pub(crate) room: RoomId,
    pub(crate) address: SocketAddr,
}

/// Time that an address is kept after the end of its session: enough for a host to react to an insult.
const KEPT_AFTER_END: Duration = Duration::from_secs(120);
/// Most ended sessions whose addresses are kept; beyond it the oldest is dropped.
const OVER_MAX: usize = 4_096;

impl Addresses {
    /// Notes the address of a session's link.
    pub(crate) fn note(&mut self, session: SessionId, room: RoomId, address: SocketAddr) {
        self.last.insert(session, LastSeen { room, address });
    }

    /// Notes that a session has ended.
    pub(crate) fn end(&mut self, session: SessionId, now: Duration) {
        if self.last.contains_key(&session) {
            self.over.push_back((now, session));
        }
        self.expire(now);
    }

    /// Drops entries that ended long ago.
    pub(crate) fn expire(&mut self, now: Duration) {
        while let Some(&(since, session)) = self.over.front()
            && (now.saturating_sub(since) >= KEPT_AFTER_END || self.over.len() > OVER_MAX)
        {
            self.over.pop_front();
            self.last.remove(&session);
        }
    }

    /// The last room and address of a session, if this shard still knows them.
    pub(crate) fn of(&self, session: SessionId) -> Option<LastSeen> {
        self.last.get(&session).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId(1);

    fn seen(port: u16) -> SocketAddr {
        SocketAddr::new([203, 0, 113, 7].into(), port)
    }

    #[test]
    fn newest_address_is_known_until_a_while_after_the_end() {
        let mut addresses = Addresses::default();
        addresses.note(SessionId(1), ROOM, seen(1));
        addresses.note(SessionId(1), ROOM, seen(2));
        let end = Duration::from_secs(1_000);
        addresses.expire(end);
        addresses.end(SessionId(1), end);
        assert_eq!(addresses.of(SessionId(1)).map(|last| last.address), Some(seen(2)));
        addresses.expire(end + KEPT_AFTER_END - Duration::from_nanos(1));
        assert!(addresses.of(SessionId(1)).is_some());
        addresses.expire(end + KEPT_AFTER_END);
        assert_eq!(addresses.of(SessionId(1)), None);
    }

    #[test]
    fn oldest_is_forgotten_when_many_end_at_once_and_never_one_that_goes_on() {
        let mut addresses = Addresses::default();
        addresses.note(SessionId(u64::MAX), ROOM, seen(1));
        for session in 0..=OVER_MAX as u64 {
            addresses.note(SessionId(session), ROOM, seen(1));
            addresses.end(SessionId(session), Duration::ZERO);
        }
        assert_eq!(addresses.of(SessionId(0)), None);
        assert!(addresses.of(SessionId(1)).is_some() && addresses.of(SessionId(u64::MAX)).is_some());
        addresses.end(SessionId(u64::MAX - 1), Duration::ZERO);
        assert_eq!(addresses.over.len(), OVER_MAX, "one that was never seen is nothing to remember");
    }
}
