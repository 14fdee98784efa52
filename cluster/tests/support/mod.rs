//! A node as tests want it, alone in its zone.

use std::time::Duration;

use cluster::{Config, HostedGame, Incarnation, Node, NodeId, NodeRecord, OnPartition, Timing};

/// The node of a number in a cluster, started at time zero.
pub(crate) fn node(cluster: u64, number: u64, games: Vec<HostedGame>) -> Node {
    let record = NodeRecord {
        name: number.to_string(),
        incarnation: Incarnation(number),
        zone: "north".into(),
        host: number.to_string(),
        http: String::new(),
        udp: Vec::new(),
        certificate_hashes: Vec::new(),
        games,
        capacity: 100,
        draining: false,
    };
    let config = Config {
        cluster,
        node: NodeId(number),
        record,
        timing: Timing::default(),
        on_partition: OnPartition::Play,
        #[cfg(feature = "mutations")]
        mutation: None,
    };
    Node::new(config, Duration::ZERO)
}
