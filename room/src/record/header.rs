//! The first bytes of a recording: what wrote it, by which rules, and when.
//!
//! ```text
//! [magic, 8][format, 2][length of the rest, 2][protocol, 2][rules, 8][unix ms, 8][build, text to the end][crc32, 4]
//! ```

use arena::rules::{fingerprint::fingerprint, world::Layout};
use shared::limits::{PROTOCOL_VERSION, RECORD_BUILD_BYTES_MAX};

use super::RecordError;

/// What every recording begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileHeader {
    /// Of what is in the file, see [`Format`].
    pub(super) format: Format,
    /// Version of the wire, which is also that of the rules as far as people count them.
    pub protocol: u16,
    /// [`fingerprint`] of the rules it was made by: with other rules it cannot be played again exactly.
    pub rules: u64,
    /// When the file was begun, milliseconds since 1970.
    pub started_unix_ms: u64,
    /// What wrote it, in words.
    pub build: String,
}

const MAGIC: [u8; 8] = *b"RICOREC\n";

/// What is in a file. Raised by every change of it, those of a world's checkpoint included; all that are named here can be read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Format {
    /// Until seats remember who hit them last, sessions their account, and spectators are named.
    First = 1,
    /// The one that is written.
    Second = 2,
}

impl Format {
    const WRITTEN: Self = Self::Second;

    const fn from_code(code: u16) -> Option<Self> {
        match code {
            1 => Some(Self::First),
            2 => Some(Self::Second),
            _ => None,
        }
    }

    /// How a world's checkpoint is laid out.
    pub(super) const fn layout(self) -> Layout {
        match self {
            Self::First => Layout::WithoutLastHits,
            Self::Second => Layout::Present,
        }
    }
}

/// Magic, format and length.
const FIXED: usize = 12;
/// Protocol, rules and time.
const NUMBERS: usize = 18;
const CRC: usize = 4;

impl FileHeader {
    /// A header of this program's rules. `build` says what writes, cut to [`RECORD_BUILD_BYTES_MAX`] bytes.
    pub fn new(build: &str, started_unix_ms: u64) -> Self {
        let end = (0..=build.len().min(RECORD_BUILD_BYTES_MAX)).rev().find(|&end| build.is_char_boundary(end));
        let build = build[..end.unwrap_or(0)].to_owned();
        Self { format: Format::WRITTEN, protocol: PROTOCOL_VERSION, rules: fingerprint(), started_unix_ms, build }
    }

    /// Appends it.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let Self { format, protocol, rules, started_unix_ms, build } = self;
        let start = bytes.len();
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&(*format as u16).to_le_bytes());
        bytes.extend_from_slice(&((NUMBERS + build.len() + CRC) as u16).to_le_bytes());
        bytes.extend_from_slice(&protocol.to_le_bytes());
        bytes.extend_from_slice(&rules.to_le_bytes());
        bytes.extend_from_slice(&started_unix_ms.to_le_bytes());
        bytes.extend_from_slice(build.as_bytes());
        let crc = crc32fast::hash(&bytes[start..]);
        bytes.extend_from_slice(&crc.to_le_bytes());
    }

    /// Reads a header and gives its length.
    pub(super) fn decode(bytes: &[u8]) -> Result<(Self, usize), RecordError> {
        let fixed = bytes.get(..FIXED).filter(|fixed| fixed[..8] == MAGIC).ok_or(RecordError::NoRecording)?;
        let theirs = u16::from_le_bytes([fixed[8], fixed[9]]);
        let ours = Format::WRITTEN as u16;
        let format = Format::from_code(theirs).ok_or(RecordError::OtherFormat { theirs, ours })?;
        let length = usize::from(u16::from_le_bytes([fixed[10], fixed[11]]));
        let whole = bytes.get(..FIXED + length).ok_or(RecordError::NoRecording)?;
        let (content, crc) = whole.split_last_chunk::<CRC>().ok_or(RecordError::NoRecording)?;
        if !(NUMBERS + CRC..=NUMBERS + RECORD_BUILD_BYTES_MAX + CRC).contains(&length)
            || crc32fast::hash(content) != u32::from_le_bytes(*crc)
        {
            return Err(RecordError::NoRecording);
        }
        let numbers = &content[FIXED..];
        let (protocol, numbers) = numbers.split_first_chunk::<2>().ok_or(RecordError::NoRecording)?;
        let (rules, numbers) = numbers.split_first_chunk::<8>().ok_or(RecordError::NoRecording)?;
        let (started, build) = numbers.split_first_chunk::<8>().ok_or(RecordError::NoRecording)?;
        let header = Self {
            format,
            protocol: u16::from_le_bytes(*protocol),
            rules: u64::from_le_bytes(*rules),
            started_unix_ms: u64::from_le_bytes(*started),
            build: String::from_utf8_lossy(build).into_owned(),
        };
        Ok((header, FIXED + length))
    }

    /// Whether this program's rules are those the recording was made by.
    pub fn is_of_these_rules(&self) -> bool {
        self.rules == fingerprint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_comes_back_and_any_flipped_byte_is_noticed() {
        let header = FileHeader::new(&"ü".repeat(40), 1_700_000_000_000);
        assert_eq!(header.build.len(), RECORD_BUILD_BYTES_MAX);
        let mut bytes = Vec::new();
        header.encode(&mut bytes);
        assert_eq!(FileHeader::decode(&bytes), Ok((header.clone(), bytes.len())));
        assert!(header.is_of_these_rules());
        for place in 0..bytes.len() {
            assert!(FileHeader::decode(&bytes[..place]).is_err());
            let mut flipped = bytes.clone();
            flipped[place] ^= 0x40;
            assert!(FileHeader::decode(&flipped).is_err(), "byte {place}");
        }
    }
}
