//! Events on their way from the rules to players.

use std::collections::VecDeque;

use crate::game::Audience;

/// Events on their way to their audience, in the order in which they happened. They travel reliably and in this order, beside the
/// snapshots: a client may have an event a few ticks before or after it shows the entities of that tick.
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
    /// Sends an event to everybody, spectators included.
    pub fn all(&mut self, event: E) {
        self.tell(Audience::All, event);
    }

    /// Sends an event to some.
    pub fn tell(&mut self, audience: Audience, event: E) {
        self.queue.push_back((audience, event));
    }

    /// The next event.
    pub fn poll(&mut self) -> Option<(Audience, E)> {
        self.queue.pop_front()
    }

    /// The number of events of this call so far. Nothing bounds it: a game that could fill a tick with cosmetic events leaves some out.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether there are none yet.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
