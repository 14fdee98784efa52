//! Decides what happens to a client that wants a QUIC handshake, so that joining never delays playing.
//!
//! A handshake costs 200 to 400 µs of signing and key exchange, more than the tick of a room. So a turn begins only as many
//! as fit before the next tick; most fit right after a tick:
//!
//! ```text
//! a turn is free, nobody waits        Begin   now; for one network only a few a second, unless the address is proven
//! otherwise, address not yet proven   Retry   3 µs; an honest client comes back and has proven its address
//! otherwise, the queue has room       Wait    begun in a later turn, oldest first
//! otherwise, or no joins are taken    Refuse
//! ```

use std::time::Duration;

use shared::limits::HANDSHAKES_WAITING_MAX;

/// Most handshakes that one turn begins: some 500 a second if there is time for all of them.
const PER_TURN: u32 = 4;
/// Time of one handshake on a slow core.
const TAKES: Duration = Duration::from_micros(400);
/// Time before a tick in which no handshake may run, so that none delays the tick.
const KEEP_CLEAR: Duration = Duration::from_millis(1);
/// A shard that has no spare time begins one handshake in this time nevertheless, so that players can come back.
const STARVED: Duration = Duration::from_millis(50);
/// Bound of unfinished handshakes, of some 10 KiB each; beyond it, clients must prove their addresses first.
const UNFINISHED_MAX: usize = 256;

/// The budget of one shard.
#[derive(Debug, Default)]
pub(crate) struct Handshakes {
    left: u32,
    /// Time of the last turn that could begin one.
    had_time: Duration,
}

/// The decision about a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Its handshake begins.
    Begin,
    /// The client must prove its address first.
    Retry,
    /// The client waits in the queue.
    Wait,
    /// The client is refused.
    Refuse,
}

/// A client that wants a handshake, and the state of the shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Arrival {
    /// The client can be asked to prove its address: it has not proven it yet.
    pub(crate) may_retry: bool,
    /// The client has proven its address, or only few clients of its network came lately.
    pub(crate) trusted: bool,
    /// Clients in the queue.
    pub(crate) waiting: usize,
    /// Unfinished handshakes.
    pub(crate) unfinished: usize,
    /// The shard accepts new links.
    pub(crate) open: bool,
}

impl Handshakes {
    /// Starts a turn; the next tick is due in `until_tick`.
    pub(crate) fn begin_turn(&mut self, until_tick: Duration, now: Duration) {
        let free = until_tick.saturating_sub(KEEP_CLEAR);
        self.left = (free.as_nanos() / TAKES.as_nanos()).min(PER_TURN.into()) as u32;
        if self.left == 0 && now >= self.had_time + STARVED {
            self.left = 1;
        }
        if self.left > 0 {
            self.had_time = now;
        }
    }

    /// Takes one handshake from the turn's budget; false if it is used up.
    pub(crate) fn take_turn(&mut self) -> bool {
        let allowed = self.left > 0;
        self.left -= u32::from(allowed);
        allowed
    }

    /// Decides about a client that has just come.
    pub(crate) fn decide(&mut self, arrival: Arrival) -> Verdict {
        let Arrival { may_retry, trusted, waiting, unfinished, open } = arrival;
        if !open {
            Verdict::Refuse
        } else if (unfinished >= UNFINISHED_MAX || !trusted) && may_retry {
            Verdict::Retry
        } else if waiting == 0 && self.take_turn() {
            Verdict::Begin
        } else if may_retry {
            Verdict::Retry
        } else if waiting < HANDSHAKES_WAITING_MAX {
            Verdict::Wait
        } else {
            Verdict::Refuse
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNPROVEN: Arrival = Arrival { may_retry: true, trusted: true, waiting: 0, unfinished: 0, open: true };
    const PROVEN: Arrival = Arrival { may_retry: false, ..UNPROVEN };

    fn handshakes(until_tick: Duration) -> Handshakes {
        let mut handshakes = Handshakes::default();
        handshakes.begin_turn(until_tick, Duration::ZERO);
        handshakes
    }

    #[test]
    fn few_begin_at_once_and_the_others_prove_their_address() {
        let mut handshakes = handshakes(Duration::from_millis(10));
        for _ in 0..PER_TURN {
            assert_eq!(handshakes.decide(UNPROVEN), Verdict::Begin);
        }
        assert_eq!(handshakes.decide(UNPROVEN), Verdict::Retry);
        assert_eq!(handshakes.decide(PROVEN), Verdict::Wait);
    }

    #[test]
    fn as_many_begin_as_fit_before_the_tick() {
        let mut one = handshakes(KEEP_CLEAR + 2 * TAKES - Duration::from_nanos(1));
        assert_eq!(one.decide(PROVEN), Verdict::Begin);
        assert_eq!(one.decide(PROVEN), Verdict::Wait);
        assert_eq!(handshakes(KEEP_CLEAR).decide(PROVEN), Verdict::Wait);
    }

    #[test]
    fn nobody_overtakes_the_queue_and_the_queue_ends() {
        let mut handshakes = handshakes(Duration::from_millis(10));
        assert_eq!(handshakes.decide(Arrival { waiting: 1, ..PROVEN }), Verdict::Wait);
        let full = Arrival { waiting: HANDSHAKES_WAITING_MAX, ..PROVEN };
        assert_eq!(handshakes.decide(Arrival { waiting: full.waiting - 1, ..full }), Verdict::Wait);
        assert_eq!(handshakes.decide(full), Verdict::Refuse);
        assert_eq!(handshakes.decide(Arrival { may_retry: true, ..full }), Verdict::Retry);
    }

    #[test]
    fn those_who_wait_begin_in_later_turns() {
        let mut handshakes = handshakes(Duration::from_millis(10));
        assert_eq!((0..100).filter(|_| handshakes.take_turn()).count(), PER_TURN as usize);
        handshakes.begin_turn(Duration::from_millis(10), Duration::ZERO);
        assert!(handshakes.take_turn());
    }

    #[test]
    fn shard_without_time_to_spare_begins_few_all_the_same() {
        let mut handshakes = Handshakes::default();
        let begun = |now_ms| {
            handshakes.begin_turn(Duration::ZERO, Duration::from_millis(now_ms));
            std::iter::from_fn(|| handshakes.take_turn().then_some(())).count()
        };
        assert_eq!((0..=1_000).map(begun).sum::<usize>(), 20);
    }

    #[test]
    fn unfinished_handshakes_make_strangers_prove_their_address() {
        let unfinished = UNFINISHED_MAX;
        let mut handshakes = handshakes(Duration::from_millis(10));
        assert_eq!(handshakes.decide(Arrival { unfinished, ..UNPROVEN }), Verdict::Retry);
        assert_eq!(handshakes.decide(Arrival { unfinished, ..PROVEN }), Verdict::Begin);
    }

    #[test]
    fn network_of_which_many_came_lately_proves_its_addresses() {
        let mut handshakes = handshakes(Duration::from_millis(10));
        assert_eq!(handshakes.decide(Arrival { trusted: false, ..UNPROVEN }), Verdict::Retry);
        assert_eq!(handshakes.decide(UNPROVEN), Verdict::Begin);
    }

    #[test]
    fn closed_shard_refuses() {
        let mut handshakes = handshakes(Duration::from_millis(10));
        assert_eq!(handshakes.decide(Arrival { open: false, ..PROVEN }), Verdict::Refuse);
        assert_eq!(handshakes.decide(Arrival { open: false, ..UNPROVEN }), Verdict::Refuse);
    }
}
