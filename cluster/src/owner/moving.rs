//! The owner's part in each state of a move; the table stands in `transfer`.

use std::time::Duration;

use super::Owner;
use crate::{
    action::Action,
    context::Context,
    limits::CLAIM_LAG_TICKS,
    message::Message,
    notice::{MoveFailure, Notice},
    transfer::Transfer,
};

/// How often the new owner hears that the room is its own.
const REPEAT: Duration = Duration::from_millis(50);

impl Owner {
    pub(crate) fn poll_transfer(&mut self, context: &mut Context) {
        let now = context.now;
        let follows = |to| self.standby.is_some_and(|standby| standby.node == to && context.members.is_alive(standby));
        match self.transfer {
            Transfer::Idle | Transfer::Sealing { .. } => {}
            Transfer::Placing { until, .. } if now >= until => self.abandon(context, MoveFailure::Behind),
            Transfer::Placing { to, .. } => {
                let near = self.feed.acked().is_some_and(|acked| self.last.since(acked) <= CLAIM_LAG_TICKS * 2);
                if follows(to) && near && self.doubt.is_sure() {
                    let until = now + context.config.timing.move_links;
                    self.transfer = Transfer::Opening { to, until, links: 0 };
                    context.act(Action::OpenLinks(self.room, to));
                    self.poll_transfer(context);
                }
            }
            Transfer::Opening { to, .. } if !follows(to) => self.abandon(context, MoveFailure::Behind),
            Transfer::Opening { to, until, links } => {
                if now >= until || usize::from(links) >= self.seats.seated() {
                    self.transfer = Transfer::Sealing { to };
                    context.act(Action::Seal(self.room));
                }
            }
            Transfer::Sealed { to, until, .. } if now >= until || !follows(to) => {
                self.transfer = Transfer::Unsealing { to, next_ask: now };
                self.poll(context);
            }
            Transfer::Sealed { to, last, until, repeat } => {
                if now >= repeat {
                    context.publish(Some(to), &Message::Seal { room: self.room, epoch: self.epoch, last });
                    self.transfer = Transfer::Sealed { to, last, until, repeat: now + REPEAT };
                }
            }
            Transfer::Unsealing { to, next_ask } => {
                if now >= next_ask {
                    self.transfer = Transfer::Unsealing { to, next_ask: now + context.config.timing.retry };
                    if let Some(standby) = self.standby {
                        self.ask_standby(context, standby, true);
                    }
                }
            }
        }
    }

    /// The new owner did not claim, and cannot any more.
    pub(crate) fn unseal(&mut self, context: &mut Context) {
        self.abandon(context, MoveFailure::NoClaim);
        self.serve(context);
    }

    /// Gives a move up.
    pub(crate) fn abandon(&mut self, context: &mut Context, why: MoveFailure) {
        if self.transfer.is_sealed() {
            context.act(Action::Unseal(self.room));
        }
        self.transfer = Transfer::Idle;
        context.notice(Notice::MoveFailed(self.room, why));
    }
}
