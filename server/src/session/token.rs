//! The two things that a hello may carry: a ticket for a reserved seat, or a token that resumes a session.
//!
//! ```text
//! base64url(payload | HMAC-SHA256 of the payload)
//!
//! ticket  1 | session u64 | room u32 | shard u16 | part u8 | expires_ms u64
//! token   2 | session u64 | room u32 | shard u16 | generation u32
//! ```
//!
//! Big endian. Forged values are refused by the signature alone, without a look-up. Neither value contains
//! secrets or data of the player: names and accounts stay on the server.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared::RoomId;

use super::Role;
use super::{
    SessionId,
    key::{Key, MAC_BYTES},
};

/// A ticket or token with a valid signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pass {
    /// For a reserved seat.
    Ticket(Ticket),
    /// For a session that is resumed.
    Token(Token),
}

/// The right to a reserved seat, valid once and for a short time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticket {
    /// The session that it starts; it also identifies the reservation.
    pub session: SessionId,
    /// The room of the seat.
    pub room: RoomId,
    /// The shard of that room.
    pub shard: u16,
    /// Player or spectator.
    pub part: Role,
    /// Expiry, in milliseconds since the directory was made.
    pub expires_ms: u64,
}

/// The right to resume a session on another link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// The session.
    pub session: SessionId,
    /// Its room.
    pub room: RoomId,
    /// The shard of that room.
    pub shard: u16,
    /// Number of the token within its session.
    pub generation: u32,
}

/// Reasons why a text is neither a ticket nor a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PassError {
    /// Its format is wrong.
    #[error("this is not a ticket of this game")]
    Malformed,
    /// Its signature is wrong: it was made with another key.
    #[error("the ticket was not issued by this server")]
    Forged,
}

impl PassError {
    /// The value of the metrics' label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Forged => "forged",
        }
    }
}

const TICKET: u8 = 1;
const TOKEN: u8 = 2;
const TICKET_BYTES: usize = 1 + 8 + 4 + 2 + 1 + 8;
const TOKEN_BYTES: usize = 1 + 8 + 4 + 2 + 4;

impl Pass {
    /// Encodes and signs it.
    pub fn seal(&self, key: &Key) -> String {
        let mut bytes = Vec::with_capacity(TICKET_BYTES + MAC_BYTES);
        match *self {
            Self::Ticket(Ticket { session, room, shard, part, expires_ms }) => {
                bytes.push(TICKET);
                bytes.extend(session.0.to_be_bytes());
                bytes.extend(room.0.to_be_bytes());
                bytes.extend(shard.to_be_bytes());
                bytes.push(part as u8);
                bytes.extend(expires_ms.to_be_bytes());
            }
            Self::Token(Token { session, room, shard, generation }) => {
                bytes.push(TOKEN);
                bytes.extend(session.0.to_be_bytes());
                bytes.extend(room.0.to_be_bytes());
                bytes.extend(shard.to_be_bytes());
                bytes.extend(generation.to_be_bytes());
            }
        }
        bytes.extend(key.sign(&bytes));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Decodes it and verifies the signature.
    ///
    /// # Errors
    /// When the format or the signature is wrong.
    pub fn open(text: &str, key: &Key) -> Result<Self, PassError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PassError::Malformed)?;
        let (payload, mac) = bytes.split_last_chunk::<MAC_BYTES>().ok_or(PassError::Malformed)?;
        let expected = match payload.first() {
            Some(&TICKET) => TICKET_BYTES,
            Some(&TOKEN) => TOKEN_BYTES,
            _ => return Err(PassError::Malformed),
        };
        if payload.len() != expected {
            return Err(PassError::Malformed);
        }
        if !key.is_signed(payload, mac) {
            return Err(PassError::Forged);
        }
        Self::read(payload).ok_or(PassError::Malformed)
    }

    fn read(payload: &[u8]) -> Option<Self> {
        let mut fields = Fields(payload);
        let kind = u8::from_be_bytes(fields.take()?);
        let session = SessionId(u64::from_be_bytes(fields.take()?));
        let room = RoomId(u32::from_be_bytes(fields.take()?));
        let shard = u16::from_be_bytes(fields.take()?);
        Some(match kind {
            TICKET => {
                let part = match u8::from_be_bytes(fields.take()?) {
                    0 => Role::Play,
                    1 => Role::Watch,
                    _ => return None,
                };
                Self::Ticket(Ticket { session, room, shard, part, expires_ms: u64::from_be_bytes(fields.take()?) })
            }
            _ => Self::Token(Token { session, room, shard, generation: u32::from_be_bytes(fields.take()?) }),
        })
    }
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*field)
    }
}

const _: () = assert!((TICKET_BYTES + MAC_BYTES) * 4 / 3 < shared::limits::TICKET_BYTES_MAX);

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Pass {
        let (session, room) = (SessionId(0x0123_4567_89ab_cdef), RoomId(7));
        Pass::Ticket(Ticket { session, room, shard: 2, part: Role::Watch, expires_ms: 70_000 })
    }

    fn token() -> Pass {
        Pass::Token(Token { session: SessionId(u64::MAX), room: RoomId(1), shard: 0, generation: 3 })
    }

    #[test]
    fn pass_is_read_back_as_it_was_sealed() {
        let key = Key::random();
        for pass in [ticket(), token()] {
            let text = pass.seal(&key);
            assert!(text.len() <= shared::limits::TICKET_BYTES_MAX, "{} bytes", text.len());
            assert_eq!(Pass::open(&text, &key), Ok(pass));
        }
    }

    #[test]
    fn pass_of_another_key_is_forged() {
        assert_eq!(Pass::open(&token().seal(&Key::random()), &Key::random()), Err(PassError::Forged));
    }

    #[test]
    fn one_changed_character_is_noticed_wherever_it_is() {
        let key = Key::random();
        for pass in [ticket(), token()] {
            let text = pass.seal(&key);
            for index in 0..text.len() {
                for other in ["A", "B", "-", "="] {
                    let mut changed = text.clone();
                    changed.replace_range(index..=index, other);
                    assert!(changed == text || Pass::open(&changed, &key).is_err(), "character {index} is {other}");
                }
            }
            for length in 0..text.len() {
                assert!(Pass::open(&text[..length], &key).is_err(), "{length} characters");
            }
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        let key = Key::random();
        let zeros = URL_SAFE_NO_PAD.encode([0; TOKEN_BYTES + MAC_BYTES]);
        let unknown = URL_SAFE_NO_PAD.encode([9; TOKEN_BYTES + MAC_BYTES]);
        for text in ["", "ticket", "6b1f0c7a9d2e4f5811c3a7b90e6d42f0", "ü", &zeros, &unknown, &"A".repeat(256)] {
            assert_eq!(Pass::open(text, &key), Err(PassError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn signature_alone_makes_no_pass() {
        let key = Key::random();
        // Signed with our key, but its part does not exist.
        let mut payload = vec![TICKET; TICKET_BYTES];
        payload[15] = 2;
        payload.extend(key.sign(&payload));
        assert_eq!(Pass::open(&URL_SAFE_NO_PAD.encode(payload), &key), Err(PassError::Malformed));
    }
}
