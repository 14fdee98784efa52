//! Packs events into messages within the limits of the protocol. Every event that leaves a room is encoded here.
//!
//! A tick may have any number of events. A single message for all of them could become too long for any client to read, and then every
//! client of the room would lose its link at the same moment. So a new message begins before a limit is reached.

use shared::{
    Tick,
    game::Record,
    limits::{EVENT_MESSAGE_BYTES_MAX, EVENTS_PER_MESSAGE_MAX},
    wire::{Writer, kind},
};

use crate::{
    output::{Message, Outbox},
    play::Told,
};

/// The events of one tick, collected into messages.
#[derive(Debug, Default)]
pub(crate) struct EventMessages {
    /// Encoded events of the unfinished message, all of one kind.
    body: Vec<u8>,
    kind: u8,
    events: usize,
    finished: Vec<Message>,
}

impl EventMessages {
    pub(crate) fn push(&mut self, told: &Told<impl Record>, tick: Tick, outbox: &mut Outbox) {
        if self.events > 0 && self.kind != kind_of(told) {
            self.seal(self.body.len(), tick, outbox);
        }
        self.kind = kind_of(told);
        let before = self.body.len();
        encode(told, &mut Writer::new(&mut self.body));
        let is_full =
            HEAD_BYTES_MAX + self.body.len() > EVENT_MESSAGE_BYTES_MAX || self.events == EVENTS_PER_MESSAGE_MAX;
        if is_full && self.events > 0 {
            self.seal(before, tick, outbox);
        }
        self.events += 1;
    }

    /// The messages with all events, in order.
    pub(crate) fn finish(mut self, tick: Tick, outbox: &mut Outbox) -> Vec<Message> {
        if self.events > 0 {
            self.seal(self.body.len(), tick, outbox);
        }
        self.finished
    }

    /// A message with one event.
    pub(crate) fn one(told: &Told<impl Record>, tick: Tick, outbox: &mut Outbox) -> Message {
        let kind = kind_of(told);
        outbox.message(kind, |bytes| {
            let mut out = Writer::new(bytes);
            head(&mut out, kind, 1, tick);
            encode(told, &mut out);
        })
    }

    /// Finishes a message with the first `length` bytes of the body.
    fn seal(&mut self, length: usize, tick: Tick, outbox: &mut Outbox) {
        let Self { body, kind, events, finished } = self;
        finished.push(outbox.message(*kind, |bytes| {
            let mut out = Writer::new(bytes);
            head(&mut out, *kind, *events, tick);
            out.copy(&body[..length], *events as u32);
        }));
        body.drain(..length);
        *events = 0;
    }
}

/// Events of the room and events of the game are in messages of different kinds.
fn kind_of<E>(told: &Told<E>) -> u8 {
    match told {
        Told::Room(_) => kind::EVENTS,
        Told::Game(_) => kind::GAME_EVENTS,
    }
}

fn encode(told: &Told<impl Record>, out: &mut Writer<'_>) {
    match told {
        Told::Room(event) => event.encode(out),
        Told::Game(event) => event.encode(out),
    }
}

fn head(out: &mut Writer<'_>, kind: u8, events: usize, tick: Tick) {
    out.array(2 + events);
    out.int(kind);
    out.int(tick.0);
}

/// Bytes of the array's head, the kind and the tick.
const HEAD_BYTES_MAX: usize = 3 + 1 + 5;

#[cfg(test)]
mod tests {
    use arena::{
        event::{
            Event::{Hit, Killed, Match, Rail},
            MatchPhase, Weapon,
        },
        rules::Mode,
    };
    use glam::IVec2;
    use shared::{
        PlayerId,
        limits::{CHAT_BYTES_MAX, NAME_BYTES_MAX, ROOM_PLAYERS_MAX},
        quantize::POSITION_PER_PX,
        rng::Rng,
        wire::{Event, ServerMessage},
    };

    use super::*;
    use crate::output::Channel;

    /// A random event of a room of the largest size.
    fn any_event(rng: &mut Rng) -> Told<arena::event::Event> {
        let player = |rng: &mut Rng| PlayerId(rng.below(ROOM_PLAYERS_MAX as u32) as u16);
        let position = |rng: &mut Rng| IVec2::new(rng.below(60_000) as i32, rng.below(60_000) as i32) * POSITION_PER_PX;
        let weapon = if rng.chance(1, 2) { Weapon::Shell } else { Weapon::Rail };
        match rng.below(7) {
            0 => Told::Room(Event::Joined {
                player: player(rng),
                name: "n".repeat(rng.below(NAME_BYTES_MAX as u32 + 1) as usize),
                opponent: rng.chance(1, 2),
            }),
            1 => Told::Room(Event::Left(player(rng))),
            2 => Told::Game(Killed { killer: player(rng), victim: player(rng), weapon }),
            3 => Told::Game(Hit { shooter: player(rng), victim: player(rng), damage: 255, weapon }),
            4 => Told::Game(Rail { shooter: player(rng), from: position(rng), to: position(rng) }),
            5 => Told::Room(Event::Chat {
                from: rng.chance(9, 10).then(|| player(rng)),
                text: "c".repeat(rng.below(CHAT_BYTES_MAX as u32 + 1) as usize),
            }),
            _ => Told::Game(Match {
                mode: Mode::TeamDeathmatch,
                phase: MatchPhase::Running,
                ends: Tick(rng.next_u64() as u32),
                score_limit: rng.next_u64() as u16,
                team_scores: [rng.next_u64() as i32, rng.next_u64() as i32],
            }),
        }
    }

    /// Sends the messages and decodes their events.
    fn received(messages: &[Message], outbox: &mut Outbox) -> Vec<Told<arena::event::Event>> {
        for message in messages {
            outbox.send(PlayerId(0).into(), Channel::Reliable, message);
        }
        let mut received = Vec::new();
        while let Some(output) = outbox.poll() {
            assert!(output.bytes.len() <= EVENT_MESSAGE_BYTES_MAX);
            match ServerMessage::decode(output.bytes).expect("a room writes what can be read") {
                ServerMessage::Events { tick, events } => {
                    assert_eq!(tick, Tick(u32::MAX));
                    received.extend(events.into_iter().map(Told::Room));
                }
                ServerMessage::GameEvents(events) => {
                    assert_eq!(events.tick, Tick(u32::MAX));
                    received.extend(events.decode().expect("events of the arena").into_iter().map(Told::Game));
                }
                other => panic!("{other:?} is not a message of events"),
            }
        }
        received
    }

    fn check(events: &[Told<arena::event::Event>]) -> usize {
        let mut outbox = Outbox::default();
        let mut messages = EventMessages::default();
        for event in events {
            messages.push(event, Tick(u32::MAX), &mut outbox);
        }
        let messages = messages.finish(Tick(u32::MAX), &mut outbox);
        assert!(received(&messages, &mut outbox) == events, "other events arrive");
        messages.len()
    }

    #[test]
    fn any_mix_of_events_can_be_read_by_every_receiver() {
        let mut rng = Rng::new(1);
        for count in [0, 1, 2, 15, 16, 100, 1_000, 10_000, 20_000] {
            let events: Vec<_> = (0..count).map(|_| any_event(&mut rng)).collect();
            check(&events);
        }
    }

    #[test]
    fn message_ends_before_either_limit() {
        let line = Told::Room(Event::Chat { from: Some(PlayerId(4_000)), text: "c".repeat(CHAT_BYTES_MAX) });
        let bytes = 1 + 1 + 3 + 2 + CHAT_BYTES_MAX;
        let fit = (EVENT_MESSAGE_BYTES_MAX - HEAD_BYTES_MAX) / bytes;
        assert_eq!(check(&vec![line.clone(); fit]), 1);
        assert_eq!(check(&vec![line; fit + 1]), 2);
        let short = Told::Room(Event::Left(PlayerId(1)));
        assert_eq!(check(&vec![short.clone(); EVENTS_PER_MESSAGE_MAX]), 1);
        assert_eq!(check(&vec![short; EVENTS_PER_MESSAGE_MAX + 1]), 2);
    }

    #[test]
    fn one_event_is_written_like_several() {
        let mut outbox = Outbox::default();
        let event = Told::Room(Event::Left(PlayerId(7)));
        let message = EventMessages::one(&event, Tick(u32::MAX), &mut outbox);
        assert_eq!(received(&[message], &mut outbox), [event]);
    }
}
