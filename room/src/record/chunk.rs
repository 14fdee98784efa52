//! The frame around a chunk: how it is found, checked and unpacked.

use std::fmt;

use miniz_oxide::{
    deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params},
    inflate::decompress_to_vec_with_limit,
};
use shared::{Tick, limits::RECORD_CHUNK_BYTES_MAX};

/// What a chunk holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ChunkKind {
    /// Which room, which settings and map; the first chunk of a file.
    Start = 1,
    /// The match at the end of a tick.
    Checkpoint = 2,
    /// Ticks.
    Ticks = 3,
    /// Results; the last chunk of a file.
    End = 4,
}

/// A chunk as a room makes it, before it is packed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RawChunk<'a> {
    /// What it holds.
    pub kind: ChunkKind,
    /// Ticks in it; of a checkpoint 1 if it holds changes that came after its tick, which is why it may differ from what
    /// the ticks before lead to; else 0.
    pub ticks: u8,
    /// The first tick in it, or the one it is about; for a start the one its match began after.
    pub tick: Tick,
    /// Its body.
    pub body: &'a [u8],
}

/// Begins every chunk, so that the next one is found behind a damaged one.
pub(super) const SYNC: [u8; 4] = *b"\xF5RC\n";
/// Bytes before the body.
pub(super) const FRAME: usize = 18;
/// Bytes before those that the crc covers: sync, length and the crc itself. The length is covered too.
const CRC_AT: usize = 8;
/// Of 0 to 10. More costs the writer several times the work for a twentieth of the bytes.
const PACK_LEVEL: i32 = 6;

impl ChunkKind {
    pub(super) const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Start),
            2 => Some(Self::Checkpoint),
            3 => Some(Self::Ticks),
            4 => Some(Self::End),
            _ => None,
        }
    }

    /// One word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Checkpoint => "checkpoint",
            Self::Ticks => "ticks",
            Self::End => "end",
        }
    }
}

/// Makes chunks into what stands in a file. Work for another thread than the one that plays.
pub struct Packer {
    /// Made once: it has tables of 300 kB.
    deflate: Box<CompressorOxide>,
}

impl Packer {
    /// One that has packed nothing yet.
    pub fn new() -> Self {
        let flags = create_comp_flags_from_zip_params(PACK_LEVEL, 0, 0);
        Self { deflate: Box::new(CompressorOxide::new(flags)) }
    }

    /// Appends a chunk as it stands in a file.
    pub fn pack(&mut self, chunk: &RawChunk<'_>, file: &mut Vec<u8>) {
        let RawChunk { kind, ticks, tick, body } = *chunk;
        let start = file.len();
        file.extend_from_slice(&SYNC);
        file.extend_from_slice(&[0; 8]);
        file.push(kind as u8);
        file.push(ticks);
        file.extend_from_slice(&tick.0.to_le_bytes());
        self.deflate(body, file);
        let length = (file.len() - start - FRAME) as u32;
        file[start + SYNC.len()..start + CRC_AT].copy_from_slice(&length.to_le_bytes());
        let crc = crc(&file[start..]);
        file[start + CRC_AT..start + CRC_AT + 4].copy_from_slice(&crc.to_le_bytes());
    }

    fn deflate(&mut self, mut body: &[u8], file: &mut Vec<u8>) {
        self.deflate.reset();
        let mut end = file.len();
        loop {
            // What cannot be packed grows by five bytes in 64 kB.
            file.resize(end + body.len() + body.len() / 1_024 + 64, 0);
            let (status, read, written) = compress(&mut self.deflate, body, &mut file[end..], TDEFLFlush::Finish);
            body = &body[read..];
            end += written;
            match status {
                TDEFLStatus::Okay => {}
                TDEFLStatus::Done => break,
                status => unreachable!("deflate takes every slice, and has said {status:?}"),
            }
        }
        file.truncate(end);
    }
}

impl Default for Packer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Packer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Packer")
    }
}

/// Appends a single chunk as it stands in a file. Whoever packs many has a [`Packer`].
pub fn pack(chunk: &RawChunk<'_>, file: &mut Vec<u8>) {
    Packer::new().pack(chunk, file);
}

/// The crc of a whole chunk: of its length, and of everything behind the crc.
pub(super) fn crc(chunk: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&chunk[SYNC.len()..CRC_AT]);
    hasher.update(&chunk[CRC_AT + 4..]);
    hasher.finalize()
}

/// The crc that a chunk says it has.
pub(super) fn stated_crc(chunk: &[u8]) -> u32 {
    u32::from_le_bytes([chunk[CRC_AT], chunk[CRC_AT + 1], chunk[CRC_AT + 2], chunk[CRC_AT + 3]])
}

/// The body that was packed; `None` if it is no such thing, or too large.
pub(super) fn unpack(body: &[u8]) -> Option<Vec<u8>> {
    decompress_to_vec_with_limit(body, RECORD_CHUNK_BYTES_MAX).ok()
}
