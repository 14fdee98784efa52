//! What a recording begins with: which room it is of, by which settings it is played, and the whole map.

use shared::{
    TickRate,
    game::{
        Game, Map, MapOf, Settings,
        record::{decode_serde, encode_serde_named},
    },
    limits::{NAME_BYTES_MAX, ROOM_PLAYERS_MAX, TICK_HZ_MAX, TICK_HZ_MIN},
    wire::{DecodeError, Reader, Writer},
};

use crate::play::{Play, Setup};

/// What a recording says of its room besides the match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct About {
    pub(crate) room: u32,
    pub(crate) shard: u16,
    pub(crate) server: String,
    pub(crate) interest_px: u32,
}

/// Which room a recording is of and what was played in it, for those who do not know the game.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Start {
    /// The room's number.
    pub room: u32,
    /// The shard that ran it, as the shell numbers them.
    pub shard: u16,
    /// The server's name.
    pub server: String,
    /// How far players saw, px.
    pub interest_px: u32,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats for players and computer opponents together.
    pub seats: u16,
    /// Which of the game's modes was played.
    pub mode: &'static str,
    /// The name of the map; empty where the game has only one.
    pub map: String,
}

/// A start as it comes back: for everybody, and for the game.
pub(super) type Begun<G> = (Start, Setup<G>, MapOf<G>);

impl Start {
    /// Appends `[room, shard, server, sight, tick rate, seats, settings by the names of their fields, whole map]`.
    pub(super) fn encode<G: Game>(about: &About, play: &Play<G>, bytes: &mut Vec<u8>) {
        let About { room, shard, server, interest_px } = about;
        let Setup { settings, tick_rate, seats } = play.setup();
        let mut out = Writer::new(bytes);
        out.int(*room);
        out.int(*shard);
        out.text(server);
        out.int(*interest_px);
        out.int(tick_rate.hz());
        out.int(*seats);
        encode_serde_named(settings, &mut out);
        play.map().encode_whole(&mut out);
    }

    pub(super) fn decode<G: Game>(bytes: &[u8]) -> Result<Begun<G>, DecodeError> {
        let mut input = Reader::new(bytes);
        let room = input.u32("room")?;
        let shard = input.u16("shard")?;
        let server = input.text("server", NAME_BYTES_MAX)?.to_owned();
        let interest_px = input.u32("sight")?;
        let hz = input.u16("tick rate")?;
        let (low, high) = (TICK_HZ_MIN.into(), TICK_HZ_MAX.into());
        let tick_rate =
            TickRate::new(hz).ok_or(DecodeError::OutOfRange { field: "tick rate", value: hz.into(), low, high })?;
        let seats = input.ranged("seats", 1, ROOM_PLAYERS_MAX as i64)? as u16;
        let settings: G::Settings = decode_serde("settings", &mut input)?;
        if settings.check().is_err() {
            return Err(DecodeError::WrongType { field: "settings", expected: "such that a match can be played" });
        }
        let map = MapOf::<G>::decode_whole(tick_rate, &mut input)?;
        input.finish()?;
        let mode = G::Settings::MODES.get(settings.mode()).copied().unwrap_or_default();
        let map_name = map.name().to_owned();
        let start = Self { room, shard, server, interest_px, tick_rate, seats, mode, map: map_name };
        Ok((start, Setup { settings, tick_rate, seats }, map))
    }
}
