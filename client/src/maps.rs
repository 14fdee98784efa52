//! Maps that several clients of one process were sent: each is kept once, and read from one place.

use std::sync::{Arc, Mutex, PoisonError};

use arena::rules::Terrain;
use shared::{
    TickRate,
    wire::{DecodeError, MapMessage},
};

/// See the module. Clones keep the same maps.
#[derive(Clone, Debug, Default)]
pub struct Maps(Arc<Mutex<Vec<Kept>>>);

/// A map and the bytes it was made from.
#[derive(Clone, Debug)]
struct Kept {
    bytes: Box<[u8]>,
    tick_rate: TickRate,
    terrain: Terrain,
}

/// Two are the same when they keep the same maps, not when their maps happen to be equal.
impl PartialEq for Maps {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Maps {
    /// The map of a message, which is one that is kept if the same bytes came before.
    ///
    /// # Errors
    /// When the message holds no map.
    pub fn keep(&self, message: &MapMessage, tick_rate: TickRate) -> Result<Terrain, DecodeError> {
        // What another client left half done is a list of whole maps all the same.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &&Kept| known.tick_rate == tick_rate && *known.bytes == *message.bytes();
        if let Some(known) = kept.iter().find(is_same) {
            return Ok(known.terrain.clone());
        }
        let terrain: Terrain = message.map(tick_rate)?;
        if kept.len() == MAPS_MAX {
            kept.remove(0);
        }
        kept.push(Kept { bytes: message.bytes().into(), tick_rate, terrain: terrain.clone() });
        Ok(terrain)
    }
}

/// More than a server has in its rotation; a server that sends others without end gains nothing.
const MAPS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use arena::{map::Map, rules::numbers::Rules};
    use shared::Tick;

    use super::*;

    fn keep(maps: &Maps, number: usize) -> Arc<Map> {
        let map = Map::new(format!("map {number}"), 64, 4, 4, vec![false; 16], Vec::new());
        let tick_rate = TickRate::new(20).expect("allowed");
        let terrain = Terrain { map: Arc::new(map), rules: Rules::new(tick_rate) };
        let message = MapMessage::new(0, Tick(number as u32), &terrain);
        maps.keep(&message, tick_rate).expect("a map").map
    }

    #[test]
    fn equal_maps_are_one_and_others_are_not() {
        let maps = Maps::default();
        let first = keep(&maps, 1);
        assert!(Arc::ptr_eq(&first, &keep(&maps.clone(), 1)));
        assert!(!Arc::ptr_eq(&first, &keep(&maps, 2)));
        assert!(!Arc::ptr_eq(&first, &keep(&Maps::default(), 1)));
    }

    #[test]
    fn oldest_gives_way() {
        let maps = Maps::default();
        let first = keep(&maps, 0);
        (1..MAPS_MAX).for_each(|number| drop(keep(&maps, number)));
        assert!(Arc::ptr_eq(&first, &keep(&maps, 0)));
        keep(&maps, MAPS_MAX);
        assert!(!Arc::ptr_eq(&first, &keep(&maps, 0)));
    }
}
