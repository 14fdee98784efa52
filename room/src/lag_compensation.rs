//! Lag compensation: a shot hits what its player saw, and not where its target is by the time the shot arrives.
//!
//! **Problem.** A player sees others in the past: a snapshot needs half a round trip to arrive, and a picture without jerks waits
//! for the next state to move to. The player aims at that picture, and the input needs half a round trip back. On a link with a round trip of
//! 80 ms at 30 Hz a target is judged some 120 ms after it was where the player saw it. A target that crosses the view at 330 px/s has moved
//! by 40 px, more than its own width: who aims well misses.
//!
//! **Idea.** The server has the past anyway: replication keeps the states of the last 64 ticks as baselines. Each input message says how
//! old the picture was (*view age*: input tick minus render tick, in quarters of a tick). The rules get it with the input and look up the
//! target at that tick through [`Past`]; between two ticks they interpolate as the client's picture did:
//!
//! ```text
//! tick            196      197      198      199      200
//! the target       o────────o────────o────────o────────o──>
//! the picture               ^ the player saw 197.25 when it made the input of tick 200
//! the shot                  └──── view age 2.75 ticks ──┘  judged at tick 200 against the target's place at 197.25
//! ```
//!
//! Nothing is moved back and forth: the match stays at tick 200, and only the question "where was it?" looks back.
//!
//! **Difficulties.**
//!
//! - *Whom it harms.* The target may be behind a wall by then, on its own screen. So the rewind is bounded
//!   ([`REWIND_MAX_MS`](shared::limits::REWIND_MAX_MS), 200 ms): a player with a longer delay must aim ahead. And a game chooses which
//!   weapons look back. A hitscan weapon needs it; something that flies and can be dodged does not.
//! - *Lies.* Only the client knows what it showed. `view_age.rs` bounds what it may claim.
//! - *What existed.* An entity that was born later, or whose id belonged to another one, is not in that past; a game asks for the state
//!   and gets `None`.
//! - *After a restart.* A checkpoint holds as many past ticks as the game may look back on, so that a recording plays to the same bits.
//!
//! Sources: Bernier, "Latency Compensating Methods in Client/Server In-game Protocol Design" (2001), for the technique; the quarter ticks and
//! the bound on claims are our own.

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
            history.record(Tick(tick), &(), Slots::tracked(1), [(EntityId(0), stone(1_000 + tick as i32))].into_iter());
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
