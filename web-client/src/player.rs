//! [`Player`]: a session as a page holds it.

use std::{f64::consts::TAU, time::Duration};

use arena::{
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::World,
};
use client::{Channel, Client, ClientConfig, Output};
use shared::PlayerId;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{figures, frame::Frame, map, told};

/// A player's end of a session. Times are milliseconds of `performance.now()`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Player {
    client: Client<World>,
    frame: Frame,
    /// Whether the output handed out last must arrive.
    reliable: bool,
}

#[wasm_bindgen]
impl Player {
    /// Says hello with the ticket of `POST /api/join`. `reliable`: the link loses nothing (WebSocket).
    #[wasm_bindgen(constructor)]
    pub fn new(ticket: String, name: String, reliable: bool, now_ms: f64) -> Self {
        let config = ClientConfig { ticket, name, reliable, predict: true, draw: true, ..ClientConfig::default() };
        Self { client: Client::new(config, time(now_ms)), frame: Frame::default(), reliable: true }
    }

    /// Takes in a message from the server. Gives what was wrong with one that makes no sense: end the session then.
    pub fn handle_message(&mut self, bytes: &[u8], now_ms: f64) -> Option<String> {
        self.client.handle_message(bytes, time(now_ms)).err().map(|error| error.to_string())
    }

    /// What the player wants from now on. Angles are radians clockwise from the right; a heading that is no number is
    /// no thrust. `buttons` is a sum of 1 fire and 2 dash.
    pub fn set_intent(&mut self, heading: f64, aim: f64, buttons: u8) {
        let heading = if heading.is_finite() { Heading::from_aim(aim_units(heading)) } else { Heading::NONE };
        let buttons = Buttons::new(buttons & Buttons::ALL).unwrap_or_default();
        self.client.set_intent(Input { heading, aim: aim_units(aim), buttons });
    }

    /// Makes the inputs and pings whose time has come; poll the outputs after it.
    pub fn advance(&mut self, now_ms: f64) {
        self.client.advance(time(now_ms));
    }

    /// When [`Player::advance`] has something to do next.
    pub fn next_wake_ms(&self) -> f64 {
        self.client.next_wake().as_secs_f64() * 1e3
    }

    /// Ticks whose inputs were made so far.
    pub fn inputs_made(&self) -> f64 {
        self.client.stats().counters.inputs as f64
    }

    /// The next message to send; [`Player::output_is_reliable`] says how.
    pub fn poll_output(&mut self) -> Option<Vec<u8>> {
        let Output { channel, bytes } = self.client.poll_output()?;
        self.reliable = channel == Channel::Reliable;
        Some(bytes)
    }

    /// Whether the message polled last must arrive.
    pub fn output_is_reliable(&self) -> bool {
        self.reliable
    }

    /// The next thing that happened, as JSON with a `kind`.
    pub fn poll_event(&mut self) -> Option<String> {
        loop {
            let event = self.client.poll_event()?;
            if let Some(told) = told::json(&event, self.client.welcome()) {
                return Some(told);
            }
        }
    }

    /// Sends a line to everyone in the room.
    pub fn chat(&mut self, text: &str) {
        self.client.chat(text);
    }

    /// Shows what the player in a seat sees, to a spectator; poll the outputs after it.
    pub fn watch(&mut self, seat: u16) {
        self.client.watch(PlayerId(seat));
    }

    /// Leaves for good; poll the outputs after it.
    pub fn leave(&mut self) {
        self.client.leave();
    }

    /// Writes what is to be seen now; read it through [`Player::frame_pointer`].
    pub fn fill_frame(&mut self, now_ms: f64) {
        self.frame.fill(&mut self.client, time(now_ms));
    }

    /// Where in the module's memory the floats of the frame lie. Valid until the next call.
    pub fn frame_pointer(&self) -> usize {
        self.frame.values().as_ptr() as usize
    }

    /// How many floats the frame has.
    pub fn frame_length(&self) -> usize {
        self.frame.values().len()
    }

    /// The moment that the frame shows, in ticks of the room.
    pub fn render_tick(&self) -> f64 {
        self.frame.render_tick()
    }

    /// The map as JSON, once told.
    pub fn map(&self) -> Option<String> {
        self.client.view().map().map(|map| map::json(&map.map))
    }

    /// Figures of the network overlay as JSON.
    pub fn figures(&mut self) -> String {
        figures::json(&mut self.client)
    }
}

impl Player {
    /// The floats of the frame, for those who share the module's memory.
    pub fn frame(&self) -> &[f32] {
        self.frame.values()
    }
}

/// The version of the protocol that the module speaks, to compare with the server's before anything is opened.
#[wasm_bindgen]
pub fn protocol_version() -> u16 {
    shared::limits::PROTOCOL_VERSION
}

fn time(ms: f64) -> Duration {
    // A clock that runs backwards, or says nonsense, stands still.
    Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default()
}

fn aim_units(radians: f64) -> u16 {
    let turns = (radians / TAU).rem_euclid(1.0);
    // What is no number becomes 0.
    (turns * f64::from(AIM_TURN)).round() as u16 % AIM_TURN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_become_aims() {
        for (radians, aim) in [(0.0, 0), (TAU / 4.0, 256), (-TAU / 4.0, 768), (TAU, 0), (f64::NAN, 0)] {
            assert_eq!(aim_units(radians), aim, "{radians}");
        }
    }

    #[test]
    fn nonsense_time_is_the_start() {
        for ms in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(time(ms), Duration::ZERO);
        }
        assert_eq!(time(1500.0), Duration::from_millis(1500));
    }

    #[test]
    fn player_says_hello_first_and_reliably() {
        let mut player = Player::new("ticket".into(), "Ada".into(), false, 0.0);
        let hello = player.poll_output().unwrap();
        assert_eq!(hello[1], shared::wire::kind::HELLO);
        assert!(player.output_is_reliable());
        assert_eq!(player.poll_output(), None);
        assert_eq!((player.frame_length(), player.map()), (0, None));
    }
}
