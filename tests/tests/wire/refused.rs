//! Vectors of messages that must be refused, each with the name of its error.

use arena::rules::World;
use shared::limits::PROTOCOL_VERSION;

use crate::{
    json::{Json, object},
    read,
    vectors::{self, hex},
};

#[test]
fn refused_messages() {
    let long_name = [&[0x95, 0, PROTOCOL_VERSION as u8, 0, 0xb9][..], &[b'x'; 25], &[0xa1, b't']].concat();
    let client: [(&str, &[u8]); 16] = [
        ("nothing at all", &[]),
        ("a number alone", &[0x02]),
        ("an empty array", &[0x90]),
        ("a ping without its token", &[0x92, 2]),
        ("a ping with a text for a token", &[0x92, 2, 0xa1, b'7']),
        ("a ping with a negative token", &[0x92, 2, 0xff]),
        ("a ping with two tokens", &[0x93, 2, 1, 1]),
        ("a ping and a byte", &[0x92, 2, 1, 0]),
        ("a kind nobody has", &[0x91, 99]),
        ("a kind of the server", &[0x93, 21, 1, 1]),
        ("a hello of protocol 99", &[0x95, 0, 99, 0, 0xa0, 0xa0]),
        ("a hello with a name of 25 bytes", &long_name),
        ("an input without an input", &[0x95, 1, 1, 0, 0, 0]),
        ("an input whose heading is 65", &[0x98, 1, 1, 0, 0, 0, 65, 0, 0]),
        ("a chat with a line break", &[0x92, 3, 0xa1, b'\n']),
        ("arrays five deep", &[0x92, 3, 0x91, 0x91, 0x91, 0x91, 0]),
    ];
    let server: [(&str, &[u8]); 6] = [
        ("a kind of the client", &[0x92, 2, 1]),
        ("an event nobody has", &[0x93, 20, 1, 0x92, 7, 0]),
        ("an event nobody has in the arena", &[0x93, 25, 1, 0x92, 7, 0]),
        ("a map of two values", &[0x95, 22, 0, 1, 0x90, 0x90]),
        ("a map whose runs end early", &[0x94, 22, 0, 1, 0x9b, 0xa1, b'm', 64, 2, 2, 0x91, 3, 0x90, 1, 1, 1, 1, 1]),
        ("a pong without its tick", &[0x93, 21, 1]),
    ];
    let client = client.map(|(name, bytes)| {
        let error = read::from_client::<World>(bytes).expect_err(name);
        object! { "name": name, "from": "client", "hex": hex(bytes), "error": error.label() }
    });
    let server = server.map(|(name, bytes)| {
        let error = read::from_server::<World>(bytes).expect_err(name);
        object! { "name": name, "from": "server", "hex": hex(bytes), "error": error.label() }
    });
    vectors::check("refused", &Json::list(client.into_iter().chain(server)));
}
