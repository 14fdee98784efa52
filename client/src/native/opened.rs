//! An open link: a stock one, or one of a driver thread.

use std::time::Instant;

use shared::wire::DisconnectReason;

use crate::{
    native::{DrivenLink, Link, Pilot, RunError, Session, run},
    told::Ending,
};

/// See the module.
#[derive(Debug)]
pub enum Opened {
    /// A link that the caller's task drives.
    Stock(Link),
    /// A link that a driver thread drives.
    Driven(DrivenLink),
}

impl Opened {
    /// Returns true if the transport itself loses and reorders nothing.
    pub const fn is_reliable(&self) -> bool {
        match self {
            Self::Stock(link) => link.is_reliable(),
            Self::Driven(link) => link.is_reliable(),
        }
    }

    /// Plays a session until it has ended, and returns it. Times count from `start`, the same for all sessions of a process. If the
    /// future of a driven link is dropped, the session is lost.
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

    /// Closes the link with a reason at once. Messages in flight may be lost.
    pub fn give_up(self, reason: DisconnectReason) {
        match self {
            Self::Stock(link) => link.give_up(reason),
            Self::Driven(link) => link.give_up(reason),
        }
    }

    /// Closes the link with a reason, after all reliable messages have arrived or a short time-out has passed.
    pub async fn close(self, reason: DisconnectReason) {
        match self {
            Self::Stock(link) => link.close(reason).await,
            Self::Driven(link) => link.close(reason).await,
        }
    }
}
