//! Which link a member of a room has: looked up for every message that leaves the room, so it is two tables.

use shared::MemberId;

/// Keys of the links of a room, by seat and by spectator slot.
#[derive(Debug, Default)]
pub(super) struct LinkKeys {
    players: Vec<Option<usize>>,
    spectators: Vec<Option<usize>>,
}

impl LinkKeys {
    /// The link of a member.
    pub(super) fn get(&self, member: MemberId) -> Option<usize> {
        let (table, index) = match member {
            MemberId::Player(player) => (&self.players, player.index()),
            MemberId::Spectator(spectator) => (&self.spectators, spectator.index()),
        };
        table.get(index).copied().flatten()
    }

    /// Notes the link of a member.
    pub(super) fn insert(&mut self, member: MemberId, key: usize) {
        let (table, index) = self.table(member);
        if table.len() <= index {
            table.resize(index + 1, None);
        }
        table[index] = Some(key);
    }

    /// Forgets the link of a member and gives it.
    pub(super) fn remove(&mut self, member: MemberId) -> Option<usize> {
        let (table, index) = self.table(member);
        table.get_mut(index)?.take()
    }

    fn table(&mut self, member: MemberId) -> (&mut Vec<Option<usize>>, usize) {
        match member {
            MemberId::Player(player) => (&mut self.players, player.index()),
            MemberId::Spectator(spectator) => (&mut self.spectators, spectator.index()),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{PlayerId, SpectatorId};

    use super::*;

    #[test]
    fn seat_and_slot_of_the_same_number_have_links_of_their_own() {
        let (player, spectator) = (PlayerId(3).into(), SpectatorId(3).into());
        let mut keys = LinkKeys::default();
        keys.insert(player, 10);
        keys.insert(spectator, 11);
        assert_eq!((keys.get(player), keys.get(spectator)), (Some(10), Some(11)));
        assert_eq!((keys.remove(spectator), keys.remove(spectator)), (Some(11), None));
        assert_eq!((keys.get(player), keys.get(spectator)), (Some(10), None));
        assert_eq!(keys.remove(SpectatorId(u16::MAX).into()), None);
    }
}
