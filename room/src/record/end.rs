//! The end of a recording: its reason, and the game's summary of the match.
//!
//! ```text
//! end      [reason][phase, in match][facts][count, (seat, facts)…][roster], and for a failed room [failure]
//! failure  [text][bytes, lead and tick as in `inputs`, without its hash]
//! facts    [count, (name, value)…]
//! value    0 [truth]    1 [number]    2 [text]    3 [count, value…]
//! ```

use shared::{
    PlayerId,
    game::{Fields, Game, Profile, Summary, Value},
    limits::{RECORD_FACT_BYTES_MAX, RECORD_FACTS_MAX, RECORD_FAILURE_BYTES_MAX, RECORD_LAST_INPUTS_BYTES_MAX},
    wire::{DecodeError, Reader, Writer},
};

use super::roster::{decode_roster, encode_roster, seat};
use crate::play::Play;

/// The reason for the end of a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The match is over and another map follows.
    NextMap = 0,
    /// The room closed.
    RoomClosed = 1,
    /// The file has reached its maximum size; the match continues in another file.
    Continued = 2,
    /// A developer edited the match; it continues in another file.
    Edited = 3,
    /// The game broke its contract or panicked, and its room ended; see [`End::failure`].
    RoomFailed = 4,
}

/// The last chunk of a recording: how the match ended.
#[derive(Clone, PartialEq, Debug)]
pub struct End {
    /// The reason.
    pub ended: Ended,
    /// The game's summary of the match.
    pub summary: Summary,
    /// The players at the end.
    pub roster: Vec<(PlayerId, Profile)>,
    /// The fault in the game that ended the room; only for [`Ended::RoomFailed`].
    pub failure: Option<RecordedFailure>,
}

/// The fault in the game that ended a room.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedFailure {
    /// The message of the panic, or the breach of contract.
    pub reason: String,
    /// The inputs of the tick in which the game failed, with the joins and leaves before it. Empty if the game failed elsewhere.
    pub(super) last_inputs: Vec<u8>,
}

impl Ended {
    const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::NextMap),
            1 => Some(Self::RoomClosed),
            2 => Some(Self::Continued),
            3 => Some(Self::Edited),
            4 => Some(Self::RoomFailed),
            _ => None,
        }
    }

    /// True if the room ended together with the match.
    pub const fn ends_room(self) -> bool {
        match self {
            Self::RoomClosed | Self::RoomFailed => true,
            Self::NextMap | Self::Continued | Self::Edited => false,
        }
    }

    /// The reason, from the body of an end before compression.
    pub fn of(body: &[u8]) -> Option<Self> {
        Self::from_code(*body.first()?)
    }
}

impl End {
    pub(super) fn encode<G: Game>(ended: Ended, play: &Play<G>, bytes: &mut Vec<u8>) {
        let summary = play.game().summary();
        Self::encode_summary(ended, &summary, play, bytes);
    }

    /// Encodes the end of a match whose game has failed. The game's code is not called any more.
    pub(super) fn encode_failed<G: Game>(failure: &RecordedFailure, play: &Play<G>, bytes: &mut Vec<u8>) {
        let RecordedFailure { reason, last_inputs } = failure;
        let summary = Summary { phase: "failed".to_owned(), ..Summary::default() };
        Self::encode_summary(Ended::RoomFailed, &summary, play, bytes);
        let mut out = Writer::new(bytes);
        out.text(&readable(reason, RECORD_FAILURE_BYTES_MAX));
        out.int(last_inputs.len() as u32);
        bytes.extend_from_slice(last_inputs);
    }

    fn encode_summary<G: Game>(ended: Ended, summary: &Summary, play: &Play<G>, bytes: &mut Vec<u8>) {
        let Summary { phase, in_match, fields, players } = summary;
        let mut out = Writer::new(bytes);
        out.int(ended as u8);
        out.text(&readable(phase, RECORD_FACT_BYTES_MAX));
        out.int(u8::from(*in_match));
        encode_facts(fields, &mut out);
        let players = players.iter().filter(|(player, _)| player.0 < play.setup().seats);
        out.int(players.clone().count() as u32);
        for (player, fields) in players {
            out.int(player.0);
            encode_facts(fields, &mut out);
        }
        encode_roster(play.roster(), &mut out);
    }

    pub(super) fn decode(bytes: &[u8], seats: u16) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let code = input.ranged("end", 0, 4)? as u8;
        let ended = Ended::from_code(code).ok_or(DecodeError::UnknownKind { kind: code.into() })?;
        let phase = input.text("phase", RECORD_FACT_BYTES_MAX)?.to_owned();
        let in_match = input.bool("in match")?;
        let fields = decode_facts(&mut input)?;
        let mut players = Vec::new();
        for _ in 0..input.ranged("players", 0, seats.into())? {
            players.push((seat(&mut input, seats)?, decode_facts(&mut input)?));
        }
        let roster = decode_roster(&mut input, seats)?;
        let failure = match ended {
            Ended::RoomFailed => Some(RecordedFailure::decode(&mut input)?),
            _ => None,
        };
        input.finish()?;
        let roster = roster.iter().map(|(player, profile)| (player, profile.clone())).collect();
        Ok(Self { ended, summary: Summary { phase, in_match, fields, players }, roster, failure })
    }
}

impl RecordedFailure {
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let reason = input.text("reason of the failure", RECORD_FAILURE_BYTES_MAX)?.to_owned();
        let length = input.ranged("length of the last inputs", 0, RECORD_LAST_INPUTS_BYTES_MAX as i64)?;
        Ok(Self { reason, last_inputs: input.raw("last inputs", length as usize)?.to_vec() })
    }
}

fn encode_facts(fields: &Fields, out: &mut Writer<'_>) {
    let fields = &fields[..fields.len().min(RECORD_FACTS_MAX)];
    out.int(fields.len() as u32);
    for (name, value) in fields {
        out.text(&readable(name, RECORD_FACT_BYTES_MAX));
        encode_value(value, LISTS_DEPTH_MAX, out);
    }
}

fn decode_facts(input: &mut Reader<'_>) -> Result<Fields, DecodeError> {
    let mut fields = Vec::new();
    for _ in 0..input.ranged("facts", 0, RECORD_FACTS_MAX as i64)? {
        let name = input.text("name of a fact", RECORD_FACT_BYTES_MAX)?.to_owned();
        fields.push((name.into(), decode_value(LISTS_DEPTH_MAX, input)?));
    }
    Ok(fields)
}

/// Appends a value; lists nested deeper than `depth` are written as empty lists.
fn encode_value(value: &Value, depth: u32, out: &mut Writer<'_>) {
    match value {
        Value::Bool(value) => {
            out.int(0u8);
            out.int(u8::from(*value));
        }
        Value::Int(value) => {
            out.int(1u8);
            out.int(*value);
        }
        Value::Text(value) => {
            out.int(2u8);
            out.text(&readable(value, RECORD_FACT_BYTES_MAX));
        }
        Value::List(values) => {
            let values = &values[..if depth == 0 { 0 } else { values.len().min(RECORD_FACTS_MAX) }];
            out.int(3u8);
            out.int(values.len() as u32);
            values.iter().for_each(|value| encode_value(value, depth - 1, out));
        }
    }
}

fn decode_value(depth: u32, input: &mut Reader<'_>) -> Result<Value, DecodeError> {
    Ok(match input.ranged("kind of a fact", 0, 3)? {
        0 => Value::Bool(input.bool("fact")?),
        1 => Value::Int(input.int("fact")?),
        2 => Value::Text(input.text("fact", RECORD_FACT_BYTES_MAX)?.to_owned().into()),
        _ => {
            let most = if depth == 0 { 0 } else { RECORD_FACTS_MAX as i64 };
            let count = input.ranged("length of a list", 0, most)?;
            Value::List((0..count).map(|_| decode_value(depth - 1, input)).collect::<Result<_, _>>()?)
        }
    })
}

/// Maximum depth of nested lists.
const LISTS_DEPTH_MAX: u32 = 4;

/// A text of the game, cut to `bytes_max` and without control characters.
fn readable(text: &str, bytes_max: usize) -> String {
    let text = &text[..text.floor_char_boundary(bytes_max)];
    text.chars().filter(|char| !char.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(fields: &Fields) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_facts(fields, &mut Writer::new(&mut bytes));
        bytes
    }

    fn fact(value: Value) -> Fields {
        vec![("fact".into(), value)]
    }

    #[test]
    fn facts_of_every_kind_come_back() {
        let list = Value::List(vec![true.into(), Value::List(vec![i64::MIN.into()]), "ü".into()]);
        for value in [false.into(), i64::MAX.into(), "a word".into(), list] {
            let bytes = written(&fact(value.clone()));
            assert_eq!(decode_facts(&mut Reader::new(&bytes)), Ok(fact(value)));
            for length in 0..bytes.len() {
                assert!(decode_facts(&mut Reader::new(&bytes[..length])).is_err());
            }
        }
    }

    #[test]
    fn whatever_a_game_says_is_bounded_and_can_be_read() {
        let deep = (0..20).fold(Value::Int(7), |value, _| Value::List(vec![value]));
        let long = Value::Text("ü\u{1b}[2J".repeat(1_000).into());
        let many = Value::List(vec![Value::Int(7); 10 * RECORD_FACTS_MAX]);
        for value in [deep, long, many] {
            let bytes = written(&vec![("name".repeat(100).into(), value); 10 * RECORD_FACTS_MAX]);
            let mut input = Reader::new(&bytes);
            let facts = decode_facts(&mut input).unwrap();
            assert!(input.is_empty() && facts.len() == RECORD_FACTS_MAX);
        }
    }

    #[test]
    fn deep_lists_of_a_file_are_refused() {
        let nested = |depth| [&[1, 0xa0][..], &[3, 1].repeat(depth), &[1, 7]].concat();
        assert!(decode_facts(&mut Reader::new(&nested(LISTS_DEPTH_MAX as usize))).is_ok());
        assert!(decode_facts(&mut Reader::new(&nested(LISTS_DEPTH_MAX as usize + 1))).is_err());
        assert!(decode_facts(&mut Reader::new(&nested(100_000))).is_err());
    }
}
