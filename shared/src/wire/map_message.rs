//! A map as it travels: walls as runs, and the places of pickups.

use crate::{
    limits::{MAP_NAME_BYTES_MAX, MAP_TILES_MAX, PICKUPS_MAX},
    map::{Map, PickupKind, PickupPlace},
    tick::Tick,
    wire::{DecodeError, Reader, Writer, header_flags::EPOCHS, kind},
};

/// A map and the epoch it is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapMessage {
    /// Named by every snapshot, below [`EPOCHS`].
    pub epoch: u8,
    /// The first tick on it: snapshots of earlier ones are stale, whatever their epoch.
    pub first_tick: Tick,
    /// Walls and pickup places; spawns are the server's business and stay empty.
    pub map: Map,
}

impl MapMessage {
    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let Self { epoch, first_tick, map } = self;
        out.array(9);
        out.int(kind::MAP);
        out.int(*epoch);
        out.int(first_tick.0);
        out.text(&map.name);
        out.int(map.tile_px());
        out.int(map.width());
        out.int(map.height());
        let runs = map.wall_runs();
        out.array(runs.len());
        for run in runs {
            out.int(run);
        }
        out.array(3 * map.pickups().len());
        for &PickupPlace { kind, column, row } in map.pickups() {
            out.int(kind as u8);
            out.int(column);
            out.int(row);
        }
    }

    pub(super) fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let epoch = input.ranged("epoch", 0, i64::from(EPOCHS) - 1)? as u8;
        let first_tick = Tick(input.u32("first tick")?);
        let name = input.text("map name", MAP_NAME_BYTES_MAX)?.to_owned();
        let tile_px = input.ranged("tile size", Map::TILE_PX_MIN.into(), Map::TILE_PX_MAX.into())? as u16;
        let width = input.ranged("map width", 1, MAP_TILES_MAX.into())? as u16;
        let height = input.ranged("map height", 1, MAP_TILES_MAX.into())? as u16;
        let tiles = usize::from(width) * usize::from(height);
        let count = input.array("wall runs", tiles + 1)?;
        let mut walls = Vec::with_capacity(tiles);
        for index in 0..count {
            let run = input.ranged("wall run", 0, (tiles - walls.len()) as i64)? as usize;
            walls.resize(walls.len() + run, index % 2 == 1);
        }
        if walls.len() != tiles {
            return Err(DecodeError::WrongLength { found: walls.len(), expected: tiles });
        }
        let count = input.array("pickups", 3 * PICKUPS_MAX)?;
        if !count.is_multiple_of(3) {
            return Err(DecodeError::WrongLength { found: count, expected: count / 3 * 3 });
        }
        let mut pickups = Vec::with_capacity(count / 3);
        for _ in 0..count / 3 {
            let kind = PickupKind::from_code(input.ranged("pickup kind", 0, 3)? as u8).expect("the range was checked");
            let column = input.ranged("pickup column", 0, i64::from(width) - 1)? as u16;
            let row = input.ranged("pickup row", 0, i64::from(height) - 1)? as u16;
            pickups.push(PickupPlace { kind, column, row });
        }
        Ok(Self { epoch, first_tick, map: Map::new(name, tile_px, width, height, walls, pickups) })
    }
}
