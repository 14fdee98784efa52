//! The rooms of the whole cluster, as the watch shows them.
//!
//! Seats and codes are not watched: with two million players that would be ten thousand changes a second for each node. A join reads them
//! when it needs them, and the loads that nodes announce name rooms where it will probably find a seat.

use std::collections::BTreeMap;

use crate::{
    id::RoomId,
    limits::ROOMS_MAX,
    record::{Revision, RoomRecord},
};

/// A room of the cluster.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The revision of its record.
    pub revision: Revision,
    /// Its record.
    pub record: RoomRecord,
}

/// All rooms.
#[derive(Debug, Default)]
pub struct Directory {
    rooms: BTreeMap<RoomId, Listed>,
}

impl Directory {
    /// The watch shows a record: false if it is old, or one too many.
    pub(crate) fn seen(&mut self, room: RoomId, revision: Revision, record: RoomRecord) -> bool {
        let full = self.rooms.len() >= ROOMS_MAX;
        match self.rooms.get_mut(&room) {
            Some(listed) if listed.revision >= revision => return false,
            Some(listed) => {
                listed.revision = revision;
                listed.record = record;
            }
            None if full => return false,
            None => drop(self.rooms.insert(room, Listed { revision, record })),
        }
        true
    }

    /// The watch shows that a record is gone: false if that is old.
    pub(crate) fn gone(&mut self, room: RoomId, revision: Revision) -> bool {
        match self.rooms.get(&room) {
            Some(listed) if listed.revision < revision => self.rooms.remove(&room).is_some(),
            _ => false,
        }
    }

    /// Removes the rooms that a full delivery of the watch did not name, and returns them.
    pub(crate) fn retain(&mut self, named: impl Fn(RoomId) -> bool) -> Vec<RoomId> {
        self.rooms.extract_if(.., |&room, _| !named(room)).map(|(room, _)| room).collect()
    }

    /// A room.
    #[must_use]
    pub fn get(&self, room: RoomId) -> Option<&Listed> {
        self.rooms.get(&room)
    }

    /// All rooms, by number.
    pub fn iter(&self) -> impl Iterator<Item = (RoomId, &Listed)> {
        self.rooms.iter().map(|(&room, listed)| (room, listed))
    }
}
