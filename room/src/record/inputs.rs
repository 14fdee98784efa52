//! One tick in a recording: who came and went before it, what every craft was told to do, and the hash of what became
//! of it.
//!
//! ```text
//! chunk   [lead][tick…][long hash of the last, 8]
//! tick    [changes * 2 + moved][change…][bitmap, entry…][hash, 4]
//! change  0 [seat, opponent, name]                a player or an opponent came
//!         1 [seat]                                one left
//!         2 []                                    the match was ended from outside
//!         3 [session note]                        the shell's name for a member, see `content`
//!         4 [slot]                                a spectator left
//! bitmap  a bit per taken seat, lowest first: its input is another than in the tick before
//! entry   0..=127                the aim moved by this (7 bits with sign); nothing else changed
//!         128 + mask, fields…    1 heading; 2 aim, 2 bytes; 4 buttons; 8 age of the view
//! ```
//!
//! Only what matters is kept. While nobody fires the aim is drawn only, in 1/256 turn; the age of the view is asked for
//! by shots of the rail alone. Without that the jitter of every link would be recorded.

use crate::play::Play;
use arena::{
    input::{Buttons, Heading, Input},
    rules::world::{PlayerInput, World},
};
use shared::{
    PlayerId, SpectatorId,
    limits::{NAME_BYTES_MAX, ROOM_PLAYERS_MAX, SPECTATORS_PER_ROOM_MAX},
    wire::{DecodeError, Reader, Writer},
};

use super::{
    content::{SessionNote, Sessions, seat},
    header::Format,
};

/// What changed in a world between two ticks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Change {
    /// Somebody came.
    Joined { player: PlayerId, opponent: bool, name: String },
    /// Somebody left.
    Left(PlayerId),
    /// The match was ended.
    MatchEnded,
    /// The shell names a player or spectator.
    Session(SessionNote),
    /// A spectator left.
    SpectatorLeft(SpectatorId),
}

/// How a chunk of ticks is joined to what is before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Lead {
    /// It goes on.
    On = 0,
    /// There was a checkpoint, behind which no input is known. Who lacks it can go on all the same.
    Fresh = 1,
    /// There was a checkpoint that holds what nothing else does.
    Checkpoint = 2,
}

impl Lead {
    pub(super) fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match input.ranged("lead", 0, 2)? {
            0 => Ok(Self::On),
            1 => Ok(Self::Fresh),
            _ => Ok(Self::Checkpoint),
        }
    }
}

/// The newest input of each seat, as a recording knows it.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    /// [`Applied`] by seat, packed so that one comparison tells whether anything changed.
    last: Vec<u32>,
}

/// An input less what does not matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Applied {
    heading: u8,
    aim: u16,
    buttons: u8,
    view_age: u8,
}

const HEADING: u8 = 1;
const AIM: u8 = 2;
const BUTTONS: u8 = 4;
const VIEW_AGE: u8 = 8;
/// Marks an entry with a mask.
const MASKED: u8 = 128;
/// Units of aim in a full turn.
const TURN: i32 = 1_024;
/// Changes of one tick: everyone leaves, an opponent comes for each, is sent away again for a guest, and that is named.
pub(super) const CHANGES_MAX: u32 = 4 * ROOM_PLAYERS_MAX as u32;

impl Inputs {
    pub(super) fn new(seats: u16) -> Self {
        Self { last: vec![0; seats.into()] }
    }

    /// Forgets everything: so does a reader who begins at a checkpoint.
    pub(super) fn reset(&mut self) {
        self.last.fill(0);
    }

    /// Somebody else has the seat now.
    pub(super) fn forget(&mut self, player: PlayerId) {
        if let Some(last) = self.last.get_mut(player.index()) {
            *last = 0;
        }
    }

    /// Appends a tick up to its hash. `world` is as it is before the tick, after the changes.
    ///
    /// `changes` are their number and what [`Change::encode`] made of them.
    pub(super) fn encode(
        &mut self,
        changes: (u32, &[u8]),
        world: &World,
        inputs: &[Option<PlayerInput>],
        bytes: &mut Vec<u8>,
    ) {
        Writer::new(bytes).int(i64::from(changes.0) * 2 + 1);
        let head_end = bytes.len();
        bytes.extend_from_slice(changes.1);
        let bitmap = bytes.len();
        bytes.resize(bitmap + world.players().div_ceil(8), 0);
        let entries = bytes.len();
        for (rank, player) in world.taken_seats().enumerate() {
            // A craft without an input drifts; no room lets one of its own be without.
            let Some(Some(input)) = inputs.get(player.index()) else { continue };
            let applied = Applied::of(input, || world.own(player).rail_shots > 0);
            let packed = applied.pack();
            let last = &mut self.last[player.index()];
            if packed != *last {
                bytes[bitmap + rank / 8] |= 1 << (rank % 8);
                applied.encode(Applied::unpack(*last), bytes);
                *last = packed;
            }
        }
        if bytes.len() == entries {
            bytes.truncate(bitmap);
            // The lowest bit is in the last byte of the number, however long it is.
            bytes[head_end - 1] &= !1;
        }
    }

    /// Reads a tick up to its hash: lets the changes happen to `world`, and takes in what its crafts are told.
    pub(super) fn decode(
        &mut self,
        input: &mut Reader<'_>,
        world: &mut Play,
        sessions: &mut Sessions,
        format: Format,
    ) -> Result<(), DecodeError> {
        let seats = self.last.len() as u16;
        let head = input.ranged("head of a tick", 0, i64::from(CHANGES_MAX) * 2 + 1)?;
        for _ in 0..head / 2 {
            match Change::decode(input, seats, format)? {
                Change::Joined { player, opponent, name } => {
                    self.forget(player);
                    sessions.forget(player);
                    world.add_player(player, name, opponent);
                }
                Change::Left(player) => {
                    self.forget(player);
                    sessions.forget(player);
                    world.remove_player(player);
                }
                Change::MatchEnded => world.end_match(),
                Change::Session(note) => sessions.note(note),
                Change::SpectatorLeft(spectator) => sessions.forget(spectator),
            }
        }
        if head % 2 == 0 {
            return Ok(());
        }
        let bitmap = input.raw("bitmap", world.players().div_ceil(8))?;
        for (rank, player) in world.taken_seats().enumerate() {
            if bitmap[rank / 8] >> (rank % 8) & 1 == 1 {
                let last = &mut self.last[player.index()];
                *last = Applied::decode(Applied::unpack(*last), input)?.pack();
            }
        }
        Ok(())
    }

    /// The inputs of all seats, to be stepped with; a free seat has none.
    pub(super) fn fill(&self, world: &World, inputs: &mut Vec<Option<PlayerInput>>) {
        inputs.clear();
        inputs.resize(self.last.len(), None);
        for player in world.taken_seats() {
            inputs[player.index()] = Some(Applied::unpack(self.last[player.index()]).input());
        }
    }
}

impl Change {
    pub(super) fn encode(&self, seats: u16, bytes: &mut Vec<u8>) {
        let mut out = Writer::new(bytes);
        match self {
            Self::Joined { player, opponent, name } => {
                out.int(0u8);
                out.int(player.0);
                out.int(u8::from(*opponent));
                out.text(name);
            }
            Self::Left(player) => {
                out.int(1u8);
                out.int(player.0);
            }
            Self::MatchEnded => out.int(2u8),
            Self::Session(note) => {
                out.int(3u8);
                note.encode(seats, &mut out);
            }
            Self::SpectatorLeft(spectator) => {
                out.int(4u8);
                out.int(spectator.0);
            }
        }
    }

    fn decode(input: &mut Reader<'_>, seats: u16, format: Format) -> Result<Self, DecodeError> {
        Ok(match input.ranged("change", 0, 4)? {
            0 => Self::Joined {
                player: seat(input, seats)?,
                opponent: input.bool("opponent")?,
                name: input.text("name", NAME_BYTES_MAX)?.to_owned(),
            },
            1 => Self::Left(seat(input, seats)?),
            2 => Self::MatchEnded,
            3 => Self::Session(SessionNote::decode(input, seats, format)?),
            _ => {
                let slot = input.ranged("slot", 0, SPECTATORS_PER_ROOM_MAX as i64 - 1)?;
                Self::SpectatorLeft(SpectatorId(slot as u16))
            }
        })
    }
}

impl Applied {
    /// What of an input matters to a craft that carries the rail or not.
    #[inline]
    fn of(input: &PlayerInput, has_rail: impl FnOnce() -> bool) -> Self {
        let PlayerInput { input: Input { heading, aim, buttons }, view_age } = *input;
        let fires = buttons.contains(Buttons::FIRE);
        Self {
            heading: heading.value(),
            aim: if fires { aim } else { aim & !3 },
            buttons: buttons.value(),
            view_age: if fires && has_rail() { view_age } else { 0 },
        }
    }

    fn input(self) -> PlayerInput {
        let Self { heading, aim, buttons, view_age } = self;
        let heading = Heading::new(heading).expect("it was checked where it was read");
        let buttons = Buttons::new(buttons).expect("it was checked where it was read");
        PlayerInput { input: Input { heading, aim, buttons }, view_age }
    }

    const fn pack(self) -> u32 {
        let Self { heading, aim, buttons, view_age } = self;
        heading as u32 | (aim as u32) << 8 | (buttons as u32) << 20 | (view_age as u32) << 24
    }

    const fn unpack(packed: u32) -> Self {
        Self {
            heading: packed as u8,
            aim: (packed >> 8 & 0xfff) as u16,
            buttons: (packed >> 20 & 0xf) as u8,
            view_age: (packed >> 24) as u8,
        }
    }

    const fn fires(self) -> bool {
        self.buttons & Buttons::FIRE.value() != 0
    }

    /// Steps of aim that one of an entry means, and where they are counted from.
    const fn aim_steps(self, before: Self) -> (i32, i32) {
        if self.fires() { (1, before.aim as i32) } else { (4, before.aim as i32 & !3) }
    }

    fn encode(self, before: Self, bytes: &mut Vec<u8>) {
        let Self { heading, aim, buttons, view_age } = self;
        if (Self { aim, ..before }) == self {
            let (unit, from) = self.aim_steps(before);
            let turned = (i32::from(aim) - from).rem_euclid(TURN);
            let turned = if turned >= TURN / 2 { turned - TURN } else { turned } / unit;
            if (-64..64).contains(&turned) {
                return bytes.push(turned as u8 & 127);
            }
        }
        let head = bytes.len();
        bytes.push(MASKED);
        if heading != before.heading {
            bytes[head] |= HEADING;
            bytes.push(heading);
        }
        if aim != before.aim {
            bytes[head] |= AIM;
            bytes.extend_from_slice(&aim.to_le_bytes());
        }
        if buttons != before.buttons {
            bytes[head] |= BUTTONS;
            bytes.push(buttons);
        }
        if view_age != before.view_age {
            bytes[head] |= VIEW_AGE;
            bytes.push(view_age);
        }
    }

    fn decode(before: Self, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let [head] = input.raw_array("entry")?;
        let mut applied = before;
        if head & MASKED == 0 {
            let (unit, from) = applied.aim_steps(before);
            // Seven bits with sign.
            let turned = i32::from((head << 1) as i8 >> 1);
            applied.aim = (from + turned * unit).rem_euclid(TURN) as u16;
            return Ok(applied);
        }
        if head & !(MASKED | HEADING | AIM | BUTTONS | VIEW_AGE) != 0 {
            return Err(DecodeError::UnknownOperation { operation: head.into() });
        }
        if head & HEADING != 0 {
            let [heading] = input.raw_array("heading")?;
            applied.heading = Heading::new(heading).ok_or(out_of("heading", heading, Heading::DIRECTIONS))?.value();
        }
        if head & AIM != 0 {
            let aim = u16::from_le_bytes(input.raw_array("aim")?);
            if i32::from(aim) >= TURN {
                let (value, high) = (aim.into(), i64::from(TURN) - 1);
                return Err(DecodeError::OutOfRange { field: "aim", value, low: 0, high });
            }
            applied.aim = aim;
        }
        if head & BUTTONS != 0 {
            let [buttons] = input.raw_array("buttons")?;
            applied.buttons = Buttons::new(buttons).ok_or(out_of("buttons", buttons, Buttons::ALL))?.value();
        }
        if head & VIEW_AGE != 0 {
            [applied.view_age] = input.raw_array("age of the view")?;
        }
        Ok(applied)
    }
}

const fn out_of(field: &'static str, value: u8, high: u8) -> DecodeError {
    DecodeError::OutOfRange { field, value: value as i128, low: 0, high: high as i64 }
}
