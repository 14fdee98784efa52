//! The digest of a match: recordings and tests compare digests to find out if two matches are equal and, if they are not, which part
//! differs.
//!
//! Every part of a match (an entity with its data, or the rest) has a hash and a place. The digest holds two sums: of the hashes, and
//! of each hash multiplied by its place. If exactly one part differs, the quotient of the two sums' differences is its place. So
//! two short numbers per tick name the part. Error locating codes use the same idea.

use glam::IVec2;

use crate::{
    game::{Game, Replicate},
    id::EntityId,
};

/// The digest of a match. The default is the digest of a match without parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Digest {
    sum: u64,
    high_sum: u64,
    placed_sum: u64,
}

/// A part of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// An entity, with the data that the game adds to it.
    Entity(EntityId),
    /// Everything that belongs to no entity.
    Rest,
}

impl Digest {
    /// The digest as 64 bits, to compare matches.
    pub fn wide(self) -> u64 {
        mix([self.sum, self.placed_sum])
    }

    /// The digest as 32 bits, for [`part_that_differs`].
    pub fn narrow(self) -> u32 {
        (((self.high_sum % PRIME) << 16) | (self.placed_sum % PRIME)) as u32
    }

    /// Adds a part with the hash of its content.
    #[inline]
    pub fn add(&mut self, part: Part, hash: u64) {
        self.sum = self.sum.wrapping_add(hash);
        // The places of all parts add up to less than 2^32, so the sums fit 64 bits.
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

/// The part in which two matches differ at the same tick, computed from their [`Digest::narrow`]. It is right if exactly one part
/// differs. If several differ it is `None` or any part, so check that the match has this part.
pub fn part_that_differs(one: u32, other: u32) -> Option<Part> {
    let difference = |one: u32, other: u32| (u64::from(one) + PRIME - u64::from(other)) % PRIME;
    let (sum, placed) = (difference(one >> 16, other >> 16), difference(one & 0xffff, other & 0xffff));
    if sum == 0 {
        return None;
    }
    Part::from_place(placed * inverse(sum) % PRIME)
}

/// The inverse modulo [`PRIME`] by Fermat's little theorem: `value^(p - 2)`.
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

/// Hashes words: multiply, fold, repeat. Every bit of every word changes the upper half of the result, which [`Digest::narrow`] uses.
#[inline]
pub fn mix<const N: usize>(words: [u64; N]) -> u64 {
    words.into_iter().fold(MULTIPLIER, step).wrapping_mul(MULTIPLIER)
}

/// A vector as one word for [`mix`].
#[inline]
pub const fn vector_word(vector: IVec2) -> u64 {
    (vector.x as u32 as u64) << 32 | vector.y as u32 as u64
}

#[inline]
const fn step(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(MULTIPLIER);
    product ^ product >> 32
}

/// The golden ratio in 64 bits, as in SplitMix64.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
/// The largest prime of 16 bits. It bounds the ids of parts that can be named.
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
