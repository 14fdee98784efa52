//! Messages from a client to the server.
//!
//! ```text
//! hello   [0, version, plain, name, ticket]
//! input   [1, newest, ack, missing, view_age, input…]                each input: `Input::VALUES` values
//! ping    [2, token]
//! chat    [3, text]
//! leave   [4]
//! resync  [5]
//! watch   [6, player]
//! ```

use crate::{
    game::Input,
    id::PlayerId,
    limits::{
        ACK_MASK_TICKS, CHAT_BYTES_MAX, CLIENT_MESSAGE_BYTES_MAX, INPUTS_PER_MESSAGE_MAX, NAME_BYTES_MAX,
        PROTOCOL_VERSION, TICKET_BYTES_MAX,
    },
    tick::Tick,
    wire::{DecodeError, Reader, Writer, kind, well_formed},
};

/// A decoded message from a client. Text borrows from its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientMessage<'a> {
    /// Opens the session.
    Hello(Hello<'a>),
    /// Inputs and acknowledgement, once per client tick. They are decoded later, by code that knows the game.
    Input(InputBytes<'a>),
    /// Requests a pong.
    Ping {
        /// The pong has the same token.
        token: u32,
    },
    /// A line of chat.
    Chat {
        /// The line.
        text: &'a str,
    },
    /// Leaves the room and ends the session.
    Leave,
    /// Requests every entity in full.
    Resync,
    /// A spectator requests the view of a player.
    Watch {
        /// The player to watch.
        player: PlayerId,
    },
}

/// Opens the session: the first message on a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hello<'a> {
    /// True to request plain snapshots.
    pub plain: bool,
    /// The player's name; the server may shorten or change it.
    pub name: &'a str,
    /// The ticket from `POST /api/join`, or the token of the session to resume.
    pub ticket: &'a str,
}

/// A message of inputs that is not decoded yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InputBytes<'a>(&'a [u8]);

/// The newest inputs of a player, and the acknowledgement of snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InputMessage<I> {
    /// Tick of the newest input.
    pub newest: Tick,
    /// The acknowledgement of applied snapshots.
    pub ack: Ack,
    /// Age of the world on the player's screen when it made the newest input: quarters of a tick before `newest`.
    pub view_age: u8,
    inputs: [I; INPUTS_PER_MESSAGE_MAX],
    count: u8,
}

/// The acknowledgement: which snapshots a client has applied. A client applies snapshots in order only, so a snapshot that is missing
/// here will never be applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ack {
    /// Tick of the newest applied snapshot; tick 0 for none.
    pub newest: Tick,
    /// Bit `i` set: no snapshot of tick `newest - 1 - i` was applied. Ticks without a snapshot may be either.
    pub missing: u32,
}

impl Ack {
    /// Returns true if the snapshot of `tick` was applied; `None` when `tick` is newer than the newest.
    pub const fn covers(&self, tick: Tick) -> Option<bool> {
        if tick.0 > self.newest.0 {
            return None;
        }
        let age = self.newest.since(tick);
        // A snapshot older than the mask counts as lost. That may cost bytes, but the client's view stays right.
        Some(age == 0 || age <= ACK_MASK_TICKS && self.missing >> (age - 1) & 1 == 0)
    }
}

impl<'a> InputBytes<'a> {
    /// A whole message of kind [`kind::INPUT`], as [`InputMessage::encode`] wrote it.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The whole message, as it arrived.
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Checks that this is one complete MessagePack value, for code that does not know the game.
    ///
    /// # Errors
    /// When the value is cut off or nested too deep, or when bytes follow it.
    pub fn check(self) -> Result<(), DecodeError> {
        well_formed::check(self.0)
    }

    /// Decodes the message.
    ///
    /// # Errors
    /// A [`DecodeError`]: a wrong length, a value outside its range, a message that is cut off, bytes that follow it.
    pub fn decode<I: Input>(self) -> Result<InputMessage<I>, DecodeError> {
        let mut input = Reader::new(self.0);
        let length = input.array("the message", CLIENT_MESSAGE_BYTES_MAX)?;
        input.kind()?;
        let message = InputMessage::decode(length, &mut input)?;
        input.finish()?;
        Ok(message)
    }
}

impl<I: Input> InputMessage<I> {
    /// A message of `inputs`, newest first. Inputs beyond [`INPUTS_PER_MESSAGE_MAX`] are left out. If there is none, the message has one
    /// neutral input.
    pub fn new(newest: Tick, ack: Ack, view_age: u8, inputs: impl IntoIterator<Item = I>) -> Self {
        let mut message = Self { newest, ack, view_age, inputs: Default::default(), count: 0 };
        for (slot, input) in message.inputs.iter_mut().zip(inputs) {
            *slot = input;
            message.count += 1;
        }
        message.count = message.count.max(1);
        message
    }

    /// Each input with its tick, newest first.
    pub fn iter(&self) -> impl Iterator<Item = (Tick, I)> + '_ {
        let inputs = self.inputs.iter().take(self.count.into());
        inputs.zip(0u32..).map(|(&input, age)| (self.newest.minus(age), input))
    }

    /// Appends the message to `bytes`.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let Self { newest, ack, view_age, ref inputs, count } = *self;
        let inputs = &inputs[..count.into()];
        let out = &mut Writer::new(bytes);
        out.array(HEAD_VALUES + I::VALUES * inputs.len());
        out.int(kind::INPUT);
        out.int(newest.0);
        out.int(ack.newest.0);
        out.int(ack.missing);
        out.int(view_age);
        let mut before = I::default();
        for input in inputs {
            input.encode(&before, out);
            before = *input;
        }
    }

    /// The message as bytes.
    pub fn encoded(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.encode(&mut bytes);
        bytes
    }

    fn decode(length: usize, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = length.saturating_sub(HEAD_VALUES) / I::VALUES;
        if count == 0 || length != HEAD_VALUES + I::VALUES * count {
            return Err(DecodeError::WrongLength { found: length, expected: HEAD_VALUES + I::VALUES });
        }
        if count > INPUTS_PER_MESSAGE_MAX {
            return Err(DecodeError::TooLong { field: "inputs", length: count, limit: INPUTS_PER_MESSAGE_MAX });
        }
        let newest = Tick(input.u32("newest tick")?);
        let ack = Ack { newest: Tick(input.u32("acknowledged tick")?), missing: input.u32("missing mask")? };
        let view_age = input.u8("view age")?;
        let mut message = Self { newest, ack, view_age, inputs: Default::default(), count: count as u8 };
        let mut before = I::default();
        for slot in &mut message.inputs[..count] {
            *slot = I::decode(&before, input)?;
            before = *slot;
        }
        Ok(message)
    }
}

/// Values before the first input.
const HEAD_VALUES: usize = 5;

/// The version is within this many bytes of a message: the head of an array and two numbers in their longest forms.
pub(super) const VERSION_END_MAX: usize = 5 + 9 + 9;

/// Checks that a message, or the beginning of one, is not a hello of another version. The length and the depth of the message are not
/// checked, because another version may have other limits.
///
/// # Errors
/// [`DecodeError::VersionMismatch`].
pub(super) fn check_version(bytes: &[u8]) -> Result<(), DecodeError> {
    // A short cut, because nearly all messages are inputs.
    if let [0x90..=0x9f, kind::INPUT, ..] | [0xdc, _, _, kind::INPUT, ..] = bytes {
        return Ok(());
    }
    let mut input = Reader::new(bytes);
    let head = input.array("the message", usize::MAX).and_then(|_| Ok((input.kind()?, input.u16("version")?)));
    match head {
        Ok((kind::HELLO, theirs)) if theirs != PROTOCOL_VERSION => {
            Err(DecodeError::VersionMismatch { theirs, ours: PROTOCOL_VERSION })
        }
        _ => Ok(()),
    }
}

impl<'a> ClientMessage<'a> {
    /// Appends the message to `bytes`.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let mut out = Writer::new(bytes);
        match *self {
            Self::Hello(Hello { plain, name, ticket }) => {
                out.array(5);
                out.int(kind::HELLO);
                out.int(PROTOCOL_VERSION);
                out.int(plain as u8);
                out.text(name);
                out.text(ticket);
            }
            Self::Input(InputBytes(bytes)) => out.copy(bytes, 1),
            Self::Ping { token } => {
                out.array(2);
                out.int(kind::PING);
                out.int(token);
            }
            Self::Chat { text } => {
                out.array(2);
                out.int(kind::CHAT);
                out.text(text);
            }
            Self::Leave => {
                out.array(1);
                out.int(kind::LEAVE);
            }
            Self::Resync => {
                out.array(1);
                out.int(kind::RESYNC);
            }
            Self::Watch { player } => {
                out.array(2);
                out.int(kind::WATCH);
                out.int(player.0);
            }
        }
    }

    /// Reads a message from a client.
    ///
    /// # Errors
    /// Every [`DecodeError`] except those of snapshots. Of a hello with another version only the version is read, so that later
    /// versions may change all other fields.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        check_version(bytes)?;
        if bytes.len() > CLIENT_MESSAGE_BYTES_MAX {
            return Err(DecodeError::TooLong {
                field: "the message",
                length: bytes.len(),
                limit: CLIENT_MESSAGE_BYTES_MAX,
            });
        }
        let mut input = Reader::new(bytes);
        let length = input.array("the message", CLIENT_MESSAGE_BYTES_MAX)?;
        if length == 0 {
            return Err(DecodeError::WrongLength { found: 0, expected: 1 });
        }
        let kind = input.kind()?;
        if kind != kind::INPUT {
            well_formed::check(bytes)?;
        }
        let expect = |expected| {
            if length == expected { Ok(()) } else { Err(DecodeError::WrongLength { found: length, expected }) }
        };
        let message = match kind {
            kind::HELLO => {
                // `check_version` has compared it already.
                input.u16("version")?;
                expect(5)?;
                Self::Hello(Hello {
                    plain: input.bool("plain")?,
                    name: input.text("name", NAME_BYTES_MAX)?,
                    ticket: input.text("ticket", TICKET_BYTES_MAX)?,
                })
            }
            kind::INPUT => return Ok(Self::Input(InputBytes(bytes))),
            kind::PING => {
                expect(2)?;
                Self::Ping { token: input.u32("token")? }
            }
            kind::CHAT => {
                expect(2)?;
                Self::Chat { text: input.text("chat", CHAT_BYTES_MAX)? }
            }
            kind::LEAVE => {
                expect(1)?;
                Self::Leave
            }
            kind::RESYNC => {
                expect(1)?;
                Self::Resync
            }
            kind::WATCH => {
                expect(2)?;
                Self::Watch { player: PlayerId(input.u16("player")?) }
            }
            _ => return Err(DecodeError::UnknownKind { kind: kind.into() }),
        };
        input.finish()?;
        Ok(message)
    }
}
