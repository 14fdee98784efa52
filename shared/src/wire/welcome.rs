//! The message that opens a session.

use crate::{
    id::MemberId,
    limits::{
        GAME_NAME_BYTES_MAX, NAME_BYTES_MAX, PROTOCOL_VERSION, ROOM_PLAYERS_MAX, SPECTATORS_PER_ROOM_MAX, TICK_HZ_MAX,
        TICK_HZ_MIN,
    },
    tick::{Tick, TickRate},
    wire::{DecodeError, Reader, Writer, kind},
};

/// Opens the session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Welcome {
    /// Who the client is: a seat, or a spectator slot.
    pub member: MemberId,
    /// The room's tick when this was written.
    pub tick: Tick,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats of the room.
    pub seats: u16,
    /// Radius of what the player may know, px.
    pub interest_px: u32,
    /// The room's number.
    pub room: u32,
    /// The server's name.
    pub server: String,
    /// What is played, as the game names itself; at most [`GAME_NAME_BYTES_MAX`] bytes.
    pub game: String,
    /// The version of its rules and layouts.
    pub game_version: u16,
}

impl Welcome {
    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let Self { member, tick, tick_rate, seats, interest_px, room, server, game, game_version } = self;
        out.array(11);
        out.int(kind::WELCOME);
        out.int(PROTOCOL_VERSION);
        out.int(member.number(*seats));
        out.int(tick.0);
        out.int(tick_rate.hz());
        out.int(*seats);
        out.int(*interest_px);
        out.int(*room);
        out.text(server);
        out.text(game);
        out.int(*game_version);
    }

    pub(super) fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let number = input.ranged("player", 0, MEMBERS_MAX - 1)? as u16;
        let tick = Tick(input.u32("tick")?);
        let hz = input.ranged("tick rate", TICK_HZ_MIN.into(), TICK_HZ_MAX.into())? as u16;
        let tick_rate = TickRate::new(hz).expect("the range was checked");
        let seats = input.ranged("seats", 1, ROOM_PLAYERS_MAX as i64)? as u16;
        Ok(Self {
            member: MemberId::from_number(number, seats),
            tick,
            tick_rate,
            seats,
            interest_px: input.u32("interest radius")?,
            room: input.u32("room")?,
            server: input.text("server name", NAME_BYTES_MAX)?.to_owned(),
            game: input.text("game", GAME_NAME_BYTES_MAX)?.to_owned(),
            game_version: input.u16("game version")?,
        })
    }
}

/// Numbers of members: as many as the largest room has seats and spectator slots.
const MEMBERS_MAX: i64 = (ROOM_PLAYERS_MAX + SPECTATORS_PER_ROOM_MAX) as i64;
