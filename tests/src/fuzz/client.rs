//! A whole client that receives any messages at any time neither panics nor floods its server.
//!
//! The bytes are operations, one byte each with their parameters behind:
//!
//! ```text
//! 0 time passes [ms, two bytes]     2 a message [length, two bytes; the message]
//! 1 the next real message           3 the player wants [heading, aim, buttons]
//! ```

use arena::rules::World;
use std::time::Duration;

use client::{Client, ClientConfig, Scene};
use shared::{
    limits::{DATAGRAM_BYTES_MAX, TICK_HZ_MAX},
    wire::ClientMessage,
};

use super::{choices::Choices, small_room};

/// Messages a client may make when it is driven once: the inputs of a second, after which its clock restarts.
const BURST_MAX: usize = 2 * TICK_HZ_MAX as usize;

/// Interprets `data` as operations.
pub fn run(data: &[u8]) {
    let mut choices = Choices(data);
    let mut now = Duration::from_secs(1);
    let config = ClientConfig {
        ticket: "t".to_owned(),
        name: "p".to_owned(),
        plain: choices.flag(),
        reliable: choices.flag(),
        predict: true,
        draw: true,
        ..ClientConfig::default()
    };
    let mut client = Client::new(config, now);
    let mut scene = Scene::default();
    let mut real = small_room::recorded().iter();
    while choices.any_left() {
        match choices.byte() % 4 {
            0 => now += Duration::from_millis(choices.word().into()),
            1 => {
                if let Some(message) = real.next() {
                    // An error is allowed: an earlier message may have ended the session or changed the map.
                    let _ = client.handle_message(message, now);
                }
            }
            2 => {
                let length = usize::from(choices.word()) % (DATAGRAM_BYTES_MAX + 1);
                let _ = client.handle_message(choices.bytes(length), now);
            }
            _ => client.set_intent(choices.input()),
        }
        client.advance(now);
        check_outputs(&mut client);
        client.fill_scene(&mut scene, now);
        while client.poll_event().is_some() {}
    }
}

fn check_outputs(client: &mut Client<World>) {
    let mut messages = 0;
    while let Some(output) = client.poll_output() {
        ClientMessage::decode(&output.bytes).expect("a client writes messages that can be read");
        messages += 1;
    }
    assert!(messages <= BURST_MAX, "{messages} messages at once");
}
