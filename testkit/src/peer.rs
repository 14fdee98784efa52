//! One player of a simulation: its client, its link, its script, and the server's side of its session.

use std::time::Duration;

use client::{Client, ClientConfig, ClientEvent, Ending};
use room::{Joining, Output, Room};
use shared::{
    MemberId, PlayerId,
    game::Game,
    rng::Rng,
    wire::{ClientMessage, DecodeError, DisconnectReason, Event, ServerMessage},
};

use crate::{
    link::{Link, Transport},
    oracle::Oracle,
    script::{Behaves, Behavior, Script},
    sim::PlayerOptions,
    watcher::{Frame, Watcher},
};

/// A player, its client and its link.
#[derive(Debug)]
pub struct Peer<G: Game, B = Behavior> {
    options: PlayerOptions<B>,
    clock: Clock,
    client: Client<G>,
    script: Script<G, B>,
    session: Session,
    link: Link,
    oracle: Option<Oracle<G>>,
    watcher: Option<Watcher<G>>,
    /// Time of the next wake-up of the client, in simulation time.
    client_wake: Duration,
    wake: Duration,
    events: Vec<ClientEvent<G::Event>>,
    errors: Vec<DecodeError>,
    disagreements: Vec<String>,
    traffic: Traffic,
}

/// State of the session on the server's side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Session {
    /// No hello has arrived.
    Connecting,
    /// In the room.
    Playing(MemberId),
    /// In the room, without a link.
    Held(MemberId),
    /// On a new link whose hello has not arrived.
    Returning(MemberId),
    /// Left, refused, or dropped.
    Over,
}

/// Payload to and from a client, in bytes and messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Traffic {
    /// Bytes sent to the client, before the link loses any.
    pub down_bytes: u64,
    /// Bytes of snapshots among them that arrived.
    pub snapshot_bytes: u64,
    /// Snapshots that arrived.
    pub snapshots: u64,
    /// Bytes the client sent.
    pub up_bytes: u64,
    /// The largest snapshot.
    pub snapshot_bytes_max: usize,
}

/// The client's clock: it starts at another time and may run fast or slow.
#[derive(Clone, Copy, Debug)]
struct Clock {
    offset: Duration,
    start: Duration,
    drift_ppm: i32,
}

impl Clock {
    fn local(&self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.start).as_nanos() as i128;
        let passed = passed + passed * i128::from(self.drift_ppm) / 1_000_000;
        self.offset + Duration::from_nanos(passed as u64)
    }

    /// The first simulation time at which [`Clock::local`] is `local` or later.
    fn global(&self, local: Duration) -> Duration {
        let passed = local.saturating_sub(self.offset).as_nanos() as i128;
        let scale = 1_000_000 + i128::from(self.drift_ppm);
        let passed = (passed * 1_000_000 + scale - 1) / scale;
        // One nanosecond more covers the rounding of both ways.
        self.start + Duration::from_nanos(passed as u64 + 1)
    }
}

impl<G: Game, B: Behaves<G>> Peer<G, B> {
    pub(crate) fn new(name: String, options: PlayerOptions<B>, offset: Duration, now: Duration, mut rng: Rng) -> Self {
        let clock = Clock { offset, start: now, drift_ppm: options.drift_ppm };
        Self {
            options,
            clock,
            client: new_client(name, options, clock.local(now)),
            script: Script::new(options.behavior, rng.next_u64()),
            session: Session::Connecting,
            link: Link::new(options.transport, options.conditions, rng),
            oracle: None,
            watcher: options.draws.then(Watcher::default),
            client_wake: now,
            wake: now,
            events: Vec::new(),
            errors: Vec::new(),
            disagreements: Vec::new(),
            traffic: Traffic::default(),
        }
    }

    /// The player's client.
    pub fn client(&self) -> &Client<G> {
        &self.client
    }

    /// The player's client, for tests that bypass its script.
    pub fn client_mut(&mut self) -> &mut Client<G> {
        &mut self.client
    }

    /// Seat or slot, while the server has this player in the room.
    pub fn member(&self) -> Option<MemberId> {
        match self.session {
            Session::Playing(member) => Some(member),
            _ => None,
        }
    }

    /// The seat, while the server has this player in the room; a spectator has none.
    pub fn player(&self) -> Option<PlayerId> {
        self.member()?.player()
    }

    /// True if the server has this player in the room.
    pub fn is_playing(&self) -> bool {
        self.member().is_some()
    }

    /// Options with which it joined.
    pub fn options(&self) -> PlayerOptions<B> {
        self.options
    }

    /// Everything the client reported, in order.
    pub fn events(&self) -> &[ClientEvent<G::Event>] {
        &self.events
    }

    /// Events about the room, in order.
    pub fn heard(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter_map(|event| match event {
            ClientEvent::Room { tick: _, event } => Some(event),
            _ => None,
        })
    }

    /// Events of the game, in order.
    pub fn seen(&self) -> impl Iterator<Item = &G::Event> {
        self.events.iter().filter_map(|event| match event {
            ClientEvent::Game { tick: _, event } => Some(event),
            _ => None,
        })
    }

    /// Messages of the server that the client could not decode. There should be none.
    pub fn errors(&self) -> &[DecodeError] {
        &self.errors
    }

    /// Differences between the client and the naive receiver. There should be none.
    pub fn disagreements(&self) -> &[String] {
        &self.disagreements
    }

    /// The naive receiver, which reads the same messages.
    pub fn oracle(&self) -> Option<&Oracle<G>> {
        self.oracle.as_ref()
    }

    /// Frames that were drawn, if the player has a screen.
    pub fn frames(&self) -> &[Frame<G>] {
        self.watcher.as_ref().map_or(&[], Watcher::frames)
    }

    /// Bytes and messages on the link.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Sets another behaviour.
    pub fn set_behavior(&mut self, behavior: B) {
        self.script.change(behavior);
    }

    /// The link to this player.
    pub fn link_mut(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Sends a message on the reliable channel, bypassing the client.
    pub fn send(&mut self, message: &ClientMessage<'_>, now: Duration) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        self.send_bytes(&bytes, true, now);
    }

    /// Sends bytes, bypassing the client.
    pub fn send_bytes(&mut self, bytes: &[u8], reliable: bool, now: Duration) {
        self.traffic.up_bytes += bytes.len() as u64;
        self.link.send_up(reliable, bytes, now);
        self.schedule();
    }

    /// Ends the session from the server's side; returns its place in the room.
    pub(crate) fn close(&mut self) -> Option<MemberId> {
        let member = self.member();
        self.session = Session::Over;
        self.schedule();
        member
    }

    /// Cuts the link at both ends while the server keeps the player; returns the player.
    pub(crate) fn cut(&mut self, now: Duration) -> Option<MemberId> {
        let member = self.member()?;
        self.session = Session::Held(member);
        self.link = Link::new(self.options.transport, self.options.conditions, Rng::new(now.as_nanos() as u64));
        self.schedule();
        Some(member)
    }

    /// True if the client has ended the session because of a time-out, while the server keeps the player.
    pub(crate) fn has_given_up(&self) -> bool {
        let timed_out = |ending: &Ending| ending.reason == DisconnectReason::TimedOut;
        matches!(self.session, Session::Held(_)) && self.client.ending().is_some_and(timed_out)
    }

    /// Comes back over a new link with a new client; the server has either kept the player or still has its old link.
    pub(crate) fn come_back(&mut self, transport: Transport, plain: bool, now: Duration) {
        let (Session::Playing(member) | Session::Held(member) | Session::Returning(member)) = self.session else {
            return;
        };
        self.session = Session::Returning(member);
        self.options = PlayerOptions { transport, plain, ..self.options };
        self.link = Link::new(transport, self.options.conditions, Rng::new(now.as_nanos() as u64));
        self.client = new_client("resumes".to_owned(), self.options, self.clock.local(now));
        self.oracle = None;
        self.client_wake = now;
        self.schedule();
    }

    pub(crate) fn send_down(&mut self, output: &Output<'_>, now: Duration) {
        self.traffic.down_bytes += output.bytes.len() as u64;
        self.link.send_down(output.channel, output.bytes, now);
        self.schedule();
    }

    pub(crate) fn hold(&mut self, held: bool) {
        self.link.hold(held);
        self.schedule();
    }

    pub(crate) fn set_blocked(&mut self, blocked: bool) -> bool {
        let lost = self.link.set_blocked(blocked);
        self.schedule();
        lost
    }

    pub(crate) fn next_wake(&self) -> Duration {
        self.wake
    }

    /// Decides the input for the next tick.
    pub(crate) fn decide(&mut self) {
        let intent = self.script.intent(&self.client);
        self.client.set_intent(intent);
    }

    /// Handles everything that is due: messages reach the server and the client, and the client sends its own.
    pub(crate) fn advance(&mut self, now: Duration, until_tick: Duration, room: &mut Room<G>) {
        while let Some(bytes) = self.link.poll_up(now) {
            self.handle_client_bytes(&bytes, until_tick, room, now);
        }
        while let Some(bytes) = self.link.poll_down(now) {
            self.handle_server_bytes(&bytes, now);
        }
        if self.client_wake <= now && self.has_link() {
            self.drive_client(now);
            self.close_what_has_ended(room, now);
        }
        if let Some(watcher) = &mut self.watcher {
            watcher.watch(&mut self.client, self.clock.local(now));
        }
        self.schedule();
    }

    fn drive_client(&mut self, now: Duration) {
        self.client.advance(self.clock.local(now));
        while let Some(output) = self.client.poll_output() {
            let reliable = output.channel == client::Channel::Reliable;
            self.traffic.up_bytes += output.bytes.len() as u64;
            self.link.send_up(reliable, &output.bytes, now);
        }
        while let Some(event) = self.client.poll_event() {
            self.events.push(event);
        }
        self.client_wake = self.clock.global(self.client.next_wake()).max(now + Duration::from_nanos(1));
    }

    /// A client that ends its session closes the link, and the server keeps the player of a link that was closed after
    /// a time-out.
    fn close_what_has_ended(&mut self, room: &mut Room<G>, now: Duration) {
        if self.client.ending().is_none_or(|ending| ending.reason != DisconnectReason::TimedOut) {
            return;
        }
        match self.session {
            Session::Playing(_) => {
                let member = self.cut(now).expect("it plays");
                assert!(room.hold(member), "{member} is in the room");
            }
            Session::Returning(member) => self.session = Session::Held(member),
            Session::Connecting => self.session = Session::Over,
            Session::Held(_) | Session::Over => {}
        }
    }

    fn has_link(&self) -> bool {
        !matches!(self.session, Session::Held(_) | Session::Over)
    }

    /// Updates the wake-up time after a change of the link or the client.
    fn schedule(&mut self) {
        let client = if self.has_link() { self.client_wake } else { Duration::MAX };
        let frame = self.watcher.as_ref().map_or(Duration::MAX, |watcher| self.clock.global(watcher.next_at()));
        self.wake = self.link.next_wake().unwrap_or(Duration::MAX).min(client).min(frame);
    }

    /// A minimal server shell.
    fn handle_client_bytes(&mut self, bytes: &[u8], until_tick: Duration, room: &mut Room<G>, now: Duration) {
        let message = ClientMessage::decode(bytes).expect("our client's messages can be read");
        match (self.session, message) {
            (Session::Connecting, ClientMessage::Hello(hello)) => {
                let reliable = self.options.transport == Transport::Stream;
                let joining = Joining { name: hello.name.to_owned(), plain: hello.plain, reliable };
                let joined = match self.options.spectates {
                    true => room.spectate(&joining).map(MemberId::from),
                    false => room.join(joining).map(MemberId::from),
                };
                match joined {
                    Ok(member) => {
                        self.session = Session::Playing(member);
                        room.note_session(member, self.clock.offset.as_nanos() as u64, 1, None);
                    }
                    Err(error) => self.refuse(DisconnectReason::RoomFull, &error.to_string(), now),
                }
            }
            (Session::Returning(member), ClientMessage::Hello(hello)) => {
                let reliable = self.options.transport == Transport::Stream;
                let joining = Joining { name: hello.name.to_owned(), plain: hello.plain, reliable };
                assert!(room.resume(member, &joining), "{member} was kept");
                self.session = Session::Playing(member);
            }
            (Session::Playing(member), ClientMessage::Input(input)) => {
                room.handle_input_bytes(member, input, until_tick.as_micros() as u32)
                    .expect("clients send what can be read");
            }
            (Session::Playing(MemberId::Player(player)), ClientMessage::Chat { text }) => {
                room.handle_chat(player, text);
            }
            (Session::Playing(member), ClientMessage::Resync) => room.restart(member),
            (Session::Playing(MemberId::Spectator(spectator)), ClientMessage::Watch { player }) => {
                room.watch(spectator, player);
            }
            (Session::Playing(member), ClientMessage::Leave) => {
                room.leave(member);
                self.close();
            }
            (Session::Playing(member), ClientMessage::Ping { token }) => {
                let mut pong = Vec::new();
                ServerMessage::Pong { token, tick: room.now_of(member) }.encode(&mut pong);
                self.link.send_down(room::Channel::Unreliable, &pong, now);
            }
            // Datagrams may overtake the hello, and what is on the way when a session ends arrives after it.
            _ => {}
        }
    }

    fn refuse(&mut self, reason: DisconnectReason, text: &str, now: Duration) {
        self.session = Session::Over;
        let mut goodbye = Vec::new();
        ServerMessage::Goodbye { reason, text: text.to_owned() }.encode(&mut goodbye);
        self.link.send_down(room::Channel::Reliable, &goodbye, now);
    }

    fn handle_server_bytes(&mut self, bytes: &[u8], now: Duration) {
        let local = self.clock.local(now);
        if let Err(error) = self.client.handle_message(bytes, local) {
            self.errors.push(error);
        }
        while let Some(event) = self.client.poll_event() {
            self.events.push(event);
        }
        self.client_wake = self.client_wake.min(self.clock.global(self.client.next_wake()).max(now));
        self.read_along(bytes);
    }

    /// Gives the same bytes to the naive receiver and compares the views.
    fn read_along(&mut self, bytes: &[u8]) {
        match ServerMessage::decode(bytes) {
            Ok(ServerMessage::Welcome(welcome)) if !self.options.plain => self.oracle = Some(Oracle::new(&welcome)),
            Ok(ServerMessage::Map(map)) => self.oracle.iter_mut().for_each(|oracle| oracle.handle_map(&map)),
            Ok(ServerMessage::Restart { epoch, first_tick }) => {
                self.oracle.iter_mut().for_each(|oracle| oracle.handle_restart(epoch, first_tick));
            }
            Ok(ServerMessage::Snapshot | ServerMessage::PlainSnapshot) => {
                self.traffic.snapshots += 1;
                self.traffic.snapshot_bytes += bytes.len() as u64;
                self.traffic.snapshot_bytes_max = self.traffic.snapshot_bytes_max.max(bytes.len());
                let Some(oracle) = &mut self.oracle else { return };
                match oracle.handle_snapshot(bytes) {
                    Ok(true) => self.compare(),
                    Ok(false) => {}
                    Err(error) => self.errors.push(error),
                }
            }
            _ => {}
        }
    }

    fn compare(&mut self) {
        let Some(oracle) = &self.oracle else { return };
        let view = self.client.view();
        let shown = oracle.shown().iter().map(|(&id, state)| (id, *state));
        if view.tick() != oracle.tick() || !shown.eq(view.entities().map(|(id, state)| (id.0, *state))) {
            let text = format!("at {:?} (the naive receiver is at {:?})", view.tick(), oracle.tick());
            self.disagreements.push(text);
        }
    }
}

fn new_client<G: Game, B>(name: String, options: PlayerOptions<B>, now: Duration) -> Client<G> {
    let PlayerOptions { transport, plain, draws, .. } = options;
    let config = ClientConfig {
        ticket: "virtual".to_owned(),
        name,
        plain,
        reliable: transport == Transport::Stream,
        predict: !plain,
        draw: draws,
        ..ClientConfig::default()
    };
    Client::new(config, now)
}
