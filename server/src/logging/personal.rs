//! Limits how much of players' addresses and names is logged, by the settings.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::atomic::{AtomicBool, AtomicU8, Ordering},
};

use crate::config::{Log as Settings, LogAddresses};

/// A process has one log, and so one setting of each.
static ADDRESSES: AtomicU8 = AtomicU8::new(LogAddresses::Network as u8);
static NAMES: AtomicBool = AtomicBool::new(false);

/// A peer's address in the form that the settings allow: `peer = %logging::address(peer)`.
pub fn address(peer: SocketAddr) -> impl fmt::Display {
    Shown { peer, how: shown() }
}

/// A player's name, if the settings allow it: `name = logging::name(&name)`.
pub fn name(name: &str) -> Option<&str> {
    NAMES.load(Ordering::Relaxed).then_some(name)
}

/// Sets what is logged from now on.
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
            // A /48 is at least as much as a provider gives to one customer.
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
