//! A hash of a whole world, by which recordings and tests find out whether two worlds are equal and which parts differ.
//! See [`shared::game::Digest`].

use crate::entity::{CraftState, ShellState};
use crate::{
    own::OwnState,
    rules::{
        match_flow::MatchFlow,
        world::{Seat, World, last_hit::LastHit},
    },
};
use shared::{
    game::{Digest, Part, mix, vector_word},
    id::EntityId,
};

impl World {
    /// Hash of everything that the next ticks depend on, without names and events.
    pub fn hash(&self) -> u64 {
        self.parts().wide()
    }

    /// The same hash by parts.
    pub(super) fn parts(&self) -> Digest {
        let mut digest = Digest::default();
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
            digest.add(part, mix([SHELL ^ vector_word(position), vector_word(velocity), rest]));
        }
        digest.add(Part::Rest, self.rest());
        digest
    }

    fn add_seats(&self, digest: &mut Digest) {
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
                (vector_word(position), vector_word(velocity), u64::from(looks))
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
        let uses = self.spawns.uses().iter().fold(0u64, |hash, last| {
            // The order counts, because the index of a spawn matters.
            (hash.rotate_left(5) ^ (u64::from(last.tick.0) << 32 | u64::from(last.number))).wrapping_mul(MULTIPLIER)
        });
        let rests = self.shells.resting(self.tick).fold(0u64, |sum, (slot, free_from)| {
            sum.wrapping_add((u64::from(free_from.0) << 32 | slot as u64).wrapping_mul(MULTIPLIER))
        });
        // The points in which shells and pickups search for crafts; their order does not count.
        let near = self.near_crafts.points().iter().fold(0u64, |sum, point| {
            sum.wrapping_add(
                (vector_word(point.position) ^ u64::from(point.index).rotate_right(16)).wrapping_mul(MULTIPLIER),
            )
        });
        mix([REST ^ self.rng.state(), flow, red << 32 | blue, counts, best, uses, rests, near])
    }
}

/// Distinguishes the kinds of parts.
const CRAFT: u64 = 0x6372_6166_7400_0000;
const PICKUP: u64 = 0x7069_636b_7570_0000;
const SHELL: u64 = 0x7368_656c_6c00_0000;
const REST: u64 = 0x7265_7374_0000_0000;
/// An odd constant with well mixed bits.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
