//! Keeps at most one input waiting for a blocked link: the newest input replaces the one that waits. After a stall the client sends
//! its current input, and not all those of the stall.

use crate::told::{Channel, Output};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Newest {
    waiting: Option<Output>,
}

impl Newest {
    /// Takes the next output and returns the one to send now, if any. Reliable messages are returned at once.
    pub(super) fn push(&mut self, output: Output, has_room: impl FnOnce() -> bool) -> Option<Output> {
        if output.channel == Channel::Reliable {
            return Some(output);
        }
        self.waiting = Some(output);
        self.poll(has_room)
    }

    /// Returns the output that waits, once there is room.
    pub(super) fn poll(&mut self, has_room: impl FnOnce() -> bool) -> Option<Output> {
        if self.waiting.is_some() && has_room() { self.waiting.take() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(channel: Channel, number: u8) -> Output {
        Output { channel, bytes: vec![number] }
    }

    #[test]
    fn of_what_a_stalled_link_is_given_only_the_newest_is_left() {
        let mut newest = Newest::default();
        assert_eq!(newest.push(output(Channel::Unreliable, 0), || true), Some(output(Channel::Unreliable, 0)));
        for number in 1..100 {
            assert_eq!(newest.push(output(Channel::Unreliable, number), || false), None);
        }
        assert_eq!(newest.poll(|| false), None);
        assert_eq!(newest.poll(|| true), Some(output(Channel::Unreliable, 99)));
        assert_eq!(newest.poll(|| true), None);
    }

    #[test]
    fn newer_one_makes_the_one_that_waits_worthless_and_what_must_arrive_does_not_wait() {
        let mut newest = Newest::default();
        assert_eq!(newest.push(output(Channel::Unreliable, 1), || false), None);
        assert_eq!(newest.push(output(Channel::Reliable, 2), || false), Some(output(Channel::Reliable, 2)));
        assert_eq!(newest.push(output(Channel::Unreliable, 3), || true), Some(output(Channel::Unreliable, 3)));
        assert_eq!(newest.poll(|| true), None);
    }
}
