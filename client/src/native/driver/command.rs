//! The commands that tasks send to a driver thread.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use shared::wire::DisconnectReason;
use tokio::sync::oneshot;

use super::rider::Rider;
use crate::native::{LinkError, quic_config::Target};

/// See the module.
pub(super) enum Command {
    /// Open a QUIC connection.
    Connect { target: Box<Target>, reply: oneshot::Sender<Result<Ticket, LinkError>> },
    /// Take over a socket after its upgrade to WebSocket.
    Adopt { stream: std::net::TcpStream, reply: oneshot::Sender<Result<Ticket, LinkError>> },
    /// Play a session on a link that is open.
    Ride { link: usize, rider: Box<dyn Rider> },
    /// Close a link at once.
    GiveUp { link: Ticket, reason: DisconnectReason },
    /// Close a link after its messages have arrived, and send to `done` afterwards.
    Part { link: usize, reason: DisconnectReason, done: oneshot::Sender<()> },
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect { .. } => "Connect",
            Self::Adopt { .. } => "Adopt",
            Self::Ride { .. } => "Ride",
            Self::GiveUp { .. } => "GiveUp",
            Self::Part { .. } => "Part",
        })
    }
}

/// A handle of a link. The driver closes a link whose ticket was dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    key: usize,
    held: Arc<()>,
}

impl Ticket {
    pub(super) fn new(key: usize) -> Self {
        Self { key, held: Arc::new(()) }
    }

    pub(super) const fn key(&self) -> usize {
        self.key
    }

    /// A weak reference, by which the driver sees that the ticket was dropped.
    pub(super) fn stub(&self) -> Weak<()> {
        Arc::downgrade(&self.held)
    }
}
