//! Bytes of strangers: nothing panics, everything foreign is named and ignored.

mod support;

use std::time::Duration;

use cluster::{
    Action, Blob, DecodeError, Entry, Epoch, Event, Feed, Holder, Incarnation, Key, Message, NodeId, Notice, PROTOCOL,
    ReplyId, RequestId, RoomId, RoomTick, Tick, decode_message, decode_reply, decode_request, decode_room,
    encode_message,
    limits::{FEED_ROOMS_MAX, MESSAGE_BYTES_MAX, RECORD_BYTES_MAX},
};
use proptest::prelude::*;
use support::node;

const CLUSTER: u64 = 7;

fn sender() -> Holder {
    Holder { node: NodeId(2), incarnation: Incarnation(9) }
}

fn feed(rooms: usize, record: usize) -> Message {
    let entry = Entry { tick: Tick(5), hash: Some(1), record: Blob::from(vec![0; record]) };
    let tick = RoomTick { room: RoomId(3), epoch: Epoch(2), entry };
    Message::Feed(Feed { sequence: 4, ticks: vec![tick; rooms] })
}

#[track_caller]
fn ignored(bytes: &[u8], why: DecodeError) {
    assert_eq!(decode_message(CLUSTER, bytes), Err(why));
    let actions = node(CLUSTER, 1, Vec::new()).handle(Event::Message(bytes.to_vec().into()), Duration::ZERO);
    assert!(matches!(&actions[..], [Action::Notice(Notice::Ignored(error))] if *error == why), "{actions:?}");
}

#[test]
fn message_is_read_as_it_was_written() {
    let message = feed(3, 100);
    let bytes = encode_message(CLUSTER, sender(), &message);
    assert_eq!(decode_message(CLUSTER, &bytes), Ok((sender(), message)));
}

#[test]
fn messages_of_another_cluster_are_ignored() {
    ignored(&encode_message(CLUSTER + 1, sender(), &feed(1, 10)), DecodeError::AnotherCluster);
}

#[test]
fn messages_of_another_version_are_ignored_whatever_their_body_is() {
    let mut bytes = encode_message(CLUSTER, sender(), &feed(1, 10)).to_vec();
    // [cluster, version, …]: both are one byte here.
    assert_eq!(u16::from(bytes[2]), PROTOCOL);
    bytes[2] += 1;
    let last = bytes.len() - 1;
    bytes[last] = 0xc1;
    ignored(&bytes, DecodeError::AnotherVersion);
}

#[test]
fn bytes_behind_a_message_are_malformed() {
    let mut bytes = encode_message(CLUSTER, sender(), &feed(1, 10)).to_vec();
    bytes.push(0);
    ignored(&bytes, DecodeError::Malformed);
}

#[test]
fn size_of_a_message_is_bounded() {
    ignored(&vec![0; MESSAGE_BYTES_MAX + 1], DecodeError::TooLong { limit: MESSAGE_BYTES_MAX });
    ignored(&vec![0; MESSAGE_BYTES_MAX], DecodeError::Malformed);
}

#[test]
fn rooms_of_a_message_are_bounded_on_both_sides() {
    let bytes = |rooms| encode_message(CLUSTER, sender(), &feed(rooms, 0));
    assert!(decode_message(CLUSTER, &bytes(FEED_ROOMS_MAX)).is_ok());
    ignored(&bytes(FEED_ROOMS_MAX + 1), DecodeError::Malformed);
}

#[test]
fn bytes_of_a_tick_are_bounded_on_both_sides() {
    let bytes = |record| encode_message(CLUSTER, sender(), &feed(1, record));
    assert!(decode_message(CLUSTER, &bytes(RECORD_BYTES_MAX)).is_ok());
    ignored(&bytes(RECORD_BYTES_MAX + 1), DecodeError::Malformed);
}

#[test]
fn list_that_claims_to_be_huge_is_refused_before_memory_is_set_aside() {
    let mut body = vec![0x81, 0xa4];
    body.extend_from_slice(b"Acks");
    body.extend_from_slice(&[0xdd, 0xff, 0xff, 0xff, 0xff]);
    let mut bytes = vec![0x95, 7, 1, 2, 9, 0xc4, u8::try_from(body.len()).unwrap()];
    bytes.extend_from_slice(&body);
    ignored(&bytes, DecodeError::Malformed);
}

proptest! {
    #[test]
    fn arbitrary_bytes_panic_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode_message(CLUSTER, &bytes);
        let _ = decode_request(CLUSTER, &bytes);
        let _ = decode_reply(CLUSTER, &bytes);
        let _ = decode_room(CLUSTER, &bytes);
        let mut node = node(CLUSTER, 1, Vec::new());
        let value = Some(bytes.clone().into());
        node.handle(Event::Connected, Duration::ZERO);
        node.handle(Event::Message(bytes.clone().into()), Duration::ZERO);
        node.handle(Event::Request(ReplyId(1), bytes.clone().into()), Duration::ZERO);
        node.handle(Event::Reply(RequestId(1), Some(bytes.into())), Duration::ZERO);
        for key in [Key::Node(NodeId(1)), Key::Room(RoomId(1)), Key::Seats(RoomId(1))] {
            node.handle(Event::Value { key, revision: 1, value: value.clone() }, Duration::ZERO);
        }
    }

    #[test]
    fn damaged_messages_panic_nothing(place in 0usize..60, byte: u8) {
        let mut bytes = encode_message(CLUSTER, sender(), &feed(1, 10)).to_vec();
        let place = place % bytes.len();
        bytes[place] = byte;
        if let Ok((_, Message::Feed(feed))) = decode_message(CLUSTER, &bytes) {
            prop_assert!(feed.ticks.len() <= FEED_ROOMS_MAX);
        }
        node(CLUSTER, 1, Vec::new()).handle(Event::Message(bytes.into()), Duration::ZERO);
    }
}
