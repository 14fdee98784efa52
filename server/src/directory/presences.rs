//! Who is where, and behind which network or account: so that nobody watches the match that it plays in.

use dashmap::DashMap;
use shared::RoomId;

use super::Part;
use crate::{accounts::AccountId, config::Network, sessions::SessionId};

/// Everybody who has or keeps a place.
#[derive(Debug, Default)]
pub(super) struct Presences {
    sessions: DashMap<SessionId, Presence>,
}

/// A session's place, and by what its people are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Presence {
    /// The room.
    pub room: RoomId,
    /// What it does there.
    pub part: Part,
    /// The network of its customer; none of those that are exempt from limits.
    pub network: Option<Network>,
    /// Its account, if it has one.
    pub account: Option<AccountId>,
}

impl Presence {
    /// Whether both are in one room, and may be one person.
    fn may_be(&self, other: &Self) -> bool {
        let same_network = self.network.is_some() && self.network == other.network;
        let same_account = self.account.is_some() && self.account == other.account;
        self.room == other.room && (same_network || same_account)
    }
}

impl Presences {
    pub(super) fn note(&self, session: SessionId, presence: Presence) {
        self.sessions.insert(session, presence);
    }

    pub(super) fn forget(&self, session: SessionId) {
        self.sessions.remove(&session);
    }

    /// Sessions that do `part` in the room of `presence`, and may be of the same person.
    pub(super) fn alike(&self, presence: &Presence, part: Part) -> Vec<SessionId> {
        let alike = self.sessions.iter().filter(|other| other.part == part && presence.may_be(other.value()));
        alike.map(|other| *other.key()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_network_or_account_in_the_same_room_may_be_one_person() {
        let presences = Presences::default();
        let network = |text: &str| Some(text.parse::<Network>().unwrap());
        let player = Presence {
            room: RoomId(1),
            part: Part::Play,
            network: network("203.0.113.7/32"),
            account: Some(AccountId(7)),
        };
        presences.note(SessionId(1), player);
        let stranger =
            Presence { room: RoomId(1), part: Part::Watch, network: network("203.0.113.8/32"), account: None };
        for (watcher, found) in [
            (stranger, false),
            (Presence { network: player.network, ..stranger }, true),
            (Presence { account: player.account, ..stranger }, true),
            (Presence { account: player.account, room: RoomId(2), ..stranger }, false),
            (Presence { network: None, account: None, ..stranger }, false),
        ] {
            assert_eq!(!presences.alike(&watcher, Part::Play).is_empty(), found, "{watcher:?}");
            assert_eq!(presences.alike(&watcher, Part::Watch), []);
        }
        presences.forget(SessionId(1));
        assert_eq!(presences.alike(&player, Part::Play), []);
    }
}
