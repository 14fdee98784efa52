//! A map: walls on a grid of tiles, pickup places and, on the server, spawns.

pub mod file;
mod fitness;
mod shipped;
mod whole;
mod wire;

use glam::IVec2;

use crate::event::Team;
use crate::limits::MAP_TILES_MAX;
use shared::quantize::POSITION_PER_PX;

pub use shipped::shipped;

/// A map, valid by construction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Map {
    /// The name of its file.
    pub name: String,
    /// Spawns; empty on a client.
    pub spawns: Vec<Spawn>,
    interest_px: u32,
    tile_px: u16,
    /// 2^32 divided by the side of a tile, rounded up: converts positions to tiles by a multiplication.
    tiles_per_unit: u64,
    width: u16,
    height: u16,
    /// Tiles row by row; true is wall.
    walls: Vec<bool>,
    pickups: Vec<PickupPlace>,
}

/// A place where players appear.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spawn {
    /// Team of the spawn; [`Team::None`] is for all players.
    pub team: Team,
    /// Tile column.
    pub column: u16,
    /// Tile row.
    pub row: u16,
}

/// A place where a pickup lies or returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PickupPlace {
    /// Kind of the pickup.
    pub kind: PickupKind,
    /// Tile column.
    pub column: u16,
    /// Tile row.
    pub row: u16,
}

/// Kinds of pickups.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PickupKind {
    /// Restores health.
    Health = 0,
    /// Rapid fire for a while.
    Rapid = 1,
    /// Absorbs damage.
    Shield = 2,
    /// A few rail shots, which hit at once.
    Rail = 3,
}

impl PickupKind {
    /// The kind with this wire code.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Health),
            1 => Some(Self::Rapid),
            2 => Some(Self::Shield),
            3 => Some(Self::Rail),
            _ => None,
        }
    }
}

impl Map {
    /// Smallest tile, px: a craft must not cross a tile in one tick.
    pub const TILE_PX_MIN: u16 = 64;
    /// Largest tile, px.
    pub const TILE_PX_MAX: u16 = 128;

    /// Creates a map from checked parts, without spawns.
    ///
    /// # Panics
    /// Sizes are out of range, or `walls` is not `width * height` long: callers must check their input.
    pub fn new(
        name: String,
        tile_px: u16,
        width: u16,
        height: u16,
        walls: Vec<bool>,
        pickups: Vec<PickupPlace>,
    ) -> Self {
        assert!((Self::TILE_PX_MIN..=Self::TILE_PX_MAX).contains(&tile_px), "tile of {tile_px} px");
        assert!((1..=MAP_TILES_MAX).contains(&width) && (1..=MAP_TILES_MAX).contains(&height), "{width} x {height}");
        assert_eq!(walls.len(), usize::from(width) * usize::from(height), "one wall flag per tile");
        let tiles_per_unit = (1u64 << 32).div_ceil(u64::from(tile_px) * POSITION_PER_PX as u64);
        Self { name, spawns: Vec::new(), interest_px: 0, tile_px, tiles_per_unit, width, height, walls, pickups }
    }

    /// Adds the data that only the server has: spawns and the view distance, px.
    #[must_use]
    pub fn with_server_side(self, spawns: Vec<Spawn>, interest_px: u32) -> Self {
        Self { spawns, interest_px, ..self }
    }

    /// View distance of players, px; 0 on a client, where the welcome message has it.
    pub const fn interest_px(&self) -> u32 {
        self.interest_px
    }

    /// Side of a tile, px.
    pub const fn tile_px(&self) -> u16 {
        self.tile_px
    }

    /// Side of a tile, position units.
    pub const fn tile_units(&self) -> i32 {
        self.tile_px as i32 * POSITION_PER_PX
    }

    /// Columns.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Rows.
    pub const fn height(&self) -> u16 {
        self.height
    }

    /// Width and height, position units.
    pub const fn size(&self) -> IVec2 {
        IVec2::new(self.width as i32 * self.tile_units(), self.height as i32 * self.tile_units())
    }

    /// The tile column or row of a coordinate in position units, rounded down.
    #[inline]
    pub const fn tile_of(&self, units: i32) -> i32 {
        // Exact below 2^21 units, four times the largest map; division is for what lies outside.
        if units >= 0 && units < 1 << 21 {
            ((units as u64 * self.tiles_per_unit) >> 32) as i32
        } else {
            units.div_euclid(self.tile_units())
        }
    }

    /// True if a position is in a wall.
    #[inline]
    pub fn is_wall_at(&self, position: IVec2) -> bool {
        self.is_wall(self.tile_of(position.x), self.tile_of(position.y))
    }

    /// True if a tile is a wall. All tiles outside of the map are.
    #[inline]
    pub fn is_wall(&self, column: i32, row: i32) -> bool {
        if column < 0 || row < 0 || column >= i32::from(self.width) || row >= i32::from(self.height) {
            return true;
        }
        self.walls[row as usize * usize::from(self.width) + column as usize]
    }

    /// Centre of a tile, position units.
    pub const fn tile_center(&self, column: u16, row: u16) -> IVec2 {
        let tile = self.tile_units();
        IVec2::new(column as i32 * tile + tile / 2, row as i32 * tile + tile / 2)
    }

    /// Pickup places; `PickupState::place` is an index into them.
    pub fn pickups(&self) -> &[PickupPlace] {
        &self.pickups
    }

    /// Position of a pickup, position units; the origin for a place the map does not have.
    pub fn pickup_position(&self, place: u8) -> IVec2 {
        self.pickups.get(usize::from(place)).map_or(IVec2::ZERO, |place| self.tile_center(place.column, place.row))
    }

    /// Lengths of runs of equal tiles, row after row, beginning with floor (which may be 0 long).
    pub fn wall_runs(&self) -> Vec<u32> {
        let mut runs = vec![0];
        let mut wall = false;
        for &tile in &self.walls {
            if tile != wall {
                wall = tile;
                runs.push(0);
            }
            *runs.last_mut().expect("there is a first run") += 1;
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_of_divides_exactly() {
        for tile_px in Map::TILE_PX_MIN..=Map::TILE_PX_MAX {
            let map = Map::new("one".into(), tile_px, 1, 1, vec![false], Vec::new());
            let tile = map.tile_units();
            // Around every boundary of the range, where an error would show first.
            for boundary in (-4 * tile..=(1 << 21) + tile).step_by(tile as usize) {
                for units in [boundary - 1, boundary, boundary + 1] {
                    assert_eq!(map.tile_of(units), units.div_euclid(tile), "{units} units, tiles of {tile}");
                }
            }
        }
    }
}
