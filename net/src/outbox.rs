//! Bytes that a link has accepted and its socket has not: at most [`RELIABLE_BACKLOG_BYTES_MAX`] and one message.

use shared::limits::RELIABLE_BACKLOG_BYTES_MAX;

/// See the module.
#[derive(Debug, Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    sent: usize,
}

/// Capacity that an empty outbox keeps. A welcome with its map needs more, but only once.
const CAPACITY_KEPT: usize = 2 * 1024;

impl Outbox {
    /// Returns true if another message may be appended. Only the bytes that wait already count, not the message's length, so that
    /// a large map can always be sent.
    pub fn has_room(&self) -> bool {
        self.unsent().len() < RELIABLE_BACKLOG_BYTES_MAX
    }

    /// Returns true if no bytes wait.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The buffer to append to.
    pub fn tail(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The bytes to write next.
    pub fn unsent(&self) -> &[u8] {
        &self.bytes[self.sent..]
    }

    /// Removes `count` bytes that were written.
    pub fn advance(&mut self, count: usize) {
        self.sent += count;
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            self.sent = 0;
            if self.bytes.capacity() > CAPACITY_KEPT {
                self.bytes.shrink_to(CAPACITY_KEPT);
            }
        } else if self.sent >= RELIABLE_BACKLOG_BYTES_MAX {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_leave_in_order_in_pieces_of_any_size() {
        let mut outbox = Outbox::default();
        let mut received = Vec::new();
        let message: Vec<u8> = (0..200_000).map(|n: u32| (n % 251) as u8).collect();
        outbox.tail().extend_from_slice(&message);
        for size in (1..).map(|n| n * 7) {
            let size = size.min(outbox.unsent().len());
            received.extend_from_slice(&outbox.unsent()[..size]);
            outbox.advance(size);
            if outbox.is_empty() {
                break;
            }
        }
        assert_eq!(received, message);
        assert!(outbox.bytes.capacity() <= CAPACITY_KEPT);
    }

    #[test]
    fn room_ends_at_the_limit_and_a_large_message_still_fits_before_it() {
        let mut outbox = Outbox::default();
        outbox.tail().resize(RELIABLE_BACKLOG_BYTES_MAX - 1, 0);
        assert!(outbox.has_room());
        outbox.tail().push(0);
        assert!(!outbox.has_room());
        outbox.advance(1);
        assert!(outbox.has_room());
    }
}
