//! A whole map as bytes, with what only the server knows: for recordings, which must not depend on files.

use super::wire::PLACES;
use crate::event::Team;
use crate::map::{Map, Spawn};
use shared::{
    limits::SERVER_MESSAGE_BYTES_MAX,
    wire::{DecodeError, Reader, Writer, kind},
};

/// Spawns of one map: every tile of the largest.
const SPAWNS_MAX: i64 = 1 << 16;

impl Map {
    /// Appends `[length of the message, 4 bytes][message "map" of protocol 2][sight][count, (team, column, row)…]`.
    pub fn encode_whole(&self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
        let mut out = Writer::new(bytes);
        out.array(3 + PLACES);
        out.int(kind::MAP);
        out.int(0u8);
        out.int(0u8);
        self.encode_places(&mut out);
        let length = (bytes.len() - start - 4) as u32;
        bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
        let mut out = Writer::new(bytes);
        out.int(self.interest_px);
        out.int(self.spawns.len() as u32);
        for &Spawn { team, column, row } in &self.spawns {
            out.int(team as u8);
            out.int(column);
            out.int(row);
        }
    }

    /// Reads what [`Map::encode_whole`] wrote.
    ///
    /// # Errors
    /// When it is no map, or has a spawn where no craft can be.
    pub fn decode_whole(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = u32::from_le_bytes(input.raw_array("length of the map")?) as usize;
        if length > SERVER_MESSAGE_BYTES_MAX {
            return Err(DecodeError::TooLong { field: "map", length, limit: SERVER_MESSAGE_BYTES_MAX });
        }
        let mut message = Reader::new(input.raw("map", length)?);
        // Protocol 1 had no first tick behind the epoch; both are 0 here.
        let found = message.array("map", 3 + PLACES)?;
        if found != 3 + PLACES && found != 2 + PLACES {
            return Err(DecodeError::WrongLength { found, expected: 3 + PLACES });
        }
        message.ranged("kind", kind::MAP.into(), kind::MAP.into())?;
        for _ in PLACES + 1..found {
            message.ranged("epoch", 0, 0)?;
        }
        let map = Self::decode_places(&mut message)?;
        message.finish()?;
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
    fn map_of_protocol_1_is_read() {
        let (name, text) = shipped().next().unwrap();
        let map = file::parse(name, text).unwrap();
        let mut bytes = Vec::new();
        map.encode_whole(&mut bytes);
        // Behind the length: an array of nine, kind, epoch, first tick.
        assert_eq!((bytes[4], bytes[6], bytes.remove(7)), (0x99, 0, 0));
        bytes[4] = 0x98;
        let length = u32::from_le_bytes(*bytes.first_chunk().unwrap()) - 1;
        bytes[..4].copy_from_slice(&length.to_le_bytes());
        assert_eq!(Map::decode_whole(&mut Reader::new(&bytes)), Ok(map));
    }

    #[test]
    fn shipped_maps_come_back_whole() {
        for (name, text) in shipped() {
            let map = file::parse(name, text).unwrap();
            let mut bytes = Vec::new();
            map.encode_whole(&mut bytes);
            let mut input = Reader::new(&bytes);
            assert_eq!(Map::decode_whole(&mut input).as_ref(), Ok(&map));
            assert!(input.is_empty());
            for length in 0..bytes.len() {
                assert!(Map::decode_whole(&mut Reader::new(&bytes[..length])).is_err(), "{name}, {length} bytes");
            }
        }
    }
}
