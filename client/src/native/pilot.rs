//! Who steers a client, on whatever link.

use std::time::Duration;

use shared::{Tick, game::Game};

use crate::{client::Client, native::way::Way};

/// Who steers.
pub trait Pilot {
    /// What is played.
    type Game: Game;

    /// The intent for `tick`, asked just before it is sent.
    fn steer(&mut self, client: &Client<Self::Game>, tick: Tick) -> <Self::Game as Game>::Input;

    /// Looks at a client after something may have arrived, to poll its events and measurements.
    fn observe(&mut self, client: &mut Client<Self::Game>, now: Duration);

    /// The link of `client` has ended, for whatever reason; what it counted is about to be forgotten.
    fn link_ended(&mut self, _client: &mut Client<Self::Game>, _now: Duration) {}

    /// The link was lost, and attempts to come back begin after the pause that this gives, on the way that it leaves. A
    /// [`ClientEvent::Joined`](crate::ClientEvent::Joined) tells that one was successful.
    fn link_lost(&mut self, _client: &Client<Self::Game>, _way: &mut Way<'_>, _why: &str, _now: Duration) -> Duration {
        Duration::ZERO
    }

    /// Whether to let go of the link as if the network had gone, for tests.
    fn wants_to_cut(&mut self, _now: Duration) -> bool {
        false
    }

    /// Whether it reads nothing now, and until when. Nothing is played meanwhile, but the server hears pings.
    fn stalls_until(&mut self, _now: Duration) -> Option<Duration> {
        None
    }

    /// Whether it has played enough.
    fn wants_to_leave(&self) -> bool {
        false
    }
}
