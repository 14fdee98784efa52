//! The first bytes of a recording: which program wrote it and when, and the game and the version of its rules.
//!
//! ```text
//! [magic, 8][format, 2][length of the rest, 2]
//! [protocol, 2][rules, 8][unix ms, 8][version of the game, 2][length of its name, 1][name][build, text to the end][crc32, 4]
//! ```

use shared::{
    game::Game,
    limits::{GAME_NAME_BYTES_MAX, PROTOCOL_VERSION, RECORD_BUILD_BYTES_MAX},
};

use super::RecordError;

/// The header of every recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileHeader {
    /// Version of the network protocol.
    pub protocol: u16,
    /// [`Game::fingerprint`] of the rules that made the recording. Other rules cannot play it back exactly.
    pub rules: u64,
    /// Start of the file, milliseconds since 1970.
    pub started_unix_ms: u64,
    /// [`Game::VERSION`].
    pub game_version: u16,
    /// [`Game::NAME`].
    pub game: String,
    /// Name and version of the program that wrote it.
    pub build: String,
}

const MAGIC: [u8; 8] = *b"RICOREC\n";
/// Version of the file format. Every change of the engine's part of a file raises it. The game's part is covered by the game's version
/// and by the fingerprint of its rules.
const FORMAT: u16 = 3;

/// Length of magic, format and length, bytes.
const FIXED: usize = 12;
/// Length of protocol, rules, time, version of the game and the length of its name, bytes.
const NUMBERS: usize = 21;
const CRC: usize = 4;

impl FileHeader {
    /// A header for this program and its rules of the game `G`. `build` names the program; it is cut to [`RECORD_BUILD_BYTES_MAX`] bytes.
    pub fn new<G: Game>(build: &str, started_unix_ms: u64) -> Self {
        const { assert!(G::NAME.len() <= GAME_NAME_BYTES_MAX, "the name of the game is too long") };
        Self {
            protocol: PROTOCOL_VERSION,
            rules: G::fingerprint(),
            started_unix_ms,
            game_version: G::VERSION,
            game: G::NAME.to_owned(),
            build: build[..build.floor_char_boundary(RECORD_BUILD_BYTES_MAX)].to_owned(),
        }
    }

    /// Appends the encoded header.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let Self { protocol, rules, started_unix_ms, game_version, game, build } = self;
        let start = bytes.len();
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&((NUMBERS + game.len() + build.len() + CRC) as u16).to_le_bytes());
        bytes.extend_from_slice(&protocol.to_le_bytes());
        bytes.extend_from_slice(&rules.to_le_bytes());
        bytes.extend_from_slice(&started_unix_ms.to_le_bytes());
        bytes.extend_from_slice(&game_version.to_le_bytes());
        bytes.push(game.len() as u8);
        bytes.extend_from_slice(game.as_bytes());
        bytes.extend_from_slice(build.as_bytes());
        let crc = crc32fast::hash(&bytes[start..]);
        bytes.extend_from_slice(&crc.to_le_bytes());
    }

    /// Reads only the header of a recording, to find out which game can read the rest.
    ///
    /// # Errors
    /// When the bytes do not begin with a header that this program can read.
    pub fn peek(bytes: &[u8]) -> Result<Self, RecordError> {
        Ok(Self::decode(bytes)?.0)
    }

    /// Decodes a header and returns its length.
    pub(super) fn decode(bytes: &[u8]) -> Result<(Self, usize), RecordError> {
        let fixed = bytes.get(..FIXED).filter(|fixed| fixed[..8] == MAGIC).ok_or(RecordError::NoRecording)?;
        let theirs = u16::from_le_bytes([fixed[8], fixed[9]]);
        if theirs != FORMAT {
            return Err(RecordError::OtherFormat { theirs, ours: FORMAT });
        }
        let length = usize::from(u16::from_le_bytes([fixed[10], fixed[11]]));
        let whole = bytes.get(..FIXED + length).ok_or(RecordError::NoRecording)?;
        let (content, crc) = whole.split_last_chunk::<CRC>().ok_or(RecordError::NoRecording)?;
        if crc32fast::hash(content) != u32::from_le_bytes(*crc) {
            return Err(RecordError::NoRecording);
        }
        let header = Self::decode_content(&content[FIXED.min(content.len())..]).ok_or(RecordError::NoRecording)?;
        Ok((header, FIXED + length))
    }

    fn decode_content(content: &[u8]) -> Option<Self> {
        let (protocol, content) = content.split_first_chunk::<2>()?;
        let (rules, content) = content.split_first_chunk::<8>()?;
        let (started, content) = content.split_first_chunk::<8>()?;
        let (game_version, content) = content.split_first_chunk::<2>()?;
        let (&name_length, content) = content.split_first()?;
        let (game, build) = content.split_at_checked(name_length.into())?;
        if game.len() > GAME_NAME_BYTES_MAX || build.len() > RECORD_BUILD_BYTES_MAX {
            return None;
        }
        Some(Self {
            protocol: u16::from_le_bytes(*protocol),
            rules: u64::from_le_bytes(*rules),
            started_unix_ms: u64::from_le_bytes(*started),
            game_version: u16::from_le_bytes(*game_version),
            // Names of games need no other characters, and the others include control characters for terminals.
            game: str::from_utf8(game).ok().filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic()))?.to_owned(),
            build: String::from_utf8_lossy(build).into_owned(),
        })
    }

    /// True if the recording was made by this program's rules of the game `G`.
    pub fn is_of_rules_of<G: Game>(&self) -> bool {
        self.game == G::NAME && self.game_version == G::VERSION && self.rules == G::fingerprint()
    }

    /// Returns an error for a recording of another game.
    pub(super) fn check_game<G: Game>(&self) -> Result<(), RecordError> {
        match self.game == G::NAME {
            true => Ok(()),
            false => Err(RecordError::OtherGame { theirs: self.game.clone(), ours: G::NAME }),
        }
    }
}

#[cfg(test)]
mod tests {
    use arena::rules::World;

    use super::*;

    fn header() -> (FileHeader, Vec<u8>) {
        let header = FileHeader::new::<World>(&"ü".repeat(40), 1_700_000_000_000);
        let mut bytes = Vec::new();
        header.encode(&mut bytes);
        (header, bytes)
    }

    #[test]
    fn header_comes_back_and_any_flipped_byte_is_noticed() {
        let (header, bytes) = header();
        assert_eq!(header.build.len(), RECORD_BUILD_BYTES_MAX);
        assert_eq!(FileHeader::decode(&bytes), Ok((header.clone(), bytes.len())));
        assert!(header.is_of_rules_of::<World>());
        for place in 0..bytes.len() {
            assert!(FileHeader::decode(&bytes[..place]).is_err());
            let mut flipped = bytes.clone();
            flipped[place] ^= 0x40;
            assert!(FileHeader::decode(&flipped).is_err(), "byte {place}");
        }
    }

    #[test]
    fn header_is_read_without_what_follows_it() {
        let (header, mut bytes) = header();
        bytes.extend_from_slice(b"whatever comes next");
        assert_eq!(FileHeader::peek(&bytes), Ok(header));
    }

    #[test]
    fn formats_before_are_refused_by_their_number() {
        let (_, mut bytes) = header();
        for theirs in [1, 2, 4] {
            bytes[8] = theirs as u8;
            assert_eq!(FileHeader::peek(&bytes), Err(RecordError::OtherFormat { theirs, ours: 3 }));
        }
    }

    #[test]
    fn lengths_and_names_of_a_header_may_be_anything() {
        let (header, _) = header();
        for (game, is_good) in [("petri", true), ("", true), ("\u{1b}[2J", false), (&"a".repeat(25), false)] {
            let mut bytes = Vec::new();
            FileHeader { game: game.to_owned(), ..header.clone() }.encode(&mut bytes);
            assert_eq!(FileHeader::peek(&bytes).is_ok(), is_good, "{game:?}");
        }
        // The content is shorter than its fixed part, and the crc is right.
        for length in CRC..NUMBERS + CRC {
            let mut bytes = [&MAGIC[..], &FORMAT.to_le_bytes(), &(length as u16).to_le_bytes()].concat();
            bytes.resize(FIXED + length - CRC, 0);
            bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
            assert_eq!(FileHeader::peek(&bytes), Err(RecordError::NoRecording), "{length} bytes");
        }
    }
}
