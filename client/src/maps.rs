//! Maps that several clients of one process were sent: each is kept once, and read from one place.

use std::sync::{Arc, Mutex, PoisonError};

use shared::map::Map;

/// See the module. Clones keep the same maps.
#[derive(Clone, Debug, Default)]
pub struct Maps(Arc<Mutex<Vec<Arc<Map>>>>);

/// Two are the same when they keep the same maps, not when their maps happen to be equal.
impl PartialEq for Maps {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Maps {
    /// The map that is kept, which is this one if no equal one was.
    pub fn keep(&self, map: Map) -> Arc<Map> {
        // What another client left half done is a list of whole maps all the same.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.iter().find(|known| ***known == map) {
            return known.clone();
        }
        if kept.len() == MAPS_MAX {
            kept.remove(0);
        }
        let map = Arc::new(map);
        kept.push(map.clone());
        map
    }
}

/// More than a server has in its rotation; a server that sends others without end gains nothing.
const MAPS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn map(number: usize) -> Map {
        Map::new(format!("map {number}"), 64, 4, 4, vec![false; 16], Vec::new())
    }

    #[test]
    fn equal_maps_are_one_and_others_are_not() {
        let maps = Maps::default();
        let first = maps.keep(map(1));
        assert!(Arc::ptr_eq(&first, &maps.clone().keep(map(1))));
        assert!(!Arc::ptr_eq(&first, &maps.keep(map(2))));
        assert!(!Arc::ptr_eq(&first, &Maps::default().keep(map(1))));
    }

    #[test]
    fn oldest_gives_way() {
        let maps = Maps::default();
        let first = maps.keep(map(0));
        (1..MAPS_MAX).for_each(|number| drop(maps.keep(map(number))));
        assert!(Arc::ptr_eq(&first, &maps.keep(map(0))));
        maps.keep(map(MAPS_MAX));
        assert!(!Arc::ptr_eq(&first, &maps.keep(map(0))));
    }
}
