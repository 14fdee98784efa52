//! The states of one entity that snapshots have written, newest last: what later deltas may refer to.

use std::collections::VecDeque;

use shared::{Tick, entity::EntityState, limits::RECEIVED_STATES_MAX};

/// Received states; there is always one.
#[derive(Debug)]
pub(super) struct Received(VecDeque<(Tick, EntityState)>);

impl Received {
    pub(super) fn new(tick: Tick, state: EntityState) -> Self {
        Self(VecDeque::from([(tick, state)]))
    }

    pub(super) fn push(&mut self, tick: Tick, state: EntityState) {
        if self.0.len() == RECEIVED_STATES_MAX {
            self.0.pop_front();
        }
        self.0.push_back((tick, state));
    }

    /// The newest state received at or before `baseline`.
    pub(super) fn newest_until(&self, baseline: Tick) -> Option<(Tick, EntityState)> {
        self.0.iter().rev().find(|(tick, _)| *tick <= baseline).copied()
    }

    /// Lets go of what is older than the newest state at or before `baseline`.
    pub(super) fn forget_before(&mut self, baseline: Tick) {
        while self.0.get(1).is_some_and(|(tick, _)| *tick <= baseline) {
            self.0.pop_front();
        }
    }
}
