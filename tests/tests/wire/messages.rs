//! Vectors of every message, and the proof that what the document calls their fields is what the code means.

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState},
    event::{self, MatchPhase, Standing, Team, Weapon},
    input::{Buttons, Heading, Input},
    own::OwnState,
    rules::{Mode, World},
};
use glam::IVec2;
use shared::{
    PlayerId, Tick,
    game::{Record, Replicate},
    limits::PROTOCOL_VERSION,
    wire::{
        Ack, Checksum, ClientMessage, DisconnectReason, Event, GameEvents, Hello, InputBytes, InputMessage, MapMessage,
        ServerMessage, SessionMessage, SnapshotHeader, Welcome, Writer, kind,
    },
};

use crate::{
    grammar::{ARENA, GameLayouts, LAYOUTS, describe},
    json::{Json, object},
    read,
    terrain::pillar,
    vectors::{self, hex},
};

/// A named message, ready for a file of vectors.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// The newest tick its receiver has applied, for short ticks.
    pub(crate) newest: u32,
    /// Layouts of the game whose values it contains.
    pub(crate) game: &'static GameLayouts,
}

impl Sample {
    /// The message by the names of its fields.
    pub(crate) fn decoded(&self) -> Json {
        describe(&self.bytes, self.newest, self.game)
    }

    pub(crate) fn vector(&self) -> Json {
        let mut fields = vec![("name", Json::from(self.name)), ("hex", hex(&self.bytes).into())];
        if self.newest > 0 {
            fields.push(("newest_applied", self.newest.into()));
        }
        fields.push(("decoded", self.decoded()));
        Json::Object(fields)
    }
}

fn up(name: &'static str, message: ClientMessage<'_>) -> Sample {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    Sample { name, bytes, newest: 0, game: &ARENA }
}

fn input_of(name: &'static str, message: InputMessage<Input>) -> Sample {
    up(name, ClientMessage::Input(InputBytes::new(&message.encoded())))
}

fn down(name: &'static str, message: &ServerMessage) -> Sample {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    Sample { name, bytes, newest: 0, game: &ARENA }
}

fn input(heading: u8, aim: u16, buttons: Buttons) -> Input {
    Input { heading: Heading::new(heading).expect("in range"), aim, buttons }
}

/// Messages of every kind from a client.
pub(crate) fn client() -> Vec<Sample> {
    let ticket = "6b1f0c7a9d2e4f5811c3a7b90e6d42f0";
    let inputs = [input(1, 1_020, Buttons::FIRE), input(1, 4, Buttons::FIRE), input(64, 516, Buttons::NONE)];
    let ack = Ack { newest: Tick(1_196), missing: 0b101 };
    let newest = Tick(1_200);
    vec![
        up("hello", ClientMessage::Hello(Hello { plain: false, name: "Ada", ticket })),
        up("hello of a plain client", ClientMessage::Hello(Hello { plain: true, name: "Zoë 🚀", ticket })),
        input_of("input", InputMessage::new(newest, ack, 16, inputs)),
        input_of("input before the first snapshot", InputMessage::new(Tick(2), Ack::default(), 0, [Input::default()])),
        input_of(
            "input of eight ticks",
            InputMessage::new(
                Tick(70_000),
                Ack { newest: Tick(69_990), missing: u32::MAX },
                255,
                (0..8).map(|age| input(age * 9, u16::from(age) * 146, Buttons::FIRE.with(Buttons::DASH))),
            ),
        ),
        up("ping", ClientMessage::Ping { token: 3_000_000_000 }),
        up("chat", ClientMessage::Chat { text: "good game" }),
        up("leave", ClientMessage::Leave),
        up("watch", ClientMessage::Watch { player: PlayerId(3) }),
        up("resync", ClientMessage::Resync),
    ]
}

/// Messages of every kind from the server, snapshots aside.
pub(crate) fn server() -> Vec<Sample> {
    let terrain = pillar(30);
    let events = vec![
        Event::Joined { player: PlayerId(3), name: "Ada".to_owned(), opponent: false },
        Event::Left(PlayerId(9)),
        Event::Chat { from: Some(PlayerId(5)), text: "good game".to_owned() },
        Event::Chat { from: None, text: "The server restarts at noon.".to_owned() },
    ];
    let game_events = [
        event::Event::Standing(Standing { player: PlayerId(3), team: Team::Blue, score: 12, deaths: 7 }),
        event::Event::Killed { killer: PlayerId(3), victim: PlayerId(5), weapon: Weapon::Rail },
        event::Event::Hit { shooter: PlayerId(3), victim: PlayerId(5), damage: 20, weapon: Weapon::Shell },
        event::Event::Rail { shooter: PlayerId(3), from: IVec2::new(4_000, 3_100), to: IVec2::new(9_984, 2_048) },
        event::Event::Match {
            mode: Mode::TeamDeathmatch,
            phase: MatchPhase::Running,
            ends: Tick(9_000),
            score_limit: 25,
            team_scores: [11, 12],
        },
    ];
    vec![
        down(
            "welcome",
            &ServerMessage::Welcome(Welcome {
                member: PlayerId(3).into(),
                tick: Tick(1_190),
                tick_rate: terrain.rules.tick_rate,
                seats: 16,
                interest_px: 900,
                room: 7,
                server: "Ricochet".to_owned(),
                game: arena::NAME.to_owned(),
                game_version: arena::VERSION,
            }),
        ),
        down("map", &ServerMessage::Map(MapMessage::new(1, Tick(1_191), &terrain))),
        down(
            "session",
            &ServerMessage::Session(SessionMessage {
                id: "00c0ffee12345678".to_owned(),
                token: "AgDA_-4SNFZ4AAAABwAAAAAAA1t2Q7bQz0wI2u8jU4l4w9m1k3f5p7r9tBvDxFzHa1c".to_owned(),
                resume_secs: 30,
            }),
        ),
        down(
            "session of a server that keeps nobody",
            &ServerMessage::Session(SessionMessage {
                id: "00c0ffee12345678".to_owned(),
                token: String::new(),
                resume_secs: 0,
            }),
        ),
        down("restart", &ServerMessage::Restart { epoch: 7, first_tick: Tick(1_203) }),
        down("events", &ServerMessage::Events { tick: Tick(1_201), events }),
        down("no events", &ServerMessage::Events { tick: Tick(0), events: Vec::new() }),
        down("game_events", &ServerMessage::GameEvents(GameEvents::new(Tick(1_201), &game_events))),
        down("pong", &ServerMessage::Pong { token: 3_000_000_000, tick: Tick(1_202) }),
        down(
            "goodbye",
            &ServerMessage::Goodbye {
                reason: DisconnectReason::ShuttingDown,
                text: "The server shuts down.".to_owned(),
            },
        ),
        down(
            "goodbye of another version",
            &ServerMessage::Goodbye {
                reason: DisconnectReason::VersionMismatch,
                text: "the client speaks protocol 2, this server 3".to_owned(),
            },
        ),
        down(
            "goodbye of a room whose game failed",
            &ServerMessage::Goodbye {
                reason: DisconnectReason::RoomFailed,
                text: "a fault in the game ended the room".to_owned(),
            },
        ),
    ]
}

/// The head and kind of a snapshot or plain snapshot, then what `write` appends.
pub(crate) fn snapshot_bytes(kind: u8, write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut body = Vec::new();
    let mut out = Writer::new(&mut body);
    out.int(kind);
    write(&mut out);
    let elements = out.elements();
    let mut bytes = Vec::new();
    Writer::new(&mut bytes).array(elements as usize);
    bytes.extend(body);
    bytes
}

/// Snapshots of a player who sees little: their layout, apart from what they do to a view.
pub(crate) fn snapshots() -> Vec<Sample> {
    let quiet = SnapshotHeader {
        tick: Tick(1_200),
        full_tick: false,
        epoch: 1,
        reduced: false,
        baseline: Some(Tick(1_197)),
        input_age: 0,
        margin: 9,
        own: None,
        checksum: None,
    };
    let own = OwnState { fire_ticks: 7, rapid_ticks: 200, ..OwnState::default() };
    let whole = SnapshotHeader { full_tick: true, baseline: None, own: Some(own), ..quiet };
    let checksum = Checksum { sum: 0xdead_beef, since: 2 };
    let busy = SnapshotHeader { reduced: true, margin: -128, input_age: 127, checksum: Some(checksum), ..quiet };
    let craft = EntityState::Craft(CraftState {
        position: IVec2::new(4_000, 3_100),
        velocity: IVec2::new(-700, 129),
        heading: Heading::new(17).expect("in range"),
        aim: 250,
        health: 100,
        flags: CraftFlags(1),
    });
    let shell = EntityState::Shell(ShellState {
        position: IVec2::new(4_100, 3_000),
        velocity: IVec2::new(5_461, 0),
        owner: PlayerId(3),
        bounces_left: 2,
        ticks_left: 65,
    });
    let pickup = |place| EntityState::Pickup(PickupState { place, available: place == 0 });
    let terrain = pillar(30);
    let sample = |name, bytes| Sample { name, bytes, newest: 1_199, game: &ARENA };
    vec![
        sample("a quiet snapshot", snapshot_bytes(kind::SNAPSHOT, |out| quiet.encode(out))),
        sample(
            "a first snapshot with whole states",
            snapshot_bytes(kind::SNAPSHOT, |out| {
                whole.encode(out);
                for (gap, state) in [(3, craft), (0, pickup(0)), (0, pickup(1)), (3, shell)] {
                    out.int(gap);
                    state.encode_full(out);
                }
            }),
        ),
        sample(
            "deltas, a vanished entity and a checksum",
            snapshot_bytes(kind::SNAPSHOT, |out| {
                busy.encode(out);
                // Craft 0 turns (1), craft 1 turns its gun and was hit (2 + 4), craft 3 dashes (16), pickup 4 is taken,
                // shell 12 is gone, shell 200 went into another direction than was sent.
                let updates: [&[i64]; 6] =
                    [&[0, 1, 33], &[0, 6, -20, 80], &[1, 16], &[0, 1, 0], &[7, 0], &[187, 65, 1, 2, 3, 4, 3, 1, 60]];
                updates.iter().flat_map(|update| update.iter()).for_each(|&value| out.int(value));
            }),
        ),
        sample(
            "a push",
            snapshot_bytes(kind::SNAPSHOT, |out| {
                quiet.encode(out);
                [2, 32 + 4, 60, 300, -12, 0, -1_000].into_iter().for_each(|value: i64| out.int(value));
            }),
        ),
        sample(
            "a plain snapshot",
            snapshot_bytes(kind::PLAIN_SNAPSHOT, |out| {
                [1_200, 0, -3, 1].into_iter().for_each(|value: i64| out.int(value));
                own.encode(out);
                for (id, state) in [(3u16, Some(craft)), (4, Some(pickup(0))), (9, Some(shell)), (10, None)] {
                    out.int(id);
                    match state {
                        Some(state) => state.encode_plain(&terrain, out),
                        None => out.int(0u8),
                    }
                }
            }),
        ),
        sample(
            "a quiet plain snapshot",
            snapshot_bytes(kind::PLAIN_SNAPSHOT, |out| {
                [1_201, 127, 0, 3].into_iter().for_each(|value: i64| out.int(value));
                OwnState::default().encode(out);
            }),
        ),
    ]
}

fn check(file: &str, samples: &[Sample]) {
    vectors::check(file, &Json::list(samples.iter().map(Sample::vector)));
}

#[test]
fn messages_of_a_client() {
    let samples = client();
    for sample in &samples {
        assert_eq!(read::from_client::<World>(&sample.bytes), Ok(()), "{}", sample.name);
    }
    check("client", &samples);
}

#[test]
fn messages_of_the_server() {
    let samples = server();
    for sample in &samples {
        assert_eq!(read::from_server::<World>(&sample.bytes), Ok(()), "{}", sample.name);
    }
    check("server", &samples);
}

#[test]
fn snapshots_of_the_server() {
    check("snapshots", &snapshots());
}

#[test]
fn every_kind_has_a_vector() {
    let samples = client().into_iter().chain(server()).chain(snapshots());
    let kinds: Vec<_> = samples.map(|sample| sample.decoded().field("message").cloned()).collect();
    for layout in LAYOUTS {
        assert!(kinds.contains(&Some(Json::from(layout.name))), "{} has none", layout.name);
    }
}

/// The other half of the proof: the vectors above are encoded from named Rust fields, and here each name of the
/// document is held against the Rust field it stands for.
#[test]
fn names_of_the_document_mean_the_fields_of_the_code() {
    for sample in client() {
        let decoded = sample.decoded();
        let expected = match ClientMessage::decode(&sample.bytes).expect("samples are valid") {
            ClientMessage::Hello(Hello { plain, name, ticket }) => {
                object! { "message": "hello", "version": PROTOCOL_VERSION, "plain": u8::from(plain), "name": name, "ticket": ticket }
            }
            ClientMessage::Input(bytes) => inputs_by_fields(&bytes.decode().expect("samples are valid")),
            ClientMessage::Ping { token } => object! { "message": "ping", "token": token },
            ClientMessage::Chat { text } => object! { "message": "chat", "text": text },
            ClientMessage::Leave => object! { "message": "leave" },
            ClientMessage::Watch { player } => object! { "message": "watch", "player": player.0 },
            ClientMessage::Resync => object! { "message": "resync" },
        };
        assert_eq!(decoded, expected, "{}", sample.name);
    }
    for sample in server() {
        let Some(expected) = server_by_fields(&ServerMessage::decode(&sample.bytes).expect("samples are valid")) else {
            continue;
        };
        assert_eq!(sample.decoded(), expected, "{}", sample.name);
    }
}

fn inputs_by_fields(message: &InputMessage<Input>) -> Json {
    object! {
        "message": "input",
        "newest": message.newest.0,
        "ack": message.ack.newest.0,
        "missing": message.ack.missing,
        "view_age": message.view_age,
        "inputs": Json::list(message.iter().map(|(_, Input { heading, aim, buttons })| object! {
            "heading": heading.value(), "aim": aim, "buttons": buttons.value(),
        })),
    }
}

/// `None` for maps, which the sequences prove, and for snapshots.
fn server_by_fields(message: &ServerMessage) -> Option<Json> {
    Some(match message {
        ServerMessage::Welcome(welcome) => {
            let Welcome { member, tick, tick_rate, seats, interest_px, room, server, game, game_version } = welcome;
            object! {
                "message": "welcome",
                "version": PROTOCOL_VERSION,
                "player": member.number(*seats),
                "tick": tick.0,
                "tick_hz": tick_rate.hz(),
                "seats": *seats,
                "interest_px": *interest_px,
                "room": *room,
                "server": server.clone(),
                "game": game.clone(),
                "game_version": *game_version,
            }
        }
        ServerMessage::Goodbye { reason, text } => {
            object! { "message": "goodbye", "code": reason.code(), "text": text.clone() }
        }
        ServerMessage::Events { tick, events } => {
            object! { "message": "events", "tick": tick.0, "events": Json::list(events.iter().map(event_by_fields)) }
        }
        ServerMessage::GameEvents(events) => {
            let told: Vec<event::Event> = events.decode().expect("samples are valid");
            let told = Json::list(told.iter().map(game_event_by_fields));
            object! { "message": "game_events", "tick": events.tick.0, "events": told }
        }
        ServerMessage::Session(SessionMessage { id, token, resume_secs }) => object! {
            "message": "session", "id": id.clone(), "token": token.clone(), "resume_secs": *resume_secs,
        },
        ServerMessage::Restart { epoch, first_tick } => {
            object! { "message": "restart", "epoch": *epoch, "first_tick": first_tick.0 }
        }
        ServerMessage::Pong { token, tick } => object! { "message": "pong", "token": *token, "tick": tick.0 },
        ServerMessage::Map(_) | ServerMessage::Snapshot | ServerMessage::PlainSnapshot => return None,
    })
}

fn event_by_fields(event: &Event) -> Json {
    match event {
        Event::Joined { player, name, opponent } => object! {
            "event": "joined", "player": player.0, "name": name.clone(), "opponent": u8::from(*opponent),
        },
        Event::Left(player) => object! { "event": "left", "player": player.0 },
        Event::Chat { from, text } => object! {
            "event": "chat", "player": from.map_or(-1, |player| i32::from(player.0)), "text": text.clone(),
        },
    }
}

fn game_event_by_fields(event: &event::Event) -> Json {
    use event::Event;
    match event {
        Event::Standing(Standing { player, team, score, deaths }) => object! {
            "event": "standing", "player": player.0, "team": *team as u8, "score": *score, "deaths": *deaths,
        },
        Event::Killed { killer, victim, weapon } => {
            object! { "event": "killed", "killer": killer.0, "victim": victim.0, "weapon": *weapon as u8 }
        }
        Event::Hit { shooter, victim, damage, weapon } => object! {
            "event": "hit", "shooter": shooter.0, "victim": victim.0, "damage": *damage, "weapon": *weapon as u8,
        },
        Event::Rail { shooter, from, to } => object! {
            "event": "rail", "shooter": shooter.0, "from_x": from.x, "from_y": from.y, "to_x": to.x, "to_y": to.y,
        },
        Event::Match { mode, phase, ends, score_limit, team_scores: [red, blue] } => object! {
            "event": "match", "mode": *mode as u8, "phase": *phase as u8, "ends": ends.0, "score_limit": *score_limit,
            "red_score": *red, "blue_score": *blue,
        },
    }
}
