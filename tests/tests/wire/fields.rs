//! The tables of fields in `docs/protocol.md` and the games' pages: their names must be the layout's, in order, and their ranges what the
//! decoders take, on both sides of each edge.

use arena::{
    entity::{CraftFlags, CraftState, EntityState},
    input::Heading,
    own::OwnState,
    rules::World,
};
use glam::IVec2;
use shared::{
    Tick,
    game::{Game, Record, Replicate},
    wire::{Reader, SnapshotHeader},
};

use crate::{
    grammar::{
        ARENA_EVENTS, CRAFT_MASK, ENTITIES, EVENTS, EntityLayout, EventLayout, INPUT, LAYOUTS, MAP, Mask, OWN, Value,
    },
    messages, read,
    terrain::pillar,
};

/// A table the document must have.
pub(crate) struct Table {
    pub(crate) name: String,
    /// Names and, for masks, bits of the fields.
    pub(crate) fields: Vec<(Option<u8>, &'static str)>,
    pub(crate) accepts: Box<dyn Fn(usize, Value) -> bool>,
}

/// A row of a table in the document.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) bit: Option<u8>,
    pub(crate) field: String,
    pub(crate) range: String,
}

impl Table {
    /// Describes the first error in the document's rows, if there is one.
    pub(crate) fn complaint(&self, rows: &[Row]) -> Option<String> {
        let names: Vec<_> = rows.iter().map(|row| (row.bit, row.field.as_str())).collect();
        if names != self.fields {
            return Some(format!("the fields are {:?}, the document says {names:?}", self.fields));
        }
        rows.iter().enumerate().find_map(|(index, row)| {
            probes(&row.range).into_iter().find_map(|(value, expected)| {
                let shown = format!("{value:?}");
                let shown = if shown.len() > 40 { format!("{}…", &shown[..40]) } else { shown };
                let verb = if expected { "allows" } else { "forbids" };
                ((self.accepts)(index, value) != expected)
                    .then(|| format!("{}: the document {verb} {shown}, the code does not agree", row.field))
            })
        })
    }
}

/// Values at the edges of a range and whether they are within.
fn probes(range: &str) -> Vec<(Value, bool)> {
    let number = |text: &str| text.parse::<i64>().unwrap_or_else(|_| panic!("{range:?} is no range"));
    let (low, high) = match range.split(' ').next().unwrap_or_default() {
        "u8" => (0, u8::MAX.into()),
        "u16" => (0, u16::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        "i32" => (i32::MIN.into(), i32::MAX.into()),
        "text" => {
            let limit = range.split(' ').find_map(|word| word.parse().ok()).expect("text has a limit");
            let text = |length: usize| Value::Text("x".repeat(length));
            return vec![(text(0), true), (text(limit), true), (text(limit + 1), false), (Value::Int(0), false)];
        }
        _ if ["groups", "arrays", "values"].iter().any(|word| range.ends_with(word)) => return Vec::new(),
        "" | "record" | "groups" | "array" | "value" | "2" => return Vec::new(),
        edges => {
            let (low, high) = edges.split_once("..").unwrap_or_else(|| panic!("{range:?} is no range"));
            (number(low), number(high))
        }
    };
    let int = Value::Int;
    vec![
        (int(low), true),
        (int(high), true),
        (int(low - 1), false),
        (int(high + 1), false),
        (Value::Text("1".to_owned()), false),
    ]
}

/// Every table of the engine's document.
pub(crate) fn engine() -> Vec<Table> {
    let mut tables = Vec::new();
    for layout in LAYOUTS.iter().filter(|layout| !layout.fields.is_empty() && !layout.name.ends_with("snapshot")) {
        let sample = messages::client().into_iter().chain(messages::server()).find(|sample| sample.name == layout.name);
        let Value::Array(sample) = unpacked(&sample.expect("each kind has a sample of its name").bytes) else {
            panic!("a message is an array")
        };
        let from_client = layout.sender == "client";
        tables.push(table(layout.name, layout.fields, move |index, value| {
            let mut elements = sample.clone();
            elements[1 + index] = value;
            accepts::<World>(from_client, &elements)
        }));
    }
    tables.extend(events::<World>(20, EVENTS));
    let layout = |name| LAYOUTS.iter().find(|layout| layout.name == name).expect("the layout is there");
    tables.push(table("snapshot", layout("snapshot").fields, |index, value| {
        // Flags ask for more to follow; zeros will do.
        let mut elements = vec![Value::Int(0); 12];
        elements[index] = value;
        read(&elements, |input| SnapshotHeader::<OwnState>::decode(Tick(0), input).is_ok())
    }));
    tables.push(table("plain_snapshot", layout("plain_snapshot").fields, |index, value| {
        let mut elements =
            vec![Value::Int(19), Value::Int(1), Value::Int(0), Value::Int(0), Value::Int(0), Value::Int(0)];
        elements[1 + index] = value;
        crate::client_view::reads(&packed(&elements))
    }));
    tables
}

/// Every table of the arena's document.
pub(crate) fn arena() -> Vec<Table> {
    let mut tables: Vec<Table> = events::<World>(25, ARENA_EVENTS).collect();
    tables.push(table("input", INPUT, |index, value| {
        let mut elements = [1, 100, 90, 0, 8, 1, 0, 0].map(Value::Int);
        elements[5 + index] = value;
        accepts::<World>(true, &elements)
    }));
    let sample = messages::server().into_iter().find(|sample| sample.name == "map").expect("there is a map");
    let Value::Array(sample) = unpacked(&sample.bytes) else { panic!("a message is an array") };
    tables.push(table("map", MAP, move |index, value| {
        let mut elements = sample.clone();
        let Value::Array(map) = &mut elements[3] else { panic!("the map is an array") };
        map[index] = value;
        // Another width or height needs other runs: the sides are probed as a strip of floor.
        if index == 2 || index == 3 {
            let Value::Int(side) = map[index] else { return false };
            map[5 - index] = Value::Int(1);
            map[4] = Value::Array(vec![Value::Int(side)]);
            map[5] = Value::Array(Vec::new());
        }
        accepts::<World>(false, &elements)
    }));
    let mut own =
        table("own", OWN, |bit, value| read(&[Value::Int(1 << bit), value], |input| OwnState::decode(input).is_ok()));
    own.fields.iter_mut().enumerate().for_each(|(bit, field)| field.0 = Some(1 << bit));
    tables.push(own);
    tables.extend(entities::<EntityState>(ENTITIES));
    tables.push(delta());
    tables
}

/// The whole states of a game's kinds.
pub(crate) fn entities<E: Replicate>(entities: &'static [EntityLayout]) -> impl Iterator<Item = Table> {
    entities.iter().zip(64..).map(|(&(name, fields, _), operation)| {
        table(name, fields, move |field, value| {
            let mut elements = vec![Value::Int(0); fields.len()];
            elements[field] = value;
            read(&elements, |input| E::decode_full(operation, input).is_ok())
        })
    })
}

/// The events of a kind of message.
pub(crate) fn events<G: Game>(kind: i64, events: &'static [EventLayout]) -> impl Iterator<Item = Table> {
    events.iter().zip(0..).map(move |(&(name, fields), code)| {
        table(&format!("event {name}"), fields, move |index, value| {
            let any = |&field: &&str| match field {
                "name" | "text" => Value::Text("Ada".to_owned()),
                _ => Value::Int(0),
            };
            let mut event: Vec<Value> = std::iter::once(Value::Int(code)).chain(fields.iter().map(any)).collect();
            event[1 + index] = value;
            accepts::<G>(false, &[Value::Int(kind), Value::Int(1), Value::Array(event)])
        })
    })
}

fn delta() -> Table {
    let fields = masked(CRAFT_MASK);
    let bits: Vec<u8> = fields.iter().filter_map(|(bit, _)| *bit).collect();
    let accepts = move |index: usize, value: Value| {
        let bit = bits[index];
        let place = bits[..index].iter().filter(|&&before| before == bit).count();
        let mut elements = vec![Value::Int(0); if bit == 32 { 4 } else { 1 }];
        let is_wide =
            matches!(value, Value::Int(change) if bit == 32 && i32::try_from(change).is_ok() && change.abs() > 1_000);
        elements[place] = value;
        let mut state = EntityState::Craft(CraftState {
            position: IVec2::new(2_000, 2_000),
            velocity: IVec2::ZERO,
            heading: Heading::NONE,
            aim: 0,
            health: 0,
            flags: CraftFlags(0),
        });
        // A change of 32 bits is a number like any other; only where it leads to is limited.
        is_wide || read(&elements, |input| state.decode_delta(bit, &pillar(30), input).is_ok())
    };
    Table { name: "delta".to_owned(), fields, accepts: Box::new(accepts) }
}

/// The fields of a mask with their bits; a bit without fields has a row of its own.
pub(crate) fn masked(mask: Mask) -> Vec<(Option<u8>, &'static str)> {
    let of_bit = |&(bit, names): &(u8, &'static [&'static str])| -> Vec<_> {
        match names {
            [] => vec![(Some(bit), "")],
            names => names.iter().map(|&name| (Some(bit), name)).collect(),
        }
    };
    mask.iter().flat_map(of_bit).collect()
}

pub(crate) fn table(name: &str, fields: &[&'static str], accepts: impl Fn(usize, Value) -> bool + 'static) -> Table {
    let fields = fields.iter().map(|&field| (None, field)).collect();
    Table { name: name.to_owned(), fields, accepts: Box::new(accepts) }
}

pub(crate) fn accepts<G: Game>(from_client: bool, elements: &[Value]) -> bool {
    let bytes = packed(elements);
    let error = if from_client { read::from_client::<G>(&bytes).err() } else { read::from_server::<G>(&bytes).err() };
    // A version of another number is within its range, and refused for what it says.
    error.is_none_or(|error| error.label() == "version_mismatch")
}

/// Reads elements without the head of their array.
pub(crate) fn read(elements: &[Value], mut read: impl FnMut(&mut Reader<'_>) -> bool) -> bool {
    let bytes: Vec<u8> =
        elements.iter().flat_map(|element| rmp_serde::to_vec(element).expect("plain values are written")).collect();
    read(&mut Reader::new(&bytes))
}

fn packed(elements: &[Value]) -> Vec<u8> {
    rmp_serde::to_vec(elements).expect("plain values are written")
}

fn unpacked(bytes: &[u8]) -> Value {
    rmp_serde::from_slice(bytes).expect("rmp-serde reads our bytes")
}
