//! One link of a driver, and who is on it.
//!
//! ```text
//! Opening ──handshake──> Idle ──a session gets on──> Playing ──it ends, or is cut──> Idle ──> Parting ──> gone
//!    └────────────────────┴───────────────────────────┴──── nobody holds the link's ticket ────────────────^
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
    /// What waits for the link to take something again.
    pub(super) newest: Newest,
    /// Whether somebody holds it.
    pub(super) held: Weak<()>,
    /// When the first of what it has to read arrived; it is in the list of those who have.
    pub(super) touched: Option<Instant>,
}

pub(super) enum Stage {
    /// The handshake goes on.
    Opening(oneshot::Sender<Result<Ticket, LinkError>>),
    /// Nobody is on it: not yet, or not any more.
    Idle,
    Playing(Box<dyn Rider>),
    /// The end has been said, and the server's answer is awaited for a moment.
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

    /// Something has come for it at this time. True if it is to be put in the list of those with something to read.
    pub(super) fn touch(&mut self, at: Instant) -> bool {
        let first = self.touched.is_none();
        self.touched.get_or_insert(at);
        first
    }

    /// Whether nobody waits for anything of it any more.
    pub(super) fn is_forsaken(&self) -> bool {
        match &self.stage {
            Stage::Opening(reply) => reply.is_closed(),
            Stage::Parting { .. } => false,
            Stage::Idle | Stage::Playing(_) => self.held.strong_count() == 0,
        }
    }

    /// Lets the transport send what it holds, and what has waited for it.
    ///
    /// # Errors
    /// When the connection is gone.
    pub(super) fn flush(&mut self, quics: &mut [Quic], now: Instant) -> Result<(), LinkError> {
        self.wire.flush(quics, now)?;
        if let Some(output) = self.newest.poll(|| self.wire.has_room()) {
            self.wire.send(output, quics)?;
            self.wire.flush(quics, now)?;
        }
        Ok(())
    }

    /// Takes notice of what has arrived, and leaves it there.
    pub(super) fn poll_events(&mut self) {
        if let Wire::Quic(link) = &mut self.wire {
            link.poll_events();
        }
    }
}

/// Time between two looks at a link that has nothing to do, above all at whether somebody still holds it.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long timers of QUIC may wait for something to say, acknowledgements above all, which then need no packet of their own: one
/// tick at 20 Hz, and less than what any server waits for one.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);
/// A server answers a leave at its next tick.
pub(super) const PARTING: Duration = Duration::from_millis(500);
