//! Random bytes never cause a panic, and decoded messages decode the same again after encoding.

use proptest::{collection::vec, prelude::*, sample::Index};
use shared::wire::{ClientMessage, ServerMessage};

use crate::{
    read,
    samples::{OwnedClientMessage, client_message, server_bytes, server_message},
};

/// Bytes that often look like MessagePack of our messages: an array, a kind, then values and headers of all types.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![4 => 0..=0x7fu8, 2 => 0x80..=0xbfu8, 3 => 0xc0..=0xdfu8, 1 => 0xe0..=0xffu8];
    (0x90..=0x9fu8, prop_oneof![0..=6u8, 16..=25u8], vec(byte, 0..60)).prop_map(|(head, kind, rest)| {
        let mut bytes = vec![head, kind];
        bytes.extend(rest);
        bytes
    })
}

fn check(bytes: &[u8]) {
    // The game may accept or refuse it; it must not panic.
    let _ = (read::from_client(bytes), read::from_server(bytes));
    if let Ok(message) = ClientMessage::decode(bytes) {
        let mut again = Vec::new();
        message.encode(&mut again);
        assert_eq!(ClientMessage::decode(&again), Ok(message));
    }
    match ServerMessage::decode(bytes) {
        Err(_) | Ok(ServerMessage::Snapshot | ServerMessage::PlainSnapshot) => {}
        Ok(message) => assert_eq!(ServerMessage::decode(&server_bytes(&message)), Ok(message)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_survived(bytes in vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn plausible_bytes_are_survived(bytes in plausible()) {
        check(&bytes);
    }
}

proptest! {
    #[test]
    fn spoiled_messages_are_survived(
        client in client_message().prop_map(|message: OwnedClientMessage| message.bytes()),
        server in server_message().prop_map(|message| server_bytes(&message)),
        spoils in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        for mut bytes in [client, server] {
            for (place, byte) in &spoils {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            check(&bytes);
        }
    }
}
