//! Makes bytes that are not a valid client message, each broken in one way.

use shared::{
    game::Input,
    limits::{CLIENT_MESSAGE_BYTES_MAX, DEPTH_MAX},
    rng::Rng,
    wire::kind,
};

/// A message that ends too early.
pub(super) fn truncated(message: &[u8], rng: &mut Rng) -> Vec<u8> {
    message[..1 + rng.below(message.len() as u32 - 1) as usize].to_vec()
}

/// A message of inputs in which one value has the wrong type: nil, true, a float, a string, bytes, a map or an array.
pub(super) fn mistyped<I: Input>(rng: &mut Rng) -> Vec<u8> {
    const OTHERS: [&[u8]; 7] = [
        &[0xc0],
        &[0xc3],
        &[0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0],
        &[0xa1, b'7'],
        &[0xc4, 1, 7],
        &[0x81, 1, 7],
        &[0x91, 7],
    ];
    // Kind, tick, newest snapshot, missing ones, age of the view; then one input that presses nothing.
    let mut places = vec![&[1u8][..], &[9], &[8], &[0], &[0]];
    places.extend(std::iter::repeat_n(&[0u8][..], I::VALUES));
    let place = rng.below(places.len() as u32) as usize;
    places[place] = OTHERS[rng.below(OTHERS.len() as u32) as usize];
    [&[0x90 | places.len() as u8], &places.concat()[..]].concat()
}

/// A ping whose token is nested arrays, deeper than allowed and no longer than a message may be.
pub(super) fn deep(rng: &mut Rng) -> Vec<u8> {
    let room = CLIENT_MESSAGE_BYTES_MAX - PING.len() - 1;
    let depth = DEPTH_MAX + rng.below((room - DEPTH_MAX) as u32) as usize;
    [&PING[..], &vec![0x91; depth], &[0]].concat()
}

/// A message whose kind only the server sends, or nobody.
pub(super) fn unknown(rng: &mut Rng) -> Vec<u8> {
    vec![0x92, (KINDS + rng.below(0x80 - KINDS)) as u8, 0]
}

/// Begin of a ping: an array of two values, the kind first.
const PING: [u8; 2] = [0x92, kind::PING];
/// Number of message kinds of a client, which begin at 0.
const KINDS: u32 = kind::WATCH as u32 + 1;

/// The error that decoding a client message gives, `None` if it is valid.
#[cfg(test)]
pub(super) fn fault<I: Input>(bytes: &[u8]) -> Option<shared::wire::DecodeError> {
    match shared::wire::ClientMessage::decode(bytes) {
        Ok(shared::wire::ClientMessage::Input(inputs)) => inputs.decode::<I>().err(),
        Ok(_) => None,
        Err(error) => Some(error),
    }
}

#[cfg(test)]
mod tests {
    use shared::{
        Tick,
        wire::{Ack, DecodeError, InputMessage},
    };

    use super::*;
    use crate::samples::Steering;

    /// Makes 1000 random messages and checks the error of each.
    fn check(make: impl Fn(&mut Rng) -> Vec<u8>, is_expected: impl Fn(&DecodeError) -> bool) {
        let mut rng = Rng::new(1);
        for _ in 0..1_000 {
            let bytes = make(&mut rng);
            assert!(bytes.len() <= CLIENT_MESSAGE_BYTES_MAX);
            let error = fault::<Steering>(&bytes).expect("the message is invalid");
            assert!(is_expected(&error), "{error:?} of {bytes:02x?}");
        }
    }

    #[test]
    fn truncated_message_is_a_begin_of_one() {
        let mut message = Vec::new();
        let inputs = InputMessage::new(Tick(70_000), Ack::default(), 3, [Steering::default(); 4]);
        inputs.encode(&mut message);
        check(|rng| truncated(&message, rng), |error| matches!(error, DecodeError::Truncated { .. }));
    }

    #[test]
    fn mistyped_message_has_one_value_that_is_no_integer() {
        check(mistyped::<Steering>, |error| matches!(error, DecodeError::WrongType { .. }));
    }

    #[test]
    fn deep_message_is_refused_for_its_depth() {
        check(deep, |error| matches!(error, DecodeError::TooDeep { .. }));
    }

    #[test]
    fn unknown_message_is_of_no_kind() {
        check(unknown, |error| matches!(error, DecodeError::UnknownKind { .. }));
    }
}
