//! The seeds of a room: each match and the minds of the opponents have their own, and none leads back to the room's.
//!
//! A recording of a match that is over may be published, with the chance of its world in every checkpoint. So what was
//! rolled in one match must not tell what will be rolled in the next.

use shared::keyed_hash::keyed_hash;

/// Where the seeds of a room come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance {
    key: [u64; 2],
    matches: u64,
}

impl Chance {
    /// The seeds of a room that was opened with `seed`, which stays secret.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { key: [seed, ROOM], matches: 0 }
    }

    /// For the world of the next match.
    pub(crate) fn next_match(&mut self) -> u64 {
        self.matches += 1;
        keyed_hash(self.key, &[MATCH, self.matches])
    }

    /// For the minds of opponents.
    pub(crate) fn minds(&self) -> u64 {
        keyed_hash(self.key, &[MINDS])
    }
}

/// Tells these hashes from others under the same seed.
const ROOM: u64 = u64::from_be_bytes(*b"the room");
const MATCH: u64 = 1;
const MINDS: u64 = 2;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::rng::Rng;

    use super::*;

    #[test]
    fn seed_of_a_match_tells_nothing_of_the_next() {
        let mut chance = Chance::new(7);
        let seeds: Vec<_> = (0..100).map(|_| chance.next_match()).collect();
        let distinct: BTreeSet<_> = seeds.iter().copied().chain([chance.minds(), 7]).collect();
        assert_eq!(distinct.len(), seeds.len() + 2);
        // What a stream of one match comes to is not where that of the next begins.
        for pair in seeds.windows(2) {
            let mut rng = Rng::new(pair[0]);
            assert!((0..10_000).all(|_| rng.next_u64() != pair[1] && rng.state() != pair[1]));
        }
    }
}
