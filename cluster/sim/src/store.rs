//! The two stores: the broker's key-value store with revisions and TTLs, and the database that keeps results.

use std::collections::BTreeMap;

use bytes::Bytes;
use cluster::{Epoch, Key, Outcome, Revision, RoomId};

/// Nanoseconds since the simulation began.
pub(crate) type Time = u64;

/// The broker's key-value store.
#[derive(Default)]
pub(crate) struct KeyValues {
    revision: Revision,
    values: BTreeMap<Key, Value>,
}

/// A value with its revision.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) revision: Revision,
    pub(crate) bytes: Bytes,
    /// When it ends.
    pub(crate) ends: Option<Time>,
}

impl KeyValues {
    pub(crate) fn get(&self, key: &Key) -> Option<&Value> {
        self.values.get(key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.values.iter()
    }

    pub(crate) fn read(&self, key: &Key) -> Outcome {
        self.values.get(key).map_or(Outcome::Absent, |value| Outcome::Found(value.revision, value.bytes.clone()))
    }

    /// Writes or deletes, if the key has the expected revision.
    pub(crate) fn write(
        &mut self,
        key: &Key,
        expected: Option<Revision>,
        value: Option<Bytes>,
        ends: Option<Time>,
    ) -> Outcome {
        let present = self.values.get(key).map_or(0, |value| value.revision);
        if expected.is_some_and(|expected| expected != present) {
            return Outcome::Conflict;
        }
        self.revision += 1;
        match value {
            Some(bytes) => drop(self.values.insert(key.clone(), Value { revision: self.revision, bytes, ends })),
            None => drop(self.values.remove(key)),
        }
        Outcome::Written(self.revision)
    }

    /// Ends a value if it was not written again. Returns the revision of its end.
    pub(crate) fn expire(&mut self, key: &Key, revision: Revision) -> Option<Revision> {
        self.values.remove(key).filter(|value| value.revision == revision).map(|_| {
            self.revision += 1;
            self.revision
        })
    }

    /// True if a value is due to end.
    pub(crate) fn is_over(&self, key: &Key, revision: Revision, now: Time) -> bool {
        self.values.get(key).is_some_and(|value| value.revision == revision && value.ends.is_some_and(|end| end <= now))
    }
}

/// The database of results. It refuses an epoch below one that it has seen for the room, and keeps the first result of a match.
#[derive(Default)]
pub(crate) struct Database {
    epochs: BTreeMap<RoomId, Epoch>,
    pub(crate) results: BTreeMap<(RoomId, u64), (Epoch, u64)>,
}

/// How the database answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Saved {
    Written,
    Exists,
    Fenced,
}

impl Database {
    pub(crate) fn save(&mut self, room: RoomId, epoch: Epoch, game: u64, result: u64) -> Saved {
        let newest = self.epochs.entry(room).or_insert(epoch);
        if *newest > epoch {
            return Saved::Fenced;
        }
        *newest = epoch;
        match self.results.entry((room, game)) {
            std::collections::btree_map::Entry::Occupied(_) => Saved::Exists,
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert((epoch, result));
                Saved::Written
            }
        }
    }
}
