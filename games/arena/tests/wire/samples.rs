//! Messages to test with: strategies for random ones within their ranges, and one plain sample of each kind.

use std::sync::Arc;

use arena::{
    event::{Event, MatchPhase, Standing, Team, Weapon},
    input::{AIM_TURN, Buttons, Heading, Input},
    map::{Map, PickupKind, PickupPlace},
    rules::{
        Mode, Terrain,
        numbers::{Motion, Rules},
    },
};
use glam::IVec2;
use proptest::{collection::vec, prelude::*};
use shared::{
    MemberId, PlayerId, Tick, TickRate,
    limits::{
        CHAT_BYTES_MAX, GAME_NAME_BYTES_MAX, INPUTS_PER_MESSAGE_MAX, MAP_NAME_BYTES_MAX, NAME_BYTES_MAX,
        REASON_BYTES_MAX, RESUME_SECS_MAX, ROOM_PLAYERS_MAX, SESSION_ID_BYTES_MAX, SPECTATORS_PER_ROOM_MAX,
        TICK_HZ_MAX, TICK_HZ_MIN, TICKET_BYTES_MAX,
    },
    wire::{
        self, Ack, ClientMessage, DisconnectReason, GameEvents, Hello, InputBytes, InputMessage, MapMessage,
        ServerMessage, SessionMessage, Welcome,
    },
};

use crate::read::rate;

/// A client message that owns its text, as proptest wants it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum OwnedClientMessage {
    Hello { plain: bool, name: String, ticket: String },
    Chat { text: String },
    Input(Vec<u8>),
    Textless(ClientMessage<'static>),
}

impl OwnedClientMessage {
    pub(crate) fn borrow(&self) -> ClientMessage<'_> {
        match self {
            Self::Hello { plain, name, ticket } => ClientMessage::Hello(Hello { plain: *plain, name, ticket }),
            Self::Chat { text } => ClientMessage::Chat { text },
            Self::Input(bytes) => ClientMessage::Input(InputBytes::new(bytes)),
            Self::Textless(message) => *message,
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.borrow().encode(&mut bytes);
        bytes
    }
}

pub(crate) fn server_bytes(message: &ServerMessage) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    bytes
}

/// Text of at most `limit` bytes without control characters, of characters of one to four bytes.
pub(crate) fn text(limit: usize) -> impl Strategy<Value = String> {
    let any_char = prop_oneof![3 => prop::char::range(' ', '~'), 1 => any::<char>()];
    vec(any_char, 0..=limit).prop_map(move |chars| {
        let mut text = String::new();
        for char in chars.into_iter().filter(|char| !char.is_control()) {
            if text.len() + char.len_utf8() > limit {
                break;
            }
            text.push(char);
        }
        text
    })
}

pub(crate) fn input() -> impl Strategy<Value = Input> {
    (0..=Heading::DIRECTIONS, 0..AIM_TURN, 0..=3u8).prop_map(|(heading, aim, buttons)| Input {
        heading: Heading::new(heading).expect("in range"),
        aim,
        buttons: Buttons::new(buttons).expect("in range"),
    })
}

pub(crate) fn input_message() -> impl Strategy<Value = InputMessage<Input>> {
    (any::<u32>(), any::<u32>(), any::<u32>(), any::<u8>(), vec(input(), 1..=INPUTS_PER_MESSAGE_MAX)).prop_map(
        |(newest, ack, missing, view_age, inputs)| {
            InputMessage::new(Tick(newest), Ack { newest: Tick(ack), missing }, view_age, inputs)
        },
    )
}

pub(crate) fn client_message() -> impl Strategy<Value = OwnedClientMessage> {
    use OwnedClientMessage::{Chat, Hello, Textless};
    prop_oneof![
        (any::<bool>(), text(NAME_BYTES_MAX), text(TICKET_BYTES_MAX)).prop_map(|(plain, name, ticket)| Hello {
            plain,
            name,
            ticket
        }),
        input_message().prop_map(|message| OwnedClientMessage::Input(message.encoded())),
        any::<u32>().prop_map(|token| Textless(ClientMessage::Ping { token })),
        text(CHAT_BYTES_MAX).prop_map(|text| Chat { text }),
        Just(Textless(ClientMessage::Leave)),
        any::<u16>().prop_map(|player| Textless(ClientMessage::Watch { player: PlayerId(player) })),
        Just(Textless(ClientMessage::Resync)),
    ]
}

pub(crate) fn player() -> impl Strategy<Value = PlayerId> {
    (0..ROOM_PLAYERS_MAX as u16).prop_map(PlayerId)
}

pub(crate) fn position() -> impl Strategy<Value = IVec2> {
    vector(1 << 20)
}

pub(crate) fn velocity() -> impl Strategy<Value = IVec2> {
    vector(1 << 15)
}

/// Both small and large components, since a byte's width depends on them.
fn vector(max: i32) -> impl Strategy<Value = IVec2> {
    let component = move || prop_oneof![-200..=200, -max..=max];
    (component(), component()).prop_map(|(x, y)| IVec2::new(x, y))
}

pub(crate) fn tick_rate() -> impl Strategy<Value = TickRate> {
    (TICK_HZ_MIN..=TICK_HZ_MAX).prop_map(|hz| TickRate::new(hz).expect("in range"))
}

fn welcome() -> impl Strategy<Value = Welcome> {
    let room = (any::<u32>(), any::<u32>(), text(NAME_BYTES_MAX));
    let game = (text(GAME_NAME_BYTES_MAX), any::<u16>());
    let numbers = 0..(ROOM_PLAYERS_MAX + SPECTATORS_PER_ROOM_MAX) as u16;
    (numbers, any::<u32>(), tick_rate(), 1..=ROOM_PLAYERS_MAX as u16, room, game).prop_map(
        |(number, tick, tick_rate, seats, (interest_px, room, server), (game, game_version))| Welcome {
            member: MemberId::from_number(number, seats),
            tick: Tick(tick),
            tick_rate,
            seats,
            interest_px,
            room,
            server,
            game,
            game_version,
        },
    )
}

/// A map of up to 40 by 40 tiles: every width of run length, and a quick test.
pub(crate) fn map() -> impl Strategy<Value = Map> {
    (text(MAP_NAME_BYTES_MAX), Map::TILE_PX_MIN..=Map::TILE_PX_MAX, 1..=40u16, 1..=40u16).prop_flat_map(
        |(name, tile_px, width, height)| {
            let tiles = usize::from(width) * usize::from(height);
            let walls = prop_oneof![vec(any::<bool>(), tiles), vec(prop::bool::weighted(0.01), tiles)];
            let place = (0..4u8, 0..width, 0..height).prop_map(|(kind, column, row)| PickupPlace {
                kind: PickupKind::from_code(kind).expect("in range"),
                column,
                row,
            });
            (Just(name), walls, vec(place, 0..20))
                .prop_map(move |(name, walls, pickups)| Map::new(name, tile_px, width, height, walls, pickups))
        },
    )
}

/// A map with numbers for it, at the tick rate of [`rate`].
pub(crate) fn terrain() -> impl Strategy<Value = Terrain> {
    let motion = (0..=1 << 14, 0..=4_096, 0..=1 << 15, 1..=1 << 14, 1..=64);
    (map(), motion).prop_map(|(map, (acceleration, drag, dash, speed_max, shell_steps))| {
        let shell_speed = Motion::new(rate()).shell_speed;
        let motion = Motion { acceleration, drag, dash, speed_max, shell_speed, shell_steps };
        Terrain { map: Arc::new(map), rules: Rules { motion, ..Rules::new(rate()) } }
    })
}

fn weapon() -> impl Strategy<Value = Weapon> {
    prop_oneof![Just(Weapon::Shell), Just(Weapon::Rail)]
}

/// An event of any room.
fn room_event() -> impl Strategy<Value = wire::Event> {
    prop_oneof![
        (player(), text(NAME_BYTES_MAX), any::<bool>()).prop_map(|(player, name, opponent)| wire::Event::Joined {
            player,
            name,
            opponent
        }),
        player().prop_map(wire::Event::Left),
        (prop::option::of(player()), text(CHAT_BYTES_MAX)).prop_map(|(from, text)| wire::Event::Chat { from, text }),
    ]
}

/// An event of the arena.
pub(crate) fn event() -> impl Strategy<Value = Event> {
    let team = prop_oneof![Just(Team::None), Just(Team::Red), Just(Team::Blue)];
    let mode = prop_oneof![Just(Mode::Deathmatch), Just(Mode::TeamDeathmatch)];
    let phase = prop_oneof![Just(MatchPhase::WarmUp), Just(MatchPhase::Running), Just(MatchPhase::Results)];
    prop_oneof![
        (player(), team, any::<i32>(), any::<u32>())
            .prop_map(|(player, team, score, deaths)| Event::Standing(Standing { player, team, score, deaths })),
        (player(), player(), weapon()).prop_map(|(killer, victim, weapon)| Event::Killed { killer, victim, weapon }),
        (player(), player(), any::<u8>(), weapon()).prop_map(|(shooter, victim, damage, weapon)| Event::Hit {
            shooter,
            victim,
            damage,
            weapon
        }),
        (player(), position(), position()).prop_map(|(shooter, from, to)| Event::Rail { shooter, from, to }),
        (mode, phase, any::<u32>(), any::<u16>(), any::<[i32; 2]>()).prop_map(
            |(mode, phase, ends, score_limit, team_scores)| {
                Event::Match { mode, phase, ends: Tick(ends), score_limit, team_scores }
            }
        ),
    ]
}

/// Any message of the server but a snapshot.
pub(crate) fn server_message() -> impl Strategy<Value = ServerMessage> {
    let reason = (0..18u8).prop_map(|code| DisconnectReason::from_code(code).expect("in range"));
    prop_oneof![
        welcome().prop_map(ServerMessage::Welcome),
        (reason, text(REASON_BYTES_MAX)).prop_map(|(reason, text)| ServerMessage::Goodbye { reason, text }),
        (any::<u32>(), vec(room_event(), 0..20))
            .prop_map(|(tick, events)| ServerMessage::Events { tick: Tick(tick), events }),
        (any::<u32>(), vec(event(), 0..20))
            .prop_map(|(tick, events)| ServerMessage::GameEvents(GameEvents::new(Tick(tick), &events))),
        any::<[u32; 2]>().prop_map(|[token, tick]| ServerMessage::Pong { token, tick: Tick(tick) }),
        (0..8u8, any::<u32>(), terrain()).prop_map(|(epoch, first, terrain)| ServerMessage::Map(MapMessage::new(
            epoch,
            Tick(first),
            &terrain
        ))),
        (0..8u8, any::<u32>()).prop_map(|(epoch, first)| ServerMessage::Restart { epoch, first_tick: Tick(first) }),
        (text(SESSION_ID_BYTES_MAX), text(TICKET_BYTES_MAX), 0..=RESUME_SECS_MAX)
            .prop_map(|(id, token, resume_secs)| ServerMessage::Session(SessionMessage { id, token, resume_secs })),
    ]
}

/// One message of each kind from a client.
pub(crate) fn client_samples() -> Vec<OwnedClientMessage> {
    use OwnedClientMessage::{Chat, Hello, Textless};
    let input = Input { heading: Heading::from_aim(100), aim: 1_000, buttons: Buttons::FIRE };
    let ack = Ack { newest: Tick(996), missing: 0x8000_0001 };
    vec![
        Hello { plain: true, name: "Ada".to_owned(), ticket: "0123456789abcdef0123456789abcdef".to_owned() },
        OwnedClientMessage::Input(InputMessage::new(Tick(1_000), ack, 9, [input, Input::default(), input]).encoded()),
        Textless(ClientMessage::Ping { token: 70_000 }),
        Chat { text: "good game".to_owned() },
        Textless(ClientMessage::Leave),
        Textless(ClientMessage::Resync),
        Textless(ClientMessage::Watch { player: PlayerId(3) }),
    ]
}

/// One message of each kind from the server, snapshots aside, with one event of each code.
pub(crate) fn server_samples() -> Vec<ServerMessage> {
    let walls = (0..8 * 6).map(|tile| !(8..40).contains(&tile) || tile % 8 == 0 || tile % 8 == 7).collect();
    let pickups = vec![PickupPlace { kind: PickupKind::Rail, column: 3, row: 2 }];
    let map = Map::new("box".to_owned(), 64, 8, 6, walls, pickups);
    vec![
        ServerMessage::Welcome(Welcome {
            member: PlayerId(3).into(),
            tick: Tick(70_000),
            tick_rate: rate(),
            seats: 16,
            interest_px: 900,
            room: 1,
            server: "Ricochet".to_owned(),
            game: arena::NAME.to_owned(),
            game_version: arena::VERSION,
        }),
        ServerMessage::Goodbye { reason: DisconnectReason::RoomClosed, text: "the room was closed".to_owned() },
        ServerMessage::Events {
            tick: Tick(300),
            events: vec![
                wire::Event::Joined { player: PlayerId(200), name: "Ada".to_owned(), opponent: false },
                wire::Event::Left(PlayerId(4)),
                wire::Event::Chat { from: None, text: "welcome".to_owned() },
            ],
        },
        ServerMessage::GameEvents(GameEvents::new(
            Tick(300),
            &[
                Event::Standing(Standing { player: PlayerId(200), team: Team::Blue, score: -300, deaths: 7 }),
                Event::Killed { killer: PlayerId(3), victim: PlayerId(5), weapon: Weapon::Rail },
                Event::Hit { shooter: PlayerId(3), victim: PlayerId(5), damage: 20, weapon: Weapon::Shell },
                Event::Rail { shooter: PlayerId(3), from: IVec2::new(1, 2_000), to: IVec2::new(-1, 70_000) },
                Event::Match {
                    mode: Mode::TeamDeathmatch,
                    phase: MatchPhase::Running,
                    ends: Tick(9_000),
                    score_limit: 25,
                    team_scores: [3, -1],
                },
            ],
        )),
        ServerMessage::Pong { token: 70_000, tick: Tick(301) },
        ServerMessage::Session(SessionMessage {
            id: "00c0ffee12345678".to_owned(),
            token: "AgDA_-4SNFZ4AAAAAQAAAAAAAQ".to_owned(),
            resume_secs: 30,
        }),
        ServerMessage::Restart { epoch: 7, first_tick: Tick(90_000) },
        ServerMessage::Map(MapMessage::new(
            2,
            Tick(70_000),
            &Terrain { map: Arc::new(map), rules: Rules::new(rate()) },
        )),
    ]
}
