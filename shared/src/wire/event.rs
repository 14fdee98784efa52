//! What happened in a room that is the same for every game, told reliably: `[code, field…]` each. What happened in the game
//! itself travels in messages of its own, [`GameEvents`].

use crate::{
    game::Record,
    id::PlayerId,
    limits::{CHAT_BYTES_MAX, EVENTS_PER_MESSAGE_MAX, NAME_BYTES_MAX, ROOM_PLAYERS_MAX},
    tick::Tick,
    wire::{DecodeError, Reader, Writer},
};

/// Something that happened, told reliably.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Somebody has this seat now, or has another name.
    Joined {
        /// The seat.
        player: PlayerId,
        /// Shown name.
        name: String,
        /// Whether a computer plays it.
        opponent: bool,
    },
    /// A player left; its seat is free.
    Left(PlayerId),
    /// A line of chat; without a player it is the server's.
    Chat {
        /// Who wrote it.
        from: Option<PlayerId>,
        /// The line.
        text: String,
    },
}

/// Events of the game, as they travel: MessagePack values, one behind the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GameEvents {
    /// When they happened.
    pub tick: Tick,
    count: usize,
    bytes: Vec<u8>,
}

impl GameEvents {
    /// The events as the game knows them.
    ///
    /// # Errors
    /// What the game's own record refuses, and values that are left over.
    pub fn decode<E: Record>(&self) -> Result<Vec<E>, DecodeError> {
        let mut input = Reader::new(&self.bytes);
        let events = (0..self.count).map(|_| E::decode(&mut input)).collect::<Result<_, _>>()?;
        input.finish()?;
        Ok(events)
    }

    /// Puts events together, for tests and tools; a room writes them one by one.
    pub fn new<E: Record>(tick: Tick, events: &[E]) -> Self {
        let mut bytes = Vec::new();
        let mut out = Writer::new(&mut bytes);
        events.iter().for_each(|event| event.encode(&mut out));
        Self { tick, count: events.len(), bytes }
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Writes the values.
    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        out.copy(&self.bytes, self.count as u32);
    }

    /// Takes in `length - 2` values.
    pub(super) fn read(length: usize, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = events_in(length)?;
        let tick = Tick(input.u32("tick")?);
        let bytes = input.raw("events", input.remaining())?.to_vec();
        Ok(Self { tick, count, bytes })
    }
}

/// Events in a message of `length` values.
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
