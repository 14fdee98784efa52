//! Records: arrays of fields, enums with codes, sparse records, and records that serde writes.

use proptest::{collection::vec, prelude::*};
use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId,
    game::{Field, IVec2, Record},
    limits::DEPTH_MAX,
    wire::{DecodeError, Reader, Writer},
};

use crate::{by_serde, encoded};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
struct Rules {
    gravity: i16,
    goal: IVec2,
    #[record(max = 9)]
    lives: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
enum Event {
    Over,
    Swallowed(PlayerId, EntityId),
    Moved { to: IVec2 },
    Ranked { first: Standing, others: [Standing; 2] },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
struct Standing {
    player: PlayerId,
    #[field(max = 50)]
    score: i32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
struct Empty;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
#[record(sparse)]
struct Stocks {
    shots: u8,
    target: IVec2,
    armed: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, Record)]
#[record(serde)]
enum News {
    Line(String),
    Table { rows: Vec<(u16, f32)> },
    Quiet,
}

const RULES: Rules = Rules { gravity: -300, goal: IVec2::new(1, 2), lives: 9 };

fn bytes_of(record: &impl Record) -> Vec<u8> {
    encoded(|out| record.encode(out))
}

fn read<R: Record>(bytes: &[u8]) -> Result<R, DecodeError> {
    let mut input = Reader::new(bytes);
    let record = R::decode(&mut input)?;
    input.finish()?;
    Ok(record)
}

#[test]
fn struct_is_an_array_of_its_fields() {
    assert_eq!(bytes_of(&RULES), by_serde(&[-300, 1, 2, 9]));
    assert_eq!(read(&bytes_of(&RULES)), Ok(RULES));
    assert_eq!(read::<Rules>(&by_serde(&[1, 2, 3])), Err(DecodeError::WrongLength { found: 3, expected: 4 }));
    let lives = DecodeError::OutOfRange { field: "lives", value: 10, low: 0, high: 9 };
    assert_eq!(read::<Rules>(&by_serde(&[0, 0, 0, 10])), Err(lives));
    assert_eq!((bytes_of(&Empty), read(&[0x90])), (vec![0x90], Ok(Empty)));
}

#[test]
fn variant_is_its_code_and_its_fields() {
    let standing = |player, score| Standing { player: PlayerId(player), score };
    let events = [
        Event::Over,
        Event::Swallowed(PlayerId(3), EntityId(70)),
        Event::Moved { to: IVec2::new(-1, 500) },
        Event::Ranked { first: standing(7, 50), others: [standing(1, 9), standing(2, -50)] },
    ];
    let layouts: [&[i64]; 4] = [&[0], &[1, 3, 70], &[2, -1, 500], &[3, 7, 50, 1, 9, 2, -50]];
    for (event, layout) in events.into_iter().zip(layouts) {
        assert_eq!(bytes_of(&event), by_serde(layout));
        assert_eq!(read(&bytes_of(&event)), Ok(event));
    }
    assert_eq!(read::<Event>(&by_serde(&[4])), Err(DecodeError::UnknownKind { kind: 4 }));
    assert_eq!(read::<Event>(&by_serde(&[0, 0])), Err(DecodeError::WrongLength { found: 2, expected: 1 }));
    let score = DecodeError::OutOfRange { field: "score", value: 51, low: -50, high: 50 };
    assert_eq!(read::<Event>(&by_serde(&[3, 7, 50, 1, 9, 2, 51])), Err(score));
    assert_eq!(read::<Event>(&[0x90]), Err(DecodeError::Truncated { field: "event code" }));
}

#[test]
fn sparse_record_is_what_is_not_zero() {
    let stocks = Stocks { shots: 0, target: IVec2::new(0, 9), armed: true };
    assert_eq!(bytes_of(&stocks), [6, 0, 9, 1]);
    assert_eq!(read(&[6, 0, 9, 1]), Ok(stocks));
    assert_eq!((bytes_of(&Stocks::default()), read(&[0])), (vec![0], Ok(Stocks::default())));
    let mask = DecodeError::OutOfRange { field: "stocks mask", value: 8, low: 0, high: 7 };
    assert_eq!(read::<Stocks>(&[8, 1]), Err(mask));
}

#[test]
fn record_counts_as_one_value_in_the_message_around_it() {
    let elements = |record: &dyn Fn(&mut Writer<'_>)| {
        let mut bytes = Vec::new();
        let mut out = Writer::new(&mut bytes);
        record(&mut out);
        out.elements()
    };
    assert_eq!(elements(&|out| RULES.encode(out)), 1);
    assert_eq!(elements(&|out| Event::Moved { to: IVec2::ONE }.encode(out)), 1);
    assert_eq!(elements(&|out| News::Table { rows: vec![(1, 2.0)] }.encode(out)), 1);
    // Without an array it would be several values.
    assert_eq!(elements(&|out| Stocks { shots: 1, target: IVec2::ONE, armed: true }.encode(out)), 5);
}

#[test]
fn serde_writes_what_has_lists_and_text() {
    for news in [News::Line("hello".into()), News::Table { rows: vec![(1, 0.5), (2, -1.0)] }, News::Quiet] {
        assert_eq!(bytes_of(&news), rmp_serde::to_vec(&news).expect("it is written"));
        assert_eq!(read(&bytes_of(&news)), Ok(news));
    }
    let other_type = DecodeError::WrongType { field: "news", expected: "as its type says" };
    assert_eq!(read::<News>(&[7]), Err(other_type));
}

#[test]
fn serde_allocates_nothing_for_what_is_not_there() {
    // {"Table": [[4 billion rows, none of which follows
    let mut bytes = vec![0x81, 0xa5];
    bytes.extend(b"Table");
    bytes.extend([0x91, 0xdd, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(read::<News>(&bytes).map_err(|error| error.label()), Err("truncated"));
}

#[test]
fn serde_goes_no_deeper_than_messages_do() {
    let mut bytes = vec![0x91; DEPTH_MAX + 1];
    bytes.push(0);
    assert_eq!(read::<News>(&bytes), Err(DecodeError::TooDeep { limit: DEPTH_MAX }));
}

/// Random bytes that often look like MessagePack.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![4 => 0..=0x0fu8, 2 => 0x80..=0x9fu8, 1 => 0xa0..=0xffu8], 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_is_understood_is_understood_the_same_again(bytes in plausible()) {
        fn check<R: Record>(bytes: &[u8]) {
            if let Ok(record) = R::decode(&mut Reader::new(bytes)) {
                assert_eq!(read(&bytes_of(&record)), Ok(record));
            }
        }
        check::<Rules>(&bytes);
        check::<Event>(&bytes);
        check::<Stocks>(&bytes);
        check::<News>(&bytes);
    }
}
