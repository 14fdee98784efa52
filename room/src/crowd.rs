//! Tells events to those they are for: each is encoded once, however many hear it.

use shared::{
    MemberId, Tick,
    map::Map,
    sim::world::{Audience, World},
    wire::{Event, MapMessage, ServerMessage, Welcome, header_flags::EPOCHS, kind},
};

use crate::{
    config::RoomConfig,
    output::{Channel, Message, Outbox},
    seats::Seats,
};

/// Players in one message of names: about 35 bytes each, so that the message stays below its limit.
const NAMES_PER_MESSAGE: usize = 500;

/// The audience of one tick.
pub(crate) struct Crowd<'a> {
    outbox: &'a mut Outbox,
    seats: &'a Seats,
    tick: Tick,
    for_all: Vec<Event>,
}

impl<'a> Crowd<'a> {
    pub(crate) fn new(outbox: &'a mut Outbox, seats: &'a Seats, tick: Tick) -> Self {
        // An empty list allocates nothing, and most ticks have no event.
        Self { outbox, seats, tick, for_all: Vec::new() }
    }

    /// Tells everyone, together with what else is for everyone this tick.
    pub(crate) fn tell_all(&mut self, event: Event) {
        self.for_all.push(event);
    }

    /// Tells an event to its audience.
    pub(crate) fn tell(&mut self, audience: Audience, event: Event) {
        match audience {
            Audience::All => self.tell_all(event),
            Audience::Players(players) => {
                let message = self.events(vec![event]);
                for player in players.into_iter().flatten() {
                    if self.seats.is_listening(player) {
                        self.send(player.into(), &message);
                    }
                }
            }
            Audience::Seeing(player) => {
                let message = self.events(vec![event]);
                for (id, human) in self.seats.listeners() {
                    if human.replica.knows(player.craft()) {
                        self.outbox.send(id, Channel::Reliable, &message);
                    }
                }
            }
        }
    }

    /// Sends what is for everyone.
    pub(crate) fn finish(mut self) {
        if !self.for_all.is_empty() {
            let events = std::mem::take(&mut self.for_all);
            let message = self.events(events);
            self.send_all(&message);
        }
    }

    /// Tells everyone which map the next snapshots are on, each with the epoch it is at.
    pub(crate) fn tell_map(&mut self, map: &Map) {
        let mut by_epoch = [const { None }; EPOCHS as usize];
        for (id, human) in self.seats.listeners() {
            let epoch = human.replica.epoch();
            let message = by_epoch[usize::from(epoch)].get_or_insert_with(|| map_message(self.outbox, epoch, map));
            self.outbox.send(id, Channel::Reliable, message);
        }
    }

    /// Tells one member where it is, on which map, who is there and how the match stands.
    pub(crate) fn greet(&mut self, member: MemberId, config: &RoomConfig, interest_px: u32, epoch: u8, world: &World) {
        let welcome = ServerMessage::Welcome(Welcome {
            member,
            tick: self.tick,
            tick_rate: config.tick_rate,
            seats: config.seats,
            mode: config.mode,
            interest_px,
            motion: world.terrain().rules.motion,
            room: config.id,
            server: config.server.clone(),
        });
        let message = self.outbox.message(kind::WELCOME, |bytes| welcome.encode(bytes));
        self.send(member, &message);
        let message = map_message(self.outbox, epoch, &world.terrain().map);
        self.send(member, &message);
        let mut events: Vec<_> = world.roster().map(Event::Player).collect();
        events.push(world.match_event());
        for events in events.chunks(NAMES_PER_MESSAGE) {
            let message = self.events(events.to_vec());
            self.send(member, &message);
        }
    }

    fn events(&mut self, events: Vec<Event>) -> Message {
        let message = ServerMessage::Events { tick: self.tick, events };
        self.outbox.message(kind::EVENTS, |bytes| message.encode(bytes))
    }

    fn send(&mut self, member: MemberId, message: &Message) {
        self.outbox.send(member, Channel::Reliable, message);
    }

    fn send_all(&mut self, message: &Message) {
        for (id, _) in self.seats.listeners() {
            self.outbox.send(id, Channel::Reliable, message);
        }
    }
}

fn map_message(outbox: &mut Outbox, epoch: u8, map: &Map) -> Message {
    let message = ServerMessage::Map(MapMessage { epoch, map: map.clone() });
    outbox.message(kind::MAP, |bytes| message.encode(bytes))
}
