//! What lies around the things of a game and does not change during a match.

use glam::IVec2;

use crate::{
    tick::TickRate,
    wire::{DecodeError, Reader, Writer},
};

/// Walls, places, and the numbers of the rules: all that is needed to run an entity forward. `()` where there is none.
pub trait Map: Clone + Send + Sync + 'static {
    /// Width and height, position units; `None` where the world has no end.
    fn size(&self) -> Option<IVec2>;

    /// Writes what a client needs to know of it: one MessagePack value.
    fn encode(&self, out: &mut Writer<'_>);

    /// Reads what [`Map::encode`] wrote, for a room of this tick rate.
    ///
    /// # Errors
    /// What makes no sense, with the field that does not.
    fn decode(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

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
}
