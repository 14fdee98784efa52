//! Pickups: when they lie there, who takes them, what they give.

use crate::{
    entity::{CraftState, PickupState},
    map::{Map, PickupKind},
};
use crate::{
    own::OwnState,
    rules::numbers::{HEALTH_MAX, Rules},
};
use shared::tick::Tick;

/// The pickup places of a map, each full or waiting.
#[derive(Clone, Debug)]
pub struct Pickups {
    /// When each returns; [`Tick`] 0 while it lies there.
    returns: Vec<Tick>,
}

impl Pickups {
    /// All of a map's pickups, lying there.
    pub fn new(map: &Map) -> Self {
        Self { returns: vec![AVAILABLE; map.pickups().len()] }
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.returns.len()
    }

    /// Whether the map has none.
    pub fn is_empty(&self) -> bool {
        self.returns.is_empty()
    }

    /// A place's state.
    pub fn get(&self, place: usize) -> Option<PickupState> {
        let returns = *self.returns.get(place)?;
        Some(PickupState { place: place as u8, available: returns == AVAILABLE })
    }

    /// Takes what lies at a place away until `returns`.
    pub fn take(&mut self, place: usize, returns: Tick) {
        self.returns[place] = returns;
    }

    /// Lets those whose time has come lie there again.
    pub fn step(&mut self, now: Tick) {
        for returns in &mut self.returns {
            if *returns <= now {
                *returns = AVAILABLE;
            }
        }
    }

    /// Pickups that return at these ticks; tick 0 lies there.
    pub fn from_returns(returns: Vec<Tick>) -> Self {
        Self { returns }
    }

    /// When each returns: part of the state.
    pub fn returns(&self) -> &[Tick] {
        &self.returns
    }
}

/// Whether a craft has a use for a pickup.
pub fn has_use(kind: PickupKind, craft: &CraftState, own: &OwnState, rules: &Rules) -> bool {
    match kind {
        PickupKind::Health => craft.health < HEALTH_MAX,
        PickupKind::Rapid => own.rapid_ticks < rules.rapid_ticks,
        PickupKind::Shield => own.shield < rules.shield_points,
        PickupKind::Rail => own.rail_shots < rules.rail_shots,
    }
}

/// Gives a pickup to a craft.
pub fn give(kind: PickupKind, craft: &mut CraftState, own: &mut OwnState, rules: &Rules) {
    match kind {
        PickupKind::Health => craft.health = craft.health.saturating_add(rules.pickup_health).min(HEALTH_MAX),
        PickupKind::Rapid => own.rapid_ticks = rules.rapid_ticks,
        PickupKind::Shield => own.shield = rules.shield_points,
        PickupKind::Rail => own.rail_shots = rules.rail_shots,
    }
}

/// A tick nothing ever returns at.
const AVAILABLE: Tick = Tick(0);
