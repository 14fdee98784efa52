//! The derives, on the things of a small game: what is sent when, what is refused, and that what is written is read back.

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

/// MessagePack of a flat list, as `rmp-serde` writes it.
fn by_serde(values: &[i64]) -> Vec<u8> {
    rmp_serde::to_vec(values).expect("integers are written")
}
