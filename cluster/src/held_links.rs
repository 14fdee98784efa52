//! Links of players that wait at a standby: for its claim, or for the end of a move.

use std::time::Duration;

use crate::{
    action::{Action, Refusal},
    context::Context,
    id::{LinkId, SessionId},
    limits::HELD_LINKS_MAX,
    notice::Notice,
};

/// The links that wait for one room.
#[derive(Debug, Default)]
pub(crate) struct HeldLinks {
    links: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    link: LinkId,
    session: SessionId,
    returns: bool,
    until: Duration,
}

impl HeldLinks {
    /// Holds a link: false if there are too many, and it was refused.
    pub(crate) fn hold(&mut self, context: &mut Context, link: LinkId, session: SessionId, returns: bool) -> bool {
        if self.links.len() >= HELD_LINKS_MAX {
            context.notice(Notice::AtBound("links"));
            context.act(Action::Refuse(link, Refusal::Wait));
            return false;
        }
        let until = context.now + context.config.timing.hold_link;
        self.links.push(Held { link, session, returns, until });
        true
    }

    /// A link is gone: whether it waited here.
    pub(crate) fn gone(&mut self, link: LinkId) -> bool {
        let before = self.links.len();
        self.links.retain(|held| held.link != link);
        self.links.len() != before
    }

    /// Refuses the links that have waited for too long.
    pub(crate) fn poll(&mut self, context: &mut Context) {
        let now = context.now;
        for held in self.links.extract_if(.., |held| held.until <= now) {
            context.act(Action::Refuse(held.link, Refusal::Wait));
        }
    }

    /// Refuses all.
    pub(crate) fn refuse(&mut self, context: &mut Context, refusal: Refusal) {
        for held in self.links.drain(..) {
            context.act(Action::Refuse(held.link, refusal));
        }
    }

    pub(crate) fn count(&self) -> u16 {
        u16::try_from(self.links.len()).unwrap_or(u16::MAX)
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.links.iter().map(|held| held.until).min()
    }

    /// The links, their sessions, and whether these had a seat before.
    pub(crate) fn into_hellos(self) -> Vec<(LinkId, SessionId, bool)> {
        self.links.into_iter().map(|held| (held.link, held.session, held.returns)).collect()
    }
}
