//! Counts QUIC clients that have not proven their address, so that a flood from one network, real or spoofed, gets Retry packets
//! instead of handshakes.
//!
//! There is a fixed number of buckets, which networks share by a secret hash: an attacker with spoofed addresses cannot make them
//! grow, nor choose the networks in its bucket. If a bucket is empty, the client must prove its address, which costs a round trip.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    time::Duration,
};

use crate::{base::token_bucket::Bucket, config::Network};

/// Rate limits of unproven clients, by the network of their address.
pub(super) struct Strangers {
    buckets: Box<[Bucket]>,
    hash: RandomState,
}

/// Number of buckets, 48 KiB in all. At more than some thousand networks a second, the shard has no time for handshakes anyway.
const BUCKETS: usize = 1_024;
/// Handshakes without a proof, for each second and at once: enough for a household, or the first of a class.
const PER_SEC: u32 = 4;
const BURST: u32 = 8;

impl Default for Strangers {
    fn default() -> Self {
        Self { buckets: vec![Bucket::new(PER_SEC, BURST); BUCKETS].into(), hash: RandomState::new() }
    }
}

impl Strangers {
    /// True if a handshake may begin without a proof of its address.
    pub(super) fn admit(&mut self, address: IpAddr, now: Duration) -> bool {
        let hash = self.hash.hash_one(Network::of_site(address));
        self.buckets[hash as usize % BUCKETS].take(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(number).into()
    }

    #[test]
    fn few_of_a_network_begin_without_a_proof() {
        let mut strangers = Strangers::default();
        let begun = |strangers: &mut Strangers, now| (0..200).filter(|&host| strangers.admit(ip(host), now)).count();
        assert_eq!(begun(&mut strangers, Duration::ZERO), BURST as usize);
        assert_eq!(begun(&mut strangers, Duration::from_secs(1)), PER_SEC as usize);
    }

    #[test]
    fn flood_of_one_network_leaves_nearly_all_others_alone() {
        let mut strangers = Strangers::default();
        for host in 0..10_000 {
            strangers.admit(ip(host % 256), Duration::ZERO);
        }
        let others = (1..1_000).filter(|&site| strangers.admit(ip(site << 8), Duration::ZERO)).count();
        assert!(others > 900, "{others}");
    }
}
