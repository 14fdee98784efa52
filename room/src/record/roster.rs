//! Encodes the roster of a room.

use shared::{
    PlayerId,
    game::Profile,
    limits::NAME_BYTES_MAX,
    wire::{DecodeError, Reader, Writer},
};

use crate::roster::Roster;

/// Appends `[count, (seat, profile)…]`.
pub(super) fn encode_roster(roster: &Roster, out: &mut Writer<'_>) {
    out.int(roster.taken() as u32);
    for (player, profile) in roster.iter() {
        out.int(player.0);
        encode_profile(profile, out);
    }
}

pub(super) fn decode_roster(input: &mut Reader<'_>, seats: u16) -> Result<Roster, DecodeError> {
    let mut roster = Roster::new(seats);
    for _ in 0..input.ranged("players", 0, seats.into())? {
        let player = seat(input, seats)?;
        roster.set(player, Some(decode_profile(input)?));
    }
    Ok(roster)
}

/// Appends `[opponent, name]`.
pub(super) fn encode_profile(Profile { name, opponent }: &Profile, out: &mut Writer<'_>) {
    out.int(u8::from(*opponent));
    out.text(name);
}

pub(super) fn decode_profile(input: &mut Reader<'_>) -> Result<Profile, DecodeError> {
    Ok(Profile { opponent: input.bool("opponent")?, name: input.text("name", NAME_BYTES_MAX)?.to_owned() })
}

/// Decodes the number of one of `seats` seats.
pub(super) fn seat(input: &mut Reader<'_>, seats: u16) -> Result<PlayerId, DecodeError> {
    Ok(PlayerId(input.ranged("seat", 0, i64::from(seats) - 1)? as u16))
}
