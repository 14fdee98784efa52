//! Messages from the server to a client, except snapshots.
//!
//! ```text
//! welcome  [16, version, player, tick, tick_hz, seats, interest_px, room, server, game, game_version]
//! goodbye  [17, code, text]
//! events   [20, tick, [code, field…]…]
//! pong     [21, token, tick]
//! map      [22, epoch, first_tick, map]              the game's map: one value
//! session  [23, id, token, resume_secs]
//! restart  [24, epoch, first_tick]
//! game     [25, tick, event…]                      the game's events: a value each
//! ```

use crate::{
    limits::{
        PROTOCOL_VERSION, REASON_BYTES_MAX, RESUME_SECS_MAX, SERVER_MESSAGE_BYTES_MAX, SESSION_ID_BYTES_MAX,
        TICKET_BYTES_MAX,
    },
    tick::Tick,
    wire::{
        DecodeError, DisconnectReason, Event, GameEvents, MapMessage, Reader, Welcome, Writer, event::events_in,
        header_flags::EPOCHS, kind, well_formed,
    },
};

/// A decoded message from the server. Snapshots have no content here: they are decoded where they are applied, because their deltas
/// need the receiver's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerMessage {
    /// The session is open.
    Welcome(Welcome),
    /// The link will close.
    Goodbye {
        /// The reason, for a program.
        reason: DisconnectReason,
        /// The reason in words, with details.
        text: String,
    },
    /// A snapshot; apply the whole message to a view.
    Snapshot,
    /// A plain snapshot; apply the whole message to a view.
    PlainSnapshot,
    /// Events of the room.
    Events {
        /// The tick in which they happened.
        tick: Tick,
        /// The events, in order.
        events: Vec<Event>,
    },
    /// Events of the game.
    GameEvents(GameEvents),
    /// The answer to a ping.
    Pong {
        /// The token of the ping.
        token: u32,
        /// The server's tick when it answered.
        tick: Tick,
    },
    /// The map of an epoch.
    Map(MapMessage),
    /// The token that resumes the session.
    Session(SessionMessage),
    /// The client must drop its entities: the answer to a resync request.
    Restart {
        /// The epoch of the following snapshots.
        epoch: u8,
        /// Their first tick: snapshots of earlier ticks are stale.
        first_tick: Tick,
    },
}

/// The token with which a player resumes its session after its link was lost. Only the newest one is valid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionMessage {
    /// The session's number in the server's logs. It is not secret.
    pub id: String,
    /// The ticket of the next hello, valid once. Empty if the server keeps no seats.
    pub token: String,
    /// Time for which the seat is kept after the loss of a link, seconds.
    pub resume_secs: u16,
}

impl ServerMessage {
    /// Appends the message to `bytes`. For snapshots, which the room encodes, nothing is appended.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let mut out = Writer::new(bytes);
        match self {
            Self::Welcome(welcome) => welcome.encode(&mut out),
            Self::Goodbye { reason, text } => {
                out.array(3);
                out.int(kind::GOODBYE);
                out.int(reason.code());
                out.text(text);
            }
            Self::Snapshot | Self::PlainSnapshot => {}
            Self::Events { tick, events } => {
                out.array(2 + events.len());
                out.int(kind::EVENTS);
                out.int(tick.0);
                for event in events {
                    event.encode(&mut out);
                }
            }
            Self::GameEvents(events) => {
                out.array(2 + events.len());
                out.int(kind::GAME_EVENTS);
                out.int(events.tick.0);
                events.encode(&mut out);
            }
            Self::Pong { token, tick } => {
                out.array(3);
                out.int(kind::PONG);
                out.int(*token);
                out.int(tick.0);
            }
            Self::Map(message) => message.encode(&mut out),
            Self::Session(SessionMessage { id, token, resume_secs }) => {
                out.array(4);
                out.int(kind::SESSION);
                out.text(id);
                out.text(token);
                out.int(*resume_secs);
            }
            Self::Restart { epoch, first_tick } => {
                out.array(3);
                out.int(kind::RESTART);
                out.int(*epoch);
                out.int(first_tick.0);
            }
        }
    }

    /// Reads a message from the server.
    ///
    /// # Errors
    /// Every [`DecodeError`]; of snapshots only the kind is read.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > SERVER_MESSAGE_BYTES_MAX {
            let (length, limit) = (bytes.len(), SERVER_MESSAGE_BYTES_MAX);
            return Err(DecodeError::TooLong { field: "the message", length, limit });
        }
        let mut input = Reader::new(bytes);
        let length = input.array("the message", SERVER_MESSAGE_BYTES_MAX)?;
        if length == 0 {
            return Err(DecodeError::WrongLength { found: 0, expected: 1 });
        }
        let kind = input.kind()?;
        match kind {
            kind::SNAPSHOT => return Ok(Self::Snapshot),
            kind::PLAIN_SNAPSHOT => return Ok(Self::PlainSnapshot),
            _ => well_formed::check(bytes)?,
        }
        let expect = |expected| {
            if length == expected { Ok(()) } else { Err(DecodeError::WrongLength { found: length, expected }) }
        };
        let message = match kind {
            kind::WELCOME => {
                // Only the version is read if it differs, so that later versions may change all other fields.
                let theirs = input.u16("version")?;
                if theirs != PROTOCOL_VERSION {
                    return Err(DecodeError::VersionMismatch { theirs, ours: PROTOCOL_VERSION });
                }
                expect(11)?;
                Self::Welcome(Welcome::decode(&mut input)?)
            }
            kind::GOODBYE => {
                expect(3)?;
                let code = input.u8("reason")?;
                let reason = DisconnectReason::from_code(code).unwrap_or(DisconnectReason::Internal);
                Self::Goodbye { reason, text: input.text("text", REASON_BYTES_MAX)?.to_owned() }
            }
            kind::EVENTS => {
                let count = events_in(length)?;
                let tick = Tick(input.u32("tick")?);
                let events = (0..count).map(|_| Event::decode(&mut input)).collect::<Result<_, _>>()?;
                Self::Events { tick, events }
            }
            kind::GAME_EVENTS => Self::GameEvents(GameEvents::read(length, &mut input)?),
            kind::PONG => {
                expect(3)?;
                Self::Pong { token: input.u32("token")?, tick: Tick(input.u32("tick")?) }
            }
            kind::MAP => {
                expect(4)?;
                Self::Map(MapMessage::read(&mut input)?)
            }
            kind::SESSION => {
                expect(4)?;
                Self::Session(SessionMessage {
                    id: input.text("session", SESSION_ID_BYTES_MAX)?.to_owned(),
                    token: input.text("token", TICKET_BYTES_MAX)?.to_owned(),
                    resume_secs: input.ranged("resume seconds", 0, RESUME_SECS_MAX.into())? as u16,
                })
            }
            kind::RESTART => {
                expect(3)?;
                let epoch = input.ranged("epoch", 0, i64::from(EPOCHS) - 1)? as u8;
                Self::Restart { epoch, first_tick: Tick(input.u32("first tick")?) }
            }
            _ => return Err(DecodeError::UnknownKind { kind: kind.into() }),
        };
        input.finish()?;
        Ok(message)
    }
}
