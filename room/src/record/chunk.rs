//! The frame of a chunk: how a reader finds, checks and unpacks it.

use std::fmt;

use miniz_oxide::{
    deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params},
    inflate::decompress_to_vec_with_limit,
};
use shared::{Tick, limits::RECORD_CHUNK_BYTES_MAX};

/// The content of a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ChunkKind {
    /// The room, the settings and the map; the first chunk of a file.
    Start = 1,
    /// The match at the end of a tick.
    Checkpoint = 2,
    /// Ticks with their inputs and hashes.
    Ticks = 3,
    /// The results of the match; the last chunk of a file.
    End = 4,
}

/// A chunk as a room makes it, before compression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RawChunk<'a> {
    /// The content of the chunk.
    pub kind: ChunkKind,
    /// For a chunk of ticks, their number. For a checkpoint, 1 if it contains changes after its tick, so that it may differ from the
    /// state that the ticks before lead to; else 0. For other chunks 0.
    pub ticks: u8,
    /// The first tick of the chunk, or the tick of a checkpoint or an end. For a start, the tick after which its match began.
    pub tick: Tick,
    /// The body, not compressed.
    pub body: &'a [u8],
}

/// First bytes of every chunk. They let a reader find the next chunk after a damaged one.
pub(super) const SYNC: [u8; 4] = *b"\xF5RC\n";
/// Length of the frame before the body, bytes.
pub(super) const FRAME: usize = 18;
/// Offset of the crc: behind sync and length. The crc covers the length and everything behind the crc.
const CRC_AT: usize = 8;
/// Compression level, 0 to 10. A higher level takes the writer several times the work and saves a twentieth of the bytes.
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

    /// Name of the kind, one word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Checkpoint => "checkpoint",
            Self::Ticks => "ticks",
            Self::End => "end",
        }
    }
}

/// Compresses chunks into the form of the file. Use it on another thread than the room's.
pub struct Packer {
    /// Created once, because it has tables of 300 kB.
    deflate: Box<CompressorOxide>,
}

impl Packer {
    /// Creates a packer and its tables.
    pub fn new() -> Self {
        let flags = create_comp_flags_from_zip_params(PACK_LEVEL, 0, 0);
        Self { deflate: Box::new(CompressorOxide::new(flags)) }
    }

    /// Appends a chunk in the form of the file.
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
            // Data that cannot be compressed grows by five bytes in 64 kB.
            file.resize(end + body.len() + body.len() / 1_024 + 64, 0);
            let (status, read, written) = compress(&mut self.deflate, body, &mut file[end..], TDEFLFlush::Finish);
            body = &body[read..];
            end += written;
            match status {
                TDEFLStatus::Okay => {}
                TDEFLStatus::Done => break,
                status => unreachable!("deflate accepts any input, but returned {status:?}"),
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

/// Appends a single chunk in the form of the file. For many chunks, keep a [`Packer`].
pub fn pack(chunk: &RawChunk<'_>, file: &mut Vec<u8>) {
    Packer::new().pack(chunk, file);
}

/// The crc of a whole chunk: over its length and everything behind the crc.
pub(super) fn crc(chunk: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&chunk[SYNC.len()..CRC_AT]);
    hasher.update(&chunk[CRC_AT + 4..]);
    hasher.finalize()
}

/// The crc in the frame of a chunk.
pub(super) fn stated_crc(chunk: &[u8]) -> u32 {
    u32::from_le_bytes([chunk[CRC_AT], chunk[CRC_AT + 1], chunk[CRC_AT + 2], chunk[CRC_AT + 3]])
}

/// Decompresses a body; `None` if it is not valid or larger than [`RECORD_CHUNK_BYTES_MAX`].
pub(super) fn unpack(body: &[u8]) -> Option<Vec<u8>> {
    decompress_to_vec_with_limit(body, RECORD_CHUNK_BYTES_MAX).ok()
}
