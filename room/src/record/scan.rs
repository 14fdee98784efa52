//! Finds the undamaged chunks of a file, whatever its damage.

use std::fmt;

use shared::{Tick, limits::RECORD_CHUNK_BYTES_MAX};

use super::{
    RecordError,
    chunk::{ChunkKind, FRAME, RawChunk, SYNC, crc, stated_crc, unpack},
    header::FileHeader,
};

/// A chunk with a valid frame and crc.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Chunk {
    /// Counted from 0, damaged chunks included.
    pub(super) number: usize,
    pub(super) offset: usize,
    pub(super) length: usize,
    pub(super) kind: ChunkKind,
    pub(super) ticks: u8,
    pub(super) tick: Tick,
}

/// A damaged part of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    /// Number of the chunk, counted from 0.
    pub chunk: usize,
    /// Offset in the file at which it begins.
    pub offset: usize,
    /// The kind of the damage.
    pub fault: Fault,
}

/// A kind of damage to a chunk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The file ends inside the chunk, as after a crash.
    Torn,
    /// The bytes do not match the crc.
    Crc,
    /// No chunk begins at this offset.
    NoChunk,
    /// The crc is right, but the content is not valid.
    Unreadable(String),
}

impl Chunk {
    /// The last tick in the chunk.
    pub(super) const fn last_tick(&self) -> Tick {
        self.tick.plus((self.ticks as u32).saturating_sub(1))
    }

    pub(super) const fn end(&self) -> usize {
        self.offset + self.length
    }

    /// The decompressed body; `None` if it is not valid.
    pub(super) fn body(&self, file: &[u8]) -> Option<Vec<u8>> {
        unpack(&file[self.offset + FRAME..self.end()])
    }

    pub(super) fn damage(&self, reason: impl fmt::Display) -> Damage {
        Damage { chunk: self.number, offset: self.offset, fault: Fault::Unreadable(reason.to_string()) }
    }
}

/// All undamaged chunks from `start` on, and the damage between them.
pub(super) fn scan(file: &[u8], start: usize) -> (Vec<Chunk>, Vec<Damage>) {
    let (mut chunks, mut damage) = (Vec::new(), Vec::new());
    // In a hostile file every sync could begin a chunk of the maximum length. The budget bounds the bytes that the search reads.
    let mut budget = file.len().saturating_mul(SEARCH_FACTOR);
    let mut offset = start;
    while offset < file.len() {
        let number = chunks.len() + damage.len();
        let fault = match chunk_at(file, offset, number) {
            Ok(chunk) => {
                offset = chunk.end();
                chunks.push(chunk);
                continue;
            }
            Err(fault) => fault,
        };
        let next = find(file, offset + 1, number + 1, &mut budget);
        // A flipped bit in the length makes a chunk seem torn, but a good chunk after it shows that it is not.
        let fault = if next.is_some() && fault == Fault::Torn { Fault::Crc } else { fault };
        damage.push(Damage { chunk: number, offset, fault });
        let Some(next) = next else { break };
        offset = next;
    }
    (chunks, damage)
}

/// The undamaged chunks of a file, each with its offset and its decompressed body, for tools that inspect recordings.
///
/// # Errors
/// When the file does not begin with a header that this program reads.
pub fn chunks(file: &[u8]) -> Result<Vec<(usize, RawChunk<'static>, Vec<u8>)>, RecordError> {
    let (_, start) = FileHeader::decode(file)?;
    let (chunks, _) = scan(file, start);
    let unpacked = chunks.into_iter().filter_map(|chunk| {
        let Chunk { kind, ticks, tick, offset, .. } = chunk;
        Some((offset, RawChunk { kind, ticks, tick, body: &[] }, chunk.body(file)?))
    });
    Ok(unpacked.collect())
}

fn chunk_at(file: &[u8], offset: usize, number: usize) -> Result<Chunk, Fault> {
    let rest = &file[offset..];
    let known = rest.len().min(SYNC.len());
    if rest[..known] != SYNC[..known] {
        return Err(Fault::NoChunk);
    }
    let Some(frame) = rest.get(..FRAME) else { return Err(Fault::Torn) };
    let body = u32::from_le_bytes([frame[4], frame[5], frame[6], frame[7]]) as usize;
    if body > RECORD_CHUNK_BYTES_MAX {
        return Err(Fault::Crc);
    }
    let length = FRAME + body;
    let Some(whole) = rest.get(..length) else { return Err(Fault::Torn) };
    let kind = ChunkKind::from_code(frame[12]);
    match kind.filter(|_| crc(whole) == stated_crc(whole)) {
        Some(kind) => {
            let tick = Tick(u32::from_le_bytes([frame[14], frame[15], frame[16], frame[17]]));
            Ok(Chunk { number, offset, length, kind, ticks: frame[13], tick })
        }
        None => Err(Fault::Crc),
    }
}

/// The offset of the next undamaged chunk from `from` on.
fn find(file: &[u8], from: usize, number: usize, budget: &mut usize) -> Option<usize> {
    let mut from = from;
    loop {
        let offset = from + file.get(from..)?.windows(SYNC.len()).position(|window| window == SYNC)?;
        *budget = budget.checked_sub(offset - from)?;
        if chunk_at(file, offset, number).is_ok() {
            return Some(offset);
        }
        let claimed = file.get(offset + 4..offset + 8)?;
        let claimed = u32::from_le_bytes([claimed[0], claimed[1], claimed[2], claimed[3]]) as usize;
        *budget = budget.checked_sub(claimed.min(RECORD_CHUNK_BYTES_MAX).min(file.len() - offset))?;
        from = offset + 1;
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chunk, offset, fault } = self;
        match fault {
            Fault::Torn => write!(out, "chunk {chunk} at offset {offset} is torn: the file ends inside it"),
            Fault::Crc => write!(out, "chunk {chunk} at offset {offset} is damaged (crc)"),
            Fault::NoChunk => {
                write!(out, "chunk {chunk} at offset {offset} is damaged (it does not begin with the sync bytes)")
            }
            Fault::Unreadable(reason) => write!(out, "chunk {chunk} at offset {offset} is not readable: {reason}"),
        }
    }
}

/// Number of times that the search may read each byte of the file, on average.
const SEARCH_FACTOR: usize = 4;
