//! One link of a driver, and the session that plays on it.
//!
//! ```text
//! Opening ──handshake──> Idle ──a session starts──> Playing ──it ends, or is cut──> Idle ──> Parting ──> removed
//!    └────────────────────┴──────────────────────────┴──── the link's ticket was dropped ──────────────────^
//! ```

use std::{
    sync::Weak,
    time::{Duration, Instant},
};

use shared::wire::DisconnectReason;
use tokio::sync::oneshot;

use super::{command::Ticket, link::Wire, quic::Quic, rider::Rider};
use crate::native::{LinkError, newest::Newest};

/// One link.
pub(super) struct Driven {
    pub(super) wire: Wire,
    pub(super) stage: Stage,
    /// The newest input, while the link is blocked.
    pub(super) newest: Newest,
    /// A weak reference to the link's ticket.
    pub(super) held: Weak<()>,
    /// Arrival time of the first unread data. While it is set, the link is in the worker's list of links to read.
    pub(super) touched: Option<Instant>,
}

pub(super) enum Stage {
    /// The handshake is in progress.
    Opening(oneshot::Sender<Result<Ticket, LinkError>>),
    /// No session plays on the link: not yet, or not any more.
    Idle,
    Playing(Box<dyn Rider>),
    /// Our side is closed; the link waits for the server's close until `until`.
    Parting {
        reason: DisconnectReason,
        until: Instant,
        done: oneshot::Sender<()>,
    },
}

impl Driven {
    pub(super) fn new(wire: Wire, stage: Stage) -> Self {
        Self { wire, stage, newest: Newest::default(), held: Weak::new(), touched: None }
    }

    /// Records that data arrived at `at`. Returns true if the link must be added to the list of links to read.
    pub(super) fn touch(&mut self, at: Instant) -> bool {
        let first = self.touched.is_none();
        self.touched.get_or_insert(at);
        first
    }

    /// Returns true if no task uses the link any more.
    pub(super) fn is_forsaken(&self) -> bool {
        match &self.stage {
            Stage::Opening(reply) => reply.is_closed(),
            Stage::Parting { .. } => false,
            Stage::Idle | Stage::Playing(_) => self.held.strong_count() == 0,
        }
    }

    /// Sends what the transport holds, and then the input that waited.
    ///
    /// # Errors
    /// When the connection is lost.
    pub(super) fn flush(&mut self, quics: &mut [Quic], now: Instant) -> Result<(), LinkError> {
        self.wire.flush(quics, now)?;
        if let Some(output) = self.newest.poll(|| self.wire.has_room()) {
            self.wire.send(output, quics)?;
            self.wire.flush(quics, now)?;
        }
        Ok(())
    }

    /// Processes the events of the connection and leaves its messages unread.
    pub(super) fn poll_events(&mut self) {
        if let Wire::Quic(link) = &mut self.wire {
            link.poll_events();
        }
    }
}

/// Interval of checks of an idle link, mainly whether its ticket was dropped.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Delay of QUIC's timers on a link that plays. An acknowledgement can then travel with the next input and needs no packet of its
/// own. It is one tick at 20 Hz, and less than the time for which a server waits for an acknowledgement.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);
/// Time for the server's close, which it sends at its next tick after a leave.
pub(super) const PARTING: Duration = Duration::from_millis(500);
