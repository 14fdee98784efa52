//! Pickups: when they are available, which craft may take them, and their effects.

use crate::{
    entity::{CraftState, PickupState},
    map::{Map, PickupKind},
};
use crate::{
    own::OwnState,
    rules::numbers::{HEALTH_MAX, Rules},
};
use shared::tick::Tick;

/// State of a map's pickup places.
#[derive(Clone, Debug)]
pub struct Pickups {
    /// Tick at which each returns; 0 while it is available.
    returns: Vec<Tick>,
}

impl Pickups {
    /// All pickups of a map, available.
    pub fn new(map: &Map) -> Self {
        Self { returns: vec![AVAILABLE; map.pickups().len()] }
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.returns.len()
    }

    /// True if the map has no pickups.
    pub fn is_empty(&self) -> bool {
        self.returns.is_empty()
    }

    /// State of one place.
    pub fn get(&self, place: usize) -> Option<PickupState> {
        let returns = *self.returns.get(place)?;
        Some(PickupState { place: place as u8, available: returns == AVAILABLE })
    }

    /// Removes a pickup until tick `returns`.
    pub fn take(&mut self, place: usize, returns: Tick) {
        self.returns[place] = returns;
    }

    /// Makes pickups available whose time has come.
    pub fn step(&mut self, now: Tick) {
        for returns in &mut self.returns {
            if *returns <= now {
                *returns = AVAILABLE;
            }
        }
    }

    /// Pickups with these return ticks; 0 is available.
    pub fn from_returns(returns: Vec<Tick>) -> Self {
        Self { returns }
    }

    /// Return ticks; part of the state.
    pub fn returns(&self) -> &[Tick] {
        &self.returns
    }
}

/// True if the pickup would change the craft.
pub fn has_use(kind: PickupKind, craft: &CraftState, own: &OwnState, rules: &Rules) -> bool {
    match kind {
        PickupKind::Health => craft.health < HEALTH_MAX,
        PickupKind::Rapid => own.rapid_ticks < rules.rapid_ticks,
        PickupKind::Shield => own.shield < rules.shield_points,
        PickupKind::Rail => own.rail_shots < rules.rail_shots,
    }
}

/// Applies a pickup to a craft.
pub fn give(kind: PickupKind, craft: &mut CraftState, own: &mut OwnState, rules: &Rules) {
    match kind {
        PickupKind::Health => craft.health = craft.health.saturating_add(rules.pickup_health).min(HEALTH_MAX),
        PickupKind::Rapid => own.rapid_ticks = rules.rapid_ticks,
        PickupKind::Shield => own.shield = rules.shield_points,
        PickupKind::Rail => own.rail_shots = rules.rail_shots,
    }
}

/// Return tick of an available pickup.
const AVAILABLE: Tick = Tick(0);
