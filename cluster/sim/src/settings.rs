//! The settings of the nodes and rooms of a run.

use std::time::Duration;

use cluster::{Address, Config, HostedGame, Incarnation, Mutation, NodeRecord, OnPartition, RoomSpec, Timing, Want};
use fastrand::Rng;

use crate::{machine::node_id, network::MS, store::Time};

/// The hash of the simulated cluster's name.
pub(crate) const CLUSTER: u64 = 0xc1;
/// A tick.
pub(crate) const TICK: Time = 50 * MS;
/// How long a session without a link keeps its seat.
pub(crate) const SESSION: Time = 4_000 * MS;

/// The durations: the defaults, but for those that would only make runs longer.
pub(crate) fn timing() -> Timing {
    Timing {
        orphan: Duration::from_millis(11_000),
        reservation: Duration::from_millis(4_000),
        seats_read: Duration::from_millis(1_500),
        ..Timing::default()
    }
}

pub(crate) fn config(
    machine: usize,
    zone: &str,
    incarnation: Incarnation,
    freeze: bool,
    mutation: Option<Mutation>,
) -> Config {
    let record = NodeRecord {
        name: format!("node-{machine}"),
        incarnation,
        zone: zone.to_owned(),
        host: format!("host-{machine}"),
        http: format!("host-{machine}:7777"),
        udp: vec![Address(format!("host-{machine}:7778"))],
        certificate_hashes: vec![vec![0; 32].into()],
        games: vec![game()],
        capacity: 40,
        draining: false,
    };
    let on_partition = if freeze { OnPartition::Freeze } else { OnPartition::Play };
    Config { cluster: CLUSTER, node: node_id(machine), record, timing: timing(), on_partition, mutation }
}

pub(crate) fn game() -> HostedGame {
    HostedGame { name: "toy".into(), version: 1 }
}

pub(crate) fn room(rng: &mut Rng) -> RoomSpec {
    let seats = 2 + rng.u16(..4);
    RoomSpec { game: game(), mode: String::new(), seats, tick_us: 50_000, code: None }
}

pub(crate) fn want() -> Want {
    Want::Game { game: "toy".into(), version: 1, mode: String::new() }
}
