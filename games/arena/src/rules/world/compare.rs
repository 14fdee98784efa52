//! Describes the differences between two worlds, for debugging.

use std::fmt::Debug;

use shared::game::{Difference, Game, Part};

use crate::entity::{CraftState, EntityState, PickupState, ShellState};
use crate::{event::Standing, own::OwnState, rules::world::World};

/// Collects differences up to a limit.
struct Differences {
    found: Vec<Difference>,
    limit: usize,
    part: Part,
}

impl World {
    /// Lists differing fields of two worlds on the same map, at most `limit`.
    pub(super) fn differing_fields(&self, other: &Self, limit: usize) -> Vec<Difference> {
        let mut differences = Differences { found: Vec::new(), limit, part: Part::Rest };
        differences.compare("tick", &self.tick.0, &other.tick.0);
        differences.compare("chance", &self.rng.state(), &other.rng.state());
        differences.compare("match", &self.flow, &other.flow);
        differences.compare("sides' scores", &self.team_scores, &other.team_scores);
        differences.compare("best score", &self.best_score, &other.best_score);
        differences.compare("uses of spawns", &self.spawns.count(), &other.spawns.count());
        differences.compare("place of the next shell", &self.shells.cursor(), &other.shells.cursor());
        let mut ids: Vec<_> = self.entities().chain(other.entities()).map(|(id, _)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            differences.part = Part::Entity(id);
            differences.compare_entities(self.entity(id), other.entity(id));
            if id.index() < self.seats.len().min(other.seats.len()) {
                differences.compare_players(self, other, id.index());
            }
        }
        differences.found
    }
}

impl Differences {
    fn compare<T: PartialEq + Debug>(&mut self, field: &'static str, one: &T, other: &T) {
        if one != other && self.found.len() < self.limit {
            let (one, other) = (format!("{one:?}"), format!("{other:?}"));
            self.found.push(Difference { part: self.part, field, one, other });
        }
    }

    fn compare_entities(&mut self, one: Option<EntityState>, other: Option<EntityState>) {
        match (one, other) {
            (Some(EntityState::Craft(one)), Some(EntityState::Craft(other))) => {
                let CraftState { position, velocity, heading, aim, health, flags } = one;
                self.compare("position", &position, &other.position);
                self.compare("velocity", &velocity, &other.velocity);
                self.compare("heading", &heading.value(), &other.heading.value());
                self.compare("aim", &aim, &other.aim);
                self.compare("health", &health, &other.health);
                self.compare("flags", &flags.0, &other.flags.0);
            }
            (Some(EntityState::Shell(one)), Some(EntityState::Shell(other))) => {
                let ShellState { position, velocity, owner, bounces_left, ticks_left } = one;
                self.compare("position", &position, &other.position);
                self.compare("velocity", &velocity, &other.velocity);
                self.compare("owner", &owner.0, &other.owner.0);
                self.compare("bounces left", &bounces_left, &other.bounces_left);
                self.compare("ticks left", &ticks_left, &other.ticks_left);
            }
            (Some(EntityState::Pickup(one)), Some(EntityState::Pickup(other))) => {
                let PickupState { place, available } = one;
                self.compare("place", &place, &other.place);
                self.compare("available", &available, &other.available);
            }
            (one, other) => self.compare("existence", &one.is_some(), &other.is_some()),
        }
    }

    fn compare_players(&mut self, one: &World, other: &World, seat: usize) {
        let owns = |world: &World| world.seats[seat].map(|seat| seat.own).unwrap_or_default();
        let OwnState { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } =
            owns(one);
        let theirs = owns(other);
        self.compare("ticks to fire", &fire_ticks, &theirs.fire_ticks);
        self.compare("ticks to dash", &dash_ticks, &theirs.dash_ticks);
        self.compare("rail shots", &rail_shots, &theirs.rail_shots);
        self.compare("shield", &shield, &theirs.shield);
        self.compare("ticks of rapid fire", &rapid_ticks, &theirs.rapid_ticks);
        self.compare("ticks of protection", &protection_ticks, &theirs.protection_ticks);
        self.compare("ticks to respawn", &respawn_ticks, &theirs.respawn_ticks);
        let last_hit = |world: &World| world.seats[seat].and_then(|seat| seat.last_hit);
        self.compare("last hit", &last_hit(one), &last_hit(other));
        let said = |world: &World| {
            world.players[seat].map(|Standing { player: _, team, score, deaths }| (team, score, deaths))
        };
        self.compare("player", &said(one), &said(other));
    }
}
