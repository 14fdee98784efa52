//! A type-erased session, so that a driver can hold sessions of different pilots.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{
    native::{LinkError, Pilot, RunError, Session},
    told::{Channel, Ending, Output},
};

/// The methods of [`Session`] that a driver calls, with `Instant`s in place of times since the start.
pub(super) trait Rider: Send {
    fn is_reading(&self) -> bool;
    fn handle_message(&mut self, channel: Channel, bytes: Bytes, now: Instant) -> Result<(), RunError>;
    fn turn(&mut self, now: Instant) -> Result<(), RunError>;
    fn poll_output(&mut self, now: Instant) -> Option<Output>;
    fn next_wake(&self, now: Instant) -> Instant;
    fn ending(&self) -> Option<Ending>;
    fn handle_lost(&self, error: LinkError) -> Result<Ending, RunError>;
    /// Returns the session to the task that waits for it.
    fn get_off(self: Box<Self>, outcome: Result<Ending, RunError>);
}

/// See the module.
pub(super) struct Riding<P: Pilot> {
    pub(super) session: Session<P>,
    start: Instant,
    /// The latest time passed to the session, since `start`.
    latest: Duration,
    done: Option<Done<P>>,
}

/// The channel that returns the session and its outcome to the waiting task.
pub(super) type Done<P> = oneshot::Sender<(Box<Riding<P>>, Result<Ending, RunError>)>;

impl<P: Pilot> Riding<P> {
    /// Wraps a session. `done` gets it back when it has ended.
    #[expect(clippy::boxed_local, reason = "the session moves out of its box into a new one")]
    pub(super) fn new(session: Box<Session<P>>, start: Instant, done: Done<P>) -> Box<Self> {
        Box::new(Self { session: *session, start, latest: Duration::ZERO, done: Some(done) })
    }

    /// Converts a time. The result never decreases, even for a message that arrived before the last turn.
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
            // The task may have stopped waiting.
            let _ = done.send((self, outcome));
        }
    }
}
