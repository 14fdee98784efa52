//! The window of inputs that are sent: the newest one, and earlier ones that the server may not have.
//!
//! In: one input per client tick, and the newest tick whose input the server has applied. Out: the message of the tick, which
//! repeats earlier inputs in case their datagrams were lost.

use std::collections::VecDeque;

use shared::{
    Tick,
    game::Input,
    wire::{Ack, InputMessage},
};

/// See the module.
#[derive(Clone, Debug)]
pub struct InputWindow<I> {
    /// Newest first.
    inputs: VecDeque<I>,
    newest: Tick,
    /// Newest tick whose input the server is known to have applied.
    applied: Tick,
    copies_max: usize,
}

/// Copies of an input on a link that loses datagrams: at 5 % independent loss, all four are lost once in 160,000 inputs.
pub const COPIES_MAX: usize = 4;

impl<I: Input> InputWindow<I> {
    /// A window for a link. On a reliable link each input is sent once.
    pub const fn new(reliable: bool) -> Self {
        let copies_max = if reliable { 1 } else { COPIES_MAX };
        Self { inputs: VecDeque::new(), newest: Tick(0), applied: Tick(0), copies_max }
    }

    /// Adds the input of `tick`. If the clock has jumped, the inputs before it are dropped.
    pub fn push(&mut self, tick: Tick, input: I) {
        if tick != self.newest.next() {
            self.inputs.clear();
        }
        self.newest = tick;
        self.inputs.truncate(self.copies_max - 1);
        self.inputs.push_front(input);
    }

    /// The server has applied the input of `tick`, so it needs no older ones.
    pub fn handle_applied(&mut self, tick: Tick) {
        self.applied = self.applied.max(tick);
    }

    /// Tick of the newest input, tick 0 before the first.
    pub const fn newest(&self) -> Tick {
        self.newest
    }

    /// The message of the newest tick, with the earlier inputs that the server may not have.
    pub fn message(&self, ack: Ack, view_age: u8) -> InputMessage<I> {
        let unapplied = self.newest.since(self.applied).max(1) as usize;
        InputMessage::new(self.newest, ack, view_age, self.inputs.iter().copied().take(unapplied))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Input)]
    struct Number {
        number: u16,
    }

    fn input(number: u16) -> Number {
        Number { number }
    }

    fn sent(window: &InputWindow<Number>) -> Vec<(u32, u16)> {
        window.message(Ack::default(), 0).iter().map(|(tick, input)| (tick.0, input.number)).collect()
    }

    #[test]
    fn inputs_are_repeated_until_applied() {
        let mut window = InputWindow::new(false);
        for tick in 10..20 {
            window.push(Tick(tick), input(tick as u16));
        }
        assert_eq!(sent(&window), [(19, 19), (18, 18), (17, 17), (16, 16)]);
        window.handle_applied(Tick(17));
        assert_eq!(sent(&window), [(19, 19), (18, 18)]);
        window.handle_applied(Tick(19));
        assert_eq!(sent(&window), [(19, 19)], "the newest is sent in any case: it carries the acknowledgement");
    }

    #[test]
    fn reliable_link_gets_each_input_once() {
        let mut window = InputWindow::new(true);
        window.push(Tick(1), input(1));
        window.push(Tick(2), input(2));
        assert_eq!(sent(&window), [(2, 2)]);
    }

    #[test]
    fn inputs_before_a_jump_of_the_clock_are_forgotten() {
        let mut window = InputWindow::new(false);
        window.push(Tick(1), input(1));
        window.push(Tick(20), input(20));
        window.push(Tick(21), input(21));
        assert_eq!(sent(&window), [(21, 21), (20, 20)]);
    }
}
