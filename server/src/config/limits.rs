//! `[limits]`: limits for one address and one network.
//!
//! For IPv6 an "address" is a /64, because one customer has a whole one; a "network" is a /24 of IPv4 or a /48 of IPv6.
//! The defaults let a school class, or a house behind a mobile carrier's address, play together. They leave an attacker with one
//! network a small part of the server: about a fiftieth of a core for handshakes, as much again for requests, and half of
//! the HTTP connections, fewer as these fill up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::network::Network;

/// Limits for one address or one network, as each field's name says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Networks without any of the limits below. By default the machine's own, so that load tests and a proxy on this machine
    /// are not slowed down; addresses that a trusted proxy forwards are never exempt.
    #[schemars(extend("value" = "NETWORKS", "live" = true))]
    pub exempt: Vec<Network>,
    /// Networks that are refused. Bans made while the server runs are in bans.toml of the state folder.
    #[schemars(extend("value" = "NETWORKS", "live" = true))]
    pub ban: Vec<Network>,
    /// Open connections from one address: a browser opens up to six for the page and one to play, times 32 players who
    /// start together.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub connections_per_address: u32,
    /// Open connections from one network: half of all that HTTP takes.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub connections_per_network: u32,
    /// Open connections from one address that have not sent a request yet: browsers open one or two in advance.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub half_open_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub half_open_per_network: u32,
    /// Join tickets from one address that are not used yet. Each reserves a seat for ten seconds: a class that
    /// joins together needs one each.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub tickets_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub tickets_per_network: u32,
    /// Players and spectators from one address: two classes, or a small party behind one router.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub players_per_address: u32,
    /// The same from one network: a carrier has a thousand customers behind a few addresses, and some of them play here.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub players_per_network: u32,
    /// New connections a minute from one address: 32 browsers that load the page and reload it once.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub new_connections_per_minute_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub new_connections_per_minute_per_network: u32,
    /// Joins a minute from one address: 32 players who join, leave and rejoin three times.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub joins_per_minute_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub joins_per_minute_per_network: u32,
    /// QUIC handshakes a second from one validated address, in the long run; a burst may be five times as many. Each takes
    /// 0.3 ms of a core.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub handshakes_per_sec_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub handshakes_per_sec_per_network: u32,
    /// Bytes a second from the players of one address: 64 players at 120 ticks a second send some 7 kB each.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub bytes_per_sec_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub bytes_per_sec_per_network: u32,
    /// Messages a second from the players of one address: 64 players at 120 ticks a second, with a quarter to spare.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub messages_per_sec_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub messages_per_sec_per_network: u32,
    /// HTTP requests a second from one address, in the long run; a burst may be five times as many. A file of the page counts as a
    /// quarter: 32 browsers load the page of some 30 files together, then ask for the list of rooms every few seconds.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub requests_per_sec_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub requests_per_sec_per_network: u32,
    /// Bytes of HTTP responses a second to one address, in the long run; a burst may be five times as many: the page for
    /// 32 browsers.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub answer_bytes_per_sec_per_address: u32,
    /// The same from one network.
    #[schemars(range(max = MOST), extend("value" = "COUNT", "live" = true))]
    pub answer_bytes_per_sec_per_network: u32,
    /// Seconds after which a player who does not read, but still sends, is disconnected. Nothing queues for the player
    /// until then; a player who reads again continues with the current state.
    #[schemars(range(min = 1, max = BLOCKED_SECS_MAX), extend("value" = "SECONDS"))]
    pub blocked_secs: u32,
}

/// Above any real limit, and low enough that sums do not overflow.
const MOST: u32 = 100_000_000;
/// An hour is longer than any stall that a player would wait for.
const BLOCKED_SECS_MAX: u32 = 3_600;

impl Default for Limits {
    fn default() -> Self {
        let loopback = ["127.0.0.0/8", "::1/128"].map(|text| text.parse().expect("these are networks"));
        Self {
            exempt: loopback.into(),
            ban: Vec::new(),
            connections_per_address: 256,
            connections_per_network: 512,
            half_open_per_address: 64,
            half_open_per_network: 128,
            tickets_per_address: 32,
            tickets_per_network: 128,
            players_per_address: 64,
            players_per_network: 256,
            new_connections_per_minute_per_address: 500,
            new_connections_per_minute_per_network: 2_000,
            joins_per_minute_per_address: 120,
            joins_per_minute_per_network: 480,
            handshakes_per_sec_per_address: 20,
            handshakes_per_sec_per_network: 60,
            bytes_per_sec_per_address: 512 * 1024,
            bytes_per_sec_per_network: 2 * 1024 * 1024,
            messages_per_sec_per_address: 10_000,
            messages_per_sec_per_network: 40_000,
            requests_per_sec_per_address: 100,
            requests_per_sec_per_network: 400,
            answer_bytes_per_sec_per_address: 2 * 1024 * 1024,
            answer_bytes_per_sec_per_network: 6 * 1024 * 1024,
            blocked_secs: 90,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_has_at_least_what_one_of_its_addresses_has() {
        let limits = toml::Table::try_from(Limits::default()).unwrap();
        let of_address = limits.iter().filter_map(|(key, value)| Some((key.strip_suffix("_per_address")?, value)));
        for (key, value) in of_address {
            let network = &limits[&format!("{key}_per_network")];
            assert!(value.as_integer() <= network.as_integer(), "{key}");
        }
    }
}
