//! A player's session in a page. [`player!`](crate::player) exports it.

use std::time::Duration;

use client::{Channel, Client, ClientConfig, Output};
use shared::{
    PlayerId,
    game::{Game, Input},
};

use crate::{Page, figures, frame::Frame, told};

/// The client's end of a session. Times are milliseconds of `performance.now()`.
#[derive(Debug)]
pub struct Session<P: Page> {
    client: Client<P::Game>,
    frame: Frame<P>,
    /// True if the output polled last must be sent reliably.
    reliable: bool,
}

impl<P: Page> Session<P> {
    /// Starts a session with the ticket of `POST /api/join`. `reliable` is true for a link that loses nothing (WebSocket).
    pub fn new(ticket: String, name: String, reliable: bool, now_ms: f64) -> Self {
        let config = ClientConfig { ticket, name, reliable, predict: true, draw: true, ..ClientConfig::default() };
        Self { client: Client::new(config, time(now_ms)), frame: Frame::default(), reliable: true }
    }

    /// Handles a message from the server. Returns an error text if the message is invalid; the page should end the session then.
    pub fn handle_message(&mut self, bytes: &[u8], now_ms: f64) -> Option<String> {
        self.client.handle_message(bytes, time(now_ms)).err().map(|error| error.to_string())
    }

    /// Sets the input that is sent each tick from now on.
    pub fn set_intent(&mut self, intent: <P::Game as Game>::Input) {
        self.client.set_intent(intent);
    }

    /// Sets the input by its numbers, in the order of `input` in the layout.
    pub fn set_input(&mut self, numbers: &[f64]) {
        self.client.set_intent(Input::from_numbers(&mut numbers.iter().copied()));
    }

    /// Makes the inputs and pings that are due. Poll the outputs after it.
    pub fn advance(&mut self, now_ms: f64) {
        self.client.advance(time(now_ms));
    }

    /// Time at which [`Session::advance`] has something to do next.
    pub fn next_wake_ms(&self) -> f64 {
        self.client.next_wake().as_secs_f64() * 1e3
    }

    /// Inputs made so far, one per tick.
    pub fn inputs_made(&self) -> f64 {
        self.client.stats().counters.inputs as f64
    }

    /// Next message to send. [`Session::output_is_reliable`] gives its channel.
    pub fn poll_output(&mut self) -> Option<Vec<u8>> {
        let Output { channel, bytes } = self.client.poll_output()?;
        self.reliable = channel == Channel::Reliable;
        Some(bytes)
    }

    /// Returns true if the message polled last must be sent reliably.
    pub fn output_is_reliable(&self) -> bool {
        self.reliable
    }

    /// Next event, as JSON with a `kind`.
    pub fn poll_event(&mut self) -> Option<String> {
        loop {
            let event = self.client.poll_event()?;
            if let Some(told) = told::json::<P>(&event, self.client.welcome()) {
                return Some(told);
            }
        }
    }

    /// Sends a line of chat to the room.
    pub fn chat(&mut self, text: &str) {
        self.client.chat(text);
    }

    /// Asks the server to show this spectator the view of the player in a seat. Poll the outputs after it.
    pub fn watch(&mut self, seat: u16) {
        self.client.watch(PlayerId(seat));
    }

    /// Leaves the room and ends the session. Poll the outputs after it.
    pub fn leave(&mut self) {
        self.client.leave();
    }

    /// Writes the frame of `now_ms`; read it with [`Session::frame`].
    pub fn fill_frame(&mut self, now_ms: f64) {
        self.frame.fill(&mut self.client, time(now_ms));
    }

    /// Time at which the frame shows the entities of others, in ticks of the room.
    pub fn render_tick(&self) -> f64 {
        self.frame.render_tick()
    }

    /// The map as JSON, once it has arrived.
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
    // A negative or invalid time counts as 0.
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
