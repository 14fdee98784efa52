//! The trait of the code that steers a client: a bot, a test or a game's window.

use std::time::Duration;

use shared::{Tick, game::Game};

use crate::{client::Client, native::way::Way};

/// See the module.
pub trait Pilot {
    /// The game that it plays.
    type Game: Game;

    /// Returns the input for `tick`. Called just before the input is sent.
    fn steer(&mut self, client: &Client<Self::Game>, tick: Tick) -> <Self::Game as Game>::Input;

    /// Called after messages may have arrived, to poll the client's events and measurements.
    fn observe(&mut self, client: &mut Client<Self::Game>, now: Duration);

    /// Called when the link of `client` has ended, for any reason. The client and its counters are dropped afterwards.
    fn link_ended(&mut self, _client: &mut Client<Self::Game>, _now: Duration) {}

    /// Called when the link was lost. Attempts to reconnect begin after the pause that this returns; they use `_way`, which may be
    /// changed here. A [`ClientEvent::Joined`](crate::ClientEvent::Joined) follows when an attempt was successful.
    fn link_lost(&mut self, _client: &Client<Self::Game>, _way: &mut Way<'_>, _why: &str, _now: Duration) -> Duration {
        Duration::ZERO
    }

    /// Returns true to drop the link without a close, as if the network had failed. For tests.
    fn wants_to_cut(&mut self, _now: Duration) -> bool {
        false
    }

    /// Returns a time until which the client reads and plays nothing, to simulate a stalled program. Pings keep the session alive.
    fn stalls_until(&mut self, _now: Duration) -> Option<Duration> {
        None
    }

    /// Returns true to leave the room.
    fn wants_to_leave(&self) -> bool {
        false
    }
}
