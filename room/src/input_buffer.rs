//! Turns a player's inputs, which may be late, repeated or out of order, into exactly one per tick.
//!
//! In: input messages as they arrive. Out: `take(tick)`. Each tick takes exactly one input, so a client cannot move faster by sending
//! more.

use shared::{Tick, game::Input, limits::INPUT_WINDOW, wire::InputMessage};

/// A player's inputs for the next ticks.
#[derive(Debug)]
pub(crate) struct InputBuffer<I> {
    slots: [Option<(Tick, Received<I>)>; INPUT_WINDOW],
    last: Received<I>,
    last_applied: Tick,
    newest: Tick,
    missing: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Received<I> {
    input: I,
    view_age: u8,
}

/// The result of handling a message's inputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Arrival {
    /// Tick of the message's newest input, if that input is new and in time.
    pub(crate) accepted: Option<Tick>,
    /// Number of ticks by which the message's newest input was late.
    pub(crate) late: Option<u32>,
    /// True if the newest input is for a tick too far ahead to keep.
    pub(crate) early: bool,
}

/// The input for one tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Taken<I> {
    /// The player's input, or the game's repetition of the last one.
    pub(crate) input: I,
    /// Age of the world that the player saw, quarters of a tick.
    pub(crate) view_age: u8,
    /// False if the input did not arrive in time.
    pub(crate) arrived: bool,
}

impl<I: Input> InputBuffer<I> {
    pub(crate) fn new() -> Self {
        Self {
            slots: [None; INPUT_WINDOW],
            last: Received::default(),
            last_applied: Tick(0),
            newest: Tick(0),
            missing: 0,
        }
    }

    /// Drops all inputs, because the link that sent them is lost. The part of the last input that the game keeps stays, such as the aim.
    pub(crate) fn pause(&mut self) {
        let input = self.last.input.repeated(u32::MAX);
        *self = Self::new();
        self.last.input = input;
    }

    /// Takes a message whose inputs get the view age `view_age`; `next` is the tick that will be made next. Redundant copies of inputs
    /// are ignored: only the newest input of a message shows whether the player is late.
    pub(crate) fn handle(&mut self, message: &InputMessage<I>, view_age: u8, next: Tick) -> Arrival {
        let mut arrival = Arrival::default();
        for (tick, input) in message.iter() {
            let ahead = tick.offset_from(next);
            let is_newest = tick == message.newest;
            if ahead < 0 {
                if is_newest && tick > self.newest {
                    arrival.late = Some(ahead.unsigned_abs());
                }
            } else if ahead as usize >= INPUT_WINDOW {
                arrival.early |= is_newest;
            } else {
                let slot = &mut self.slots[tick.0 as usize % INPUT_WINDOW];
                // The first copy counts, so a client cannot change an input that it has sent.
                if slot.is_none_or(|(held, _)| held != tick) {
                    *slot = Some((tick, Received { input, view_age }));
                    if is_newest {
                        arrival.accepted = Some(tick);
                    }
                }
            }
            if is_newest && !arrival.early {
                self.newest = self.newest.max(tick);
            }
        }
        arrival
    }

    /// The input for `tick`. If it is missing, the game repeats the last one that arrived.
    pub(crate) fn take(&mut self, tick: Tick) -> Taken<I> {
        let slot = self.slots[tick.0 as usize % INPUT_WINDOW].take();
        if let Some((_, received)) = slot.filter(|&(held, _)| held == tick) {
            self.last = received;
            self.last_applied = tick;
            self.missing = 0;
            return Taken { input: received.input, view_age: received.view_age, arrived: true };
        }
        self.missing = self.missing.saturating_add(1);
        let input = self.last.input.repeated(self.missing);
        Taken { input, view_age: self.last.view_age, arrived: false }
    }

    /// Tick of the newest input that was applied; tick 0 for none.
    pub(crate) fn last_applied(&self) -> Tick {
        self.last_applied
    }
}

#[cfg(test)]
mod tests {
    use arena::input::{Buttons, Heading, Input};
    use shared::{limits::INPUT_REPEAT_TICKS, wire::Ack};

    use super::*;

    fn input(aim: u16) -> Input {
        Input { heading: Heading::from_aim(aim), aim, buttons: Buttons::FIRE }
    }

    fn message(newest: u32, aims: &[u16]) -> InputMessage<Input> {
        InputMessage::new(Tick(newest), Ack::default(), 0, aims.iter().map(|&aim| input(aim)))
    }

    #[test]
    fn each_tick_takes_its_own_input_whatever_the_order() {
        let mut buffer = InputBuffer::new();
        assert_eq!(buffer.handle(&message(12, &[120]), 0, Tick(10)).accepted, Some(Tick(12)));
        assert_eq!(buffer.handle(&message(11, &[110, 100]), 0, Tick(10)).accepted, Some(Tick(11)));
        for tick in 10..=12 {
            let taken = buffer.take(Tick(tick));
            assert_eq!((taken.input.aim, taken.arrived), (tick as u16 * 10, true));
        }
        assert_eq!(buffer.last_applied(), Tick(12));
    }

    #[test]
    fn paused_buffer_presses_nothing_and_keeps_the_aim() {
        let mut buffer = InputBuffer::new();
        buffer.handle(&message(11, &[110, 100]), 0, Tick(10));
        buffer.take(Tick(10));
        buffer.pause();
        let neutral = Input { heading: Heading::NONE, aim: 100, buttons: Buttons::NONE };
        assert_eq!(buffer.take(Tick(11)), Taken { input: neutral, view_age: 0, arrived: false });
        assert_eq!(buffer.last_applied(), Tick(0));
        assert_eq!(
            buffer.handle(&message(12, &[120]), 0, Tick(12)).accepted,
            Some(Tick(12)),
            "later inputs are accepted"
        );
    }

    #[test]
    fn late_input_is_dropped_and_told() {
        let mut buffer = InputBuffer::new();
        assert_eq!(buffer.handle(&message(9, &[90]), 0, Tick(10)).late, Some(1));
        assert!(!buffer.take(Tick(10)).arrived);
    }

    #[test]
    fn input_window_ends_where_it_says() {
        let edge = 10 + INPUT_WINDOW as u32;
        assert!(!InputBuffer::new().handle(&message(edge - 1, &[1]), 0, Tick(10)).early);
        assert!(InputBuffer::new().handle(&message(edge, &[1]), 0, Tick(10)).early);
    }

    #[test]
    fn first_copy_of_an_input_counts() {
        let mut buffer = InputBuffer::new();
        buffer.handle(&message(10, &[100]), 0, Tick(10));
        assert_eq!(buffer.handle(&message(10, &[500]), 0, Tick(10)), Arrival::default());
        assert_eq!(buffer.take(Tick(10)).input.aim, 100);
    }

    #[test]
    fn missing_input_keeps_moving_a_few_ticks_and_never_fires() {
        let mut buffer = InputBuffer::new();
        buffer.handle(&message(10, &[100]), 0, Tick(10));
        assert!(buffer.take(Tick(10)).input.buttons.contains(Buttons::FIRE));
        for tick in 11..=10 + INPUT_REPEAT_TICKS {
            let taken = buffer.take(Tick(tick)).input;
            assert_eq!((taken.heading, taken.buttons), (Heading::from_aim(100), Buttons::NONE));
        }
        assert_eq!(buffer.take(Tick(11 + INPUT_REPEAT_TICKS)).input.heading, Heading::NONE);
    }
}
