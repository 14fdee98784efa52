//! Each limit on both sides of its edge.

use super::*;
use crate::security::guard::limit::REQUEST_PARTS;

const FEW: [u32; 4] = [3, 2, 2, 2];
const SLOW: [u32; 7] = [6, 2, 1, 100, 10, 2, 1_000];
const CONNECTING: (&[Held], &[(Paced, u32)]) = (&[Held::Connection, Held::HalfOpen], &[(Paced::Connect, 1)]);

struct Door {
    table: Table,
    bounds: [Bounds; 2],
}

/// A table where a customer may have `FEW` at a `SLOW` rate, and a site twice as much.
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
        let transfer = |door: &mut Door, from, to| door.table.transfer(from, to, &Held::ALL, &bounds, Duration::ZERO);
        door.admit("192.0.2.1", (&Held::ALL, &[]), 0).unwrap();
        // The other address of the customer uses up this limit.
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
