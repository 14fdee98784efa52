//! A node that is about to end moves its rooms away, some at a time.
//!
//! ```text
//! state     event                                     next       what follows
//! Off       drain                                     Draining   the node's record says so: no room is placed here any more
//! Draining  a room is here and fewer than four move   Draining   move it to the best node; without one: "cannot move", once
//! Draining  a move failed                             Draining   try again after a second
//! Draining  no room is here                           Done       report it
//! ```
//! The host's grace period is the shell's: it ends the matches of rooms that cannot move.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    action::Action, context::Context, id::RoomId, limits::DRAIN_MOVES_MAX, notice::Notice, owner::Owner, placement,
};

/// Pause before a room is moved again.
const AGAIN: Duration = Duration::from_secs(1);

/// True if the node drains.
#[derive(Debug, Default)]
pub(crate) struct Drain {
    state: State,
    next: BTreeMap<RoomId, Duration>,
    cannot: BTreeSet<RoomId>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Off,
    Draining,
    Done,
}

impl Drain {
    /// True if it was not draining already.
    pub(crate) fn begin(&mut self) -> bool {
        let begins = self.state == State::Off;
        if begins {
            self.state = State::Draining;
        }
        begins
    }

    pub(crate) fn poll(&mut self, context: &mut Context, owned: &mut BTreeMap<RoomId, Owner>) {
        if self.state != State::Draining {
            return;
        }
        if owned.is_empty() {
            self.state = State::Done;
            context.act(Action::Drained);
            return;
        }
        let mut moving = owned.values().filter(|owner| !owner.transfer.is_idle()).count();
        for (&room, owner) in owned.iter_mut() {
            if moving >= DRAIN_MOVES_MAX {
                break;
            }
            let early = self.next.get(&room).is_some_and(|&next| context.now < next);
            if early || !owner.transfer.is_idle() || !context.synced {
                continue;
            }
            let kept = owner
                .standby
                .map(|standby| standby.node)
                .filter(|&node| context.members.get(node).is_some_and(|member| placement::is_fit(member, &owner.spec)));
            let me = context.config.node;
            let to = kept.or_else(|| placement::standby(&context.members, me, room, &owner.spec, None));
            self.next.insert(room, context.now + AGAIN);
            match to {
                Some(to) => moving += usize::from(owner.begin_move(context, to)),
                None if self.cannot.insert(room) => context.notice(Notice::CannotMove(room)),
                None => {}
            }
        }
    }
}
