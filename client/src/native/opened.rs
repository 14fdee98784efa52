//! A link as it was opened: stock, or driven by a thread of many.

use std::time::Instant;

use shared::wire::DisconnectReason;

use crate::{
    native::{DrivenLink, Link, Pilot, RunError, Session, run},
    told::Ending,
};

/// See the module.
#[derive(Debug)]
pub enum Opened {
    /// Its own task drives it.
    Stock(Link),
    /// A driver does.
    Driven(DrivenLink),
}

impl Opened {
    /// Whether the transport itself loses and reorders nothing.
    pub const fn is_reliable(&self) -> bool {
        match self {
            Self::Stock(link) => link.is_reliable(),
            Self::Driven(link) => link.is_reliable(),
        }
    }

    /// Plays a session until it has ended. Time is since `start`, the same for all sessions of a process. Whoever stops waiting
    /// for a driven one loses it.
    pub async fn run<P: Pilot + Send + 'static>(
        &mut self,
        mut session: Box<Session<P>>,
        start: Instant,
    ) -> (Box<Session<P>>, Result<Ending, RunError>) {
        match self {
            Self::Stock(link) => {
                let outcome = run(&mut session, link, start).await;
                (session, outcome)
            }
            Self::Driven(link) => link.run(session, start).await,
        }
    }

    /// Gives the link up and says why, without waiting for anything.
    pub fn give_up(self, reason: DisconnectReason) {
        match self {
            Self::Stock(link) => link.give_up(reason),
            Self::Driven(link) => link.give_up(reason),
        }
    }

    /// Closes the link, after what was sent reliably has arrived or a moment has passed.
    pub async fn close(self, reason: DisconnectReason) {
        match self {
            Self::Stock(link) => link.close(reason).await,
            Self::Driven(link) => link.close(reason).await,
        }
    }
}
