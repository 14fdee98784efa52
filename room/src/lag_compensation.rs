//! Shots hit what the one who fired saw: a game asks for the past, as far back as it allows, and the room answers from the history that
//! replication keeps anyway.

use shared::{
    EntityId, Tick,
    game::{Past, Replicate},
};

use crate::history::History;

impl<E: Replicate> Past<E> for History<E> {
    fn entity(&self, id: EntityId, tick: Tick) -> Option<E> {
        self.at(id, tick).copied()
    }
}

#[cfg(test)]
mod tests {
    use shared::{
        game::{Entity, IVec2, Slots},
        limits::HISTORY_TICKS,
    };

    use super::*;

    /// Stands where it is.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
    struct Stone {
        #[replicate(position)]
        position: IVec2,
    }

    impl Entity for Stone {
        type Map = ();

        fn step(&mut self, (): &()) -> bool {
            true
        }

        fn position(&self, (): &()) -> IVec2 {
            self.position
        }
    }

    fn stone(x: i32) -> Stone {
        Stone { position: IVec2::new(x, 5_000) }
    }

    /// A history of `ticks` ticks in which the only stone lies at `1_000 + tick`.
    fn history(ticks: u32) -> History<Stone> {
        let mut history = History::new(Slots::tracked(1), Tick(0));
        for tick in 1..=ticks {
            history.record(Tick(tick), &(), [(EntityId(0), stone(1_000 + tick as i32))].into_iter());
        }
        history
    }

    #[test]
    fn everything_is_found_where_it_was() {
        let history = history(100);
        for tick in [100, 99, 101 - HISTORY_TICKS as u32] {
            assert_eq!(history.entity(EntityId(0), Tick(tick)), Some(stone(1_000 + tick as i32)), "tick {tick}");
        }
    }

    #[test]
    fn what_is_forgotten_or_still_to_come_is_not_made_up() {
        let history = history(100);
        assert_eq!(history.entity(EntityId(0), Tick(100 - HISTORY_TICKS as u32)), None);
        assert_eq!(history.entity(EntityId(0), Tick(101)), None);
    }
}
