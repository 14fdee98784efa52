//! One number for a whole world, by which recordings and tests tell whether two of them are the same.

use crate::{
    sim::{
        digest::Digest,
        match_flow::MatchFlow,
        world::{Seat, World},
    },
    wire::OwnState,
};

impl World {
    /// One number for everything the next ticks depend on. Names and events are not part of it.
    pub fn hash(&self) -> u64 {
        let mut digest = Digest::new();
        digest.word(self.tick.0.into());
        digest.word(self.rng.state());
        for (id, entity) in self.entities() {
            digest.word(entity.hash(id.0).into());
        }
        for (seat, info) in self.seats.iter().zip(&self.players) {
            let (Some(Seat { craft: _, own, team }), Some(info)) = (seat, info) else {
                digest.word(0);
                continue;
            };
            let OwnState { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } =
                *own;
            for field in [fire_ticks, dash_ticks, rail_shots, shield] {
                digest.word(field.into());
            }
            for field in [rapid_ticks, protection_ticks, respawn_ticks] {
                digest.word(field.into());
            }
            digest.word(*team as u64);
            digest.int(info.score);
            digest.word(info.deaths.into());
        }
        for tick in self.pickups.returns() {
            digest.word(tick.0.into());
        }
        for spawn in self.spawns.uses() {
            digest.word(spawn.tick.0.into());
            digest.word(spawn.number.into());
        }
        digest.word(self.shells.cursor() as u64);
        let MatchFlow { phase, ends, wants_next_map } = self.flow;
        digest.word(phase as u64);
        digest.word(ends.0.into());
        digest.word(wants_next_map.into());
        digest.vector(self.team_scores.into());
        digest.value()
    }
}
