//! What tasks ask of a driver.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use shared::wire::DisconnectReason;
use tokio::sync::oneshot;

use super::rider::Rider;
use crate::native::{LinkError, quic_config::Target};

/// One request.
pub(super) enum Command {
    /// Open QUIC.
    Connect { target: Box<Target>, reply: oneshot::Sender<Result<Ticket, LinkError>> },
    /// Take over a socket after its upgrade to WebSocket.
    Adopt { stream: std::net::TcpStream, reply: oneshot::Sender<Result<Ticket, LinkError>> },
    /// Play a session on a link that is open.
    Ride { link: usize, rider: Box<dyn Rider> },
    /// Close a link at once.
    GiveUp { link: Ticket, reason: DisconnectReason },
    /// Close a link, and say when that is done.
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

/// Stands for a link as long as somebody holds it.
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

    /// Tells whether it is still held.
    pub(super) fn stub(&self) -> Weak<()> {
        Arc::downgrade(&self.held)
    }
}
