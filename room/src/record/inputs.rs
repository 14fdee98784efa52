//! One tick in a recording: the joins and leaves before it, the input of every player, and the hash of the result.
//!
//! ```text
//! chunk   [lead][tick…][long hash of the last, 8]
//! tick    [changes * 2 + moved][change…][bitmap, entry…][hash, 4]
//! change  0 [seat, opponent, name]                a player or an opponent joined
//!         1 [seat]                                a player or an opponent left
//!         2 []                                    the match was ended from outside
//!         3 [session note]                        the server's name for a member, see `sessions`
//!         4 [slot]                                a spectator left
//! bitmap  a bit per taken seat, lowest first: its input differs from that of the tick before
//! entry   0..=127                   only the turning field changed, by this (7 bits with sign)
//!         129..=255, fields…        128 + the mask of the fields that changed
//!         128 [age, mask] fields…   the view age changed too
//! ```
//!
//! Only relevant input is recorded, see [`Game::relevant`]: in most games the view age matters for few inputs, and otherwise the jitter
//! of every link would be recorded. [`Input`] defines the turning field and the masks.

use shared::{
    PlayerId, SpectatorId,
    game::{Game, Input, PlayerInput, Profile},
    limits::{ROOM_PLAYERS_MAX, SPECTATORS_PER_ROOM_MAX},
    wire::{DecodeError, Reader, Writer},
};

use super::{
    roster::{decode_profile, encode_profile, seat},
    sessions::{SessionNote, Sessions},
};
use crate::play::Play;

/// A change of a match between two ticks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Change {
    /// A player or an opponent joined.
    Joined(PlayerId, Profile),
    /// A player or an opponent left.
    Left(PlayerId),
    /// The match was ended from outside.
    MatchEnded,
    /// The server named a player or spectator.
    Session(SessionNote),
    /// A spectator left its slot.
    SpectatorLeft(SpectatorId),
}

/// How a chunk of ticks continues the chunks before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Lead {
    /// Directly: it needs the inputs of the chunk before.
    On = 0,
    /// After a checkpoint: it needs no earlier inputs. A reader that lacks the checkpoint can still continue.
    Fresh = 1,
    /// After a checkpoint with changes that are nowhere else: a reader needs that checkpoint.
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

/// The newest input of each seat, as a reader of the recording knows it.
#[derive(Clone, Debug)]
pub(super) struct Inputs<I> {
    last: Vec<PlayerInput<I>>,
}

/// Bit of an entry with a mask. An entry of this bit alone also has a new view age.
const MASKED: u8 = 128;
/// Maximum of changes in one tick: everyone leaves, an opponent takes each seat, a guest replaces it, and the guest is named.
pub(super) const CHANGES_MAX: u32 = 4 * ROOM_PLAYERS_MAX as u32;

impl<I: Input> Inputs<I> {
    pub(super) fn new(seats: u16) -> Self {
        Self { last: vec![PlayerInput::default(); seats.into()] }
    }

    /// Resets all seats, as a reader does that starts at a checkpoint.
    pub(super) fn reset(&mut self) {
        self.last.fill(PlayerInput::default());
    }

    /// Resets a seat that has a new player.
    pub(super) fn forget(&mut self, player: PlayerId) {
        if let Some(last) = self.last.get_mut(player.index()) {
            *last = PlayerInput::default();
        }
    }

    /// Appends a tick without its hash. `play` must be in the state after the changes and before the tick.
    ///
    /// `changes` is the number of changes, and their encoding by [`Change::encode`].
    pub(super) fn encode<G: Game<Input = I>>(
        &mut self,
        changes: (u32, &[u8]),
        play: &Play<G>,
        inputs: &[Option<PlayerInput<I>>],
        bytes: &mut Vec<u8>,
    ) {
        Writer::new(bytes).int(i64::from(changes.0) * 2 + 1);
        let head_end = bytes.len();
        bytes.extend_from_slice(changes.1);
        let bitmap = bytes.len();
        bytes.resize(bitmap + play.roster().taken().div_ceil(8), 0);
        let entries = bytes.len();
        for (rank, player) in play.roster().players().enumerate() {
            // Every player in a room has an input.
            let Some(&Some(input)) = inputs.get(player.index()) else { continue };
            let input = play.game().relevant(player, input);
            let last = &mut self.last[player.index()];
            if input != *last {
                bytes[bitmap + rank / 8] |= 1 << (rank % 8);
                encode_entry(&input, last, bytes);
                *last = input;
            }
        }
        if bytes.len() == entries {
            bytes.truncate(bitmap);
            // The lowest bit is in the last byte of the number, however long it is.
            bytes[head_end - 1] &= !1;
        }
    }

    /// Decodes a tick without its hash: applies the changes to `play` and stores the inputs.
    pub(super) fn decode<G: Game<Input = I>>(
        &mut self,
        input: &mut Reader<'_>,
        play: &mut Play<G>,
        sessions: &mut Sessions,
    ) -> Result<(), DecodeError> {
        let seats = self.last.len() as u16;
        let head = input.ranged("head of a tick", 0, i64::from(CHANGES_MAX) * 2 + 1)?;
        for _ in 0..head / 2 {
            match Change::decode(input, seats)? {
                Change::Joined(player, profile) => {
                    self.forget(player);
                    sessions.forget(player);
                    play.join(player, profile);
                }
                Change::Left(player) => {
                    self.forget(player);
                    sessions.forget(player);
                    play.leave(player);
                }
                Change::MatchEnded => play.end_match(),
                Change::Session(note) => sessions.note(note),
                Change::SpectatorLeft(spectator) => sessions.forget(spectator),
            }
        }
        if head % 2 == 0 {
            return Ok(());
        }
        let bitmap = input.raw("bitmap", play.roster().taken().div_ceil(8))?;
        for (rank, player) in play.roster().players().enumerate() {
            if bitmap[rank / 8] >> (rank % 8) & 1 == 1 {
                decode_entry(&mut self.last[player.index()], input)?;
            }
        }
        Ok(())
    }

    /// Fills in the inputs of all seats for the next step; a free seat has none.
    pub(super) fn fill<G: Game<Input = I>>(&self, play: &Play<G>, inputs: &mut Vec<Option<PlayerInput<I>>>) {
        inputs.clear();
        inputs.resize(self.last.len(), None);
        for player in play.roster().players() {
            inputs[player.index()] = Some(self.last[player.index()]);
        }
    }
}

impl Change {
    pub(super) fn encode(&self, seats: u16, bytes: &mut Vec<u8>) {
        let mut out = Writer::new(bytes);
        match self {
            Self::Joined(player, profile) => {
                out.int(0u8);
                out.int(player.0);
                encode_profile(profile, &mut out);
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

    fn decode(input: &mut Reader<'_>, seats: u16) -> Result<Self, DecodeError> {
        Ok(match input.ranged("change", 0, 4)? {
            0 => Self::Joined(seat(input, seats)?, decode_profile(input)?),
            1 => Self::Left(seat(input, seats)?),
            2 => Self::MatchEnded,
            3 => Self::Session(SessionNote::decode(input, seats)?),
            _ => {
                let slot = input.ranged("slot", 0, SPECTATORS_PER_ROOM_MAX as i64 - 1)?;
                Self::SpectatorLeft(SpectatorId(slot as u16))
            }
        })
    }
}

/// Appends an input that differs from `before`.
fn encode_entry<I: Input>(input: &PlayerInput<I>, before: &PlayerInput<I>, bytes: &mut Vec<u8>) {
    let PlayerInput { input, view_age } = input;
    let mask = input.changes(&before.input);
    if *view_age != before.view_age {
        bytes.extend_from_slice(&[MASKED, *view_age, mask]);
    } else if let Some(turned) = input.turned(&before.input) {
        return bytes.push(turned as u8 & !MASKED);
    } else {
        bytes.push(MASKED | mask);
    }
    input.encode_changes(mask, &mut Writer::new(bytes));
}

/// Decodes an entry of [`encode_entry`]. `input` is the input of the tick before, and becomes the new one.
fn decode_entry<I: Input>(input: &mut PlayerInput<I>, bytes: &mut Reader<'_>) -> Result<(), DecodeError> {
    let [head] = bytes.raw_array("entry")?;
    let mask = match head {
        // Seven bits with sign.
        0..MASKED => {
            input.input.turn((head << 1) as i8 >> 1);
            return Ok(());
        }
        MASKED => {
            let [view_age, mask] = bytes.raw_array("age of the view")?;
            input.view_age = view_age;
            mask
        }
        _ => head & !MASKED,
    };
    input.input.decode_changes(mask, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An input with a field of every kind.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, shared::game::Input)]
    struct Steering {
        #[input(max = 40)]
        direction: u8,
        #[input(turn = 1_000)]
        aim: u16,
        pedals: [i16; 2],
    }

    /// An input without a turning field.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, shared::game::Input)]
    struct Button {
        pressed: bool,
    }

    fn input(direction: u8, aim: u16, pedal: i16, view_age: u8) -> PlayerInput<Steering> {
        PlayerInput { input: Steering { direction, aim, pedals: [0, pedal] }, view_age }
    }

    fn entry<I: Input>(before: PlayerInput<I>, now: PlayerInput<I>) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_entry(&now, &before, &mut bytes);
        let (mut found, mut reader) = (before, Reader::new(&bytes));
        assert_eq!(decode_entry(&mut found, &mut reader), Ok(()));
        assert!(found == now && reader.is_empty(), "{before:?} to {now:?} became {found:?}");
        bytes
    }

    #[test]
    fn what_only_turns_a_little_is_one_byte() {
        for (from, to, length) in [(0, 63, 1), (0, 64, 2), (0, 936, 1), (0, 935, 4), (990, 5, 1), (500, 437, 1)] {
            assert_eq!(entry(input(3, from, 0, 9), input(3, to, 0, 9)).len(), length, "{from} to {to}");
        }
    }

    #[test]
    fn fields_that_changed_come_back_and_no_others_are_written() {
        assert_eq!(entry(input(0, 5, 0, 9), input(7, 5, 0, 9)), [128 | 1, 7]);
        assert_eq!(entry(input(0, 5, 0, 9), input(7, 6, 0, 9)), [128 | 3, 7, 6]);
        assert_eq!(entry(input(0, 5, 0, 9), input(0, 5, -2, 9)), [128 | 4, 0, 0xfe]);
        assert_eq!(entry(input(0, 5, 0, 9), input(0, 5, 0, 200)), [128, 200, 0]);
        assert_eq!(entry(input(0, 5, 0, 9), input(0, 6, 0, 0)), [128, 0, 2, 6]);
        let button = |pressed| PlayerInput { input: Button { pressed }, view_age: 0 };
        assert_eq!(entry(button(false), button(true)), [128 | 1, 1]);
    }

    #[test]
    fn no_entry_can_panic_or_pass_a_bound() {
        for head in 0..=255 {
            for rest in [[0, 0, 0, 0], [41, 41, 41, 41], [0xcd, 0xff, 0xff, 0], [7, 0x7f, 1, 2], [0xff; 4]] {
                let bytes = [&[head][..], &rest].concat();
                for length in 0..bytes.len() {
                    let mut found = input(3, 990, 0, 9);
                    if decode_entry(&mut found, &mut Reader::new(&bytes[..length])).is_ok() {
                        assert!(found.input.direction <= 40 && found.input.aim < 1_000, "{bytes:?}: {found:?}");
                    }
                    let mut found = PlayerInput::<Button>::default();
                    let _ = decode_entry(&mut found, &mut Reader::new(&bytes[..length]));
                }
            }
        }
    }
}
