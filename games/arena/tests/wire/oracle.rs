//! Compares our hand-written encoder with `rmp-serde`: it must decode our bytes, and encode them identically.

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{game::Replicate, wire::Writer};

use crate::{
    entities::{entity, terrain},
    samples::{client_message, client_samples, server_bytes, server_message, server_samples},
    snapshots::header,
};

/// The MessagePack types that our messages use.
#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
#[serde(untagged)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Array(Vec<Value>),
}

/// Checks that `bytes` are canonical MessagePack, and returns their content.
pub(crate) fn canonical(bytes: &[u8]) -> Value {
    let value: Value = rmp_serde::from_slice(bytes).expect("rmp-serde reads our bytes");
    let again = rmp_serde::to_vec(&value).expect("plain values are written");
    assert_eq!(bytes, again, "rmp-serde writes {value:?} otherwise");
    value
}

#[test]
fn samples_are_canonical_arrays_that_begin_with_their_kind() {
    let client = client_samples().into_iter().map(|message| message.bytes()).zip(0..);
    let server =
        server_samples().into_iter().map(|message| server_bytes(&message)).zip([16, 17, 20, 25, 21, 23, 24, 22]);
    for (bytes, kind) in client.chain(server) {
        let Value::Array(elements) = canonical(&bytes) else { panic!("{bytes:?} is no array") };
        assert_eq!(elements.first(), Some(&Value::Int(kind)));
    }
}

#[test]
fn integers_take_the_shortest_form_on_both_sides_of_each_edge() {
    let edges = [-1 - i64::from(u32::MAX), i32::MIN.into(), i16::MIN.into(), i8::MIN.into(), -32, 0];
    let edges = edges.into_iter().chain([127, u8::MAX.into(), u16::MAX.into(), u32::MAX.into()]);
    for value in edges.flat_map(|edge| [edge - 1, edge, edge + 1]) {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).int(value);
        assert_eq!(canonical(&bytes), Value::Int(value));
    }
}

proptest! {
    #[test]
    fn client_messages_are_canonical(message in client_message()) {
        canonical(&message.bytes());
    }

    #[test]
    fn server_messages_are_canonical(message in server_message()) {
        canonical(&server_bytes(&message));
    }

    #[test]
    fn headers_and_entities_are_canonical((header, _) in header(), entity in entity()) {
        let mut body = Vec::new();
        let mut out = Writer::new(&mut body);
        header.encode(&mut out);
        entity.encode_full(&mut out);
        entity.encode_plain(&terrain(), &mut out);
        let elements = out.elements();
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).array(elements as usize);
        bytes.extend(body);
        canonical(&bytes);
    }
}
