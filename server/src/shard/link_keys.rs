//! Maps the members of a room to numbers, by two tables: a look-up for every message that leaves the room must be fast.

use shared::MemberId;

/// One number for each member, by seat and by spectator slot.
#[derive(Debug, Default)]
pub(super) struct LinkKeys {
    players: Vec<Option<usize>>,
    spectators: Vec<Option<usize>>,
}

impl LinkKeys {
    /// The number of a member.
    pub(super) fn get(&self, member: MemberId) -> Option<usize> {
        let (table, index) = match member {
            MemberId::Player(player) => (&self.players, player.index()),
            MemberId::Spectator(spectator) => (&self.spectators, spectator.index()),
        };
        table.get(index).copied().flatten()
    }

    /// Sets the number of a member.
    pub(super) fn insert(&mut self, member: MemberId, key: usize) {
        let (table, index) = self.table(member);
        if table.len() <= index {
            table.resize(index + 1, None);
        }
        table[index] = Some(key);
    }

    /// Removes the number of a member and returns it.
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
