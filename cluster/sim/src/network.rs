//! The network: which machines reach each other, and how long a message takes.

use std::collections::BTreeSet;

use fastrand::Rng;

use crate::store::Time;

/// One millisecond.
pub(crate) const MS: Time = 1_000_000;

/// The network of a run, in its present state.
pub(crate) struct Network {
    /// True if the broker runs.
    pub(crate) broker: bool,
    /// Nodes that do not reach the broker.
    pub(crate) off_broker: BTreeSet<usize>,
    /// Pairs of nodes that do not reach each other, smaller one first.
    pub(crate) apart: BTreeSet<(usize, usize)>,
    /// Nodes that no player reaches.
    pub(crate) off_players: BTreeSet<usize>,
    /// How bad it is, from 0 to 1.
    pub(crate) badness: f64,
}

impl Network {
    pub(crate) fn new(badness: f64) -> Self {
        Self {
            broker: true,
            off_broker: BTreeSet::new(),
            apart: BTreeSet::new(),
            off_players: BTreeSet::new(),
            badness,
        }
    }

    /// Everything works.
    pub(crate) fn heal(&mut self) {
        *self = Self::new(0.0);
    }

    /// True if nothing is wrong but latency.
    pub(crate) fn is_whole(&self) -> bool {
        self.broker && self.off_broker.is_empty() && self.apart.is_empty() && self.off_players.is_empty()
    }

    pub(crate) fn reaches_broker(&self, node: usize) -> bool {
        self.broker && !self.off_broker.contains(&node)
    }

    pub(crate) fn reach(&self, a: usize, b: usize) -> bool {
        !self.apart.contains(&(a.min(b), a.max(b)))
    }

    /// One way between a node and the broker, or two nodes: a fraction of a millisecond, seldom much more.
    pub(crate) fn delay(&self, rng: &mut Rng) -> Time {
        let usual = 100_000 + rng.u64(..700_000);
        if rng.f64() < 0.05 * self.badness { usual + rng.u64(..80 * MS) } else { usual }
    }

    /// One way between a player and a node.
    pub(crate) fn player_delay(&self, rng: &mut Rng) -> Time {
        5 * MS + rng.u64(..8 * MS) + if rng.f64() < 0.02 * self.badness { rng.u64(..60 * MS) } else { 0 }
    }

    /// True if a message of the broker is lost.
    pub(crate) fn loses(&self, rng: &mut Rng) -> bool {
        rng.f64() < 0.05 * self.badness
    }

    /// True if it comes twice.
    pub(crate) fn doubles(&self, rng: &mut Rng) -> bool {
        rng.f64() < 0.05 * self.badness
    }

    /// How late a request to the store comes beyond the usual, and whether its answer is lost.
    pub(crate) fn store_trouble(&self, rng: &mut Rng) -> (Time, bool) {
        let late = match rng.f64() {
            chance if chance < 0.03 * self.badness => rng.u64(..900 * MS),
            // The store itself stood still.
            chance if chance < 0.04 * self.badness => rng.u64(..6_000 * MS),
            _ => 0,
        };
        (late, rng.f64() < 0.03 * self.badness)
    }
}
