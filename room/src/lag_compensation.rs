//! Lag compensation: a shot hits what its player saw, not the target's place at the time when the shot arrives.
//!
//! **Problem.** A player sees others in the past: a snapshot needs half a round trip to arrive, and a smooth picture waits for the next
//! state to move to. The player aims at that picture, and the input needs half a round trip to the server. On a link with a round trip of
//! 80 ms at 30 Hz the server judges a shot some 120 ms after the target was where the player saw it. A target that crosses the view at
//! 330 px/s has moved by 40 px, more than its own width: a player who aims well misses.
//!
//! **Idea.** The server has the past anyway: replication keeps the states of the last 64 ticks as baselines. Each input message says how
//! old the picture was (*view age*: input tick minus render tick, in quarters of a tick). The game's rules receive the view age with the
//! input and look up the target at that tick through [`Past`]. Between two ticks they interpolate as the client's picture did:
//!
//! ```text
//! tick            196      197      198      199      200
//! the target       o────────o────────o────────o────────o──>
//! the picture               ^ the player saw 197.25 when it made the input of tick 200
//! the shot                  └──── view age 2.75 ticks ──┘  judged at tick 200 against the target's place at 197.25
//! ```
//!
//! No entity is moved back and forth: the match stays at tick 200, and only the look-up of a target uses the past.
//!
//! **Difficulties.**
//!
//! - *Unfair hits.* The target may already be behind a wall on its own screen. So the rewind is bounded
//!   ([`REWIND_MAX_MS`](shared::limits::REWIND_MAX_MS), 200 ms): a player with a longer delay must aim ahead. And a game chooses which
//!   weapons use the past. A hitscan weapon needs it; a projectile that a player can dodge does not.
//! - *Lies.* Only the client knows what it showed. `view_age.rs` bounds its claims.
//! - *Missing entities.* An entity that was created later, or whose id belonged to another one, is not in that past: a game that asks
//!   for the state gets `None`.
//! - *Restarts.* A checkpoint holds as many past ticks as the game may look up, so that a recording plays back to the same bits.
//!
//! Source of the technique: Bernier, "Latency Compensating Methods in Client/Server In-game Protocol Design" (2001). The quarter ticks
//! and the bound on claims are our own.

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

    /// An entity that does not move.
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

    /// A history of `ticks` ticks whose only stone lies at x = `1_000 + tick`.
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
