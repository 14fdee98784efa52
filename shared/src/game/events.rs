//! The queue of events from the rules to the players.

use std::collections::VecDeque;

use crate::game::Audience;

/// A queue of events with their audiences, in the order in which they happened. They are sent reliably and in this order, but apart from
/// the snapshots: a client may have an event a few ticks before or after it shows the entities of that tick.
#[derive(Clone, PartialEq, Debug)]
pub struct Events<E> {
    queue: VecDeque<(Audience, E)>,
}

impl<E> Default for Events<E> {
    fn default() -> Self {
        Self { queue: VecDeque::new() }
    }
}

impl<E> Events<E> {
    /// Sends an event to all players and spectators.
    pub fn all(&mut self, event: E) {
        self.tell(Audience::All, event);
    }

    /// Sends an event to an audience.
    pub fn tell(&mut self, audience: Audience, event: E) {
        self.queue.push_back((audience, event));
    }

    /// The next event.
    pub fn poll(&mut self) -> Option<(Audience, E)> {
        self.queue.pop_front()
    }

    /// Number of events in the queue. The queue has no bound: a game with very many cosmetic events in a tick should leave some out.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Returns true if the queue is empty.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
