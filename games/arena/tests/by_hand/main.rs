//! The derived codec against the one that was written by hand before it: the same bytes, the same values, the same hashes.

mod codec;
mod entities;
mod inputs;
mod record_codec;
mod records;

use proptest::{collection::vec, prelude::*, sample::Index};
use shared::wire::{DecodeError, Writer};

fn encoded(encode: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&mut Writer::new(&mut bytes));
    bytes
}

/// Damage to a message: replaced bytes, and the length to which it is cut.
fn spoils() -> impl Strategy<Value = (Vec<(Index, u8)>, Index)> {
    (vec((any::<Index>(), any::<u8>()), 0..4), any::<Index>())
}

fn spoil(bytes: &mut Vec<u8>, (places, end): &(Vec<(Index, u8)>, Index)) {
    bytes.truncate(end.index(bytes.len() + 1));
    for (place, byte) in places {
        if !bytes.is_empty() {
            let place = place.index(bytes.len());
            bytes[place] = *byte;
        }
    }
}

/// Checks that both decoded the same. Which of several faults is reported first may differ, but not whether there is
/// one.
fn assert_same<D: PartialEq + std::fmt::Debug>(
    derived: Result<D, DecodeError>,
    by_hand: Result<D, DecodeError>,
    is_spoiled: bool,
) {
    match (&derived, &by_hand) {
        (Err(derived), Err(by_hand)) if !is_spoiled => assert_eq!(derived.label(), by_hand.label()),
        (Err(_), Err(_)) => {}
        _ => assert_eq!(derived, by_hand),
    }
}
