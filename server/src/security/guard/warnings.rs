//! Limits warnings to one a minute per limit and network, so that the log is not flooded.

use std::{collections::BTreeMap, time::Duration};

use shared::limits::WARNINGS_MAX;

use super::limit::Limit;
use crate::config::Network;

/// The recent warnings.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    said: BTreeMap<(Limit, Network), Said>,
}

#[derive(Debug)]
struct Said {
    at: Duration,
    /// Refusals since then.
    since: u64,
}

const PERIOD: Duration = Duration::from_secs(60);

impl Warnings {
    /// Counts a refusal. If a warning is due, returns the number of refusals since the last one.
    pub(super) fn count(&mut self, limit: Limit, network: Network, now: Duration) -> Option<u64> {
        if let Some(said) = self.said.get_mut(&(limit, network)) {
            if now < said.at + PERIOD {
                said.since += 1;
                return None;
            }
            said.at = now;
            return Some(std::mem::take(&mut said.since));
        }
        if self.said.len() >= WARNINGS_MAX {
            self.said.retain(|_, said| now < said.at + PERIOD);
        }
        // So many networks at once cannot be listed in the log; metrics still count them.
        if self.said.len() >= WARNINGS_MAX {
            return None;
        }
        self.said.insert((limit, network), Said { at: now, since: 0 });
        Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_per_limit_and_network_tells_what_it_left_out() {
        let mut warnings = Warnings::default();
        let network: Network = "203.0.113.0/24".parse().unwrap();
        let mut count = |limit, secs| warnings.count(limit, network, Duration::from_secs(secs));
        assert_eq!(count(Limit::Joins, 0), Some(0));
        assert_eq!(count(Limit::Joins, 1), None);
        assert_eq!(count(Limit::Tickets, 1), Some(0));
        assert_eq!(count(Limit::Joins, 59), None);
        assert_eq!(count(Limit::Joins, 60), Some(2));
    }

    #[test]
    fn networks_without_number_are_not_remembered() {
        let mut warnings = Warnings::default();
        let network = |number: u32| Network::new(std::net::Ipv4Addr::from_bits(number).into(), 32);
        for number in 0..WARNINGS_MAX as u32 {
            assert!(warnings.count(Limit::Joins, network(number), Duration::ZERO).is_some());
        }
        let one_more = network(WARNINGS_MAX as u32);
        assert_eq!(warnings.count(Limit::Joins, one_more, Duration::from_secs(59)), None);
        assert_eq!(warnings.count(Limit::Joins, one_more, Duration::from_secs(60)), Some(0));
        assert_eq!(warnings.said.len(), 1);
    }
}
