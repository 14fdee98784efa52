//! A session as a page holds it. [`player!`](crate::player) hands it to the page.

use std::time::Duration;

use client::{Channel, Client, ClientConfig, Output};
use shared::{
    PlayerId,
    game::{Game, Input},
};

use crate::{Page, figures, frame::Frame, told};

/// A player's end of a session. Times are milliseconds of `performance.now()`.
#[derive(Debug)]
pub struct Session<P: Page> {
    client: Client<P::Game>,
    frame: Frame<P>,
    /// Whether the output handed out last must arrive.
    reliable: bool,
}

impl<P: Page> Session<P> {
    /// Says hello with the ticket of `POST /api/join`. `reliable`: the link loses nothing (WebSocket).
    pub fn new(ticket: String, name: String, reliable: bool, now_ms: f64) -> Self {
        let config = ClientConfig { ticket, name, reliable, predict: true, draw: true, ..ClientConfig::default() };
        Self { client: Client::new(config, time(now_ms)), frame: Frame::default(), reliable: true }
    }

    /// Takes in a message from the server. Gives what was wrong with one that makes no sense: end the session then.
    pub fn handle_message(&mut self, bytes: &[u8], now_ms: f64) -> Option<String> {
        self.client.handle_message(bytes, time(now_ms)).err().map(|error| error.to_string())
    }

    /// What the player wants from now on.
    pub fn set_intent(&mut self, intent: <P::Game as Game>::Input) {
        self.client.set_intent(intent);
    }

    /// The same by the numbers that the layout names.
    pub fn set_input(&mut self, numbers: &[f64]) {
        self.client.set_intent(Input::from_numbers(&mut numbers.iter().copied()));
    }

    /// Makes the inputs and pings whose time has come; poll the outputs after it.
    pub fn advance(&mut self, now_ms: f64) {
        self.client.advance(time(now_ms));
    }

    /// When [`Session::advance`] has something to do next.
    pub fn next_wake_ms(&self) -> f64 {
        self.client.next_wake().as_secs_f64() * 1e3
    }

    /// Ticks whose inputs were made so far.
    pub fn inputs_made(&self) -> f64 {
        self.client.stats().counters.inputs as f64
    }

    /// The next message to send; [`Session::output_is_reliable`] says how.
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
            if let Some(told) = told::json::<P>(&event, self.client.welcome()) {
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

    /// Writes what is to be seen now; read it through [`Session::frame`].
    pub fn fill_frame(&mut self, now_ms: f64) {
        self.frame.fill(&mut self.client, time(now_ms));
    }

    /// The moment that the frame shows, in ticks of the room.
    pub fn render_tick(&self) -> f64 {
        self.frame.render_tick()
    }

    /// The map as JSON, once told.
    pub fn map(&self) -> Option<String> {
        self.client.view().map().map(P::map)
    }

    /// Figures of the network overlay as JSON.
    pub fn figures(&mut self) -> String {
        figures::json(&mut self.client)
    }

    /// The floats of the frame.
    pub fn frame(&self) -> &[f32] {
        self.frame.values()
    }
}

fn time(ms: f64) -> Duration {
    // A clock that runs backwards, or says nonsense, stands still.
    Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_time_is_the_start() {
        for ms in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(time(ms), Duration::ZERO);
        }
        assert_eq!(time(1500.0), Duration::from_millis(1500));
    }
}
