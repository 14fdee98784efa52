//! Encodes a map with the data that only the server has: for recordings, which must not depend on files.

use crate::event::Team;
use crate::map::{Map, Spawn};
use shared::wire::{DecodeError, Reader, Writer};

/// Largest number of spawns: one on every tile of the largest map.
const SPAWNS_MAX: i64 = 1 << 16;

impl Map {
    /// Appends `[name, …, places as in the message "map"][sight][count, (team, column, row)…]`.
    pub fn encode_whole(&self, out: &mut Writer<'_>) {
        self.encode_places(out);
        out.int(self.interest_px);
        out.int(self.spawns.len() as u32);
        for &Spawn { team, column, row } in &self.spawns {
            out.int(team as u8);
            out.int(column);
            out.int(row);
        }
    }

    /// Decodes the output of [`Map::encode_whole`].
    ///
    /// # Errors
    /// The bytes are not a map, or a spawn is in a wall.
    pub fn decode_whole(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let map = Self::decode_places(input)?;
        let interest_px = input.u32("sight")?;
        let count = input.ranged("spawns", 0, SPAWNS_MAX)?;
        let mut spawns = Vec::new();
        for _ in 0..count {
            let team = match input.ranged("team", 0, 2)? {
                0 => Team::None,
                1 => Team::Red,
                _ => Team::Blue,
            };
            let column = input.ranged("column", 0, i64::from(map.width) - 1)? as u16;
            let row = input.ranged("row", 0, i64::from(map.height) - 1)? as u16;
            if map.is_wall(column.into(), row.into()) {
                return Err(DecodeError::WrongType { field: "spawn", expected: "floor" });
            }
            spawns.push(Spawn { team, column, row });
        }
        Ok(map.with_server_side(spawns, interest_px))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{file, shipped};

    #[test]
    fn shipped_maps_come_back_whole() {
        for (name, text) in shipped() {
            let map = file::parse(name, text).unwrap();
            let mut bytes = Vec::new();
            map.encode_whole(&mut Writer::new(&mut bytes));
            let mut input = Reader::new(&bytes);
            assert_eq!(Map::decode_whole(&mut input).as_ref(), Ok(&map));
            assert!(input.is_empty());
            for length in 0..bytes.len() {
                assert!(Map::decode_whole(&mut Reader::new(&bytes[..length])).is_err(), "{name}, {length} bytes");
            }
        }
    }
}
