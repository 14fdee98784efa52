//! The sessions of a room's members.

use shared::{
    MemberId,
    limits::SPECTATORS_PER_ROOM_MAX,
    wire::{DecodeError, Reader, Writer},
};

/// The session of a player or spectator. The numbers have a meaning only for the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionNote {
    /// The player or spectator.
    pub member: MemberId,
    /// Number of the session.
    pub session: u64,
    /// Generation of the token that resumes the session.
    pub generation: u32,
    /// The account of the session, if it has one, as a hash with the server's own key.
    pub account: Option<u64>,
}

/// The sessions of all members of a room.
#[derive(Clone, Debug)]
pub(super) struct Sessions {
    by_seat: Vec<Option<SessionNote>>,
    by_slot: Vec<Option<SessionNote>>,
}

impl SessionNote {
    /// Appends `[number, session high, low, generation, has account, (high, low)?]`. Numbers of spectator slots follow those of the
    /// seats.
    pub(super) fn encode(&self, seats: u16, out: &mut Writer<'_>) {
        let Self { member, session, generation, account } = *self;
        out.int(member.number(seats));
        long(out, session);
        out.int(generation);
        out.int(u8::from(account.is_some()));
        account.into_iter().for_each(|account| long(out, account));
    }

    pub(super) fn decode(input: &mut Reader<'_>, seats: u16) -> Result<Self, DecodeError> {
        let number = input.ranged("member", 0, i64::from(seats) + SPECTATORS_PER_ROOM_MAX as i64 - 1)? as u16;
        let member = MemberId::from_number(number, seats);
        let session = read_long(input, "session")?;
        let generation = input.u32("generation")?;
        let account = match input.bool("has an account")? {
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

    /// Appends `[count, note…]`.
    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let seats = self.by_seat.len() as u16;
        out.int(self.iter().count() as u32);
        self.iter().for_each(|note| note.encode(seats, out));
    }

    pub(super) fn decode(input: &mut Reader<'_>, seats: u16) -> Result<Self, DecodeError> {
        let mut sessions = Self::new(seats);
        for _ in 0..input.ranged("sessions", 0, i64::from(seats) + SPECTATORS_PER_ROOM_MAX as i64)? {
            sessions.note(SessionNote::decode(input, seats)?);
        }
        Ok(sessions)
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
