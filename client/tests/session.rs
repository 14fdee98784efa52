//! A client against a scripted server in memory: the messages that it sends, their times, and its handling of the answers.

#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use arena::{
    event::{Standing, Team},
    input::{Heading, Input},
    map::Map,
    own::OwnState,
    rules::{Terrain, World, numbers::Rules},
};
use client::{Channel, Client, ClientConfig, ClientEvent, clock::ClockConfig};
use shared::{
    PlayerId, Tick, TickRate,
    wire::{
        Checksum, ClientMessage, DecodeError, DisconnectReason, Event, GameEvents, InputMessage, MapMessage,
        ServerMessage, SnapshotHeader, Welcome, Writer, kind,
    },
};

const PERIOD: Duration = ms(50);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A server that ticks at 20 Hz. Messages take `one_way` in each direction.
struct Scripted {
    client: Client<World>,
    now: Duration,
    one_way: Duration,
    tick: u32,
    last_applied: u32,
    margin: i8,
    checksum: Option<Checksum>,
    silent: bool,
    /// Resync requests are ignored.
    refuses: bool,
    to_client: Vec<(Duration, Vec<u8>)>,
    to_server: Vec<(Duration, Vec<u8>)>,
    heard: Vec<Heard>,
}

#[derive(Clone, PartialEq, Debug)]
enum Heard {
    Hello { name: String, ticket: String, plain: bool },
    Input(InputMessage<Input>),
    Ping,
    Chat(String),
    Leave,
    Watch(u16),
    Resync,
}

impl Scripted {
    fn new(one_way: Duration) -> Self {
        Self::with(ClientConfig { name: "ann".into(), ticket: "t1".into(), ..ClientConfig::default() }, one_way)
    }

    fn with(config: ClientConfig<World>, one_way: Duration) -> Self {
        Self {
            client: Client::new(config, Duration::ZERO),
            now: Duration::ZERO,
            one_way,
            tick: 100,
            last_applied: 0,
            margin: 0,
            checksum: None,
            silent: false,
            refuses: false,
            to_client: Vec::new(),
            to_server: Vec::new(),
            heard: Vec::new(),
        }
    }

    fn send(&mut self, message: &ServerMessage) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        self.send_bytes(bytes);
    }

    fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.to_client.push((self.now + self.one_way, bytes));
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += ms(1);
            let now = self.now;
            for bytes in take_arrived(&mut self.to_server, now) {
                self.handle(&bytes);
            }
            if now.as_millis().is_multiple_of(PERIOD.as_millis()) && !self.silent {
                self.make_tick();
            }
            for bytes in take_arrived(&mut self.to_client, now) {
                self.client.handle_message(&bytes, now).unwrap();
            }
            self.client.advance(now);
            while let Some(output) = self.client.poll_output() {
                self.to_server.push((now + self.one_way, output.bytes));
            }
        }
    }

    fn handle(&mut self, bytes: &[u8]) {
        let heard = match ClientMessage::decode(bytes).unwrap() {
            ClientMessage::Hello(hello) => {
                self.welcome();
                Heard::Hello { name: hello.name.into(), ticket: hello.ticket.into(), plain: hello.plain }
            }
            ClientMessage::Input(message) => {
                let message = message.decode::<Input>().unwrap();
                let ahead = i64::from(message.newest.0) - i64::from(self.tick);
                let early_ms = 50 * ahead - self.now.as_millis() as i64 % 50;
                self.margin = (4 * early_ms).clamp(-127, 127) as i8;
                self.last_applied = self.last_applied.max(message.newest.0);
                Heard::Input(message)
            }
            ClientMessage::Ping { token } => {
                self.send(&ServerMessage::Pong { token, tick: Tick(self.tick) });
                Heard::Ping
            }
            ClientMessage::Chat { text } => Heard::Chat(text.into()),
            ClientMessage::Leave => Heard::Leave,
            ClientMessage::Watch { player } => Heard::Watch(player.0),
            ClientMessage::Resync => {
                if !self.refuses {
                    self.checksum = None;
                    self.send(&ServerMessage::Restart { epoch: 0, first_tick: Tick(self.tick + 1) });
                }
                Heard::Resync
            }
        };
        self.heard.push(heard);
    }

    fn welcome(&mut self) {
        let tick_rate = TickRate::new(20).unwrap();
        self.send(&ServerMessage::Welcome(Welcome {
            member: PlayerId(3).into(),
            tick: Tick(self.tick),
            tick_rate,
            seats: 16,
            interest_px: 1_000,
            room: 1,
            server: "scripted".into(),
            game: arena::NAME.into(),
            game_version: arena::VERSION,
        }));
        let map = Map::new("box".into(), 64, 8, 8, vec![false; 64], Vec::new());
        let terrain = Terrain { map: Arc::new(map), rules: Rules::new(tick_rate) };
        self.send(&ServerMessage::Map(MapMessage::new(0, Tick(self.tick + 1), &terrain)));
    }

    fn make_tick(&mut self) {
        self.tick += 1;
        let applied = self.last_applied.min(self.tick);
        let header = SnapshotHeader::<OwnState> {
            tick: Tick(self.tick),
            full_tick: true,
            epoch: 0,
            reduced: false,
            baseline: Some(Tick(self.tick)),
            input_age: (self.tick - applied).min(127) as u8,
            margin: self.margin,
            own: None,
            checksum: self.checksum,
        };
        let (mut body, mut bytes) = (Vec::new(), Vec::new());
        let mut out = Writer::new(&mut body);
        header.encode(&mut out);
        let elements = out.elements();
        let mut out = Writer::new(&mut bytes);
        out.array(1 + elements as usize);
        out.int(kind::SNAPSHOT);
        out.copy(&body, elements);
        self.send_bytes(bytes);
    }

    fn inputs(&self) -> impl DoubleEndedIterator<Item = &InputMessage<Input>> {
        self.heard.iter().filter_map(|heard| if let Heard::Input(message) = heard { Some(message) } else { None })
    }

    fn times_heard(&self, wanted: &Heard) -> usize {
        self.heard.iter().filter(|heard| *heard == wanted).count()
    }

    fn events(&mut self) -> Vec<ClientEvent<arena::event::Event>> {
        std::iter::from_fn(|| self.client.poll_event()).collect()
    }

    fn ending(&self) -> DisconnectReason {
        self.client.ending().expect("the session is over").reason
    }
}

fn take_arrived(flying: &mut Vec<(Duration, Vec<u8>)>, now: Duration) -> Vec<Vec<u8>> {
    let (arrived, rest) = flying.drain(..).partition::<Vec<_>, _>(|&(arrival, _)| arrival <= now);
    *flying = rest;
    arrived.into_iter().map(|(_, bytes)| bytes).collect()
}

#[test]
fn hello_comes_first_and_reliably() {
    let mut client = Client::<World>::new(ClientConfig { name: "ann".into(), ..ClientConfig::default() }, ms(0));
    client.advance(ms(100));
    let output = client.poll_output().unwrap();
    assert_eq!(output.channel, Channel::Reliable);
    assert!(matches!(ClientMessage::decode(&output.bytes), Ok(ClientMessage::Hello(hello)) if hello.name == "ann"));
    assert_eq!(client.poll_output(), None, "nothing more before the welcome");
}

#[test]
fn one_input_per_tick_arrives_just_before_its_tick() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(3_000));
    let settled = server.inputs().count();
    server.run(ms(1_000));
    let newest: Vec<_> = server.inputs().map(|message| message.newest.0).collect();
    assert!(newest.windows(2).all(|pair| pair[1] == pair[0] + 1), "{newest:?}");
    assert!((19..=21).contains(&(newest.len() - settled)), "{} inputs in a second", newest.len() - settled);
    assert!((2..=12).contains(&server.margin), "margin of {} quarters of a millisecond", server.margin);
    assert_eq!(server.client.clock().unwrap().snaps(), 0);
}

#[test]
fn inputs_carry_intent_and_acknowledge_the_newest_snapshot() {
    let mut server = Scripted::new(ms(40));
    let intent = Input { heading: Heading::new(9).unwrap(), aim: 700, ..Input::default() };
    server.client.set_intent(intent);
    server.run(ms(2_000));
    let message = server.inputs().next_back().unwrap();
    assert_eq!(message.iter().next(), Some((message.newest, intent)));
    assert_eq!(message.iter().count(), 2, "the one that is on its way is repeated");
    let age = message.newest.since(message.ack.newest);
    assert!((2..=3).contains(&age), "acknowledges what is {age} ticks before the input");
    assert_eq!(u32::from(message.view_age), 4 * age);
}

#[test]
fn pings_measure_the_round_trip() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(3_000));
    let rtt = server.client.stats().rtt;
    assert_eq!((rtt.least(), rtt.smoothed()), (Some(ms(40)), Some(ms(40))));
    let pings = server.times_heard(&Heard::Ping);
    assert!((6..=7).contains(&pings), "{pings} pings in three seconds");
}

#[test]
fn roster_follows_events_and_the_owner_hears_them() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(200));
    assert_eq!(server.events(), [ClientEvent::Joined, ClientEvent::MapChanged]);
    let player = PlayerId(5);
    let joined = Event::Joined { player, name: "bob".into(), opponent: false };
    let standing_of_bob = Standing { player, team: Team::Red, score: 1, deaths: 0 };
    let standing = arena::event::Event::Standing(standing_of_bob);
    server.send(&ServerMessage::Events { tick: Tick(103), events: vec![joined.clone()] });
    server.send(&ServerMessage::GameEvents(GameEvents::new(Tick(103), &[standing])));
    server.run(ms(100));
    let name = server.client.roster().get(player).unwrap().name.as_str();
    assert_eq!((name, server.client.board().standing(player)), ("bob", standing_of_bob));
    let tick = Tick(103);
    let told = [ClientEvent::Room { tick, event: joined }, ClientEvent::Game { tick, event: standing }];
    assert_eq!(server.events(), told);
    server.send(&ServerMessage::Events { tick: Tick(104), events: vec![Event::Left(player)] });
    server.run(ms(100));
    assert_eq!(server.client.roster().get(player), None);
    assert_eq!(server.client.board().standing(player).score, 0, "what was known of the seat counts no more");
}

#[test]
fn mismatch_is_counted_and_healed_by_one_resync() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(500));
    server.checksum = Some(Checksum { sum: 1, since: 0 });
    server.run(ms(1_000));
    let counters = server.client.stats().counters;
    assert!(counters.state_mismatches >= 1);
    assert_eq!(counters.resyncs, 1);
    assert_eq!(server.times_heard(&Heard::Resync), 1);
    server.run(ms(1_000));
    let healed = server.client.stats().counters;
    assert_eq!(healed.state_mismatches, counters.state_mismatches);
    assert!(healed.snapshots >= counters.snapshots + 19, "the view goes on after the resync");
}

#[test]
fn wish_for_a_resync_is_repeated_until_it_is_fulfilled() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(500));
    server.refuses = true;
    server.checksum = Some(Checksum { sum: 1, since: 0 });
    server.run(ms(10_000));
    let asked = server.times_heard(&Heard::Resync);
    assert!((9..=11).contains(&asked), "asked {asked} times in ten seconds");
    let counters = server.client.stats().counters;
    server.refuses = false;
    server.run(ms(2_000));
    assert_eq!(server.client.ending(), None);
    let healed = server.client.stats().counters;
    assert!(healed.snapshots >= counters.snapshots + 15, "the view goes on");
    let asked = server.times_heard(&Heard::Resync);
    server.run(ms(5_000));
    assert_eq!(server.times_heard(&Heard::Resync), asked, "and nothing more is asked for");
}

#[test]
fn resyncs_are_a_second_apart() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(500));
    for _ in 0..60 {
        server.checksum = Some(Checksum { sum: 1, since: 0 });
        server.run(ms(50));
    }
    let resyncs = server.client.stats().counters.resyncs;
    assert!((3..=4).contains(&resyncs), "{resyncs} resyncs in three seconds");
}

#[test]
fn silence_ends_the_session() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(500));
    server.silent = true;
    server.one_way = Duration::from_secs(3_600);
    server.run(ms(4_900));
    assert_eq!(server.client.ending(), None);
    server.run(ms(200));
    assert_eq!(server.ending(), DisconnectReason::TimedOut);
}

#[test]
fn time_in_which_the_client_did_not_run_is_no_silence_of_the_server() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(500));
    // The process is suspended; messages that arrive meanwhile wait in a buffer.
    let mut now = server.now + ms(18_000);
    server.client.advance(now);
    assert_eq!(server.client.ending(), None, "the buffer is still unread");
    let mut pong = Vec::new();
    ServerMessage::Pong { token: 1, tick: Tick(1) }.encode(&mut pong);
    server.client.handle_message(&pong, now).unwrap();
    // From here on the client runs, and the server is silent.
    let since = now;
    while server.client.ending().is_none() {
        now = server.client.next_wake();
        server.client.advance(now);
    }
    assert_eq!(server.client.ending().unwrap().reason, DisconnectReason::TimedOut);
    assert_eq!(now - since, ms(5_000));
}

#[test]
fn unanswered_hello_ends_the_session_too() {
    let mut client = Client::<World>::new(ClientConfig::default(), ms(0));
    assert_eq!(client.next_wake(), ms(5_000));
    client.advance(ms(4_999));
    assert_eq!(client.ending(), None);
    client.advance(ms(5_000));
    assert_eq!(client.ending().unwrap().reason, DisconnectReason::TimedOut);
}

#[test]
fn goodbye_ends_the_session_with_the_servers_reason() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(500));
    server.send(&ServerMessage::Goodbye { reason: DisconnectReason::ShuttingDown, text: "going home".into() });
    server.run(ms(100));
    assert_eq!(server.ending(), DisconnectReason::ShuttingDown);
    let heard = server.heard.len();
    server.run(ms(500));
    assert_eq!(server.heard.len(), heard, "nothing more is said");
}

#[test]
fn leaving_is_told_and_ends_the_session() {
    let mut server = Scripted::new(ms(20));
    server.run(ms(500));
    server.client.chat("bye");
    server.client.leave();
    server.client.leave();
    server.run(ms(100));
    assert_eq!(server.heard[server.heard.len() - 2..], [Heard::Chat("bye".into()), Heard::Leave]);
    assert_eq!(server.ending(), DisconnectReason::Left);
}

#[test]
fn config_reaches_hello_and_clock() {
    let config = ClientConfig {
        name: "eve".into(),
        ticket: "t2".into(),
        plain: true,
        reliable: true,
        clock: ClockConfig { margin_base: ms(10) },
        ..ClientConfig::default()
    };
    let mut server = Scripted::with(config, ms(20));
    server.run(ms(4_000));
    assert_eq!(server.heard[0], Heard::Hello { name: "eve".into(), ticket: "t2".into(), plain: true });
    assert!((32..=52).contains(&server.margin), "margin of {} quarters of a millisecond", server.margin);
    assert!(server.inputs().all(|message| message.iter().count() == 1));
}

#[test]
fn nonsense_is_an_error_and_counted() {
    let mut client = Client::<World>::new(ClientConfig::default(), ms(0));
    assert_eq!(client.handle_message(&[0x91, 99], ms(1)), Err(DecodeError::UnknownKind { kind: 99 }));
    assert!(client.handle_message(&[], ms(1)).is_err());
    assert_eq!(client.stats().counters.decode_errors, 2);
}

#[test]
fn room_of_another_game_is_left_with_both_names() {
    let mut client = Client::<World>::new(ClientConfig::default(), ms(0));
    let mut bytes = Vec::new();
    ServerMessage::Welcome(Welcome {
        member: PlayerId(0).into(),
        tick: Tick(1),
        tick_rate: TickRate::new(20).unwrap(),
        seats: 4,
        interest_px: 1_000,
        room: 1,
        server: "s".into(),
        game: "petri".into(),
        game_version: 7,
    })
    .encode(&mut bytes);
    client.handle_message(&bytes, ms(10)).unwrap();
    let ending = client.ending().expect("there is nothing to play");
    assert_eq!(ending.reason, DisconnectReason::VersionMismatch);
    assert_eq!(ending.text, "the server plays petri, version 7; this client plays arena, version 1");
}
