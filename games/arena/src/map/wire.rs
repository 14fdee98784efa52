//! Wire format of a map: walls as runs, pickup places, and the numbers that move crafts and shells.
//!
//! ```text
//! map  [name, tile_px, width, height, [run…], [kind, column, row, …], acceleration, drag, dash, speed_max, shell_steps]
//! ```

use std::sync::Arc;

use glam::IVec2;
use shared::{
    TickRate, game,
    limits::MAP_NAME_BYTES_MAX,
    wire::{DecodeError, Reader, Writer},
};

use crate::rules::{
    Mode, Terrain,
    numbers::{Motion, Rules},
};
use crate::{
    limits::{MAP_TILES_MAX, PICKUPS_MAX},
    map::{Map, PickupKind, PickupPlace, file, shipped},
};

impl game::Map for Terrain {
    fn size(&self) -> Option<IVec2> {
        Some(self.map.size())
    }

    fn name(&self) -> &str {
        &self.map.name
    }

    fn interest_px(&self) -> u32 {
        self.map.interest_px()
    }

    fn shipped() -> Vec<(&'static str, &'static str)> {
        shipped().collect()
    }

    fn parse(file: &str, text: &str, tick_rate: TickRate) -> Result<Self, String> {
        let map = file::parse(file, text).map_err(|error| error.to_string())?;
        Ok(Self { map: Arc::new(map), rules: Rules::new(tick_rate) })
    }

    fn fitness(&self, mode: usize, seats: u16) -> u32 {
        self.map.fitness(Mode::of_index(mode), seats)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let Motion { acceleration, drag, dash, speed_max, shell_speed: _, shell_steps } = self.rules.motion;
        out.array(PLACES + 5);
        self.map.encode_places(out);
        out.int(acceleration);
        out.int(drag);
        out.int(dash);
        out.int(speed_max);
        out.int(shell_steps);
    }

    fn decode(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (found, expected) = (input.array("map", PLACES + 5)?, PLACES + 5);
        if found != expected {
            return Err(DecodeError::WrongLength { found, expected });
        }
        let map = Map::decode_places(input)?;
        let motion = Motion {
            acceleration: input.ranged("acceleration", 0, 1 << 14)? as i32,
            drag: input.ranged("drag", 0, 4_096)? as i32,
            dash: input.ranged("dash", 0, 1 << 15)? as i32,
            speed_max: input.ranged("largest speed", 1, 1 << 14)? as i32,
            shell_speed: Motion::new(tick_rate).shell_speed,
            shell_steps: input.ranged("shell steps", 1, 64)? as i32,
        };
        Ok(Self { map: Arc::new(map), rules: Rules { motion, ..Rules::new(tick_rate) } })
    }

    fn encode_whole(&self, out: &mut Writer<'_>) {
        self.map.encode_whole(out);
    }

    fn decode_whole(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { map: Arc::new(Map::decode_whole(input)?), rules: Rules::new(tick_rate) })
    }
}

/// Number of values that [`Map::encode_places`] writes.
pub(super) const PLACES: usize = 6;

impl Map {
    /// Writes walls and pickup places, without spawns.
    pub(super) fn encode_places(&self, out: &mut Writer<'_>) {
        out.text(&self.name);
        out.int(self.tile_px());
        out.int(self.width());
        out.int(self.height());
        let runs = self.wall_runs();
        out.array(runs.len());
        for run in runs {
            out.int(run);
        }
        out.array(3 * self.pickups().len());
        for &PickupPlace { kind, column, row } in self.pickups() {
            out.int(kind as u8);
            out.int(column);
            out.int(row);
        }
    }

    /// Decodes the output of [`Map::encode_places`]; spawns stay empty.
    pub(super) fn decode_places(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
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
        Ok(Self::new(name, tile_px, width, height, walls, pickups))
    }
}
