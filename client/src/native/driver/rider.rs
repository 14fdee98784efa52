//! A session of any pilot on its ride through a driver.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{
    native::{LinkError, Pilot, RunError, Session},
    told::{Channel, Ending, Output},
};

/// What a driver does with a session, see [`Session`]; in its own time.
pub(super) trait Rider: Send {
    fn is_reading(&self) -> bool;
    fn handle_message(&mut self, channel: Channel, bytes: Bytes, now: Instant) -> Result<(), RunError>;
    fn turn(&mut self, now: Instant) -> Result<(), RunError>;
    fn poll_output(&mut self, now: Instant) -> Option<Output>;
    fn next_wake(&self, now: Instant) -> Instant;
    fn ending(&self) -> Option<Ending>;
    fn handle_lost(&self, error: LinkError) -> Result<Ending, RunError>;
    /// Gives the session back to whoever handed it over.
    fn get_off(self: Box<Self>, outcome: Result<Ending, RunError>);
}

/// See the module.
pub(super) struct Riding<P: Pilot> {
    pub(super) session: Session<P>,
    start: Instant,
    /// The time it has been told last, since `start`.
    latest: Duration,
    done: Option<Done<P>>,
}

/// Whoever waits for its end gets it back as it is.
pub(super) type Done<P> = oneshot::Sender<(Box<Riding<P>>, Result<Ending, RunError>)>;

impl<P: Pilot> Riding<P> {
    /// Gets on.
    #[expect(clippy::boxed_local, reason = "the box it came in is gone before the ride begins")]
    pub(super) fn new(session: Box<Session<P>>, start: Instant, done: Done<P>) -> Box<Self> {
        Box::new(Self { session: *session, start, latest: Duration::ZERO, done: Some(done) })
    }

    /// Time never goes back, even if a message is handled that arrived before the last turn.
    fn since_start(&self, now: Instant) -> Duration {
        self.latest.max(now.saturating_duration_since(self.start))
    }

    fn advance(&mut self, now: Instant) -> Duration {
        self.latest = self.since_start(now);
        self.latest
    }
}

impl<P: Pilot + Send> Rider for Riding<P> {
    fn is_reading(&self) -> bool {
        self.session.is_reading()
    }

    fn handle_message(&mut self, channel: Channel, bytes: Bytes, now: Instant) -> Result<(), RunError> {
        let now = self.advance(now);
        self.session.handle_message(channel, bytes, now)
    }

    fn turn(&mut self, now: Instant) -> Result<(), RunError> {
        let now = self.advance(now);
        self.session.turn(now)
    }

    fn poll_output(&mut self, now: Instant) -> Option<Output> {
        let now = self.advance(now);
        self.session.poll_output(now)
    }

    fn next_wake(&self, now: Instant) -> Instant {
        self.start + self.session.next_wake(self.since_start(now))
    }

    fn ending(&self) -> Option<Ending> {
        self.session.ending().cloned()
    }

    fn handle_lost(&self, error: LinkError) -> Result<Ending, RunError> {
        self.session.handle_lost(error)
    }

    fn get_off(mut self: Box<Self>, outcome: Result<Ending, RunError>) {
        if let Some(done) = self.done.take() {
            // Nobody may be waiting any more.
            let _ = done.send((self, outcome));
        }
    }
}
