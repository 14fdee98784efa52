//! What is in the bodies of the chunks that are not ticks: start, checkpoint, end.

use std::sync::Arc;

use arena::{
    event::{PlayerInfo, Team},
    map::Map,
    rules::{
        Mode, Terrain,
        numbers::Rules,
        world::{Past, Trail, World, WorldConfig},
    },
};
use shared::{
    MemberId, PlayerId, TickRate,
    limits::{NAME_BYTES_MAX, ROOM_PLAYERS_MAX, SPECTATORS_PER_ROOM_MAX},
    wire::{DecodeError, Reader, Writer},
};

use super::header::Format;

/// What a recording says of its room besides the world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct About {
    pub(crate) room: u32,
    pub(crate) shard: u16,
    pub(crate) server: String,
    pub(crate) interest_px: u32,
}

/// Which room and which world a recording is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Start {
    /// The room's number.
    pub room: u32,
    /// The shard that ran it, as the shell numbers them.
    pub shard: u16,
    /// The server's name.
    pub server: String,
    /// The chance of the world when the file was begun; for people, since checkpoints hold it as well. It leads neither to
    /// the room's seed nor to the next match.
    pub chance: u64,
    /// How far players saw, px.
    pub interest_px: u32,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// What was played and for how long.
    pub config: WorldConfig,
    /// The whole map.
    pub map: Arc<Map>,
}

/// The session behind a player or spectator, as the shell names it: opaque here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionNote {
    /// Whose it is.
    pub member: MemberId,
    /// The session.
    pub session: u64,
    /// Of the token that resumes it.
    pub generation: u32,
    /// The account that plays in it, if one does, by a name that only the server's own key leads to.
    pub account: Option<u64>,
}

/// Whose sessions the members of the room are.
#[derive(Clone, Debug)]
pub(super) struct Sessions {
    by_seat: Vec<Option<SessionNote>>,
    by_slot: Vec<Option<SessionNote>>,
}

/// Why a recording ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The match is over and another map follows.
    NextMap = 0,
    /// The room closed.
    RoomClosed = 1,
    /// The file is long enough; the match goes on in another.
    Continued = 2,
}

/// How a match ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    /// Why.
    pub ended: Ended,
    /// Points of both sides.
    pub team_scores: [i32; 2],
    /// Who was there, with scores and deaths.
    pub roster: Vec<PlayerInfo>,
}

/// Seconds of any phase: three years.
const SECS_MAX: i64 = 100_000_000;
const SCORE_MAX: i64 = 1 << 24;

impl Start {
    pub(super) fn encode(about: &About, world: &World, bytes: &mut Vec<u8>) {
        let About { room, shard, server, interest_px } = about;
        let chance = world.chance();
        let WorldConfig { seats, mode, score_limit, match_secs, warm_up_secs, results_secs } = *world.config();
        let Terrain { map, rules } = world.terrain();
        let mut out = Writer::new(bytes);
        out.int(*room);
        out.int(*shard);
        out.text(server);
        out.int((chance >> 32) as u32);
        out.int(chance as u32);
        out.int(*interest_px);
        out.int(rules.tick_rate.hz());
        out.int(seats);
        out.int(mode as u8);
        out.int(score_limit);
        out.int(match_secs);
        out.int(warm_up_secs);
        out.int(results_secs);
        map.encode_whole(bytes);
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let room = input.u32("room")?;
        let shard = input.u16("shard")?;
        let server = input.text("server", NAME_BYTES_MAX)?.to_owned();
        let chance = u64::from(input.u32("chance")?) << 32 | u64::from(input.u32("chance")?);
        let interest_px = input.u32("sight")?;
        let hz = input.u16("tick rate")?;
        let low = shared::limits::TICK_HZ_MIN.into();
        let high = shared::limits::TICK_HZ_MAX.into();
        let tick_rate =
            TickRate::new(hz).ok_or(DecodeError::OutOfRange { field: "tick rate", value: hz.into(), low, high })?;
        let config = WorldConfig {
            seats: input.ranged("seats", 1, ROOM_PLAYERS_MAX as i64)? as u16,
            mode: if input.bool("mode")? { Mode::TeamDeathmatch } else { Mode::Deathmatch },
            score_limit: input.u16("score limit")?,
            match_secs: input.ranged("seconds", 0, SECS_MAX)? as u32,
            warm_up_secs: input.ranged("seconds", 0, SECS_MAX)? as u32,
            results_secs: input.ranged("seconds", 0, SECS_MAX)? as u32,
        };
        let map = Arc::new(Map::decode_whole(&mut input)?);
        input.finish()?;
        Ok(Self { room, shard, server, chance, interest_px, tick_rate, config, map })
    }

    /// The map and the numbers.
    pub fn terrain(&self) -> Terrain {
        Terrain { map: Arc::clone(&self.map), rules: Rules::new(self.tick_rate) }
    }
}

/// Appends `[length of the world, 4][world][count, (number, session high, low, generation, has account, (high, low)?)…]`; spectator
/// slots are numbered on from the seats.
pub(super) fn encode_checkpoint(world: &World, past: &impl Past, sessions: &Sessions, bytes: &mut Vec<u8>) {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; 4]);
    world.checkpoint(past, bytes);
    let length = (bytes.len() - start - 4) as u32;
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    let mut out = Writer::new(bytes);
    out.int(sessions.iter().count() as u32);
    sessions.iter().for_each(|note| note.encode(world.config().seats, &mut out));
}

/// A checkpoint as it comes back: the world, where its crafts were before, and whose sessions its players are.
pub(super) type Checkpoint = (World, Trail, Sessions);

/// Reads what [`encode_checkpoint`] wrote.
pub(super) fn decode_checkpoint(start: &Start, format: Format, bytes: &[u8]) -> Result<Checkpoint, DecodeError> {
    let mut input = Reader::new(bytes);
    let length = u32::from_le_bytes(input.raw_array("length of the world")?) as usize;
    let (world, trail) =
        World::restore_from(format.layout(), start.terrain(), start.config, input.raw("world", length)?)?;
    let count = input.ranged("sessions", 0, i64::from(start.config.seats) + SPECTATORS_PER_ROOM_MAX as i64)?;
    let mut sessions = Sessions::new(start.config.seats);
    for _ in 0..count {
        sessions.note(SessionNote::decode(&mut input, start.config.seats, format)?);
    }
    input.finish()?;
    Ok((world, trail, sessions))
}

impl SessionNote {
    pub(super) fn encode(&self, seats: u16, out: &mut Writer<'_>) {
        let Self { member, session, generation, account } = *self;
        out.int(member.number(seats));
        long(out, session);
        out.int(generation);
        out.int(u8::from(account.is_some()));
        account.into_iter().for_each(|account| long(out, account));
    }

    pub(super) fn decode(input: &mut Reader<'_>, seats: u16, format: Format) -> Result<Self, DecodeError> {
        let number = input.ranged("member", 0, i64::from(seats) + SPECTATORS_PER_ROOM_MAX as i64 - 1)? as u16;
        let member = MemberId::from_number(number, seats);
        let session = read_long(input, "session")?;
        let generation = input.u32("generation")?;
        let account = match format >= Format::Second && input.bool("has an account")? {
            true => Some(read_long(input, "account")?),
            false => None,
        };
        Ok(Self { member, session, generation, account })
    }
}

/// Appends 64 bits as two numbers, high and low.
fn long(out: &mut Writer<'_>, value: u64) {
    out.int((value >> 32) as u32);
    out.int(value as u32);
}

fn read_long(input: &mut Reader<'_>, field: &'static str) -> Result<u64, DecodeError> {
    Ok(u64::from(input.u32(field)?) << 32 | u64::from(input.u32(field)?))
}

impl Sessions {
    pub(super) fn new(seats: u16) -> Self {
        Self { by_seat: vec![None; seats.into()], by_slot: vec![None; SPECTATORS_PER_ROOM_MAX] }
    }

    pub(super) fn note(&mut self, note: SessionNote) {
        if let Some(place) = self.place(note.member) {
            *place = Some(note);
        }
    }

    pub(super) fn forget(&mut self, member: impl Into<MemberId>) {
        if let Some(place) = self.place(member.into()) {
            *place = None;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = SessionNote> + Clone {
        self.by_seat.iter().chain(&self.by_slot).copied().flatten()
    }

    fn place(&mut self, member: MemberId) -> Option<&mut Option<SessionNote>> {
        match member {
            MemberId::Player(player) => self.by_seat.get_mut(player.index()),
            MemberId::Spectator(spectator) => self.by_slot.get_mut(spectator.index()),
        }
    }
}

impl Ended {
    const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::NextMap),
            1 => Some(Self::RoomClosed),
            2 => Some(Self::Continued),
            _ => None,
        }
    }

    /// Why, by the body of an end before it is packed.
    pub fn of(body: &[u8]) -> Option<Self> {
        Self::from_code(*body.first()?)
    }
}

impl End {
    pub(super) fn encode(ended: Ended, world: &World, bytes: &mut Vec<u8>) {
        let mut out = Writer::new(bytes);
        out.int(ended as u8);
        world.team_scores().iter().for_each(|&score| out.int(score));
        out.int(world.players() as u32);
        for PlayerInfo { player, name, team, opponent, score, deaths } in world.roster() {
            out.int(player.0);
            out.text(&name);
            out.int(team as u8);
            out.int(u8::from(opponent));
            out.int(score);
            out.int(deaths);
        }
    }

    pub(super) fn decode(bytes: &[u8], seats: u16) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let code = input.ranged("end", 0, 2)? as u8;
        let ended = Ended::from_code(code).ok_or(DecodeError::UnknownKind { kind: code.into() })?;
        let score = |input: &mut Reader<'_>| Ok(input.ranged("score", -SCORE_MAX, SCORE_MAX)? as i32);
        let team_scores = [score(&mut input)?, score(&mut input)?];
        let mut roster = Vec::new();
        for _ in 0..input.ranged("players", 0, seats.into())? {
            roster.push(PlayerInfo {
                player: seat(&mut input, seats)?,
                name: input.text("name", NAME_BYTES_MAX)?.to_owned(),
                team: match input.ranged("team", 0, 2)? {
                    0 => Team::None,
                    1 => Team::Red,
                    _ => Team::Blue,
                },
                opponent: input.bool("opponent")?,
                score: score(&mut input)?,
                deaths: input.ranged("deaths", 0, SCORE_MAX)? as u32,
            });
        }
        input.finish()?;
        Ok(Self { ended, team_scores, roster })
    }
}

pub(super) fn seat(input: &mut Reader<'_>, seats: u16) -> Result<PlayerId, DecodeError> {
    Ok(PlayerId(input.ranged("seat", 0, i64::from(seats) - 1)? as u16))
}
