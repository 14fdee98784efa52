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

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Welcome {
    /// The client's place in the room: a seat, or a spectator slot.
    pub member: MemberId,
    /// The room's tick when the message was encoded.
    pub tick: Tick,
    /// The room's tick rate.
    pub tick_rate: TickRate,
    /// Number of seats of the room.
    pub seats: u16,
    /// Radius around the player's viewpoint within which it sees entities, px.
    pub interest_px: u32,
    /// The room's number.
    pub room: u32,
    /// The server's name.
    pub server: String,
    /// Name of the game, at most [`GAME_NAME_BYTES_MAX`] bytes.
    pub game: String,
    /// Version of the game's rules and layouts.
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

/// Bound of member numbers: seats and spectator slots of the largest room.
const MEMBERS_MAX: i64 = (ROOM_PLAYERS_MAX + SPECTATORS_PER_ROOM_MAX) as i64;
