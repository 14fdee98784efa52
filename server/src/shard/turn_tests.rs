//! The real loop of a shard on a simulated clock, with ticks that take longer than their period.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};

use crossbeam_channel::Sender;
use room::{Joining, Match};
use shared::{
    PlayerId, RoomId, TickRate,
    limits::SHARD_COMMANDS_MAX,
    wire::{ClientMessage, Hello},
};
use tokio::sync::oneshot;

use super::{Ask, ShardCommand, ShardConfig, ShardLook, Timeouts, clock::Clock, waiter::Waiter, worker::Worker};
use crate::{
    base::steps,
    directory::{Directory, RoomHandle},
    games::{Guarded, testing},
    session::{HeldSession, Key, Role, SessionId},
};

/// Faults that a test injects into a shard.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Additional duration of every tick of every room.
    tick_takes: Duration,
    /// Additional duration of the next tick only.
    next_tick_takes: Duration,
}

impl Faults {
    pub(super) fn lengthen_tick(&mut self, clock: Clock) {
        if clock.is_simulated() {
            clock.advance(self.tick_takes + std::mem::take(&mut self.next_tick_takes));
        }
    }
}

const HZ: u16 = 30;
const PERIOD: Duration = Duration::from_nanos(33_333_333);
const HELD: SessionId = SessionId(77);

/// A shard that is driven turn by turn, with one room.
struct Driven {
    worker: Worker,
    commands: Sender<ShardCommand>,
    directory: Arc<Directory>,
    room: Arc<RoomHandle>,
}

impl Driven {
    fn new() -> Self {
        let directory = Arc::new(Directory::new(1, 10_000, Key::random()));
        let (commands, receiver) = crossbeam_channel::bounded(SHARD_COMMANDS_MAX);
        let mut worker = Worker::new(config(), Arc::clone(&directory), receiver).unwrap();
        worker.clock = Clock::simulated();
        worker.waiter = Waiter::simulated(worker.clock);
        let room = directory.new_room(0, testing::played(), 16);
        let mut driven = Self { worker, commands, directory, room };
        let handle = Arc::clone(&driven.room);
        driven.send(ShardCommand::OpenRoom { handle, room: self::room(1), held: Vec::new() });
        driven.directory.open_room(Arc::clone(&driven.room));
        driven.turn();
        driven
    }

    /// The same with rooms in all phases; together their ticks take `load` periods.
    fn loaded(percent: u32, rooms: u32) -> Self {
        let mut driven = Self::new();
        for seed in 1..rooms {
            let handle = driven.directory.new_room(0, testing::played(), 16);
            driven.send(ShardCommand::OpenRoom { handle, room: room(seed.into()), held: Vec::new() });
            driven.turn();
        }
        driven.worker.faults.tick_takes = PERIOD * percent / 100 / rooms;
        driven
    }

    fn send(&self, command: ShardCommand) {
        self.commands.send(command).unwrap();
    }

    fn turn(&mut self) {
        self.worker.turn();
    }

    fn now(&self) -> Duration {
        self.worker.clock.noted()
    }

    /// Makes turns for this time; returns their number.
    fn run(&mut self, time: Duration) -> u32 {
        let until = self.now() + time;
        let mut turns = 0;
        while self.now() < until {
            self.turn();
            turns += 1;
        }
        turns
    }

    fn ticks(&self) -> u32 {
        self.worker.rooms.iter().map(|(_, hosted)| hosted.room.now().0).sum()
    }

    /// Sends the query of an administrator, and makes turns until the answer is there, for a quarter of a second at most.
    fn look(&mut self) -> ShardLook {
        let (reply, mut answer) = oneshot::channel();
        self.send(ShardCommand::Ask(Ask::Look { reply }));
        let until = self.now() + PERIOD * 8;
        while self.now() < until {
            self.turn();
            if let Ok(look) = answer.try_recv() {
                return look;
            }
        }
        panic!("no answer within eight periods");
    }

    /// A WebSocket whose upgrade is done.
    fn connect(&mut self) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (socket, peer) = listener.accept().unwrap();
        self.send(ShardCommand::AdoptWebSocket { socket: socket.into(), read_ahead: Vec::new(), peer, lease: None });
        self.turn();
        client
    }

    fn join(&mut self, name: &str) -> (TcpStream, SessionId) {
        let real = self.worker.clock.real(self.now());
        let kept = self.directory.reserve(&self.room, name, Role::Play, real).unwrap();
        let mut client = self.connect();
        say(&mut client, &ClientMessage::Hello(Hello { plain: false, name, ticket: &kept.ticket }));
        for _ in 0..1_000 {
            self.turn();
            if self.worker.sessions.find(kept.session).is_some() {
                return (client, kept.session);
            }
        }
        panic!("the hello is not heard");
    }

    /// Ends a session and makes turns until it is over.
    fn kick(&mut self, session: SessionId) -> Duration {
        let began = self.now();
        let (reply, _) = oneshot::channel();
        self.send(ShardCommand::Ask(Ask::Kick { session, text: "out".to_owned(), reply }));
        while self.worker.sessions.find(session).is_some() {
            assert!(self.now() < began + Duration::from_secs(1), "the kick is not heard");
            self.turn();
        }
        self.now() - began
    }
}

fn config() -> ShardConfig {
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let private = rustls::pki_types::PrivateKeyDer::Pkcs8(key.signing_key.serialize_der().into());
    let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .unwrap();
    ShardConfig {
        index: 0,
        udp: "127.0.0.1:0".parse().unwrap(),
        tick_rate: TickRate::new(HZ).unwrap(),
        tls: Arc::new(tls),
        origins: Arc::default(),
        server: "test".to_owned(),
        timeouts: Timeouts::default(),
        guard: Arc::default(),
        resume: Duration::from_secs(30),
        recordings: None,
        deaths: None,
    }
}

fn room(seed: u64) -> Guarded {
    testing::room(testing::setup(TickRate::new(HZ).unwrap()), seed)
}

/// Sends a message in a masked frame, with a mask of zeroes.
fn say(client: &mut TcpStream, message: &ClientMessage<'_>) {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    let mut frame = vec![0x82, 0x80 | 126, (bytes.len() >> 8) as u8, bytes.len() as u8, 0, 0, 0, 0];
    frame.extend(bytes);
    client.write_all(&frame).unwrap();
}

const LOADS: [(u32, u32); 5] = [(120, 1), (150, 1), (150, 4), (150, 40), (500, 2)];

#[test]
fn every_duty_is_done_while_ticks_take_longer_than_their_period() {
    for (percent, rooms) in LOADS {
        let mut driven = Driven::loaded(percent, rooms);
        let silent = driven.connect();
        let (_player, session) = driven.join("ann");
        driven.run(Duration::from_secs(3));
        let look = driven.look();
        assert!(look.load > 0.95, "{percent} % of {rooms}: load {}", look.load);
        assert_eq!(look.rung, 3);
        assert!(driven.directory.shard(0).refuses_joins() && driven.directory.shard(0).rung() == 3);
        assert!(driven.kick(session) < PERIOD * 12);
        driven.run(Duration::from_secs(4));
        assert_eq!(driven.worker.peers.len(), 0, "one was kicked, the other sent no hello in time; both are buried");
        drop(silent);
        let real = driven.worker.clock.real(driven.now());
        assert!(driven.directory.shard(0).is_alive(real, PERIOD * 20), "its turns are made");
    }
}

#[test]
fn shard_at_full_load_climbs_within_a_second_and_is_back_within_two() {
    for (percent, rooms) in LOADS {
        let mut driven = Driven::loaded(40, rooms);
        driven.run(Duration::from_secs(5));
        assert_eq!(driven.worker.overload.rung(), 0);
        driven.worker.faults.tick_takes = PERIOD * percent / 100 / rooms;
        driven.run(Duration::from_secs(1));
        assert_eq!(driven.worker.overload.rung(), 3, "{percent} % of {rooms}");
        driven.run(Duration::from_secs(29));
        driven.worker.faults.tick_takes = PERIOD * 40 / 100 / rooms;
        driven.run(Duration::from_secs(2));
        assert_eq!(driven.worker.overload.rung(), 0, "after {percent} % of {rooms}");
    }
}

#[test]
fn rooms_of_an_overloaded_shard_slow_down_alike_and_the_others_keep_their_time() {
    for (percent, rooms) in LOADS {
        let mut driven = Driven::loaded(percent, rooms);
        driven.run(Duration::from_secs(2));
        let before: Vec<u32> = driven.worker.rooms.iter().map(|(_, hosted)| hosted.room.now().0).collect();
        driven.run(Duration::from_secs(30));
        let wanted = 30 * u32::from(HZ) * 100 / percent;
        for ((_, hosted), before) in driven.worker.rooms.iter().zip(before) {
            let made = hosted.room.now().0 - before;
            assert!(made.abs_diff(wanted) <= wanted / 10 + 2, "{percent} % of {rooms}: {made} ticks, not {wanted}");
        }
    }
    let mut driven = Driven::loaded(50, 4);
    let before = driven.ticks();
    driven.run(Duration::from_secs(30));
    let made = driven.ticks() - before;
    assert!(made.abs_diff(4 * 30 * u32::from(HZ)) <= 4, "{made} ticks");
}

#[test]
fn overloaded_shard_seals_and_drains() {
    let mut driven = Driven::loaded(150, 4);
    let (_client, _) = driven.join("ann");
    driven.run(Duration::from_secs(2));
    let began = driven.now();
    let (done, sealed) = crossbeam_channel::bounded(1);
    driven.send(ShardCommand::Seal { done });
    driven.run(PERIOD * 4);
    assert!(sealed.try_recv().is_ok());
    driven.send(ShardCommand::Drain { text: "bye".to_owned() });
    while !driven.worker.is_drained() {
        assert!(driven.now() < began + Duration::from_secs(2), "the shard does not end");
        driven.turn();
    }
}

#[test]
fn held_session_is_kicked_and_expires_while_the_shard_is_overloaded() {
    let mut driven = Driven::loaded(150, 1);
    let handle = driven.directory.restored_room(RoomId(9), 0, testing::played(), 16);
    let mut held = HeldSession { session: HELD, member: PlayerId(0).into(), generation: 1, account: None };
    let mut room = room(1);
    for _ in 0..2 {
        room.join(Joining { name: "ann".to_owned(), plain: false, reliable: true }).unwrap();
    }
    let other = HeldSession { session: SessionId(78), member: PlayerId(1).into(), ..held };
    held.generation = 1;
    (0..2).for_each(|_| driven.directory.keep(&handle, Role::Play).unwrap());
    driven.send(ShardCommand::OpenRoom { handle, room, held: vec![held, other] });
    driven.run(PERIOD * 4);
    assert!(driven.kick(HELD) < PERIOD * 4);
    assert_eq!(driven.worker.sessions.held(), 1);
    driven.run(Duration::from_secs(31));
    assert_eq!(driven.worker.sessions.held(), 0);
}

#[test]
fn time_in_which_the_process_stood_still_is_nobodys_silence() {
    let mut driven = Driven::new();
    let (mut client, session) = driven.join("ann");
    let (mut quiet, other) = driven.join("bea");
    driven.run(Duration::from_secs(2));
    for mid_tick in [false, true] {
        if mid_tick {
            driven.worker.faults.next_tick_takes = Duration::from_secs(18);
        } else {
            driven.worker.clock.advance(Duration::from_secs(18));
        }
        // The player's client went on meanwhile: all its messages come at once.
        for token in 0..18 * u32::from(HZ) * 2 {
            say(&mut client, &ClientMessage::Ping { token });
        }
        let before = driven.ticks();
        // One second of the standstill counts, as the longest turn.
        driven.run(Duration::from_secs(3));
        let made = driven.ticks() - before;
        assert!((60..=66).contains(&made), "{made} ticks: rooms go on and do not run after the time");
        for session in [session, other] {
            let (_, link) = driven.worker.sessions.find(session).expect("nobody is closed");
            assert!(link.is_some());
        }
        say(&mut quiet, &ClientMessage::Ping { token: 1 });
        driven.run(Duration::from_secs(3));
        assert_eq!(driven.worker.overload.rung(), 0);
    }
    driven.run(Duration::from_secs(11));
    assert_eq!(driven.worker.sessions.held(), 2, "silence of their own counts");
}

/// Many held sessions, and as many rooms as there can be.
fn crowded() -> (Driven, u64) {
    let mut driven = Driven::new();
    let rooms = u64::from(ROOMS);
    for number in 0..rooms {
        let handle = driven.directory.restored_room(RoomId(100 + number as u32), 0, testing::played(), 16);
        let mut room = room(number);
        let held = (0..16).map(|seat| {
            let joining = Joining { name: format!("p{seat}"), plain: false, reliable: true };
            let player = room.join(joining).unwrap();
            room.hold(player.into());
            HeldSession {
                session: SessionId(1_000 + number * 16 + seat),
                member: player.into(),
                generation: 1,
                account: None,
            }
        });
        let held = held.collect();
        (0..16).for_each(|_| driven.directory.keep(&handle, Role::Play).unwrap());
        driven.send(ShardCommand::OpenRoom { handle, room, held });
    }
    while !driven.commands.is_empty() {
        driven.turn();
    }
    (driven, rooms)
}

const ROOMS: u32 = 512;

#[test]
fn look_of_an_administrator_is_linear_in_rooms_and_sessions() {
    let (mut driven, rooms) = crowded();
    assert_eq!(driven.worker.sessions.held() as u64, rooms * 16);
    let now = driven.now();
    let (reply, mut answer) = oneshot::channel();
    let taken = steps::of(|| driven.worker.handle_ask(Ask::Look { reply }, now));
    let look = answer.try_recv().unwrap();
    assert_eq!(look.rooms.iter().map(|room| room.held.len() as u64).sum::<u64>(), rooms * 16);
    assert!((rooms * 16..=rooms * 18).contains(&taken), "{taken} steps");
}

#[test]
fn sessions_that_all_expire_at_once_are_a_few_steps_each() {
    let (mut driven, rooms) = crowded();
    let later = driven.now() + Duration::from_secs(31);
    let taken = steps::of(|| driven.worker.expire(later));
    assert_eq!(driven.worker.sessions.held(), 0);
    assert!((1..=rooms * 16 * 4).contains(&taken), "{taken} steps");
}

#[test]
fn rooms_that_all_close_at_once_are_a_few_steps_per_session() {
    let (mut driven, rooms) = crowded();
    let now = driven.now();
    let taken = steps::of(|| driven.worker.drain("the server ends", now));
    assert_eq!(driven.worker.sessions.held(), 0);
    assert!((1..=rooms * 16 * 4).contains(&taken), "{taken} steps");
}

#[test]
fn room_is_looked_through_often_only_while_somebody_looks_at_it() {
    let mut driven = Driven::new();
    let mut published = |looks: bool| {
        let until = driven.now() + Duration::from_secs(20);
        let mut ticks = Vec::new();
        while driven.now() < until {
            driven.turn();
            let view = if looks { driven.room.view() } else { driven.room.last_view() };
            ticks.push(view.tick);
        }
        ticks.dedup();
        ticks.len()
    };
    let (unseen, seen) = (published(false), published(true));
    assert!((18..=22).contains(&unseen), "{unseen} views in 20 s that nobody looked at");
    assert!((70..=82).contains(&seen), "{seen} views in 20 s");
    // For a few seconds another read of the view is expected.
    let after = published(false);
    assert!((30..=42).contains(&after), "{after} views in the 20 s after the last look");
}
