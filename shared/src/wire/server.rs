//! Messages from the server to a client, but for snapshots.
//!
//! ```text
//! welcome  [16, version, player, tick, tick_hz, seats, mode, interest_px, acceleration, drag, dash,
//!           speed_max, shell_steps, room, server]
//! goodbye  [17, code, text]
//! events   [20, tick, [code, field…]…]
//! pong     [21, token, tick]
//! map      [22, epoch, name, tile_px, width, height, [run…], [kind, column, row, …]]
//! session  [23, id, token, resume_secs]
//! ```

use crate::{
    id::PlayerId,
    limits::{
        CHAT_BYTES_MAX, MAP_NAME_BYTES_MAX, MAP_TILES_MAX, NAME_BYTES_MAX, PICKUPS_MAX, PROTOCOL_VERSION,
        REASON_BYTES_MAX, RESUME_SECS_MAX, ROOM_PLAYERS_MAX, SERVER_MESSAGE_BYTES_MAX, SESSION_ID_BYTES_MAX,
        TICK_HZ_MAX, TICK_HZ_MIN, TICKET_BYTES_MAX,
    },
    map::{Map, PickupKind, PickupPlace},
    sim::rules::Motion,
    tick::{Tick, TickRate},
    wire::{DecodeError, Reader, Writer, kind, well_formed},
};

/// A decoded message from the server. Snapshots are decoded where they are applied, since their deltas need the
/// receiver's state: here they are told apart only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerMessage {
    /// The session is open.
    Welcome(Welcome),
    /// The link will close.
    Goodbye {
        /// What kind of reason.
        reason: DisconnectReason,
        /// The same in words, with particulars.
        text: String,
    },
    /// A snapshot; apply the whole message to a view.
    Snapshot,
    /// A plain snapshot.
    PlainSnapshot,
    /// Things that happened.
    Events {
        /// When.
        tick: Tick,
        /// In order.
        events: Vec<Event>,
    },
    /// Answers a ping.
    Pong {
        /// The ping's.
        token: u32,
        /// The server's tick when it answered.
        tick: Tick,
    },
    /// The map that snapshots of an epoch are on.
    Map(MapMessage),
    /// How to come back.
    Session(SessionMessage),
}

/// Opens the session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Welcome {
    /// The seat, which is also the id of the own craft.
    pub player: PlayerId,
    /// The room's tick when this was written.
    pub tick: Tick,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats of the room; entity ids below this are crafts.
    pub seats: u16,
    /// What is played.
    pub mode: Mode,
    /// Radius of what the player may know, px.
    pub interest_px: u32,
    /// What the client needs to run entities forward; `shell_speed` is not part of it.
    pub motion: Motion,
    /// The room's number.
    pub room: u32,
    /// The server's name.
    pub server: String,
}

/// What brings a player back into its craft after its link was lost. The newest one counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionMessage {
    /// What the server's logs call this player; no secret.
    pub id: String,
    /// The ticket of the next hello; good once. Empty where the server keeps nobody's craft.
    pub token: String,
    /// Seconds after the loss of a link that the craft is kept.
    pub resume_secs: u16,
}

/// A map and the epoch it is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapMessage {
    /// 0..=3, named by every snapshot.
    pub epoch: u8,
    /// Walls and pickup places; spawns are the server's business and stay empty.
    pub map: Map,
}

/// Why a link ends. The number is also the QUIC application close code; WebSocket closes with 4000 plus it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum DisconnectReason {
    /// The client left.
    Left = 0,
    /// Another protocol version; the text names both.
    VersionMismatch = 1,
    /// A message that cannot be read; the text says what was wrong.
    BadMessage = 2,
    /// The ticket is unknown, used or expired.
    BadTicket = 3,
    /// No seat is free.
    RoomFull = 4,
    /// Nothing was heard for too long.
    TimedOut = 5,
    /// More messages than allowed.
    TooFast = 6,
    /// The link stayed blocked for too long.
    TooSlow = 7,
    /// The server ends.
    ShuttingDown = 8,
    /// The room was closed.
    RoomClosed = 9,
    /// Removed by a host.
    Kicked = 10,
    /// The server cannot take more.
    Overloaded = 11,
    /// The first message was no hello, or a second hello came.
    OutOfOrder = 12,
    /// A fault of the server.
    Internal = 13,
    /// The same player goes on over another link.
    ResumedElsewhere = 14,
    /// What the token was for is over, or the token has been used; only a new join helps.
    SessionOver = 15,
    /// The ticket or token is for another shard; the text names it.
    WrongShard = 16,
}

impl DisconnectReason {
    const ALL: [Self; 17] = [
        Self::Left,
        Self::VersionMismatch,
        Self::BadMessage,
        Self::BadTicket,
        Self::RoomFull,
        Self::TimedOut,
        Self::TooFast,
        Self::TooSlow,
        Self::ShuttingDown,
        Self::RoomClosed,
        Self::Kicked,
        Self::Overloaded,
        Self::OutOfOrder,
        Self::Internal,
        Self::ResumedElsewhere,
        Self::SessionOver,
        Self::WrongShard,
    ];

    /// The reason of a wire code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The wire code.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// One word for metrics and logs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::VersionMismatch => "version_mismatch",
            Self::BadMessage => "bad_message",
            Self::BadTicket => "bad_ticket",
            Self::RoomFull => "room_full",
            Self::TimedOut => "timed_out",
            Self::TooFast => "too_fast",
            Self::TooSlow => "too_slow",
            Self::ShuttingDown => "shutting_down",
            Self::RoomClosed => "room_closed",
            Self::Kicked => "kicked",
            Self::Overloaded => "overloaded",
            Self::OutOfOrder => "out_of_order",
            Self::Internal => "internal",
            Self::ResumedElsewhere => "resumed_elsewhere",
            Self::SessionOver => "session_over",
            Self::WrongShard => "wrong_shard",
        }
    }
}

/// What is played in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Everyone for themselves.
    Deathmatch = 0,
    /// Red against blue.
    TeamDeathmatch = 1,
}

/// A side of a team match.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Team {
    /// Everyone for themselves.
    None = 0,
    /// The first side.
    Red = 1,
    /// The second side.
    Blue = 2,
}

/// What made a kill.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weapon {
    /// A shell.
    Shell = 0,
    /// The rail.
    Rail = 1,
}

/// Where a match is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MatchPhase {
    /// Before the start; nothing counts.
    WarmUp = 0,
    /// The fight.
    Running = 1,
    /// Results are shown; nobody moves up or down.
    Results = 2,
}

/// Everything about a player that is not its craft. Sent whole whenever any of it changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlayerInfo {
    /// The seat.
    pub player: PlayerId,
    /// Shown name.
    pub name: String,
    /// Side.
    pub team: Team,
    /// Whether a computer plays it.
    pub opponent: bool,
    /// Points of this match.
    pub score: i32,
    /// Deaths of this match.
    pub deaths: u32,
}

/// Something that happened, told reliably.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A player is new, or something about it changed.
    Player(PlayerInfo),
    /// A player left; its seat is free.
    Left(PlayerId),
    /// A craft was destroyed.
    Killed {
        /// Who did it.
        killer: PlayerId,
        /// Whose craft.
        victim: PlayerId,
        /// With what.
        weapon: Weapon,
    },
    /// A hit, told to the shooter and to the victim.
    Hit {
        /// Who fired.
        shooter: PlayerId,
        /// Who was hit.
        victim: PlayerId,
        /// Health and shield taken.
        damage: u8,
        /// With what.
        weapon: Weapon,
    },
    /// The rail was fired, told to those who see the shooter.
    Rail {
        /// Who fired.
        shooter: PlayerId,
        /// From where, position units.
        from: glam::IVec2,
        /// To where, position units.
        to: glam::IVec2,
    },
    /// A line of chat; without a player it is the server's.
    Chat {
        /// Who wrote it.
        from: Option<PlayerId>,
        /// The line.
        text: String,
    },
    /// Where the match is.
    Match {
        /// Its phase.
        phase: MatchPhase,
        /// When the phase ends at the latest.
        ends: Tick,
        /// Points that end it.
        score_limit: u16,
        /// Points of red and blue; zeros without teams.
        team_scores: [i32; 2],
    },
}

mod code {
    pub(super) const PLAYER: u8 = 0;
    pub(super) const LEFT: u8 = 1;
    pub(super) const KILLED: u8 = 2;
    pub(super) const HIT: u8 = 3;
    pub(super) const RAIL: u8 = 4;
    pub(super) const CHAT: u8 = 5;
    pub(super) const MATCH: u8 = 6;
}

/// Events in one message, at most.
pub(crate) const EVENTS_PER_MESSAGE_MAX: usize = 4_096;

impl ServerMessage {
    /// Appends the message to `bytes`. Snapshots are written by the room and have nothing to encode here.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let mut out = Writer::new(bytes);
        match self {
            Self::Welcome(welcome) => welcome.encode(&mut out),
            Self::Goodbye { reason, text } => {
                out.array(3);
                out.int(kind::GOODBYE);
                out.int(reason.code());
                out.text(text);
            }
            Self::Snapshot | Self::PlainSnapshot => {}
            Self::Events { tick, events } => {
                out.array(2 + events.len());
                out.int(kind::EVENTS);
                out.int(tick.0);
                for event in events {
                    event.encode(&mut out);
                }
            }
            Self::Pong { token, tick } => {
                out.array(3);
                out.int(kind::PONG);
                out.int(*token);
                out.int(tick.0);
            }
            Self::Map(message) => message.encode(&mut out),
            Self::Session(SessionMessage { id, token, resume_secs }) => {
                out.array(4);
                out.int(kind::SESSION);
                out.text(id);
                out.text(token);
                out.int(*resume_secs);
            }
        }
    }

    /// Reads a message from the server.
    ///
    /// # Errors
    /// Every [`DecodeError`]; of snapshots only the kind is read.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > SERVER_MESSAGE_BYTES_MAX {
            let (length, limit) = (bytes.len(), SERVER_MESSAGE_BYTES_MAX);
            return Err(DecodeError::TooLong { field: "the message", length, limit });
        }
        let mut input = Reader::new(bytes);
        let length = input.array("the message", SERVER_MESSAGE_BYTES_MAX)?;
        if length == 0 {
            return Err(DecodeError::WrongLength { found: 0, expected: 1 });
        }
        let kind = input.int("kind")?;
        let known = u8::try_from(kind).map_err(|_| DecodeError::UnknownKind { kind })?;
        match known {
            kind::SNAPSHOT => return Ok(Self::Snapshot),
            kind::PLAIN_SNAPSHOT => return Ok(Self::PlainSnapshot),
            _ => well_formed::check(bytes)?,
        }
        let expect = |expected| {
            if length == expected { Ok(()) } else { Err(DecodeError::WrongLength { found: length, expected }) }
        };
        let message = match known {
            kind::WELCOME => {
                // The version comes first and alone decides, so that later versions may change the rest.
                let theirs = input.u16("version")?;
                if theirs != PROTOCOL_VERSION {
                    return Err(DecodeError::VersionMismatch { theirs, ours: PROTOCOL_VERSION });
                }
                expect(15)?;
                Self::Welcome(Welcome::decode(&mut input)?)
            }
            kind::GOODBYE => {
                expect(3)?;
                let code = input.u8("reason")?;
                let reason = DisconnectReason::from_code(code).unwrap_or(DisconnectReason::Internal);
                Self::Goodbye { reason, text: input.text("text", REASON_BYTES_MAX)?.to_owned() }
            }
            kind::EVENTS => {
                if length < 2 {
                    return Err(DecodeError::WrongLength { found: length, expected: 2 });
                }
                let count = length - 2;
                if count > EVENTS_PER_MESSAGE_MAX {
                    let limit = EVENTS_PER_MESSAGE_MAX;
                    return Err(DecodeError::TooLong { field: "events", length: count, limit });
                }
                let tick = Tick(input.u32("tick")?);
                let events = (0..count).map(|_| Event::decode(&mut input)).collect::<Result<_, _>>()?;
                Self::Events { tick, events }
            }
            kind::PONG => {
                expect(3)?;
                Self::Pong { token: input.u32("token")?, tick: Tick(input.u32("tick")?) }
            }
            kind::MAP => {
                expect(8)?;
                Self::Map(MapMessage::decode(&mut input)?)
            }
            kind::SESSION => {
                expect(4)?;
                Self::Session(SessionMessage {
                    id: input.text("session", SESSION_ID_BYTES_MAX)?.to_owned(),
                    token: input.text("token", TICKET_BYTES_MAX)?.to_owned(),
                    resume_secs: input.ranged("resume seconds", 0, RESUME_SECS_MAX.into())? as u16,
                })
            }
            _ => return Err(DecodeError::UnknownKind { kind }),
        };
        input.finish()?;
        Ok(message)
    }
}

impl Welcome {
    fn encode(&self, out: &mut Writer<'_>) {
        let Self { player, tick, tick_rate, seats, mode, interest_px, motion, room, server } = self;
        let Motion { acceleration, drag, dash, speed_max, shell_speed: _, shell_steps } = *motion;
        out.array(15);
        out.int(kind::WELCOME);
        out.int(PROTOCOL_VERSION);
        out.int(player.0);
        out.int(tick.0);
        out.int(tick_rate.hz());
        out.int(*seats);
        out.int(*mode as u8);
        out.int(*interest_px);
        out.int(acceleration);
        out.int(drag);
        out.int(dash);
        out.int(speed_max);
        out.int(shell_steps);
        out.int(*room);
        out.text(server);
    }

    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let player = PlayerId(input.ranged("player", 0, ROOM_PLAYERS_MAX as i64 - 1)? as u16);
        let tick = Tick(input.u32("tick")?);
        let hz = input.ranged("tick rate", TICK_HZ_MIN.into(), TICK_HZ_MAX.into())? as u16;
        let tick_rate = TickRate::new(hz).expect("the range was checked");
        Ok(Self {
            player,
            tick,
            tick_rate,
            seats: input.ranged("seats", 1, ROOM_PLAYERS_MAX as i64)? as u16,
            mode: if input.ranged("mode", 0, 1)? == 0 { Mode::Deathmatch } else { Mode::TeamDeathmatch },
            interest_px: input.u32("interest radius")?,
            motion: Motion {
                acceleration: input.ranged("acceleration", 0, 1 << 14)? as i32,
                drag: input.ranged("drag", 0, 4_096)? as i32,
                dash: input.ranged("dash", 0, 1 << 15)? as i32,
                speed_max: input.ranged("largest speed", 1, 1 << 14)? as i32,
                shell_speed: Motion::new(tick_rate).shell_speed,
                shell_steps: input.ranged("shell steps", 1, 64)? as i32,
            },
            room: input.u32("room")?,
            server: input.text("server name", NAME_BYTES_MAX)?.to_owned(),
        })
    }
}

impl MapMessage {
    fn encode(&self, out: &mut Writer<'_>) {
        let Self { epoch, map } = self;
        out.array(8);
        out.int(kind::MAP);
        out.int(*epoch);
        out.text(&map.name);
        out.int(map.tile_px());
        out.int(map.width());
        out.int(map.height());
        let runs = map.wall_runs();
        out.array(runs.len());
        for run in runs {
            out.int(run);
        }
        out.array(3 * map.pickups().len());
        for &PickupPlace { kind, column, row } in map.pickups() {
            out.int(kind as u8);
            out.int(column);
            out.int(row);
        }
    }

    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let epoch = input.ranged("epoch", 0, 3)? as u8;
        let name = input.text("map name", MAP_NAME_BYTES_MAX)?.to_owned();
        let tile_px = input.ranged("tile size", Map::TILE_PX_MIN.into(), Map::TILE_PX_MAX.into())? as u16;
        let width = input.ranged("map width", 1, MAP_TILES_MAX.into())? as u16;
        let height = input.ranged("map height", 1, MAP_TILES_MAX.into())? as u16;
        let tiles = usize::from(width) * usize::from(height);
        let count = input.array("wall runs", tiles + 1)?;
        let mut walls = Vec::with_capacity(tiles);
        for index in 0..count {
            let run = input.ranged("wall run", 0, (tiles - walls.len()) as i64)? as usize;
            walls.resize(walls.len() + run, index % 2 == 1);
        }
        if walls.len() != tiles {
            return Err(DecodeError::WrongLength { found: walls.len(), expected: tiles });
        }
        let count = input.array("pickups", 3 * PICKUPS_MAX)?;
        if !count.is_multiple_of(3) {
            return Err(DecodeError::WrongLength { found: count, expected: count / 3 * 3 });
        }
        let mut pickups = Vec::with_capacity(count / 3);
        for _ in 0..count / 3 {
            let kind = PickupKind::from_code(input.ranged("pickup kind", 0, 3)? as u8).expect("the range was checked");
            let column = input.ranged("pickup column", 0, i64::from(width) - 1)? as u16;
            let row = input.ranged("pickup row", 0, i64::from(height) - 1)? as u16;
            pickups.push(PickupPlace { kind, column, row });
        }
        Ok(Self { epoch, map: Map::new(name, tile_px, width, height, walls, pickups) })
    }
}

impl Event {
    /// Appends the event as an array of its own.
    pub fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Player(PlayerInfo { player, name, team, opponent, score, deaths }) => {
                out.array(7);
                out.int(code::PLAYER);
                out.int(player.0);
                out.text(name);
                out.int(*team as u8);
                out.int(*opponent as u8);
                out.int(*score);
                out.int(*deaths);
            }
            Self::Left(player) => {
                out.array(2);
                out.int(code::LEFT);
                out.int(player.0);
            }
            Self::Killed { killer, victim, weapon } => {
                out.array(4);
                out.int(code::KILLED);
                out.int(killer.0);
                out.int(victim.0);
                out.int(*weapon as u8);
            }
            Self::Hit { shooter, victim, damage, weapon } => {
                out.array(5);
                out.int(code::HIT);
                out.int(shooter.0);
                out.int(victim.0);
                out.int(*damage);
                out.int(*weapon as u8);
            }
            Self::Rail { shooter, from, to } => {
                out.array(6);
                out.int(code::RAIL);
                out.int(shooter.0);
                out.vector(*from);
                out.vector(*to);
            }
            Self::Chat { from, text } => {
                out.array(3);
                out.int(code::CHAT);
                out.int(from.map_or(-1, |player| i64::from(player.0)));
                out.text(text);
            }
            Self::Match { phase, ends, score_limit, team_scores } => {
                out.array(6);
                out.int(code::MATCH);
                out.int(*phase as u8);
                out.int(ends.0);
                out.int(*score_limit);
                out.int(team_scores[0]);
                out.int(team_scores[1]);
            }
        }
    }

    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let found = input.array("an event", 8)?;
        let code = input.u8("event code")?;
        let expected = match code {
            code::PLAYER => 7,
            code::LEFT => 2,
            code::KILLED => 4,
            code::HIT => 5,
            code::RAIL | code::MATCH => 6,
            code::CHAT => 3,
            _ => return Err(DecodeError::UnknownKind { kind: code.into() }),
        };
        if found != expected {
            return Err(DecodeError::WrongLength { found, expected });
        }
        Ok(match code {
            code::PLAYER => Self::Player(PlayerInfo {
                player: player(input)?,
                name: input.text("name", NAME_BYTES_MAX)?.to_owned(),
                team: match input.ranged("team", 0, 2)? {
                    0 => Team::None,
                    1 => Team::Red,
                    _ => Team::Blue,
                },
                opponent: input.bool("opponent")?,
                score: input.i32("score")?,
                deaths: input.u32("deaths")?,
            }),
            code::LEFT => Self::Left(player(input)?),
            code::KILLED => Self::Killed { killer: player(input)?, victim: player(input)?, weapon: weapon(input)? },
            code::HIT => Self::Hit {
                shooter: player(input)?,
                victim: player(input)?,
                damage: input.u8("damage")?,
                weapon: weapon(input)?,
            },
            code::RAIL => Self::Rail { shooter: player(input)?, from: input.position()?, to: input.position()? },
            code::CHAT => {
                let from = input.ranged("player", -1, ROOM_PLAYERS_MAX as i64 - 1)?;
                let from = u16::try_from(from).ok().map(PlayerId);
                Self::Chat { from, text: input.text("chat", CHAT_BYTES_MAX)?.to_owned() }
            }
            _ => Self::Match {
                phase: match input.ranged("phase", 0, 2)? {
                    0 => MatchPhase::WarmUp,
                    1 => MatchPhase::Running,
                    _ => MatchPhase::Results,
                },
                ends: Tick(input.u32("end tick")?),
                score_limit: input.u16("score limit")?,
                team_scores: [input.i32("red score")?, input.i32("blue score")?],
            },
        })
    }
}

fn player(input: &mut Reader<'_>) -> Result<PlayerId, DecodeError> {
    Ok(PlayerId(input.ranged("player", 0, ROOM_PLAYERS_MAX as i64 - 1)? as u16))
}

fn weapon(input: &mut Reader<'_>) -> Result<Weapon, DecodeError> {
    Ok(if input.ranged("weapon", 0, 1)? == 0 { Weapon::Shell } else { Weapon::Rail })
}
