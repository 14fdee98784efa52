//! Messages that leave a room, collected in one buffer that every tick reuses.

use std::ops::Range;

use shared::{
    MemberId,
    limits::{DATAGRAM_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX},
    wire::Writer,
};

/// A message for one member of the room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Output<'a> {
    /// The receiver.
    pub member: MemberId,
    /// The delivery that the message needs.
    pub channel: Channel,
    /// Kind of the message, one of `shared::wire::kind`.
    pub kind: u8,
    /// One whole encoded message.
    pub bytes: &'a [u8],
}

/// The delivery that a message asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// Delivered in order, and sent again after a loss.
    Reliable,
    /// Sent once: the next message replaces it, so a lost one is not sent again.
    Unreliable,
}

/// Messages that wait until the caller polls them.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    polled: usize,
    /// Messages above the limit of their channel, which were not sent.
    oversized: u64,
}

#[derive(Debug)]
struct Entry {
    member: MemberId,
    channel: Channel,
    kind: u8,
    range: Range<usize>,
}

/// A message in the outbox's buffer; it can be sent to any number of members.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    kind: u8,
    range: Range<usize>,
}

impl Outbox {
    /// Frees the buffer once all messages have been polled.
    pub(crate) fn recycle(&mut self) {
        if self.polled == self.entries.len() {
            self.bytes.clear();
            self.entries.clear();
            self.polled = 0;
        }
    }

    /// Encodes a message once; `encode` appends exactly one message.
    pub(crate) fn message(&mut self, kind: u8, encode: impl FnOnce(&mut Vec<u8>)) -> Message {
        let start = self.bytes.len();
        encode(&mut self.bytes);
        Message { kind, range: start..self.bytes.len() }
    }

    /// Writes a message whose number of elements is known only at its end; `encode` writes the elements without the head.
    pub(crate) fn counted_message(&mut self, kind: u8, encode: impl FnOnce(&mut Writer<'_>)) -> Message {
        const ARRAY16: u8 = 0xdc;
        const FIXARRAY: u8 = 0x90;
        const FIXARRAY_MAX: u32 = 15;
        let start = self.bytes.len();
        // Space for the longer head. A message with the shorter head begins two bytes later.
        self.bytes.extend_from_slice(&[0; 3]);
        let mut out = Writer::new(&mut self.bytes);
        out.int(kind);
        encode(&mut out);
        let elements = out.elements();
        let head = if elements <= FIXARRAY_MAX {
            self.bytes[start + 2] = FIXARRAY | elements as u8;
            start + 2
        } else {
            let [high, low] = (elements as u16).to_be_bytes();
            self.bytes[start..start + 3].copy_from_slice(&[ARRAY16, high, low]);
            start
        };
        Message { kind, range: head..self.bytes.len() }
    }

    /// Queues a message for a member. A message above the limit of its channel is a fault of ours: it would cost every receiver its link,
    /// so it is counted and not sent.
    pub(crate) fn send(&mut self, member: MemberId, channel: Channel, message: &Message) {
        let limit = match channel {
            Channel::Reliable => SERVER_MESSAGE_BYTES_MAX,
            Channel::Unreliable => DATAGRAM_BYTES_MAX,
        };
        let (length, kind) = (message.len(), message.kind);
        debug_assert!(length <= limit, "{length} bytes in a message of kind {kind}; the limit is {limit}");
        if length > limit {
            self.oversized += 1;
            return;
        }
        self.entries.push(Entry { member, channel, kind: message.kind, range: message.range.clone() });
    }

    /// Removes the messages to a member that wait: the member has left, and the next one with the same number must not get them.
    pub(crate) fn withdraw(&mut self, member: MemberId) {
        let mut index = 0;
        self.entries.retain(|entry| {
            index += 1;
            index <= self.polled || entry.member != member
        });
    }

    /// Number of messages above the limit of their channel, which were not sent.
    pub(crate) fn oversized(&self) -> u64 {
        self.oversized
    }

    /// The next message to deliver.
    pub(crate) fn poll(&mut self) -> Option<Output<'_>> {
        let entry = self.entries.get(self.polled)?;
        self.polled += 1;
        let bytes = &self.bytes[entry.range.clone()];
        Some(Output { member: entry.member, channel: entry.channel, kind: entry.kind, bytes })
    }
}

impl Message {
    /// Length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }
}

#[cfg(test)]
mod tests {
    use shared::PlayerId;

    use super::*;

    fn seat(number: u16) -> MemberId {
        PlayerId(number).into()
    }

    #[test]
    fn counted_head_is_short_up_to_fifteen_elements_and_long_beyond() {
        for (values, head) in [(14, vec![0x9f]), (15, vec![0xdc, 0, 16])] {
            let mut outbox = Outbox::default();
            let message = outbox.counted_message(18, |out| (0..values).for_each(|value| out.int(value)));
            outbox.send(seat(0), Channel::Unreliable, &message);
            let bytes = outbox.poll().expect("one message waits").bytes;
            assert_eq!(bytes[..head.len()], head);
            assert_eq!(bytes.len(), head.len() + 1 + values as usize);
        }
    }

    #[test]
    fn messages_to_one_who_left_are_withdrawn() {
        let mut outbox = Outbox::default();
        let message = outbox.message(21, |bytes| bytes.push(1));
        for player in [0, 1, 0, 1] {
            outbox.send(seat(player), Channel::Reliable, &message);
        }
        assert_eq!(outbox.poll().map(|output| output.member), Some(seat(0)));
        outbox.withdraw(seat(0));
        let rest: Vec<_> = std::iter::from_fn(|| outbox.poll().map(|output| output.member)).collect();
        assert_eq!(rest, [seat(1), seat(1)]);
    }

    #[test]
    fn nothing_unpolled_is_recycled() {
        let mut outbox = Outbox::default();
        let message = outbox.message(21, |bytes| bytes.push(1));
        outbox.send(seat(0), Channel::Reliable, &message);
        outbox.send(seat(1), Channel::Reliable, &message);
        assert_eq!(outbox.poll().map(|output| output.member), Some(seat(0)));
        outbox.recycle();
        assert_eq!(outbox.poll().map(|output| output.bytes.to_vec()), Some(vec![1]));
        assert!(outbox.poll().is_none());
        outbox.recycle();
        assert!(outbox.bytes.is_empty());
    }
}
