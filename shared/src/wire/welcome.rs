//! The message that opens a session.

use crate::{
    id::MemberId,
    limits::{NAME_BYTES_MAX, PROTOCOL_VERSION, ROOM_PLAYERS_MAX, SPECTATORS_PER_ROOM_MAX, TICK_HZ_MAX, TICK_HZ_MIN},
    sim::rules::Motion,
    tick::{Tick, TickRate},
    wire::{DecodeError, Reader, Writer, kind},
};

/// Opens the session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Welcome {
    /// Who the client is: a seat, which is also the id of the own craft, or a spectator slot.
    pub member: MemberId,
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

/// What is played in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Everyone for themselves.
    Deathmatch = 0,
    /// Red against blue.
    TeamDeathmatch = 1,
}

impl Welcome {
    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let Self { member, tick, tick_rate, seats, mode, interest_px, motion, room, server } = self;
        let Motion { acceleration, drag, dash, speed_max, shell_speed: _, shell_steps } = *motion;
        out.array(15);
        out.int(kind::WELCOME);
        out.int(PROTOCOL_VERSION);
        out.int(member.number(*seats));
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

/// Numbers of members: as many as the largest room has seats and spectator slots.
const MEMBERS_MAX: i64 = (ROOM_PLAYERS_MAX + SPECTATORS_PER_ROOM_MAX) as i64;
