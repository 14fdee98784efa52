//! Events, sent reliably. Those of the room are the same for every game: each is `[code, field…]`. Those of the game have
//! messages of their own, [`GameEvents`].

use crate::{
    game::Record,
    id::PlayerId,
    limits::{CHAT_BYTES_MAX, EVENTS_PER_MESSAGE_MAX, NAME_BYTES_MAX, ROOM_PLAYERS_MAX},
    tick::Tick,
    wire::{DecodeError, Reader, Writer},
};

/// An event of the room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A player took this seat, or the player in it has another name.
    Joined {
        /// The seat.
        player: PlayerId,
        /// The player's name.
        name: String,
        /// True for a bot of the server.
        opponent: bool,
    },
    /// A player left; its seat is free.
    Left(PlayerId),
    /// A line of chat.
    Chat {
        /// The player who wrote it; `None` for the server.
        from: Option<PlayerId>,
        /// The line.
        text: String,
    },
}

/// Encoded events of the game: a sequence of MessagePack values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GameEvents {
    /// The tick in which they happened.
    pub tick: Tick,
    count: usize,
    bytes: Vec<u8>,
}

impl GameEvents {
    /// Decodes the game's events.
    ///
    /// # Errors
    /// Errors of the game's [`Record::decode`], and values that are left over.
    pub fn decode<E: Record>(&self) -> Result<Vec<E>, DecodeError> {
        let mut input = Reader::new(&self.bytes);
        let events = (0..self.count).map(|_| E::decode(&mut input)).collect::<Result<_, _>>()?;
        input.finish()?;
        Ok(events)
    }

    /// Encodes events, for tests and tools; a room writes them one by one.
    pub fn new<E: Record>(tick: Tick, events: &[E]) -> Self {
        let mut bytes = Vec::new();
        let mut out = Writer::new(&mut bytes);
        events.iter().for_each(|event| event.encode(&mut out));
        Self { tick, count: events.len(), bytes }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns true if there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Writes the events without the message's head.
    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        out.copy(&self.bytes, self.count as u32);
    }

    /// Reads the tick and the `length - 2` events of a message.
    pub(super) fn read(length: usize, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = events_in(length)?;
        let tick = Tick(input.u32("tick")?);
        let bytes = input.raw("events", input.remaining())?.to_vec();
        Ok(Self { tick, count, bytes })
    }
}

/// Number of events in a message of `length` values.
pub(super) fn events_in(length: usize) -> Result<usize, DecodeError> {
    let count = length.checked_sub(2).ok_or(DecodeError::WrongLength { found: length, expected: 2 })?;
    let limit = EVENTS_PER_MESSAGE_MAX;
    if count > limit { Err(DecodeError::TooLong { field: "events", length: count, limit }) } else { Ok(count) }
}

mod code {
    pub(super) const JOINED: u8 = 0;
    pub(super) const LEFT: u8 = 1;
    pub(super) const CHAT: u8 = 2;
}

impl Event {
    /// Appends the event as an array of its own.
    pub fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Joined { player, name, opponent } => {
                out.array(4);
                out.int(code::JOINED);
                out.int(player.0);
                out.text(name);
                out.int(u8::from(*opponent));
            }
            Self::Left(player) => {
                out.array(2);
                out.int(code::LEFT);
                out.int(player.0);
            }
            Self::Chat { from, text } => {
                out.array(3);
                out.int(code::CHAT);
                out.int(from.map_or(-1, |player| i64::from(player.0)));
                out.text(text);
            }
        }
    }

    pub(super) fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let found = input.array("an event", 4)?;
        let code = input.u8("event code")?;
        let expected = match code {
            code::JOINED => 4,
            code::LEFT => 2,
            code::CHAT => 3,
            _ => return Err(DecodeError::UnknownKind { kind: code.into() }),
        };
        if found != expected {
            return Err(DecodeError::WrongLength { found, expected });
        }
        Ok(match code {
            code::JOINED => Self::Joined {
                player: player(input)?,
                name: input.text("name", NAME_BYTES_MAX)?.to_owned(),
                opponent: input.bool("opponent")?,
            },
            code::LEFT => Self::Left(player(input)?),
            _ => {
                let from = input.ranged("player", -1, ROOM_PLAYERS_MAX as i64 - 1)?;
                let from = u16::try_from(from).ok().map(PlayerId);
                Self::Chat { from, text: input.text("chat", CHAT_BYTES_MAX)?.to_owned() }
            }
        })
    }
}

fn player(input: &mut Reader<'_>) -> Result<PlayerId, DecodeError> {
    Ok(PlayerId(input.ranged("player", 0, ROOM_PLAYERS_MAX as i64 - 1)? as u16))
}
