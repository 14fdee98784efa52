//! One number for a whole match, by which recordings and tests tell whether two of them are the same; and, if they are
//! not, which part of them differs.
//!
//! Every part (an entity with what belongs to it, or the rest) has a number of its own. That of the match is the sum of them,
//! beside the sum in which each is multiplied with its place. If one part alone differs, the quotient of both
//! differences is its place: two short numbers per tick name the culprit (the idea is that of error locating codes).

use crate::{
    game::{Game, Replicate},
    id::EntityId,
};

/// What the parts of a match add up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Digest {
    sum: u64,
    high_sum: u64,
    placed_sum: u64,
}

/// A part of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// An entity, and what the game counts with it.
    Entity(EntityId),
    /// Whatever belongs to no entity.
    Rest,
}

impl Digest {
    /// 64 bits of it.
    pub fn wide(self) -> u64 {
        mix([self.sum, self.placed_sum])
    }

    /// 32 bits of it, of which [`part_that_differs`] can name a part.
    pub fn narrow(self) -> u32 {
        (((self.high_sum % PRIME) << 16) | (self.placed_sum % PRIME)) as u32
    }

    /// Adds a part by the hash of what is in it.
    #[inline]
    pub fn add(&mut self, part: Part, hash: u64) {
        self.sum = self.sum.wrapping_add(hash);
        // 32 bits times a place of 16 bits, 20,000 times at most: the sums cannot wrap.
        self.high_sum += hash >> 32;
        self.placed_sum += (hash >> 32) * part.place();
    }
}

impl Part {
    const fn place(self) -> u64 {
        match self {
            Self::Entity(id) => id.0 as u64 + 1,
            Self::Rest => REST_PLACE,
        }
    }

    const fn from_place(place: u64) -> Option<Self> {
        match place {
            0 => None,
            REST_PLACE => Some(Self::Rest),
            place => Some(Self::Entity(EntityId((place - 1) as u16))),
        }
    }
}

/// The part in which two matches differ at the same tick, by their [`Digest::narrow`]. It is right if one part alone
/// differs; if several do it is `None` or any part, so look whether there is such a one.
pub fn part_that_differs(one: u32, other: u32) -> Option<Part> {
    let difference = |one: u32, other: u32| (u64::from(one) + PRIME - u64::from(other)) % PRIME;
    let (sum, placed) = (difference(one >> 16, other >> 16), difference(one & 0xffff, other & 0xffff));
    if sum == 0 {
        return None;
    }
    Part::from_place(placed * inverse(sum) % PRIME)
}

/// The inverse modulo [`PRIME`], by Fermat: `value^(p - 2)`.
fn inverse(value: u64) -> u64 {
    let (mut power, mut exponent, mut product) = (value % PRIME, PRIME - 2, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = product * power % PRIME;
        }
        power = power * power % PRIME;
        exponent >>= 1;
    }
    product
}

/// Multiply, fold, repeat: every bit of every word reaches the upper half, which is what is used first.
#[inline]
pub fn mix<const N: usize>(words: [u64; N]) -> u64 {
    words.into_iter().fold(MULTIPLIER, step).wrapping_mul(MULTIPLIER)
}

#[inline]
const fn step(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(MULTIPLIER);
    product ^ product >> 32
}

/// The golden ratio in 64 bits, as of SplitMix64.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
/// The largest prime of 16 bits; entity ids are far below.
const PRIME: u64 = 65_521;
const REST_PLACE: u64 = PRIME - 1;
/// Bytes of a checkpoint that are hashed as one word.
const WORD_BYTES: usize = 8;

/// The default digest: every entity, and the bytes of a checkpoint.
pub(super) fn of<G: Game>(game: &G) -> Digest {
    let mut digest = Digest::default();
    for (id, entity) in game.entities() {
        let mut hash = MULTIPLIER ^ u64::from(entity.kind());
        entity.hash_into(&mut |word| hash = step(hash, word.into()));
        digest.add(Part::Entity(id), hash.wrapping_mul(MULTIPLIER));
    }
    let mut bytes = Vec::new();
    game.checkpoint(&mut bytes);
    let words = bytes.chunks(WORD_BYTES).map(|chunk| {
        let mut word = [0; WORD_BYTES];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    digest.add(Part::Rest, words.fold(MULTIPLIER, step).wrapping_mul(MULTIPLIER));
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn one_part_that_differs_is_named() {
        let mut rng = Rng::new(11);
        let mut named = 0;
        for _ in 0..1_000 {
            let hashes: Vec<u64> = (0..50).map(|_| rng.next_u64()).collect();
            let digest = |hashes: &[u64]| {
                let mut digest = Digest::default();
                for (index, &hash) in hashes.iter().enumerate() {
                    let part = if index == 0 { Part::Rest } else { Part::Entity(EntityId(index as u16 * 400)) };
                    digest.add(part, hash);
                }
                digest.narrow()
            };
            let mut changed = hashes.clone();
            let culprit = rng.below(50) as usize;
            changed[culprit] = rng.next_u64();
            let expected = if culprit == 0 { Part::Rest } else { Part::Entity(EntityId(culprit as u16 * 400)) };
            match part_that_differs(digest(&hashes), digest(&changed)) {
                Some(part) => {
                    assert_eq!(part, expected);
                    named += 1;
                }
                // Once in 65,521 changes the sum stays the same.
                None => assert!(named > 0),
            }
            assert_eq!(part_that_differs(digest(&hashes), digest(&hashes)), None);
        }
        assert!(named >= 998, "{named} of 1000 named");
    }
}
