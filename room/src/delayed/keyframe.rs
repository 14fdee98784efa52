//! A room's world at one tick, and as much of its past as its next ticks may ask for.

use arena::rules::world::{Past, Trail, World};
use glam::IVec2;
use shared::{PlayerId, Tick};

/// See the module.
#[derive(Debug)]
pub(super) struct Keyframe {
    world: World,
    /// Steps that were made until then.
    step: u64,
    /// Rows of seats: where living crafts were in the ticks before, the newest first.
    past: Vec<Option<IVec2>>,
}

impl Keyframe {
    /// The world as it is now. Events that nobody has polled are left out.
    pub(super) fn of(world: &World, past: &impl Past, step: u64) -> Self {
        let seats = world.config().seats;
        // As far as the rules rewind a shot, and one more for good measure.
        let ticks = Trail::new(world.terrain(), 0, world.tick()).ticks() + 1;
        let now = world.tick();
        let rows = (1..=ticks).filter(|&age| age < now.0).map(|age| now.minus(age));
        let past = rows.flat_map(|tick| (0..seats).map(move |seat| past.living(PlayerId(seat), tick))).collect();
        let mut world = world.clone();
        while world.poll_event().is_some() {}
        Self { world, step, past }
    }

    pub(super) fn step(&self) -> u64 {
        self.step
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }
}

impl Past for Keyframe {
    fn living(&self, player: PlayerId, tick: Tick) -> Option<IVec2> {
        let age = self.world.tick().offset_from(tick);
        let row = usize::try_from(age).ok()?.checked_sub(1)?;
        self.past.get(row * usize::from(self.world.config().seats) + player.index()).copied().flatten()
    }
}
