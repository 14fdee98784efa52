//! Where living crafts were in the last ticks: as much of the past as lag compensation may ask for, and no more.
//!
//! For those who run a world again from a checkpoint. A room has the whole history instead.

use glam::IVec2;

use crate::rules::{
    Terrain,
    weapon::{Past, rewind_ticks},
    world::World,
};
use shared::{id::PlayerId, tick::Tick};

/// The last ticks of a world's crafts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trail {
    seats: usize,
    /// Rows of `seats` positions, row `tick % ticks`.
    ring: Vec<Option<IVec2>>,
    ticks: u32,
    newest: Tick,
}

impl Trail {
    /// A trail that remembers nothing yet of a world of `seats`.
    pub fn new(terrain: &Terrain, seats: u16, now: Tick) -> Self {
        let ticks = rewind_ticks(&terrain.rules);
        let seats = usize::from(seats);
        Self { seats, ring: vec![None; seats * ticks as usize], ticks, newest: now }
    }

    /// Ticks it remembers, the newest included.
    pub fn ticks(&self) -> u32 {
        self.ticks
    }

    /// Takes in where everyone is at the end of a tick. Ticks that were left out are forgotten.
    pub fn record(&mut self, world: &World) {
        let tick = world.tick();
        for skipped in 1..tick.since(self.newest).min(self.ticks + 1) {
            self.row_mut(self.newest.plus(skipped)).fill(None);
        }
        self.newest = tick;
        self.row_mut(tick).fill(None);
        for (player, craft) in world.crafts().filter(|(_, craft)| craft.is_alive()) {
            self.set(player, tick, craft.position);
        }
    }

    /// Says where a craft was at the end of a tick that is still remembered.
    pub(super) fn set(&mut self, player: PlayerId, tick: Tick, position: IVec2) {
        self.row_mut(tick)[player.index()] = Some(position);
    }

    fn row_mut(&mut self, tick: Tick) -> &mut [Option<IVec2>] {
        let row = (tick.0 % self.ticks) as usize * self.seats;
        &mut self.ring[row..row + self.seats]
    }
}

impl Past for Trail {
    fn living(&self, player: PlayerId, tick: Tick) -> Option<IVec2> {
        if tick > self.newest || self.newest.since(tick) >= self.ticks || player.index() >= self.seats {
            return None;
        }
        self.ring[(tick.0 % self.ticks) as usize * self.seats + player.index()]
    }
}
