//! The tables of fields in `games/petri/docs/protocol.md`.

use petri::{Dish, entity::Thing, own::OwnCells};
use shared::game::{Record, Replicate};

use super::{
    grammar::{CELL_MASK, ENTITIES, EVENTS, INPUT, OWN},
    messages::{a_cell, plate},
};
use crate::{
    fields::{Table, accepts, entities, events, masked, read, table},
    grammar::Value,
};

/// Every table of the page.
pub(super) fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = events::<Dish>(25, EVENTS).map(shortened).collect();
    tables.push(table("input", INPUT, |index, value| {
        let mut elements = [1, 100, 90, 0, 8, 1, 0, 0, 0].map(Value::Int);
        elements[5 + index] = value;
        accepts::<Dish>(true, &elements)
    }));
    tables.push(table("map", &["side_px"], |_, value| {
        accepts::<Dish>(false, &[Value::Int(22), Value::Int(0), Value::Int(1), value])
    }));
    let mut own = table("own", &[], |bit, value| {
        let mut elements = vec![Value::Int(0); OWN[bit].1];
        elements[0] = value;
        elements.insert(0, Value::Int(1 << bit));
        read(&elements, |input| OwnCells::decode(input).is_ok())
    });
    own.fields = OWN.iter().enumerate().map(|(bit, &(name, _))| (Some(1 << bit), name)).collect();
    tables.push(own);
    tables.extend(entities::<Thing>(ENTITIES));
    tables.push(delta());
    tables
}

/// The page has the first of ten equal pairs.
fn shortened(mut event: Table) -> Table {
    if event.name == "event leaders" {
        event.fields.truncate(3);
    }
    event
}

fn delta() -> Table {
    let fields = masked(CELL_MASK);
    let bits: Vec<u8> = fields.iter().filter_map(|(bit, _)| *bit).collect();
    let accepts = move |index: usize, value: Value| {
        let bit = bits[index];
        let place = bits[..index].iter().filter(|&&before| before == bit).count();
        let mut elements = vec![Value::Int(0); if bit == 8 { 4 } else { 1 }];
        let is_wide =
            matches!(value, Value::Int(change) if bit == 8 && i32::try_from(change).is_ok() && change.abs() > 1_000);
        elements[place] = value;
        let mut state = Thing::Cell(a_cell());
        // A change of 32 bits is a number like any other; only where it leads to is limited.
        is_wide || read(&elements, |input| state.decode_delta(bit, &plate(30), input).is_ok())
    };
    Table { name: "delta".to_owned(), fields, accepts: Box::new(accepts) }
}
