//! The map: the data around the entities that does not change during a match.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    tick::TickRate,
    wire::{DecodeError, Reader, Writer},
};

/// Walls, places, and the constants of the rules: everything that is needed to run an entity forward. `()` if a game has no map.
///
/// Maps are text, shipped with the game or in files of the host. The server parses them when it starts ([`Map::parse`]), and sends the
/// map of a match to each player before its first snapshot ([`Map::encode`]). A room clones the map for each match, so keep large data in
/// an `Arc`.
///
/// ```
/// use shared::{
///     TickRate,
///     game::{IVec2, Map},
///     wire::{DecodeError, Reader, Writer},
/// };
///
/// /// A square pond with a current.
/// #[derive(Clone, PartialEq, Debug)]
/// struct Pond {
///     name: String,
///     side_px: u16,
///     /// Position units per tick.
///     current: i32,
/// }
///
/// impl Pond {
///     fn new(name: String, side_px: u16, tick_rate: TickRate) -> Self {
///         Self { name, side_px, current: 160 * 16 / i32::from(tick_rate.hz()) }
///     }
/// }
///
/// impl Map for Pond {
///     fn name(&self) -> &str {
///         &self.name
///     }
///
///     fn size(&self) -> Option<IVec2> {
///         Some(IVec2::splat(16 * i32::from(self.side_px)))
///     }
///
///     fn encode(&self, out: &mut Writer<'_>) {
///         out.nested(2, |out| {
///             out.text(&self.name);
///             out.int(self.side_px);
///         });
///     }
///
///     fn decode(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
///         input.array("pond", 2)?;
///         let name = input.text("name", 32)?.to_owned();
///         Ok(Self::new(name, input.ranged("side", 1, 4_000)? as u16, tick_rate))
///     }
///
///     fn shipped() -> Vec<(&'static str, &'static str)> {
///         vec![("puddle", "puddle 200"), ("lake", "lake 4000")]
///     }
///
///     fn parse(file: &str, text: &str, tick_rate: TickRate) -> Result<Self, String> {
///         let words = text.split_once(' ').and_then(|(name, side)| Some((name, side.trim().parse().ok()?)));
///         match words {
///             Some((name, side_px @ 1..=4_000)) => Ok(Self::new(name.to_owned(), side_px, tick_rate)),
///             _ => Err(format!("{file}: a pond is a name and a side of 1 to 4000 px")),
///         }
///     }
/// }
/// #
/// # let tick_rate = TickRate::new(30).unwrap();
/// # let pond = Pond::parse("lake", "lake 4000\n", tick_rate).unwrap();
/// # let mut bytes = Vec::new();
/// # pond.encode(&mut Writer::new(&mut bytes));
/// # assert_eq!(Pond::decode(tick_rate, &mut Reader::new(&bytes)), Ok(pond));
/// # assert!(Pond::parse("lake", "lake 4001", tick_rate).is_err());
/// ```
pub trait Map: Clone + Debug + Send + Sync + 'static {
    /// The map's name, for hosts and players; empty if the game has only one map. The names of a server's maps must differ.
    fn name(&self) -> &str {
        ""
    }

    /// Width and height, position units, of the rectangle from (0, 0) in which entities are; `None` if the world has no edge.
    fn size(&self) -> Option<IVec2>;

    /// The radius within which players see entities, px, unless the host sets one or the game returns a
    /// [`Viewpoint::radius_px`](crate::game::Viewpoint::radius_px).
    fn interest_px(&self) -> u32 {
        INTEREST_PX
    }

    /// Writes the part of the map that a client needs, as exactly one value; use [`Writer::nested`] for several. A client must compute the
    /// same ticks from its map as the server from its own.
    fn encode(&self, out: &mut Writer<'_>);

    /// Reads what [`Map::encode`] wrote, for a room with this tick rate. The bytes are not trusted, so bound every number by which a later
    /// step divides, indexes or allocates.
    ///
    /// # Errors
    /// A value that no map can have, with the name of its field.
    fn decode(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes the whole map for recordings, with data that only the server needs, such as the places where players appear. It must be one
    /// value too.
    fn encode_whole(&self, out: &mut Writer<'_>) {
        self.encode(out);
    }

    /// The maps that come with the game, at least one: name and text of each, both for [`Map::parse`]. They are played in turn, unless the
    /// host has maps of its own. A host can choose maps only in a game that ships more than one.
    fn shipped() -> Vec<(&'static str, &'static str)> {
        vec![("", "")]
    }

    /// Reads a map from text, for a room with this tick rate. `file` is the name of a shipped map, or the path of a host's file.
    ///
    /// # Errors
    /// A sentence for the host that begins with `file` and the place of the error in it. The server does not start.
    fn parse(file: &str, text: &str, tick_rate: TickRate) -> Result<Self, String>;

    /// The fitness of the map for a room with this number of seats that plays the mode with this index in [`Settings::MODES`]. Only the
    /// maps with the highest fitness are played, in turn. With the default all maps are played.
    ///
    /// [`Settings::MODES`]: super::Settings::MODES
    fn fitness(&self, mode: usize, seats: u16) -> u32 {
        let _ = (mode, seats);
        0
    }

    /// Reads what [`Map::encode_whole`] wrote.
    ///
    /// # Errors
    /// As [`Map::decode`].
    fn decode_whole(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode(tick_rate, input)
    }
}

/// Slightly more than the distance from the centre of a screen to its corner.
const INTEREST_PX: u32 = 1_200;

impl Map for () {
    fn size(&self) -> Option<IVec2> {
        None
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.int(0u8);
    }

    fn decode(_: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.ranged("map", 0, 0).map(drop)
    }

    fn parse(_: &str, _: &str, _: TickRate) -> Result<Self, String> {
        Ok(())
    }
}
