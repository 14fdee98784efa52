//! What lies around the things of a game and does not change during a match.

use std::fmt::Debug;

use glam::IVec2;

use crate::{
    tick::TickRate,
    wire::{DecodeError, Reader, Writer},
};

/// Walls, places, and the numbers of the rules: all that is needed to run an entity forward. `()` where there is none.
pub trait Map: Clone + Debug + Send + Sync + 'static {
    /// What people call it; empty where there is only one.
    fn name(&self) -> &str {
        ""
    }

    /// Width and height, position units; `None` where the world has no end.
    fn size(&self) -> Option<IVec2>;

    /// How far players see on it, px, where neither the host nor the game says anything else.
    fn interest_px(&self) -> u32 {
        INTEREST_PX
    }

    /// Writes what a client needs to know of it: one MessagePack value.
    fn encode(&self, out: &mut Writer<'_>);

    /// Reads what [`Map::encode`] wrote, for a room of this tick rate.
    ///
    /// # Errors
    /// What makes no sense, with the field that does not.
    fn decode(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Writes all of it, with what only the server needs to know: recordings hold that.
    fn encode_whole(&self, out: &mut Writer<'_>) {
        self.encode(out);
    }

    /// The maps that come with the game: name and text of each, for [`Map::parse`]. At least one; the first is the one to play when
    /// nobody chose.
    fn shipped() -> Vec<(&'static str, &'static str)> {
        vec![("", "")]
    }

    /// Reads a map file, shipped or the host's own, for a room of this tick rate. `file` is what errors call it.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence that begins with `file` and the place in it.
    fn parse(file: &str, text: &str, tick_rate: TickRate) -> Result<Self, String>;

    /// How well it suits a room of so many seats that plays the mode with this index in [`Settings::MODES`]. Of all maps, those that
    /// suit best are played in turn.
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

/// A little more than a screen shows from its middle to a corner.
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
