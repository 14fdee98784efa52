//! The pose: an entity between two ticks, for drawing.

use glam::Vec2;

use crate::{game::Entity, quantize::position_to_px};

/// An entity at a time between two of its states.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pose<E> {
    /// Centre, px.
    pub position: Vec2,
    /// Velocity, px per tick.
    pub velocity: Vec2,
    /// The state for fields that are not interpolated.
    pub state: E,
    /// The state before the time.
    pub from: E,
    /// The state after the time; equal to `from` if the entity does not change.
    pub to: E,
    /// Part of the time from `from` to `to` that has passed, 0..=1.
    pub part: f32,
}

impl<E> Pose<E> {
    /// Converts the states, for example to the enum that has this type as one of its kinds.
    pub fn map<F>(self, kind: impl Fn(E) -> F) -> Pose<F> {
        let Self { position, velocity, state, from, to, part } = self;
        Pose { position, velocity, state: kind(state), from: kind(from), to: kind(to), part }
    }

    /// Interpolates a number.
    pub fn blend(&self, number: impl Fn(&E) -> f32) -> f32 {
        let (from, to) = (number(&self.from), number(&self.to));
        from + (to - from) * self.part
    }

    /// Interpolates an angle in the shorter direction; in turns, 0..1.
    pub fn turn(&self, turns: impl Fn(&E) -> f32) -> f32 {
        let (from, to) = (turns(&self.from), turns(&self.to));
        let way = (to - from + 0.5).rem_euclid(1.0) - 0.5;
        (from + way * self.part).rem_euclid(1.0)
    }
}

impl<E: Entity> Pose<E> {
    /// The pose of one state, without motion.
    pub fn still(state: E, map: &E::Map) -> Self {
        let position = position_to_px(state.position(map));
        Self { position, velocity: Vec2::ZERO, state, from: state, to: state, part: 0.0 }
    }

    /// The pose `past` of `ticks` ticks on the straight line between two states. Fields that are not interpolated have the later value.
    pub fn straight(from: E, to: E, past: f64, ticks: u32, map: &E::Map) -> Self {
        let ticks = ticks.max(1);
        let part = (past / f64::from(ticks)) as f32;
        let (a, b) = (position_to_px(from.position(map)), position_to_px(to.position(map)));
        Self { position: a.lerp(b, part), velocity: (b - a) / ticks as f32, state: to, from, to, part }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pose(from: f32, to: f32, part: f32) -> Pose<f32> {
        Pose { position: Vec2::ZERO, velocity: Vec2::ZERO, state: to, from, to, part }
    }

    #[test]
    fn angles_take_the_short_way_and_numbers_the_straight_one() {
        let close = |one: f32, other: f32| (one - other).abs() < 1e-6;
        assert!(close(pose(0.9, 0.1, 0.25).turn(|turns| *turns), 0.95));
        assert!(close(pose(0.1, 0.9, 0.75).turn(|turns| *turns), 0.95));
        assert!(close(pose(0.9, 0.1, 0.25).blend(|number| *number), 0.7));
    }
}
