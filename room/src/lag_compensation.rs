//! The rail hits what its shooter saw: the world is rewound to the view the player had, at most 200 ms.
//!
//! The rules ask for the past through [`Past`] and do the geometry and the cap; the room answers from the history that
//! replication keeps anyway.

use arena::{entity::EntityState, rules::world::Past};
use glam::IVec2;
use shared::{PlayerId, Tick};

use crate::history::History;

impl Past for History {
    fn living(&self, player: PlayerId, tick: Tick) -> Option<IVec2> {
        match self.at(arena::craft_of(player), tick)? {
            EntityState::Craft(craft) if craft.is_alive() => Some(craft.position),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arena::{
        entity::{CraftFlags, CraftState},
        input::Heading,
        map::Map,
        rules::{Terrain, numbers::Rules},
    };
    use shared::{EntityId, TickRate, limits::HISTORY_TICKS};

    use super::*;

    fn craft(x: i32) -> CraftState {
        let position = IVec2::new(x, 5_000);
        let (velocity, heading) = (IVec2::ZERO, Heading::NONE);
        CraftState { position, velocity, heading, aim: 0, health: 100, flags: CraftFlags::default() }
    }

    /// A history of `ticks` ticks in which the only craft stands at `1_000 + tick`.
    fn history(ticks: u32) -> History {
        let map = Map::new("field".into(), 64, 20, 20, vec![false; 400], Vec::new());
        let rules = Rules::new(TickRate::new(30).expect("allowed"));
        let terrain = Terrain { map: Arc::new(map), rules };
        let mut history = History::new(1, 1, Tick(0));
        for tick in 1..=ticks {
            let state = EntityState::Craft(craft(1_000 + tick as i32));
            history.record(Tick(tick), &terrain, [(EntityId(0), state)].into_iter());
        }
        history
    }

    #[test]
    fn a_craft_is_found_where_it_was() {
        let history = history(100);
        for tick in [100, 99, 101 - HISTORY_TICKS as u32] {
            assert_eq!(
                history.living(PlayerId(0), Tick(tick)),
                Some(craft(1_000 + tick as i32).position),
                "tick {tick}"
            );
        }
    }

    #[test]
    fn what_is_forgotten_or_still_to_come_is_not_made_up() {
        let history = history(100);
        assert_eq!(history.living(PlayerId(0), Tick(100 - HISTORY_TICKS as u32)), None);
        assert_eq!(history.living(PlayerId(0), Tick(101)), None);
    }
}
