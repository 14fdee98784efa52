//! A set of links by their keys, without order. Each operation takes constant time.

use crate::base::steps;

/// A set of keys of a slab, which are small numbers.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    keys: Vec<usize>,
    /// The index in `keys` of each key; [`NOWHERE`] for keys that are not in the set.
    places: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl KeySet {
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key at a place. Loops may remove keys: the last key takes the place of a removed one.
    pub(super) fn at(&self, place: usize) -> Option<usize> {
        self.keys.get(place).copied()
    }

    /// Adds a key, if it is not in the set.
    pub(super) fn insert(&mut self, key: usize) {
        steps::count();
        if self.places.len() <= key {
            self.places.resize(key + 1, NOWHERE);
        }
        if self.places[key] == NOWHERE {
            self.places[key] = self.keys.len() as u32;
            self.keys.push(key);
        }
    }

    /// Removes a key, if it is in the set.
    pub(super) fn remove(&mut self, key: usize) {
        steps::count();
        let Some(place) = self.places.get_mut(key).map(|place| std::mem::replace(place, NOWHERE)) else { return };
        if place != NOWHERE {
            self.keys.swap_remove(place as usize);
            if let Some(&moved) = self.keys.get(place as usize) {
                self.places[moved] = place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn set_holds_what_a_plain_set_holds() {
        let (mut set, mut plain) = (KeySet::default(), BTreeSet::new());
        let mut state = 7_u64;
        for _ in 0..10_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let key = (state >> 33) as usize % 50;
            if state >> 63 == 0 {
                set.insert(key);
                plain.insert(key);
            } else {
                set.remove(key);
                plain.remove(&key);
            }
            assert_eq!((0..set.len()).filter_map(|place| set.at(place)).collect::<BTreeSet<_>>(), plain);
            assert_eq!(set.len(), plain.len());
        }
        assert_eq!(set.at(set.len()), None);
    }

    #[test]
    fn step_is_a_step_with_the_largest_number_of_links() {
        let links = shared::limits::LINKS_PER_SHARD_MAX;
        let mut set = KeySet::default();
        let taken = steps::of(|| {
            (0..links).for_each(|key| set.insert(key));
            (0..links).for_each(|key| set.insert(key));
            (0..links).for_each(|key| set.remove(key));
        });
        assert_eq!(taken, 3 * links as u64);
    }
}
