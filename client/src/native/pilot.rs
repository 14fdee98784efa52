//! Who steers a client, on whatever link.

use std::time::Duration;

use arena::input::Input;
use shared::Tick;

use crate::{client::Client, native::way::Way};

/// Who steers.
pub trait Pilot {
    /// The intent for `tick`, asked just before it is sent.
    fn steer(&mut self, client: &Client, tick: Tick) -> Input;

    /// Looks at a client after something may have arrived, to poll its events and measurements.
    fn observe(&mut self, client: &mut Client, now: Duration);

    /// The link of `client` has ended, for whatever reason; what it counted is about to be forgotten.
    fn link_ended(&mut self, _client: &mut Client, _now: Duration) {}

    /// The link was lost, and attempts to come back begin after the pause that this gives, on the way that it leaves. A
    /// [`ClientEvent::Joined`](crate::ClientEvent::Joined) tells that one was successful.
    fn link_lost(&mut self, _client: &Client, _way: &mut Way<'_>, _why: &str, _now: Duration) -> Duration {
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
