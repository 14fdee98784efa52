//! The derives, tested with a small game: which fields are sent, which values are refused, and that encoded values decode again.

mod drawn;
mod entities;
mod game;
mod inputs;
mod records;

use shared::wire::Writer;

fn encoded(encode: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&mut Writer::new(&mut bytes));
    bytes
}

/// The MessagePack of a flat list, as `rmp-serde` writes it.
fn by_serde(values: &[i64]) -> Vec<u8> {
    rmp_serde::to_vec(values).expect("integers are written")
}
