//! Counts about once a second the links of each state, held sessions, spectators and computer opponents, for metrics.

use std::time::Duration;

use metrics::gauge;
use room::Match;

use super::{share::Share, worker::Worker};
use crate::{
    base::label_values::LINK_STATES,
    net::{Transport, link_state::State},
};

/// Time between two counts: each link costs a cache miss.
const INTERVAL: Duration = Duration::from_secs(1);

/// The last counts.
pub(super) struct Census {
    next: Duration,
    links: [[Share; LINK_STATES.len()]; Transport::ALL.len()],
    blocked: [Share; Transport::ALL.len()],
    waiting: Share,
    conditioned: Share,
    spectators: Share,
    opponents: Share,
    held: Share,
}

impl Census {
    pub(super) fn new() -> Self {
        let links = |transport: Transport| {
            let transport = transport.label();
            let state = |index: usize| LINK_STATES[index];
            std::array::from_fn(|index| {
                Share::new(gauge!("ricochet_links", "transport" => transport, "state" => state(index)))
            })
        };
        Self {
            next: Duration::ZERO,
            links: Transport::ALL.map(links),
            blocked: Transport::ALL
                .map(|transport| Share::new(gauge!("ricochet_links_blocked", "transport" => transport.label()))),
            waiting: Share::new(gauge!("ricochet_handshakes_waiting")),
            conditioned: Share::new(gauge!("ricochet_links_conditioned")),
            spectators: Share::new(gauge!("ricochet_spectators")),
            opponents: Share::new(gauge!("ricochet_opponents")),
            held: Share::new(gauge!("ricochet_sessions_held")),
        }
    }
}

impl Worker {
    /// Counts again if the last count is older than [`INTERVAL`].
    pub(super) fn take_census(&mut self, now: Duration) {
        if now < self.census.next {
            return;
        }
        self.census.next = now + INTERVAL;
        let mut links = [[0; LINK_STATES.len()]; Transport::ALL.len()];
        let mut blocked = [0; Transport::ALL.len()];
        for (_, peer) in &self.peers {
            let transport = peer.link.transport().index();
            links[transport][state_index(peer.session.state())] += 1;
            blocked[transport] += usize::from(peer.session.is_blocked());
        }
        let census = &mut self.census;
        for (shares, counts) in census.links.iter_mut().zip(links) {
            shares.iter_mut().zip(counts).for_each(|(share, count)| share.set(count));
        }
        census.blocked.iter_mut().zip(blocked).for_each(|(share, count)| share.set(count));
        census.waiting.set(self.waiting.len());
        census.held.set(self.sessions.held());
        census.conditioned.set(self.conditioned.len());
        census.spectators.set(self.rooms.iter().map(|(_, hosted)| hosted.room.spectators()).sum());
        census.opponents.set(self.rooms.iter().map(|(_, hosted)| hosted.room.opponents()).sum());
    }
}

/// Position in [`LINK_STATES`].
fn state_index(state: State) -> usize {
    match state {
        State::Connecting => 0,
        State::Playing(_) => 1,
        State::Closing => 2,
    }
}
