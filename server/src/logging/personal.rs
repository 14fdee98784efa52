//! Addresses and names of players in the log: as far as the settings say.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicBool, AtomicU8, Ordering},
};

use crate::config::{Log as Settings, LogAddresses};

/// One of each per process, as is the log.
static ADDRESSES: AtomicU8 = AtomicU8::new(LogAddresses::Network as u8);
static NAMES: AtomicBool = AtomicBool::new(false);

/// A peer's address, to be logged as the settings say: `peer = %logging::address(peer)`.
pub fn address(peer: SocketAddr) -> impl fmt::Display {
    Shown { peer, how: shown() }
}

/// A player's name, to be logged if the settings say so: `name = logging::name(&name)`.
pub fn name(name: &str) -> Option<&str> {
    NAMES.load(Ordering::Relaxed).then_some(name)
}

/// Sets what is shown from here on.
pub(super) fn show(settings: &Settings) {
    ADDRESSES.store(settings.addresses as u8, Ordering::Relaxed);
    NAMES.store(settings.names, Ordering::Relaxed);
}

fn shown() -> LogAddresses {
    let shown = ADDRESSES.load(Ordering::Relaxed);
    [LogAddresses::None, LogAddresses::Full].into_iter().find(|&how| how as u8 == shown).unwrap_or_default()
}

struct Shown {
    peer: SocketAddr,
    how: LogAddresses,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.how, self.peer.ip().to_canonical()) {
            (LogAddresses::None, _) => f.write_str("-"),
            (LogAddresses::Full, _) => write!(f, "{}", self.peer),
            (LogAddresses::Network, IpAddr::V4(ip)) => {
                let [a, b, c, _] = ip.octets();
                write!(f, "{}/24", Ipv4Addr::new(a, b, c, 0))
            }
            // What a provider gives to one customer, at least.
            (LogAddresses::Network, IpAddr::V6(ip)) => {
                let [a, b, c, ..] = ip.segments();
                write!(f, "{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, expected: [&str; 3]) {
        let all = [LogAddresses::None, LogAddresses::Network, LogAddresses::Full];
        let shown = all.map(|how| Shown { peer: peer.parse().unwrap(), how }.to_string());
        assert_eq!(shown, expected);
    }

    #[test]
    fn address_is_shown_as_the_settings_say() {
        check("203.0.113.77:4433", ["-", "203.0.113.0/24", "203.0.113.77:4433"]);
        check("[2001:db8:1:2:3::4]:4433", ["-", "2001:db8:1::/48", "[2001:db8:1:2:3::4]:4433"]);
    }

    #[test]
    fn mapped_address_is_shown_as_the_one_it_is() {
        check("[::ffff:203.0.113.77]:1", ["-", "203.0.113.0/24", "[::ffff:203.0.113.77]:1"]);
    }
}
