//! Limits how often a network may try a wrong token. Only wrong tokens are counted and delayed: a right token is admitted at once, even
//! from a network that is over the limit.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use crate::config::Network;

/// Counts of wrong tokens by customer: an IPv4 address, or a /64 of IPv6. A core: times are since start.
#[derive(Debug, Default)]
pub(super) struct Tries {
    wrong: BTreeMap<Network, Wrong>,
}

#[derive(Clone, Copy, Debug)]
struct Wrong {
    count: u32,
    /// End of the count.
    until: Duration,
}

/// Wrong tokens a minute that are answered at once; the answers to more are delayed.
const TRIES_MAX: u32 = 10;
/// Time after the last wrong token until a count ends.
const FORGET: Duration = Duration::from_secs(60);
/// Most networks that are counted; beyond it, the count that would end first is dropped.
const NETWORKS_MAX: usize = 1_024;

impl Tries {
    /// Counts a wrong token from this address.
    ///
    /// # Errors
    /// When there were too many; the time until the count ends.
    pub(super) fn note_wrong(&mut self, address: IpAddr, now: Duration) -> Result<(), Duration> {
        let network = Network::of_customer(address.to_canonical());
        if !self.wrong.contains_key(&network) && self.wrong.len() >= NETWORKS_MAX {
            self.wrong.retain(|_, wrong| wrong.until > now);
            let oldest = self.wrong.iter().min_by_key(|(_, wrong)| wrong.until).map(|(&network, _)| network);
            if let Some(oldest) = oldest.filter(|_| self.wrong.len() >= NETWORKS_MAX) {
                self.wrong.remove(&oldest);
            }
        }
        let wrong = self.wrong.entry(network).or_insert(Wrong { count: 0, until: now });
        if wrong.until <= now {
            wrong.count = 0;
        }
        wrong.count += 1;
        wrong.until = now + FORGET;
        if wrong.count > TRIES_MAX { Err(FORGET) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(last).into()
    }

    #[test]
    fn ten_wrong_tokens_a_minute_are_answered_at_once() {
        let mut tries = Tries::default();
        let now = Duration::from_secs(100);
        for _ in 0..TRIES_MAX {
            assert_eq!(tries.note_wrong(address(1), now), Ok(()));
        }
        assert_eq!(tries.note_wrong(address(1), now), Err(FORGET));
        assert_eq!(tries.note_wrong(address(2), now), Ok(()), "others may");
        assert_eq!(tries.note_wrong(address(1), now + FORGET), Ok(()));
    }

    #[test]
    fn network_of_one_customer_has_one_count() {
        let mut tries = Tries::default();
        let now = Duration::from_secs(1);
        let host = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 7, 0, 0, 0, last]);
        (0..TRIES_MAX as u16).for_each(|last| assert_eq!(tries.note_wrong(host(last), now), Ok(())));
        assert_eq!(tries.note_wrong(host(999), now), Err(FORGET));
        assert_eq!(tries.wrong.len(), 1);
    }

    #[test]
    fn crowd_of_guessers_is_not_remembered_without_end_and_keeps_nobody_out() {
        let mut tries = Tries::default();
        for last in 0..3 * NETWORKS_MAX as u32 {
            assert_eq!(tries.note_wrong(address(last), Duration::from_millis(last.into())), Ok(()));
        }
        assert_eq!(tries.wrong.len(), NETWORKS_MAX);
    }
}
