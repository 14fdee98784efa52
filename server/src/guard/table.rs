//! What each address and each network has and does at this moment. A core: time is an argument.
//!
//! ```text
//!                      ┌─ its customer: the IPv4 address, or the /64 of IPv6 ─┐
//! 203.0.113.7  admit ──┤                                                      ├── both must allow it, or neither counts it
//!                      └─ its site: the /24, or the /48 of IPv6 ──────────────┘
//! ```
//!
//! An entry that holds nothing and whose buckets are all full says no more than a missing one, so it is dropped. When the
//! table is full all the same, those that hold nothing go, the longest silent first.

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

/// See the module.
#[derive(Debug)]
pub(super) struct Table {
    /// Hashed with a secret, for addresses are chosen by strangers.
    entries: HashMap<Network, Entry, RandomState>,
    entries_max: usize,
    /// Making room is not tried again before.
    full_until: Duration,
    next_sweep: Duration,
}

/// 144 bytes, 168 with its key; with the map's spare room some 220 (`entry_size_is_as_told`).
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    held: [u32; Held::ALL.len()],
    /// When each bucket is full again.
    full_at: [Duration; Paced::ALL.len()],
    seen: Duration,
}

/// What was too much.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Excess {
    pub(super) limit: Limit,
    pub(super) network: Network,
    pub(super) most: u32,
    /// When to try again.
    pub(super) wait: Duration,
}

/// When something that is held may have been given back.
const HELD_WAIT: Duration = Duration::from_secs(5);
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Where nobody is idle, looking for those who are is not worth while more often.
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

    /// Counts one of each of `held`, and each of `paced` at its cost, or nothing. What costs nothing is only asked whether it is
    /// overdrawn. `bounds` are those of a customer and of a site.
    ///
    /// # Errors
    /// What would be too much.
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

    /// Gives back what was held.
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

    /// Counts what is held under `from` under `to` instead, or changes nothing. `None` is where nothing counts. A network
    /// that is in both has it already.
    ///
    /// # Errors
    /// What would be too much under `to`.
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

    /// Counts what came in already. Gives what was too much, with the share of each connection.
    ///
    /// # Errors
    /// What was too much, and how much of it each connection may have.
    pub(super) fn charge(
        &mut self,
        keys: &Keys,
        costs: &[(Paced, u32)],
        bounds: &[Bounds; 2],
        now: Duration,
    ) -> Result<(), (Excess, u32)> {
        let mut outcome = Ok(());
        for (&network, bounds) in keys.iter().zip(bounds) {
            // Who sends holds a connection, or was just admitted, and so has an entry.
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

    /// When looking for what can be dropped makes sense again.
    pub(super) fn next_sweep(&self) -> Duration {
        self.next_sweep
    }

    /// Drops what says no more than a missing entry.
    pub(super) fn expire(&mut self, now: Duration) {
        self.next_sweep = now + SWEEP_INTERVAL;
        self.entries.retain(|_, entry| entry.is_busy() || !entry.is_full(now));
        if self.entries.capacity() > 4 * self.entries.len() {
            self.entries.shrink_to(2 * self.entries.len());
        }
    }

    /// Room for the entries of `keys`.
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
        // An eighth at once, so that looking through the table costs each of those who come next to nothing.
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
mod tests {
    use super::*;
    use crate::guard::limit::REQUEST_PARTS;

    const FEW: [u32; 4] = [3, 2, 2, 2];
    const SLOW: [u32; 7] = [6, 2, 1, 100, 10, 2, 1_000];
    const CONNECTING: (&[Held], &[(Paced, u32)]) = (&[Held::Connection, Held::HalfOpen], &[(Paced::Connect, 1)]);

    struct Door {
        table: Table,
        bounds: [Bounds; 2],
    }

    /// A customer may have `FEW` at a `SLOW` pace, a site twice as much.
    fn door(entries_max: usize) -> Door {
        let site = Bounds::new(FEW.map(|most| 2 * most), SLOW.map(|most| 2 * most));
        Door { table: Table::new(entries_max), bounds: [Bounds::new(FEW, SLOW), site] }
    }

    impl Door {
        fn admit(&mut self, address: &str, (held, paced): (&[Held], &[(Paced, u32)]), now: u64) -> Result<(), Excess> {
            let keys = keys(address.parse().unwrap());
            self.table.admit(&keys, held, paced, &self.bounds, Duration::from_secs(now))
        }

        #[track_caller]
        fn refuses(
            &mut self,
            address: &str,
            what: (&[Held], &[(Paced, u32)]),
            now: u64,
            limit: Limit,
            network: &str,
        ) -> Excess {
            let excess = self.admit(address, what, now).unwrap_err();
            assert_eq!((excess.limit, excess.network.to_string().as_str()), (limit, network));
            excess
        }

        fn release(&mut self, address: &str, held: &[Held]) {
            self.table.release(&keys(address.parse().unwrap()), held, Duration::ZERO);
        }
    }

    #[test]
    fn address_has_what_is_allowed_and_not_one_more_until_it_gives_back() {
        let mut door = door(100);
        for _ in 0..2 {
            door.admit("192.0.2.1", CONNECTING, 0).unwrap();
        }
        door.refuses("192.0.2.1", CONNECTING, 0, Limit::HalfOpen, "192.0.2.1/32");
        door.release("192.0.2.1", &[Held::HalfOpen]);
        door.admit("192.0.2.1", CONNECTING, 0).unwrap();
        door.release("192.0.2.1", &[Held::HalfOpen]);
        door.refuses("192.0.2.1", CONNECTING, 0, Limit::Connections, "192.0.2.1/32");
        door.release("192.0.2.1", &[Held::Connection]);
        door.admit("192.0.2.1", CONNECTING, 0).unwrap();
    }

    #[test]
    fn network_ends_where_its_addresses_together_have_enough() {
        let mut door = door(100);
        for address in ["192.0.2.1", "192.0.2.2"] {
            door.admit(address, CONNECTING, 0).unwrap();
            door.admit(address, CONNECTING, 0).unwrap();
        }
        door.refuses("192.0.2.3", CONNECTING, 0, Limit::HalfOpen, "192.0.2.0/24");
        door.admit("192.0.3.3", CONNECTING, 0).unwrap();
    }

    #[test]
    fn host_of_six_part_addresses_has_one_account() {
        let mut door = door(100);
        door.admit("2001:db8:1:2::1", CONNECTING, 0).unwrap();
        door.admit("2001:db8:1:2::2", CONNECTING, 0).unwrap();
        door.refuses("2001:db8:1:2::3", CONNECTING, 0, Limit::HalfOpen, "2001:db8:1:2::/64");
    }

    #[test]
    fn pace_is_kept_and_told_when_to_come_again() {
        let mut door = door(100);
        let join: (&[Held], &[(Paced, u32)]) = (&[], &[(Paced::Join, 1)]);
        door.admit("192.0.2.1", join, 0).unwrap();
        door.admit("192.0.2.1", join, 0).unwrap();
        let excess = door.refuses("192.0.2.1", join, 0, Limit::Joins, "192.0.2.1/32");
        assert_eq!((excess.most, excess.wait), (2, Duration::from_secs(30)));
        door.refuses("192.0.2.1", join, 29, Limit::Joins, "192.0.2.1/32");
        door.admit("192.0.2.1", join, 30).unwrap();
    }

    #[test]
    fn refusal_by_the_network_costs_the_address_nothing() {
        let mut door = door(100);
        let join: (&[Held], &[(Paced, u32)]) = (&[Held::Ticket], &[(Paced::Join, 1)]);
        for address in ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2"] {
            door.admit(address, join, 0).unwrap();
        }
        for _ in 0..10 {
            door.refuses("192.0.2.3", join, 0, Limit::Tickets, "192.0.2.0/24");
        }
        door.release("192.0.2.1", &[Held::Ticket]);
        door.release("192.0.2.2", &[Held::Ticket]);
        door.admit("192.0.2.3", join, 30).unwrap();
    }

    #[test]
    fn all_that_is_held_moves_as_a_whole_whatever_it_is() {
        let at = |address: &str| keys(address.parse().unwrap());
        for &what in &Held::ALL {
            let rest: Vec<Held> = Held::ALL.into_iter().filter(|&other| other != what).collect();
            let mut door = door(100);
            let bounds = door.bounds;
            let transfer =
                |door: &mut Door, from, to| door.table.transfer(from, to, &Held::ALL, &bounds, Duration::ZERO);
            door.admit("192.0.2.1", (&Held::ALL, &[]), 0).unwrap();
            // The other address has all it may have of this one.
            for _ in 0..bounds[0].held(what) {
                door.admit("198.51.100.1", (&[what], &[]), 0).unwrap();
            }
            let (here, there) = (at("192.0.2.1"), at("198.51.100.1"));
            let excess = transfer(&mut door, Some(&here), Some(&there)).unwrap_err();
            assert_eq!((excess.limit, excess.network), (what.limit(), there[0]));
            door.release("198.51.100.1", &[what]);
            transfer(&mut door, Some(&here), Some(&there)).unwrap();
            let held = |door: &Door, network| door.table.entries.get(&network).map(|entry| entry.held);
            for network in here {
                assert_eq!(held(&door, network), Some([0; 4]), "{what:?}");
            }
            for network in there {
                let held = held(&door, network).unwrap();
                assert_eq!(held[what as usize], bounds[0].held(what), "{what:?}");
                assert!(rest.iter().all(|&other| held[other as usize] == 1), "{what:?}");
            }
        }
    }

    #[test]
    fn move_within_a_network_that_is_full_costs_it_nothing() {
        let mut door = door(100);
        for address in ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2"] {
            door.admit(address, (&[Held::Player], &[]), 0).unwrap();
        }
        door.refuses("192.0.2.3", (&[Held::Player], &[]), 0, Limit::Players, "192.0.2.0/24");
        let at = |address: &str| keys(address.parse().unwrap());
        let (from, to) = (at("192.0.2.1"), at("192.0.2.3"));
        door.table.transfer(Some(&from), Some(&to), &[Held::Player], &door.bounds, Duration::ZERO).unwrap();
        door.table.transfer(Some(&to), Some(&to), &[Held::Player], &door.bounds, Duration::ZERO).unwrap();
        door.refuses("192.0.2.3", (&[Held::Player], &[]), 0, Limit::Players, "192.0.2.0/24");
        door.table.transfer(Some(&to), None, &[Held::Player], &door.bounds, Duration::ZERO).unwrap();
        door.admit("192.0.2.3", (&[Held::Player], &[]), 0).unwrap();
    }

    #[test]
    fn nothing_is_allowed_where_the_bound_is_zero() {
        let mut door = door(100);
        door.bounds[0] = Bounds::new([0; 4], [0; 7]);
        door.refuses("192.0.2.1", (&[Held::Player], &[]), 0, Limit::Players, "192.0.2.1/32");
        door.refuses("192.0.2.1", (&[], &[(Paced::Join, 1)]), 0, Limit::Joins, "192.0.2.1/32");
    }

    #[test]
    fn traffic_beyond_the_budget_is_told_with_the_share_of_each_connection() {
        let mut door = door(100);
        door.admit("192.0.2.1", CONNECTING, 0).unwrap();
        door.admit("192.0.2.1", CONNECTING, 0).unwrap();
        let keys = keys("192.0.2.1".parse().unwrap());
        let mut charge = |messages, now| {
            let costs = [(Paced::Byte, 1), (Paced::Message, messages)];
            door.table.charge(&keys, &costs, &door.bounds, Duration::from_secs(now))
        };
        charge(50, 0).unwrap();
        let (excess, share) = charge(11, 1).unwrap_err();
        assert_eq!((excess.limit, excess.most, share), (Limit::Messages, 10, 5));
        charge(1_000_000, 2).unwrap_err();
        charge(1, 30).unwrap();
    }

    #[test]
    fn requests_go_on_until_their_pace_or_their_answers_are_used_up() {
        let mut door = door(100);
        let api: (&[Held], &[(Paced, u32)]) = (&[], &[(Paced::Request, REQUEST_PARTS), (Paced::AnswerByte, 0)]);
        let file: (&[Held], &[(Paced, u32)]) = (&[], &[(Paced::Request, 1), (Paced::AnswerByte, 0)]);
        for _ in 0..5 {
            door.admit("192.0.2.1", api, 0).unwrap();
            (0..4).for_each(|_| door.admit("192.0.2.1", file, 0).unwrap());
        }
        let excess = door.refuses("192.0.2.1", file, 0, Limit::Requests, "192.0.2.1/32");
        assert_eq!(excess.most, 2);
        door.admit("192.0.2.1", api, 1).unwrap();

        door.admit("198.51.100.1", file, 0).unwrap();
        let keys = keys("198.51.100.1".parse().unwrap());
        let answered = [(Paced::AnswerByte, 1_000_000)];
        door.table.charge(&keys, &answered, &door.bounds, Duration::ZERO).unwrap_err();
        let excess = door.refuses("198.51.100.1", file, 0, Limit::Answers, "198.51.100.1/32");
        assert_eq!(excess.wait, Duration::from_secs(5), "what is owed is forgiven soon");
        door.admit("198.51.100.1", file, 5).unwrap();
    }

    #[test]
    fn idle_entries_go_when_they_say_nothing_any_more() {
        let mut door = door(100);
        door.admit("192.0.2.1", CONNECTING, 0).unwrap();
        door.admit("198.51.100.1", CONNECTING, 0).unwrap();
        door.release("198.51.100.1", CONNECTING.0);
        door.table.expire(Duration::from_secs(4));
        assert_eq!(door.table.len(), 4, "a connect costs an address ten seconds and its network five");
        door.table.expire(Duration::from_secs(9));
        assert_eq!(door.table.len(), 3);
        door.table.expire(Duration::from_secs(10));
        assert_eq!(door.table.len(), 2, "who holds a connection stays");
    }

    #[test]
    fn full_table_forgets_the_longest_silent_and_never_who_holds_something() {
        let mut door = door(64);
        door.admit("10.0.0.1", CONNECTING, 0).unwrap();
        let join: (&[Held], &[(Paced, u32)]) = (&[], &[(Paced::Join, 1)]);
        for site in 1..=200u64 {
            door.admit(&format!("10.0.{site}.1"), join, site / 100).unwrap();
            assert!(door.table.len() <= 64);
        }
        door.admit("10.0.0.1", CONNECTING, 1).unwrap();
        door.refuses("10.0.0.1", CONNECTING, 1, Limit::HalfOpen, "10.0.0.1/32");
        door.admit("10.0.200.1", join, 2).unwrap();
        door.refuses("10.0.200.1", join, 2, Limit::Joins, "10.0.200.1/32");
    }

    #[test]
    fn table_of_busy_entries_takes_no_more_and_keeps_those_it_has() {
        let mut door = door(8);
        for site in 0..4 {
            door.admit(&format!("10.0.{site}.1"), CONNECTING, 0).unwrap();
        }
        door.refuses("10.0.9.1", CONNECTING, 0, Limit::Addresses, "10.0.9.1/32");
        door.admit("10.0.3.1", CONNECTING, 0).unwrap();
        door.release("10.0.1.1", CONNECTING.0);
        door.refuses("10.0.9.1", CONNECTING, 0, Limit::Addresses, "10.0.9.1/32");
        door.admit("10.0.9.1", CONNECTING, 20).unwrap();
    }

    #[test]
    fn entry_size_is_as_told() {
        assert_eq!(size_of::<Entry>(), 144);
        assert!(size_of::<(Network, Entry)>() <= 168);
    }
}
