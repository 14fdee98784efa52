//! Replaces messages of a fair client by those of an attack.
//!
//! In: the messages of a client, in their order. Out: those to send. Every attack begins with some ticks of fair play,
//! and then breaks its rule at least once per tick, with the message that carries the inputs.

use std::marker::PhantomData;

use client::{Channel, Output};
use shared::{
    Tick,
    game::Input,
    limits::{CHAT_BYTES_MAX, INPUT_MESSAGES_PER_TICK_MAX, INPUT_WINDOW, MESSAGES_PER_TICK_MAX},
    rng::Rng,
    wire::{Ack, ClientMessage, Hello, InputMessage},
};

use super::malformed;
use crate::options::attack_kind::AttackKind;

/// Attack of one hostile bot.
#[derive(Clone, Debug)]
pub(super) struct Offender<I> {
    attack: AttackKind,
    rng: Rng,
    /// Number of input messages that the client has made.
    ticks: u32,
    /// The last input message.
    previous: Vec<u8>,
    committed: u64,
    input: PhantomData<I>,
}

impl<I: Input> Offender<I> {
    pub(super) const fn new(attack: AttackKind, rng: Rng) -> Self {
        Self { attack, rng, ticks: 0, previous: Vec::new(), committed: 0, input: PhantomData }
    }

    /// Number of messages so far that break a rule.
    pub(super) const fn committed(&self) -> u64 {
        self.committed
    }

    /// True once the bot has stopped reading.
    pub(super) fn is_deaf(&self) -> bool {
        self.attack == AttackKind::Deaf && self.ticks > FAIR_TICKS
    }

    /// Adds to `out` the messages that are sent in place of `fair`.
    pub(super) fn spoil(&mut self, fair: Output, out: &mut Vec<Output>) {
        let Ok(ClientMessage::Input(inputs)) = ClientMessage::decode(&fair.bytes) else { return out.push(fair) };
        let Ok(inputs) = inputs.decode::<I>() else { return out.push(fair) };
        self.ticks += 1;
        let previous = std::mem::replace(&mut self.previous, fair.bytes.clone());
        if self.ticks <= FAIR_TICKS {
            return out.push(fair);
        }
        let (channel, rng) = (fair.channel, &mut self.rng);
        let one = |bytes| vec![(channel, bytes)];
        let either = if rng.chance(1, 2) { Channel::Reliable } else { channel };
        let (keeps, attacks) = match self.attack {
            AttackKind::Late => (false, one(late(&inputs, self.ticks, rng).encoded())),
            AttackKind::Early => (false, one(early(&inputs, rng).encoded())),
            AttackKind::Repeated => (true, one(previous)),
            AttackKind::Greedy => {
                let more = if self.ticks.is_multiple_of(2) { GREEDY_MOST } else { GREEDY_LEAST };
                (true, (1..=more).map(|ahead| (channel, another(&inputs, ahead).encoded())).collect())
            }
            AttackKind::Flood => {
                (true, (1..=FLOOD_PER_TICK).map(|ahead| (channel, another(&inputs, ahead).encoded())).collect())
            }
            AttackKind::Lying => (false, one(lying(&inputs, rng).encoded())),
            AttackKind::Chatty => (true, vec![(Channel::Reliable, chatter(self.ticks))]),
            AttackKind::Truncated => (false, vec![(either, malformed::truncated(&fair.bytes, rng))]),
            AttackKind::Mistyped => (false, vec![(either, malformed::mistyped::<I>(rng))]),
            AttackKind::Deep => (false, vec![(either, malformed::deep(rng))]),
            AttackKind::Unknown => (false, vec![(either, malformed::unknown(rng))]),
            AttackKind::Hello => (true, vec![(Channel::Reliable, hello())]),
            AttackKind::Deaf => (true, Vec::new()),
        };
        self.committed += attacks.len() as u64;
        out.extend(keeps.then_some(fair));
        out.extend(attacks.into_iter().map(|(channel, bytes)| Output { channel, bytes }));
    }

    /// Messages that a bot that does not read sends now and then: the link stays in use, and the server has much to
    /// send.
    pub(super) fn demands(&mut self, out: &mut Vec<Output>) {
        self.committed += 1;
        for message in [ClientMessage::Ping { token: 0 }, ClientMessage::Resync] {
            out.push(Output { channel: Channel::Reliable, bytes: encoded(&message) });
        }
    }
}

/// Inputs for a tick that the server has passed, since it has sent the snapshot of it. In turn the newest such tick,
/// which counts as late, and an older one, which may be taken for a copy.
fn late<I: Input>(inputs: &InputMessage<I>, turn: u32, rng: &mut Rng) -> InputMessage<I> {
    let age = if turn.is_multiple_of(2) { 0 } else { rng.below(LATE_TICKS) };
    at(inputs, inputs.ack.newest.minus(age))
}

/// Inputs for a tick beyond the input window of a room, whatever the network delay is.
fn early<I: Input>(inputs: &InputMessage<I>, rng: &mut Rng) -> InputMessage<I> {
    at(inputs, inputs.newest.plus(EARLY_TICKS << rng.below(16)))
}

/// An input for a later tick. It turns, where the game has an input that turns, so that it differs.
fn another<I: Input>(inputs: &InputMessage<I>, ahead: u32) -> InputMessage<I> {
    let turn = |mut input: I| {
        input.turn(i8::MAX);
        input
    };
    InputMessage::new(inputs.newest.plus(ahead), inputs.ack, inputs.view_age, intents(inputs).take(1).map(turn))
}

/// Inputs with a random acknowledgement and a random view age.
fn lying<I: Input>(inputs: &InputMessage<I>, rng: &mut Rng) -> InputMessage<I> {
    let mut word = || rng.next_u64() as u32 >> rng.below(32);
    let ack = Ack { newest: Tick(word()), missing: word() };
    InputMessage::new(inputs.newest, ack, word() as u8, intents(inputs))
}

fn at<I: Input>(inputs: &InputMessage<I>, newest: Tick) -> InputMessage<I> {
    InputMessage::new(newest, inputs.ack, inputs.view_age, intents(inputs))
}

fn intents<I: Input>(inputs: &InputMessage<I>) -> impl Iterator<Item = I> {
    inputs.iter().map(|(_, intent)| intent)
}

/// A chat line of maximum length and a resync, in turn.
fn chatter(turn: u32) -> Vec<u8> {
    match turn % 2 {
        0 => encoded(&ClientMessage::Chat { text: &"x".repeat(CHAT_BYTES_MAX) }),
        _ => encoded(&ClientMessage::Resync),
    }
}

fn hello() -> Vec<u8> {
    encoded(&ClientMessage::Hello(Hello { plain: true, name: "again", ticket: "again" }))
}

fn encoded(message: &ClientMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    bytes
}

/// Half a second at the usual tick rate.
const FAIR_TICKS: u32 = 10;
/// Older ticks mean nothing to the server.
const LATE_TICKS: u32 = 64;
/// Beyond the input window by more than a client runs ahead of the server.
const EARLY_TICKS: u32 = 4 * INPUT_WINDOW as u32;
/// Input messages sent with the fair one: with it two and a half on average, which is above the rate limit of inputs
/// and below that of all messages, even with the pings.
const GREEDY_LEAST: u32 = 1;
const GREEDY_MOST: u32 = 2;
const FLOOD_PER_TICK: u32 = 20;

const _: () = assert!(2 + GREEDY_LEAST + GREEDY_MOST > 2 * INPUT_MESSAGES_PER_TICK_MAX);
const _: () = assert!(2 + GREEDY_LEAST + GREEDY_MOST < 2 * MESSAGES_PER_TICK_MAX);
const _: () = assert!(FLOOD_PER_TICK > MESSAGES_PER_TICK_MAX);

#[cfg(test)]
mod tests;
