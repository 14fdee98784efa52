//! The cost of the same work in other systems, as published: measured on a machine of two cores at 20 Hz, with all players wandering. So compare
//! orders of magnitude rather than digits.

/// A system and its figures.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) transport: &'static str,
    /// All server CPU in rooms of 16, µs per player and tick.
    pub(crate) cpu_us: (f64, f64),
    /// Payload down in a room of 16 and one of 64, bytes per second and player, where published.
    pub(crate) down_bytes_s: Option<(f64, f64)>,
}

pub(crate) const PEERS: &[Peer] = &[
    Peer {
        name: "Colyseus 0.17",
        transport: "WebSocket, unencrypted",
        cpu_us: (30.0, 45.0),
        down_bytes_s: Some((2_670.0, 10_300.0)),
    },
    Peer {
        name: "lightyear 0.30",
        transport: "encrypted UDP",
        cpu_us: (33.0, 48.0),
        down_bytes_s: Some((2_870.0, 10_800.0)),
    },
    Peer {
        name: "bevy_replicon 0.44 with renet",
        transport: "encrypted UDP",
        cpu_us: (33.0, 48.0),
        down_bytes_s: None,
    },
];

/// The raw TCP loop in the hours the peers were measured, µs per player and tick.
pub(crate) const RAW_TCP_US: (f64, f64) = (5.3, 6.6);
/// The raw UDP loop in the hours the peers were measured, µs per player and tick.
pub(crate) const RAW_UDP_US: (f64, f64) = (2.8, 4.2);

/// The least CPU any peer needs over WebSocket, in raw TCP loops of its hours: that of Colyseus. `--peers` measures it in the
/// same hour.
pub(crate) const BEST_WEBSOCKET_LOOPS: f64 = 30.0 / middle(RAW_TCP_US);
/// The least CPU any peer needs over encrypted UDP, in raw UDP loops of its hours: 33 µs at 160 players; at 320 it is 48.
pub(crate) const BEST_UDP_LOOPS: f64 = 33.0 / middle(RAW_UDP_US);

const fn middle((low, high): (f64, f64)) -> f64 {
    f64::midpoint(low, high)
}
