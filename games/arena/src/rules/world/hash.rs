//! One number for a whole world, by which recordings and tests tell whether two of them are the same; and, if they are
//! not, which part of them differs.
//!
//! Every part (an entity with what belongs to it, or the rest) has a number of its own. The world's is the sum of them,
//! beside the sum in which each is multiplied with its place. If one part alone differs, the quotient of both
//! differences is its place: two short numbers per tick name the culprit (the idea is that of error locating codes).

use crate::entity::{CraftState, ShellState};
use crate::{
    own::OwnState,
    rules::{
        match_flow::MatchFlow,
        world::{Seat, World, last_hit::LastHit},
    },
};
use shared::id::EntityId;

/// What a world's parts add up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WorldDigest {
    sum: u64,
    high_sum: u64,
    placed_sum: u64,
}

/// A part of a world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// An entity, and for a craft its player's own state, side and score.
    Entity(EntityId),
    /// Match, chance, spawns and whatever belongs to no entity.
    Rest,
}

impl World {
    /// One number for everything the next ticks depend on. Names and events are not part of it.
    pub fn hash(&self) -> u64 {
        self.digest().wide()
    }

    /// The same, in the form that tells parts from each other.
    pub fn digest(&self) -> WorldDigest {
        let mut digest = WorldDigest::default();
        self.add_seats(&mut digest);
        for (place, &returns) in self.pickups.returns().iter().enumerate() {
            let id = EntityId((self.seats.len() + place) as u16);
            digest.add(Part::Entity(id), mix([PICKUP, returns.0.into()]));
        }
        let first = self.first_shell();
        for (slot, shell) in self.shells.iter() {
            let ShellState { position, velocity, owner, bounces_left, ticks_left } = *shell;
            let rest = u64::from(owner.0) << 32 | u64::from(bounces_left) << 16 | u64::from(ticks_left);
            let part = Part::Entity(EntityId((first + slot) as u16));
            digest.add(part, mix([SHELL ^ pack(position), pack(velocity), rest]));
        }
        digest.add(Part::Rest, self.rest());
        digest
    }

    fn add_seats(&self, digest: &mut WorldDigest) {
        for (index, (seat, info)) in self.seats.iter().zip(&self.players).enumerate() {
            let (Some(Seat { craft, own, team, last_hit }), Some(info)) = (seat, info) else { continue };
            let OwnState { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } =
                *own;
            let stocks = u64::from(u32::from_le_bytes([fire_ticks, dash_ticks, rail_shots, shield])) << 32;
            let timers = u64::from(rapid_ticks) | u64::from(protection_ticks) << 16 | u64::from(respawn_ticks) << 32;
            let score = u64::from(info.score as u32) << 32 | u64::from(info.deaths);
            let (place, speed, looks) = craft.as_ref().map_or((0, 0, 0), |craft| {
                let CraftState { position, velocity, heading, aim, health, flags } = *craft;
                let looks = u32::from_le_bytes([heading.value(), aim, health, flags.0]);
                (pack(position), pack(velocity), u64::from(looks))
            });
            let hit = last_hit.map_or(0, |LastHit { shooter, weapon, ticks_left }| {
                u64::from(shooter.0) << 24 | (weapon as u64) << 16 | u64::from(ticks_left)
            });
            let hash = mix([CRAFT ^ place, speed, stocks | looks, timers | (*team as u64) << 48, score, hit]);
            digest.add(Part::Entity(EntityId(index as u16)), hash);
        }
    }

    fn rest(&self) -> u64 {
        let MatchFlow { phase, ends, wants_next_map } = self.flow;
        let [red, blue] = self.team_scores.map(|score| u64::from(score as u32));
        let flow = u64::from(ends.0) << 16 | (phase as u64) << 8 | u64::from(wants_next_map);
        let counts = u64::from(self.spawns.count()) << 32 | self.shells.cursor() as u64;
        let best = u64::from(self.best_score as u32) << 32 | u64::from(self.tick.0);
        let uses = self.spawns.uses().iter().fold(0u64, |sum, last| {
            // Each use has a number of its own, so the order of the spawns need not count.
            sum.wrapping_add((u64::from(last.tick.0) << 32 | u64::from(last.number)).wrapping_mul(MULTIPLIER))
        });
        mix([REST ^ self.rng.state(), flow, red << 32 | blue, counts, best, uses])
    }
}

impl WorldDigest {
    /// 64 bits of it.
    pub fn wide(self) -> u64 {
        mix([self.sum, self.placed_sum])
    }

    /// 32 bits of it, of which [`part_that_differs`] can name a part.
    pub fn narrow(self) -> u32 {
        (((self.high_sum % PRIME) << 16) | (self.placed_sum % PRIME)) as u32
    }

    #[inline]
    fn add(&mut self, part: Part, hash: u64) {
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

/// The part in which two worlds of the same tick differ, by their [`WorldDigest::narrow`]. It is right if one part alone
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

#[inline]
fn pack(vector: glam::IVec2) -> u64 {
    u64::from(vector.x as u32) << 32 | u64::from(vector.y as u32)
}

/// Multiply, fold, repeat: every bit of every word reaches the upper half, which is what is used first.
#[inline]
fn mix<const N: usize>(words: [u64; N]) -> u64 {
    let hash = words.into_iter().fold(MULTIPLIER, |hash: u64, word| {
        let product = (hash ^ word).wrapping_mul(MULTIPLIER);
        product ^ product >> 32
    });
    hash.wrapping_mul(MULTIPLIER)
}

/// The golden ratio in 64 bits, as of SplitMix64.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
/// The largest prime of 16 bits; entity ids are far below.
const PRIME: u64 = 65_521;
const REST_PLACE: u64 = PRIME - 1;
/// So that a craft is not mistaken for a shell.
const CRAFT: u64 = 0x6372_6166_7400_0000;
const PICKUP: u64 = 0x7069_636b_7570_0000;
const SHELL: u64 = 0x7368_656c_6c00_0000;
const REST: u64 = 0x7265_7374_0000_0000;

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rng::Rng;

    #[test]
    fn one_part_that_differs_is_named() {
        let mut rng = Rng::new(11);
        let mut named = 0;
        for _ in 0..1_000 {
            let hashes: Vec<u64> = (0..50).map(|_| rng.next_u64()).collect();
            let digest = |hashes: &[u64]| {
                let mut digest = WorldDigest::default();
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
