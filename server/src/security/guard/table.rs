//! The counts and rates of each address and network. A core: time is an argument.
//!
//! ```text
//!                      ┌─ its customer: the IPv4 address, or the /64 of IPv6 ─┐
//! 203.0.113.7  admit ──┤                                                      ├── both must allow it, or neither counts it
//!                      └─ its site: the /24, or the /48 of IPv6 ──────────────┘
//! ```
//!
//! An entry that holds nothing and whose buckets are all full means the same as a missing one, so it is dropped. If the
//! table is still full, other entries that hold nothing are dropped, those that were idle longest first.

use std::{
    collections::{HashMap, hash_map::RandomState},
    net::IpAddr,
    time::Duration,
};

use super::{
    bounds::Bounds,
    limit::{Held, Limit, Paced},
};
use crate::config::Network;

/// The customer of an address, and its site.
pub(super) type Keys = [Network; 2];

/// The entries by network, bounded in number.
#[derive(Debug)]
pub(super) struct Table {
    /// The hash is keyed with a secret, because attackers choose addresses.
    entries: HashMap<Network, Entry, RandomState>,
    entries_max: usize,
    /// No room can be made before this time.
    full_until: Duration,
    next_sweep: Duration,
}

/// 144 bytes, 168 with its key; with the map's spare room some 220 (`entry_size_is_as_told`).
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    held: [u32; Held::ALL.len()],
    /// The time when each bucket is full again.
    full_at: [Duration; Paced::ALL.len()],
    seen: Duration,
}

/// The limit that would be exceeded, and the network that would exceed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Excess {
    pub(super) limit: Limit,
    pub(super) network: Network,
    pub(super) most: u32,
    /// Time until another try can succeed.
    pub(super) wait: Duration,
}

/// A guess of the time until a held thing is released.
const HELD_WAIT: Duration = Duration::from_secs(5);
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Pause before the next search for idle entries, if the last one found none.
const FULL_PAUSE: Duration = Duration::from_secs(1);

/// Customer and site of an address.
pub(super) fn keys(address: IpAddr) -> Keys {
    [Network::of_customer(address), Network::of_site(address)]
}

impl Table {
    pub(super) fn new(entries_max: usize) -> Self {
        Self { entries: HashMap::default(), entries_max, full_until: Duration::ZERO, next_sweep: Duration::ZERO }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Counts one of each of `held`, and the cost of each of `paced`, or nothing at all. With a cost of 0 it only checks that the rate
    /// is not overdrawn. `bounds` are those of a customer and of a site.
    ///
    /// # Errors
    /// The limit that would be exceeded.
    pub(super) fn admit(
        &mut self,
        keys: &Keys,
        held: &[Held],
        paced: &[(Paced, u32)],
        bounds: &[Bounds; 2],
        now: Duration,
    ) -> Result<(), Excess> {
        for (&network, bounds) in keys.iter().zip(bounds) {
            let entry = self.entries.get(&network).copied().unwrap_or_default();
            for &what in held {
                let most = bounds.held(what);
                if entry.held[what as usize] >= most {
                    return Err(Excess { limit: what.limit(), network, most, wait: HELD_WAIT });
                }
            }
            for &(what, cost) in paced {
                let (most, rate) = (bounds.paced(what), bounds.rate(what));
                let wait = rate.wait(entry.full_at[what as usize], cost, now);
                if most == 0 || !wait.is_zero() {
                    return Err(Excess { limit: what.limit(), network, most, wait });
                }
            }
        }
        self.make_room(keys, now)?;
        for (&network, bounds) in keys.iter().zip(bounds) {
            let entry = self.entries.entry(network).or_default();
            entry.seen = now;
            for &what in held {
                entry.held[what as usize] += 1;
            }
            for &(what, cost) in paced {
                let full_at = &mut entry.full_at[what as usize];
                *full_at = bounds.rate(what).taken(*full_at, cost, now);
            }
        }
        Ok(())
    }

    /// Releases counts.
    pub(super) fn release<'a>(&mut self, keys: impl IntoIterator<Item = &'a Network>, held: &[Held], now: Duration) {
        for network in keys {
            let Some(entry) = self.entries.get_mut(network) else { continue };
            entry.seen = now;
            for &what in held {
                let count = &mut entry.held[what as usize];
                debug_assert!(*count > 0, "what is given back was held");
                *count = count.saturating_sub(1);
            }
        }
    }

    /// Moves counts from `from` to `to`, or changes nothing. `None` is an exempt network, where nothing is counted. A network
    /// that is in both keeps its counts.
    ///
    /// # Errors
    /// The limit that would be exceeded under `to`.
    pub(super) fn transfer(
        &mut self,
        from: Option<&Keys>,
        to: Option<&Keys>,
        held: &[Held],
        bounds: &[Bounds; 2],
        now: Duration,
    ) -> Result<(), Excess> {
        let is_in = |keys: Option<&Keys>, network: &Network| keys.is_some_and(|keys| keys.contains(network));
        let gained = to.into_iter().flatten().zip(bounds).filter(|(network, _)| !is_in(from, network));
        for (&network, bounds) in gained.clone() {
            let entry = self.entries.get(&network).copied().unwrap_or_default();
            if let Some(&what) = held.iter().find(|&&what| entry.held[what as usize] >= bounds.held(what)) {
                return Err(Excess { limit: what.limit(), network, most: bounds.held(what), wait: HELD_WAIT });
            }
        }
        if let Some(to) = to {
            self.make_room(to, now)?;
        }
        for (&network, _) in gained {
            let entry = self.entries.entry(network).or_default();
            entry.seen = now;
            for &what in held {
                entry.held[what as usize] += 1;
            }
        }
        let lost = from.into_iter().flatten().filter(|network| !is_in(to, network));
        self.release(lost, held, now);
        Ok(())
    }

    /// Charges traffic that has already been received.
    ///
    /// # Errors
    /// The limit that was exceeded, and the share of it for each connection.
    pub(super) fn charge(
        &mut self,
        keys: &Keys,
        costs: &[(Paced, u32)],
        bounds: &[Bounds; 2],
        now: Duration,
    ) -> Result<(), (Excess, u32)> {
        let mut outcome = Ok(());
        for (&network, bounds) in keys.iter().zip(bounds) {
            // A sender holds a connection or was just admitted, so it has an entry.
            let Some(entry) = self.entries.get_mut(&network) else { continue };
            for &(what, cost) in costs {
                let (most, rate) = (bounds.paced(what), bounds.rate(what));
                let full_at = &mut entry.full_at[what as usize];
                let wait = rate.wait(*full_at, cost, now);
                *full_at = rate.charged(*full_at, cost, now);
                if !wait.is_zero() && outcome.is_ok() {
                    let share = most / entry.held[Held::Connection as usize].max(1);
                    outcome = Err((Excess { limit: what.limit(), network, most, wait }, share));
                }
            }
        }
        outcome
    }

    /// The time of the next sweep.
    pub(super) fn next_sweep(&self) -> Duration {
        self.next_sweep
    }

    /// Drops entries that mean the same as a missing one.
    pub(super) fn expire(&mut self, now: Duration) {
        self.next_sweep = now + SWEEP_INTERVAL;
        self.entries.retain(|_, entry| entry.is_busy() || !entry.is_full(now));
        if self.entries.capacity() > 4 * self.entries.len() {
            self.entries.shrink_to(2 * self.entries.len());
        }
    }

    /// Makes room for the entries of `keys`.
    fn make_room(&mut self, keys: &Keys, now: Duration) -> Result<(), Excess> {
        let missing = keys.iter().filter(|key| !self.entries.contains_key(key)).count();
        if self.entries.len() + missing <= self.entries_max {
            return Ok(());
        }
        let excess =
            Excess { limit: Limit::Addresses, network: keys[0], most: self.entries_max as u32, wait: HELD_WAIT };
        if now < self.full_until {
            return Err(excess);
        }
        self.expire(now);
        // An eighth is freed at once, so that the cost of the search is spread over many newcomers.
        let goal = self.entries_max - self.entries_max / 8;
        if self.entries.len() > goal {
            let mut idle: Vec<(Duration, Network)> = self
                .entries
                .iter()
                .filter(|(_, entry)| !entry.is_busy())
                .map(|(&key, entry)| (entry.seen, key))
                .collect();
            let surplus = (self.entries.len() - goal).min(idle.len());
            if surplus > 0 && surplus < idle.len() {
                idle.select_nth_unstable(surplus - 1);
            }
            for (_, key) in &idle[..surplus] {
                self.entries.remove(key);
            }
        }
        if self.entries.len() + missing <= self.entries_max {
            return Ok(());
        }
        self.full_until = now + FULL_PAUSE;
        Err(excess)
    }
}

impl Entry {
    fn is_busy(&self) -> bool {
        self.held.iter().any(|&count| count > 0)
    }

    fn is_full(&self, now: Duration) -> bool {
        self.full_at.iter().all(|&full_at| full_at <= now)
    }
}

#[cfg(test)]
mod tests;
