//! True if a room's shard may make a tick. It lives in the shard, because the tick waits for nobody.
//!
//! A process may stand still for seconds at any point: SIGSTOP, a paused virtual machine, a starved core. Meanwhile another node may have
//! claimed its rooms. So a shard that finds its last turn too long ago makes no tick until its node has seen the room's epoch.
//!
//! ```text
//! state     event                                 next      what follows
//! Open      turn, soon after the last one         Open      tick
//! Open      turn, later                           InDoubt   question n + 1
//! InDoubt   turn, soon after the last one         InDoubt   no tick
//! InDoubt   turn, later                           InDoubt   question n + 1: an answer to n was given before this pause
//! InDoubt   clear n, of the newest question       Open
//! any       guard with a pause or without         the same  "soon" is what the pause says; without one every turn is soon
//! any       seal, freeze                          Held      no tick
//! Held      unseal, thaw                          InDoubt   question n + 1: it was claimed, perhaps
//! any       shut                                  Shut      no tick, for ever
//! ```
//! A room that was claimed begins as if its last turn had been when the claim was asked for: the answer may have waited out a pause.

use std::time::Duration;

use crate::id::Epoch;

/// The decision about one turn of a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Make the tick that is due, under this epoch.
    Tick(Epoch),
    /// Make no tick.
    Wait,
    /// Make no tick, and report [`Event::StoodStill`](crate::Event::StoodStill) with this number.
    Ask(u64),
}

/// The right of one shard to tick one room.
#[derive(Clone, Debug)]
pub struct Fence {
    epoch: Epoch,
    state: State,
    /// Longest time between two turns.
    pause: Option<Duration>,
    last_turn: Duration,
    /// The number of the newest question.
    question: u64,
    sealed: bool,
    frozen: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Open,
    InDoubt { asked: bool },
    Shut,
}

impl Fence {
    /// The fence of a room that this node opened, which nobody else can own yet.
    #[must_use]
    pub fn open(now: Duration) -> Self {
        Self {
            epoch: Epoch::FIRST,
            state: State::Open,
            pause: None,
            last_turn: now,
            question: 0,
            sealed: false,
            frozen: false,
        }
    }

    /// The fence of a room that this node claimed by a request of `sure_at`.
    #[must_use]
    pub fn claimed(epoch: Epoch, sure_at: Duration) -> Self {
        Self { epoch, ..Self::open(sure_at) }
    }

    /// Sets the epoch and the longest time between two turns, as [`Action::Guard`](crate::Action::Guard) says.
    pub fn guard(&mut self, epoch: Epoch, pause: Option<Duration>) {
        self.epoch = self.epoch.max(epoch);
        self.pause = pause;
    }

    /// Decides about the turn at `now`.
    pub fn turn(&mut self, now: Duration) -> Turn {
        let stood_still = self.pause.is_some_and(|pause| now.saturating_sub(self.last_turn) > pause);
        self.last_turn = now;
        match self.state {
            State::Shut => Turn::Wait,
            _ if self.sealed || self.frozen => {
                // It asks when it may go on.
                self.state = State::InDoubt { asked: false };
                Turn::Wait
            }
            State::Open if !stood_still => Turn::Tick(self.epoch),
            State::InDoubt { asked: true } if !stood_still => Turn::Wait,
            State::Open | State::InDoubt { .. } => {
                self.state = State::InDoubt { asked: true };
                self.question += 1;
                Turn::Ask(self.question)
            }
        }
    }

    /// The node has seen that it owns the room, after this question.
    pub fn clear(&mut self, question: u64) {
        if question == self.question && matches!(self.state, State::InDoubt { asked: true }) {
            self.state = State::Open;
        }
    }

    /// No tick until [`Self::unseal`].
    pub fn seal(&mut self) {
        self.sealed = true;
    }

    /// Takes the seal back.
    pub fn unseal(&mut self) {
        self.sealed = false;
    }

    /// No tick while the broker is away, if the host wants it so.
    pub fn freeze(&mut self, frozen: bool) {
        self.frozen = frozen;
    }

    /// Another node owns the room.
    pub fn shut(&mut self) {
        self.state = State::Shut;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(100);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn followed() -> Fence {
        let mut fence = Fence::open(ms(0));
        fence.guard(Epoch(3), Some(PAUSE));
        fence
    }

    #[test]
    fn room_that_nobody_follows_ticks_after_any_pause() {
        assert_eq!(Fence::open(ms(0)).turn(ms(60_000)), Turn::Tick(Epoch::FIRST));
    }

    #[test]
    fn pause_up_to_the_bound_is_no_doubt() {
        assert_eq!(followed().turn(ms(100)), Turn::Tick(Epoch(3)));
        assert_eq!(followed().turn(ms(101)), Turn::Ask(1));
    }

    #[test]
    fn no_tick_before_the_answer() {
        let mut fence = followed();
        assert_eq!(fence.turn(ms(5_000)), Turn::Ask(1));
        assert_eq!(fence.turn(ms(5_050)), Turn::Wait);
        fence.clear(1);
        assert_eq!(fence.turn(ms(5_100)), Turn::Tick(Epoch(3)));
    }

    #[test]
    fn answer_from_before_another_pause_counts_for_nothing() {
        let mut fence = followed();
        assert_eq!(fence.turn(ms(5_000)), Turn::Ask(1));
        assert_eq!(fence.turn(ms(9_000)), Turn::Ask(2));
        fence.clear(1);
        assert_eq!(fence.turn(ms(9_050)), Turn::Wait);
        fence.clear(2);
        assert_eq!(fence.turn(ms(9_100)), Turn::Tick(Epoch(3)));
    }

    #[test]
    fn answer_that_waited_out_a_pause_does_not_open_the_pause_itself() {
        let mut fence = followed();
        assert_eq!(fence.turn(ms(5_000)), Turn::Ask(1));
        // The answer lay in the queue while the process stood still.
        fence.clear(1);
        assert_eq!(fence.turn(ms(9_000)), Turn::Ask(2));
    }

    #[test]
    fn sealed_room_asks_before_it_goes_on() {
        let mut fence = followed();
        fence.seal();
        assert_eq!(fence.turn(ms(50)), Turn::Wait);
        fence.unseal();
        assert_eq!(fence.turn(ms(100)), Turn::Ask(1));
    }

    #[test]
    fn shut_room_never_ticks_again() {
        let mut fence = followed();
        fence.shut();
        fence.clear(0);
        fence.unseal();
        assert_eq!(fence.turn(ms(50)), Turn::Wait);
    }
}
