//! The message with the map: the epoch of its snapshots, and the map as a value of the game.

use crate::{
    game::Map,
    tick::{Tick, TickRate},
    wire::{DecodeError, Reader, Writer, header_flags::EPOCHS, kind},
};

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapMessage {
    /// The epoch of the snapshots on this map, below [`EPOCHS`].
    pub epoch: u8,
    /// The first tick on this map: snapshots of earlier ticks are stale in any epoch.
    pub first_tick: Tick,
    bytes: Vec<u8>,
}

impl MapMessage {
    /// A message with this map.
    pub fn new(epoch: u8, first_tick: Tick, map: &impl Map) -> Self {
        let mut bytes = Vec::new();
        map.encode(&mut Writer::new(&mut bytes));
        Self { epoch, first_tick, bytes }
    }

    /// The encoded map. Equal maps have equal bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Decodes the game's map, for a room with `tick_rate`.
    ///
    /// # Errors
    /// Errors of the game's [`Map::decode`], and bytes that are left over.
    pub fn map<M: Map>(&self, tick_rate: TickRate) -> Result<M, DecodeError> {
        let mut input = Reader::new(&self.bytes);
        let map = M::decode(tick_rate, &mut input)?;
        input.finish()?;
        Ok(map)
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let Self { epoch, first_tick, bytes } = self;
        out.array(4);
        out.int(kind::MAP);
        out.int(*epoch);
        out.int(first_tick.0);
        out.copy(bytes, 1);
    }

    pub(super) fn read(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let epoch = input.ranged("epoch", 0, i64::from(EPOCHS) - 1)? as u8;
        let first_tick = Tick(input.u32("first tick")?);
        let bytes = input.raw("map", input.remaining())?.to_vec();
        Ok(Self { epoch, first_tick, bytes })
    }
}
