//! The room, network and account of each session, so that nobody can watch the match that they play in.

use dashmap::DashMap;
use shared::RoomId;

use crate::{
    config::Network,
    security::accounts::AccountId,
    session::{Role, SessionId},
};

/// Every session that has or has reserved a place.
#[derive(Debug, Default)]
pub(super) struct Presences {
    sessions: DashMap<SessionId, Presence>,
}

/// A session's place, and the network and account that its person is recognised by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Presence {
    /// The room.
    pub room: RoomId,
    /// Player or spectator.
    pub part: Role,
    /// The network of the customer; `None` for networks that are exempt from limits.
    pub network: Option<Network>,
    /// The account, if there is one.
    pub account: Option<AccountId>,
}

impl Presence {
    /// True if both are in one room and share a network or an account.
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

    /// Sessions with this role in the room of `presence` that may be of the same person.
    pub(super) fn alike(&self, presence: &Presence, part: Role) -> Vec<SessionId> {
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
            part: Role::Play,
            network: network("203.0.113.7/32"),
            account: Some(AccountId(7)),
        };
        presences.note(SessionId(1), player);
        let stranger =
            Presence { room: RoomId(1), part: Role::Watch, network: network("203.0.113.8/32"), account: None };
        for (watcher, found) in [
            (stranger, false),
            (Presence { network: player.network, ..stranger }, true),
            (Presence { account: player.account, ..stranger }, true),
            (Presence { account: player.account, room: RoomId(2), ..stranger }, false),
            (Presence { network: None, account: None, ..stranger }, false),
        ] {
            assert_eq!(!presences.alike(&watcher, Role::Play).is_empty(), found, "{watcher:?}");
            assert_eq!(presences.alike(&watcher, Role::Watch), []);
        }
        presences.forget(SessionId(1));
        assert_eq!(presences.alike(&player, Role::Play), []);
    }
}
