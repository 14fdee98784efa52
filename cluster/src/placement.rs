//! Which node follows a room, takes it in a move, or opens a new one.
//!
//! A node is fit if it hosts the game in the room's version, does not drain and has room for the players. Of the fit ones: another zone before
//! the same one, another host before the same one, then the least loaded, in tenths of its capacity so that small differences do not
//! draw all rooms to one node; then a hash of room and node, which spreads the standbys of one node over all the others
//! (rendezvous hashing, Thaler and Ravishankar 1998).

use std::cmp::Reverse;

use crate::{
    id::{Holder, NodeId, RoomId},
    membership::{Member, Membership},
    record::RoomSpec,
};

/// The best node to follow or take a room of `owner`, other than the owner and `avoid`.
pub(crate) fn standby(
    members: &Membership,
    owner: NodeId,
    room: RoomId,
    spec: &RoomSpec,
    avoid: Option<Holder>,
) -> Option<NodeId> {
    let home = members.get(owner).map(|member| (&member.record.zone, &member.record.host));
    members
        .iter()
        .filter(|&(node, member)| {
            let avoided = avoid.is_some_and(|avoid| avoid == Holder { node, incarnation: member.record.incarnation });
            node != owner && !avoided && is_fit(member, spec)
        })
        .max_by_key(|&(node, member)| {
            let record = &member.record;
            let apart = home.map(|(zone, host)| (record.zone != *zone, record.host != *host));
            (apart, Reverse(tenths(member)), spread(room, node))
        })
        .map(|(node, _)| node)
}

/// The best node to open a room of a game and version.
pub(crate) fn opener(members: &Membership, game: &str, version: u16) -> Option<NodeId> {
    members
        .iter()
        .filter(|(_, member)| hosts(member, game, version, 1))
        .min_by_key(|&(node, member)| (member.load.rung, tenths(member), member.load.players, node))
        .map(|(node, _)| node)
}

/// True if a node can take a room.
pub(crate) fn is_fit(member: &Member, spec: &RoomSpec) -> bool {
    hosts(member, &spec.game.name, spec.game.version, u32::from(spec.seats))
}

fn hosts(member: &Member, game: &str, version: u16, players: u32) -> bool {
    let record = &member.record;
    !record.draining
        && record.games.iter().any(|hosted| hosted.name == game && hosted.version == version)
        && member.load.players.saturating_add(players) <= record.capacity
}

/// Load in tenths of the capacity. What it follows counts too: a following node must be able to take over.
fn tenths(member: &Member) -> u64 {
    let load = u64::from(member.load.players) + u64::from(member.load.follows);
    load * 10 / u64::from(member.record.capacity.max(1))
}

/// SplitMix64's finaliser (Steele, Lea and Flood 2014) over both numbers.
fn spread(room: RoomId, node: NodeId) -> u64 {
    let mut hash = room.0 ^ node.0.rotate_left(32);
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::Incarnation,
        message::Load,
        record::{HostedGame, NodeRecord},
    };

    const OWNER: NodeId = NodeId(1);
    const ROOM: RoomId = RoomId(9);

    fn spec() -> RoomSpec {
        let game = HostedGame { name: "toy".into(), version: 1 };
        RoomSpec { game, mode: String::new(), seats: 4, tick_us: 50_000, code: None }
    }

    /// A member with a zone, a host and players of a capacity of 100.
    fn member(members: &mut Membership, node: u64, zone: &str, host: &str, players: u32) {
        let record = NodeRecord {
            name: node.to_string(),
            incarnation: Incarnation(1),
            zone: zone.into(),
            host: host.into(),
            http: String::new(),
            udp: Vec::new(),
            certificate_hashes: Vec::new(),
            games: vec![spec().game],
            capacity: 100,
            draining: false,
        };
        members.seen(NodeId(node), record);
        if let Some(holder) = members.get(NodeId(node)).map(|member| member.record.incarnation) {
            members.loaded(Holder { node: NodeId(node), incarnation: holder }, Load { players, ..Load::default() });
        }
    }

    #[track_caller]
    fn check(others: &[(u64, &str, &str, u32)], chosen: Option<u64>) {
        let mut members = Membership::default();
        member(&mut members, 1, "north", "a", 0);
        for &(node, zone, host, players) in others {
            member(&mut members, node, zone, host, players);
        }
        assert_eq!(standby(&members, OWNER, ROOM, &spec(), None), chosen.map(NodeId));
    }

    #[test]
    fn another_zone_comes_before_another_host_and_that_before_less_load() {
        check(&[(2, "north", "a", 0), (3, "north", "b", 30), (4, "south", "c", 60)], Some(4));
        check(&[(2, "north", "a", 0), (3, "north", "b", 30)], Some(3));
        check(&[(2, "south", "b", 50), (3, "south", "c", 10)], Some(3));
    }

    #[test]
    fn node_alone_has_no_standby() {
        check(&[], None);
    }

    #[test]
    fn full_node_follows_no_room() {
        check(&[(2, "south", "b", 96)], Some(2));
        check(&[(2, "south", "b", 97)], None);
    }

    #[test]
    fn another_version_of_the_game_is_unfit() {
        let mut members = Membership::default();
        member(&mut members, 2, "south", "b", 0);
        let mut spec = spec();
        assert_eq!(standby(&members, OWNER, ROOM, &spec, None), Some(NodeId(2)));
        spec.game.version = 2;
        assert_eq!(standby(&members, OWNER, ROOM, &spec, None), None);
    }

    #[test]
    fn rooms_of_one_node_are_spread_over_equal_ones() {
        let mut members = Membership::default();
        for node in 1..=4 {
            member(&mut members, node, "north", &node.to_string(), 0);
        }
        let mut counts = [0; 5];
        for room in 0..300 {
            let node = standby(&members, OWNER, RoomId(room), &spec(), None).expect("three are fit");
            counts[usize::try_from(node.0).expect("small")] += 1;
        }
        assert!(counts[2..].iter().all(|&count| count > 60), "{counts:?}");
    }
}
