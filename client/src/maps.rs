//! A cache of maps for several clients of one process: each map is decoded once, and all clients share it.

use std::sync::{Arc, Mutex, PoisonError};

use shared::{
    TickRate,
    game::Map,
    wire::{DecodeError, MapMessage},
};

/// See the module. Clones share one cache.
#[derive(Clone, Debug)]
pub struct Maps<M>(Arc<Mutex<Vec<Kept<M>>>>);

/// A map and the bytes it was made from.
#[derive(Clone, Debug)]
struct Kept<M> {
    bytes: Box<[u8]>,
    tick_rate: TickRate,
    map: M,
}

/// Two values are equal when they share one cache, not when their maps are equal.
impl<M> PartialEq for Maps<M> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<M> Default for Maps<M> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<M: Map> Maps<M> {
    /// The map of a message. If the same bytes came before, it is the map of the cache.
    ///
    /// # Errors
    /// When the message holds no map.
    pub fn keep(&self, message: &MapMessage, tick_rate: TickRate) -> Result<M, DecodeError> {
        // A thread that panicked under the lock left a valid list: every change of it is one call.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &&Kept<M>| known.tick_rate == tick_rate && *known.bytes == *message.bytes();
        if let Some(known) = kept.iter().find(is_same) {
            return Ok(known.map.clone());
        }
        let map: M = message.map(tick_rate)?;
        if kept.len() == MAPS_MAX {
            kept.remove(0);
        }
        kept.push(Kept { bytes: message.bytes().into(), tick_rate, map: map.clone() });
        Ok(map)
    }
}

/// Bound of the cache: more than a server has in its rotation. A server that sends ever new maps cannot fill the memory.
const MAPS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use shared::{
        Tick,
        game::IVec2,
        wire::{Reader, Writer},
    };

    use super::*;

    #[derive(Clone, Debug)]
    struct Numbered(Arc<u32>);

    impl Map for Numbered {
        fn size(&self) -> Option<IVec2> {
            None
        }

        fn parse(_: &str, text: &str, _: TickRate) -> Result<Self, String> {
            text.parse().map(|number| Self(Arc::new(number))).map_err(|_| "no number".to_owned())
        }

        fn encode(&self, out: &mut Writer<'_>) {
            out.int(*self.0);
        }

        fn decode(_: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
            input.u32("number").map(|number| Self(Arc::new(number)))
        }
    }

    fn keep(maps: &Maps<Numbered>, number: usize) -> Arc<u32> {
        let tick_rate = TickRate::new(20).expect("allowed");
        let message = MapMessage::new(0, Tick(number as u32), &Numbered(Arc::new(number as u32)));
        maps.keep(&message, tick_rate).expect("a map").0
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
