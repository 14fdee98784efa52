//! The seeds of a room. Each match and the opponents have seeds of their own, and none of them reveals the room's seed.
//!
//! A recording of a finished match may be published, and each of its checkpoints holds the state of the match's random numbers. So the
//! random numbers of one match must not reveal those of the next.

use shared::keyed_hash::keyed_hash;

/// Source of the seeds of a room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance {
    key: [u64; 2],
    matches: u64,
}

impl Chance {
    /// A source of seeds for a room; `seed` stays secret.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { key: [seed, ROOM], matches: 0 }
    }

    /// Seed of the next match.
    pub(crate) fn next_match(&mut self) -> u64 {
        self.matches += 1;
        keyed_hash(self.key, &[MATCH, self.matches])
    }

    /// Seed of the computer opponents.
    pub(crate) fn minds(&self) -> u64 {
        keyed_hash(self.key, &[MINDS])
    }
}

/// Separates these hashes from other hashes with the same seed.
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
        // The random numbers of one match never reach the seed of the next.
        for pair in seeds.windows(2) {
            let mut rng = Rng::new(pair[0]);
            assert!((0..10_000).all(|_| rng.next_u64() != pair[1] && rng.state() != pair[1]));
        }
    }
}
