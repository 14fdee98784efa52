//! Sends events to their audience. An event is encoded once, however many members receive it.

use shared::{
    MemberId, Tick,
    game::{Audience, Game, MapOf},
    wire::{MapMessage, ServerMessage, Welcome, header_flags::EPOCHS, kind},
};

use crate::{
    config::RoomConfig,
    event_messages::EventMessages,
    output::{Channel, Message, Outbox},
    play::{Play, Told},
    seats::{Circle, Seats},
};

/// Sends the events of one tick.
pub(crate) struct Crowd<'a, G: Game> {
    outbox: &'a mut Outbox,
    seats: &'a Seats<G>,
    circle: Circle,
    tick: Tick,
    for_all: EventMessages,
}

impl<'a, G: Game> Crowd<'a, G> {
    pub(crate) fn new(outbox: &'a mut Outbox, seats: &'a Seats<G>, circle: Circle, tick: Tick) -> Self {
        // Allocates nothing as long as there are no events, which is the case in most ticks.
        Self { outbox, seats, circle, tick, for_all: EventMessages::default() }
    }

    /// Adds an event for everyone to the messages of this tick.
    pub(crate) fn tell_all(&mut self, told: Told<G::Event>) {
        self.for_all.push(&told, self.tick, self.outbox);
    }

    /// Sends an event to its audience.
    pub(crate) fn tell(&mut self, audience: Audience, told: Told<G::Event>) {
        match audience {
            Audience::All => self.tell_all(told),
            Audience::Players(players) => {
                let message = EventMessages::one(&told, self.tick, self.outbox);
                for player in players.into_iter().flatten() {
                    if self.circle.holds(player.into()) && self.seats.is_listening(player) {
                        self.send(player.into(), &message);
                    }
                }
            }
            Audience::Seeing(entity) => {
                let message = EventMessages::one(&told, self.tick, self.outbox);
                for (id, human) in self.seats.listeners().filter(|&(id, _)| self.circle.holds(id)) {
                    if human.replica.knows(entity) {
                        self.outbox.send(id, Channel::Reliable, &message);
                    }
                }
            }
        }
    }

    /// Sends the events that are for everyone.
    pub(crate) fn finish(self) {
        let Self { outbox, seats, circle, tick, for_all } = self;
        for message in for_all.finish(tick, outbox) {
            for (id, _) in seats.listeners().filter(|&(id, _)| circle.holds(id)) {
                outbox.send(id, Channel::Reliable, &message);
            }
        }
    }

    /// Sends the map of the next snapshots to everyone, each member with its own epoch.
    pub(crate) fn tell_map(&mut self, map: &MapOf<G>) {
        let mut by_epoch = [const { None }; EPOCHS as usize];
        for (id, human) in self.seats.listeners().filter(|&(id, _)| self.circle.holds(id)) {
            let epoch = human.replica.epoch();
            let first = self.tick.next();
            let message =
                by_epoch[usize::from(epoch)].get_or_insert_with(|| map_message::<G>(self.outbox, epoch, first, map));
            self.outbox.send(id, Channel::Reliable, message);
        }
    }

    /// Sends one member the welcome, the map, the names of all players and the state of the match.
    pub(crate) fn greet(
        &mut self,
        member: MemberId,
        config: &RoomConfig<G>,
        interest_px: u32,
        epoch: u8,
        play: &Play<G>,
    ) {
        let welcome = ServerMessage::Welcome(Welcome {
            member,
            tick: self.tick,
            tick_rate: config.tick_rate,
            seats: config.seats,
            interest_px,
            room: config.id,
            server: config.server.clone(),
            game: G::NAME.to_owned(),
            game_version: G::VERSION,
        });
        let message = self.outbox.message(kind::WELCOME, |bytes| welcome.encode(bytes));
        self.send(member, &message);
        let message = map_message::<G>(self.outbox, epoch, self.tick.next(), play.map());
        self.send(member, &message);
        let mut names = EventMessages::default();
        for told in play.everything() {
            names.push(&told, self.tick, self.outbox);
        }
        for message in names.finish(self.tick, self.outbox) {
            self.send(member, &message);
        }
    }

    /// Announces to one member that its snapshots restart in a new epoch; it keeps the map and the names.
    pub(crate) fn restart(&mut self, member: MemberId, epoch: u8) {
        let restart = ServerMessage::Restart { epoch, first_tick: self.tick.next() };
        let message = self.outbox.message(kind::RESTART, |bytes| restart.encode(bytes));
        self.send(member, &message);
    }

    fn send(&mut self, member: MemberId, message: &Message) {
        self.outbox.send(member, Channel::Reliable, message);
    }
}

fn map_message<G: Game>(outbox: &mut Outbox, epoch: u8, first_tick: Tick, map: &MapOf<G>) -> Message {
    let message = ServerMessage::Map(MapMessage::new(epoch, first_tick, map));
    outbox.message(kind::MAP, |bytes| message.encode(bytes))
}
