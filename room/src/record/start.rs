//! The first chunk of a recording: the room, its settings and the whole map.

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

/// The room's own part of a start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct About {
    pub(crate) room: u32,
    pub(crate) shard: u16,
    pub(crate) server: String,
    pub(crate) interest_px: u32,
}

/// Description of the room and of its match that is readable without the game's types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Start {
    /// Number of the room.
    pub room: u32,
    /// Number of the shard that ran it, as the server numbers them.
    pub shard: u16,
    /// Name of the server.
    pub server: String,
    /// Interest radius of players, px.
    pub interest_px: u32,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats for players and computer opponents together.
    pub seats: u16,
    /// Mode of the game that was played.
    pub mode: &'static str,
    /// Name of the map; empty if the game has only one.
    pub map: String,
}

/// A decoded start: the description, and the setup and map for the game.
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
            return Err(DecodeError::WrongType { field: "settings", expected: "valid for the game" });
        }
        let map = MapOf::<G>::decode_whole(tick_rate, &mut input)?;
        input.finish()?;
        let mode = G::Settings::MODES.get(settings.mode()).copied().unwrap_or_default();
        let map_name = map.name().to_owned();
        let start = Self { room, shard, server, interest_px, tick_rate, seats, mode, map: map_name };
        Ok((start, Setup { settings, tick_rate, seats }, map))
    }
}
