//! Bounds the number of lines that wait to be sent; lines beyond the bound are dropped and counted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    logs::{LogProcessor, SdkLogRecord},
};

use super::count;

/// The bound, in front of the queue that holds the lines.
#[derive(Debug)]
pub(super) struct Waiting {
    lines: Arc<AtomicUsize>,
    most: usize,
}

/// The sender's end, which reports lines that no longer wait.
#[derive(Debug)]
pub(super) struct Left(Arc<AtomicUsize>);

impl Waiting {
    pub(super) fn new(most: usize) -> (Self, Left) {
        let lines = Arc::new(AtomicUsize::new(0));
        (Self { lines: Arc::clone(&lines), most }, Left(lines))
    }

    /// Puts the bound in front of `queue`, which must hold as many lines.
    pub(super) fn before<Queue: LogProcessor>(self, queue: Queue) -> Bounded<Queue> {
        Bounded { waiting: self, queue }
    }

    /// Counts a line; false if the bound is reached.
    fn enter(&self) -> bool {
        let more = |lines: usize| (lines < self.most).then_some(lines + 1);
        self.lines.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

impl Left {
    pub(super) fn leave(&self, lines: usize) {
        self.0.fetch_sub(lines, Ordering::Relaxed);
    }
}

/// A queue that never overflows.
#[derive(Debug)]
pub(super) struct Bounded<Queue> {
    waiting: Waiting,
    queue: Queue,
}

impl<Queue: LogProcessor> LogProcessor for Bounded<Queue> {
    fn emit(&self, line: &mut SdkLogRecord, scope: &InstrumentationScope) {
        match self.waiting.enter() {
            true => self.queue.emit(line, scope),
            false => count("dropped", 1),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.queue.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.queue.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.queue.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_wait_than_may() {
        let (waiting, left) = Waiting::new(2);
        assert_eq!([waiting.enter(), waiting.enter(), waiting.enter()], [true, true, false]);
        left.leave(1);
        assert_eq!([waiting.enter(), waiting.enter()], [true, false]);
    }
}
