//! The links of a room, by member and as a list. Each operation takes constant time.

use shared::MemberId;

use super::link_keys::LinkKeys;
use crate::base::steps;

/// The links of a room.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// Keys of links with their members, without order.
    members: Vec<(usize, MemberId)>,
    /// Index in `members` by member.
    places: LinkKeys,
}

impl Members {
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Keys of the links, without order.
    pub(super) fn keys(&self) -> impl Iterator<Item = usize> {
        self.members.iter().map(|&(key, _)| key).inspect(|_| steps::count())
    }

    /// Key of the link of a player or spectator.
    #[inline]
    pub(super) fn key_of(&self, member: MemberId) -> Option<usize> {
        self.places.get(member).map(|place| self.members[place].0)
    }

    /// Sets the link of a player or spectator.
    pub(super) fn insert(&mut self, member: MemberId, key: usize) {
        steps::count();
        match self.places.get(member) {
            Some(place) => self.members[place] = (key, member),
            None => {
                self.places.insert(member, self.members.len());
                self.members.push((key, member));
            }
        }
    }

    /// Removes the link of a player or spectator.
    pub(super) fn remove(&mut self, member: MemberId) {
        steps::count();
        let Some(place) = self.places.remove(member) else { return };
        self.members.swap_remove(place);
        if let Some(&(_, moved)) = self.members.get(place) {
            self.places.insert(moved, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{PlayerId, SpectatorId};

    use super::*;

    fn player(number: u16) -> MemberId {
        PlayerId(number).into()
    }

    #[test]
    fn members_come_and_go_in_any_order() {
        let mut members = Members::default();
        for number in 0..4 {
            members.insert(player(number), 100 + usize::from(number));
            members.insert(SpectatorId(number).into(), 200 + usize::from(number));
        }
        members.remove(player(1));
        members.remove(player(1));
        members.insert(player(2), 300);
        assert_eq!(members.len(), 3 + 4);
        let keys = [0, 1, 2, 3, 4].map(|number| members.key_of(player(number)));
        assert_eq!(keys, [Some(100), None, Some(300), Some(103), None]);
        members.remove(player(3));
        members.remove(player(0));
        (0..4).for_each(|slot| members.remove(SpectatorId(slot).into()));
        assert_eq!(members.keys().collect::<Vec<_>>(), [300]);
        assert_eq!(members.key_of(player(2)), Some(300));
    }

    #[test]
    fn everybody_leaves_the_largest_room_in_a_step_each() {
        let seats = shared::limits::ROOM_PLAYERS_MAX as u16;
        let mut members = Members::default();
        (0..seats).for_each(|seat| members.insert(player(seat), seat.into()));
        let taken = steps::of(|| (0..seats).for_each(|seat| members.remove(player(seat))));
        assert_eq!((taken, members.len()), (u64::from(seats), 0));
    }
}
