//! What a player sees at a moment, written into one flat array of floats, see [`crate::layout`].

use std::time::Duration;

use client::Client;
use shared::{
    Tick,
    entity::{CraftState, EntityState},
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION},
    sim::Terrain,
};

use crate::layout::{Craft, Head, Own, Pickup, Shell};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    values: Vec<f32>,
    render_tick: f64,
    newest: Tick,
    newest_at: Duration,
}

impl Frame {
    /// The floats.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The moment shown, in ticks of the room.
    pub(crate) const fn render_tick(&self) -> f64 {
        self.render_tick
    }

    /// Writes what `client` sees at `now`.
    pub(crate) fn fill(&mut self, client: &Client, now: Duration) {
        self.values.clear();
        let (view, Some(welcome)) = (client.view(), client.welcome()) else { return };
        let Some(terrain) = view.terrain() else { return };
        if view.tick() != self.newest {
            (self.newest, self.newest_at) = (view.tick(), now);
        }
        let hz = f32::from(welcome.tick_rate.hz());
        let ahead = ((now - self.newest_at).as_secs_f64() * f64::from(hz)).min(AHEAD_MAX);
        self.render_tick = f64::from(view.tick().0) + ahead;
        let scale = Scale { hz, ahead: ahead as f32 };
        let (mut head, mut own, mut crafts, mut shells, mut pickups) =
            (Head::default(), None, Vec::new(), Vec::new(), Vec::new());
        for (id, entity) in view.entities() {
            match entity {
                EntityState::Craft(state) if Some(id) == view.player().map(shared::PlayerId::craft) => {
                    own = Some(own_record(id.0, state, client, &scale));
                }
                EntityState::Craft(state) => {
                    craft_record(id.0, state, &scale).write(&mut crafts);
                    head.crafts += 1.0;
                }
                EntityState::Shell(state) => {
                    let [x, y, vx, vy] = scale.moving(state.position, state.velocity);
                    let owner = state.owner.0.into();
                    let bounces_left = state.bounces_left.into();
                    Shell { id: id.0.into(), owner, x, y, vx, vy, bounces_left, predicted: 0.0 }.write(&mut shells);
                    head.shells += 1.0;
                }
                EntityState::Pickup(state) => {
                    if let Some(record) = pickup_record(*state, terrain) {
                        record.write(&mut pickups);
                        head.pickups += 1.0;
                    }
                }
            }
        }
        head.own = f32::from(own.is_some());
        head.write(&mut self.values);
        if let Some(own) = own {
            own.write(&mut self.values);
        }
        for records in [crafts, shells, pickups] {
            self.values.extend(records);
        }
    }
}

/// Turns units of the simulation into those of the layout.
struct Scale {
    hz: f32,
    /// Ticks since the newest one known.
    ahead: f32,
}

impl Scale {
    fn moving(&self, position: glam::IVec2, velocity: glam::IVec2) -> [f32; 4] {
        let velocity = velocity.as_vec2() / (POSITION_PER_PX * VELOCITY_PER_POSITION) as f32;
        let position = position.as_vec2() / POSITION_PER_PX as f32 + velocity * self.ahead;
        [position.x, position.y, velocity.x * self.hz, velocity.y * self.hz]
    }

    fn seconds(&self, ticks: u16) -> f32 {
        (f32::from(ticks) - self.ahead).max(0.0) / self.hz
    }
}

fn craft_record(player: u16, state: &CraftState, scale: &Scale) -> Craft {
    let still = Scale { hz: scale.hz, ahead: 0.0 };
    let scale = if state.is_alive() { scale } else { &still };
    let [x, y, vx, vy] = scale.moving(state.position, state.velocity);
    Craft {
        player: player.into(),
        x,
        y,
        vx,
        vy,
        aim: f32::from(state.aim) * std::f32::consts::TAU / 256.0,
        health: state.health.into(),
        flags: state.flags.0.into(),
        alive: state.is_alive().into(),
        stale: 0.0,
    }
}

fn own_record(player: u16, state: &CraftState, client: &Client, scale: &Scale) -> Own {
    let Craft { player, x, y, vx, vy, aim, health, flags, alive, stale: _ } = craft_record(player, state, scale);
    let (own, rules) = (client.view().own(), client.view().terrain().map(|terrain| terrain.rules));
    let part = |left: u8, whole: Option<u8>| f32::from(left) / f32::from(whole.unwrap_or(1).max(1));
    Own {
        player,
        x,
        y,
        vx,
        vy,
        aim,
        health,
        flags,
        alive,
        fire: part(own.fire_ticks, rules.map(|rules| rules.fire_ticks)).min(1.0),
        dash: part(own.dash_ticks, rules.map(|rules| rules.dash_ticks)).min(1.0),
        rail_shots: own.rail_shots.into(),
        shield: own.shield.into(),
        rapid: scale.seconds(own.rapid_ticks),
        protection: scale.seconds(own.protection_ticks),
        respawn: scale.seconds(own.respawn_ticks),
    }
}

fn pickup_record(state: shared::entity::PickupState, terrain: &Terrain) -> Option<Pickup> {
    let kind = terrain.map.pickups().get(usize::from(state.place))?.kind;
    let position = shared::quantize::position_to_px(terrain.map.pickup_position(state.place));
    let available = state.available.into();
    Some(Pickup { place: state.place.into(), x: position.x, y: position.y, kind: f32::from(kind as u8), available })
}

/// Ticks that are shown beyond the newest known.
const AHEAD_MAX: f64 = 3.0;
