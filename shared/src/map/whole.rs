//! A whole map as bytes, with what only the server knows: for recordings, which must not depend on files.

use std::borrow::Cow;

use crate::{
    limits::SERVER_MESSAGE_BYTES_MAX,
    map::{Map, Spawn},
    tick::Tick,
    wire::{DecodeError, MapMessage, Reader, ServerMessage, Team, Writer},
};

/// Spawns of one map: every tile of the largest.
const SPAWNS_MAX: i64 = 1 << 16;

impl Map {
    /// Appends `[length of the message, 4 bytes][message "map" of the wire][sight][count, (team, column, row)…]`.
    pub fn encode_whole(&self, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.extend_from_slice(&[0; 4]);
        ServerMessage::Map(MapMessage { epoch: 0, first_tick: Tick(0), map: self.clone() }).encode(bytes);
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
        let message = with_first_tick(input.raw("map", length)?);
        let ServerMessage::Map(MapMessage { epoch: _, first_tick: _, map }) = ServerMessage::decode(&message)? else {
            return Err(DecodeError::WrongType { field: "map", expected: "a map" });
        };
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

/// The message as it is now. Recordings outlive versions of the wire: protocol 1 had no first tick behind the epoch, which is 0 here.
fn with_first_tick(message: &[u8]) -> Cow<'_, [u8]> {
    match message {
        &[EIGHT_ELEMENTS, kind, epoch @ 0, ref rest @ ..] => {
            Cow::Owned([&[NINE_ELEMENTS, kind, epoch, 0], rest].concat())
        }
        _ => Cow::Borrowed(message),
    }
}

/// Arrays of MessagePack.
const EIGHT_ELEMENTS: u8 = 0x98;
const NINE_ELEMENTS: u8 = 0x99;

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
        // Behind the length: nine elements, kind, epoch, first tick.
        assert_eq!((bytes[4], bytes[6], bytes.remove(7)), (NINE_ELEMENTS, 0, 0));
        bytes[4] = EIGHT_ELEMENTS;
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
