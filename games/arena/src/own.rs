//! State of a craft that only its player receives.

use shared::game::{Own, Record};

use crate::rules::Terrain;

/// State of a craft that only its player receives: stocks, and timers that count down by one per tick. Sent when a
/// value differs from what the client expects.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
#[record(sparse)]
#[draw(map = Terrain, with(gun = Self::gun, dash = Self::dash))]
pub struct OwnState {
    /// Ticks until the gun fires again.
    #[draw(skip)]
    pub fire_ticks: u8,
    /// Ticks until the next dash.
    #[draw(skip)]
    pub dash_ticks: u8,
    /// Rail shots left.
    pub rail_shots: u8,
    /// Damage the shield still absorbs.
    pub shield: u8,
    /// Ticks of rapid fire left.
    #[draw(seconds, name = "rapid")]
    pub rapid_ticks: u16,
    /// Ticks of protection left.
    #[draw(seconds, name = "protection")]
    pub protection_ticks: u16,
    /// Ticks until the respawn of a wreck.
    #[draw(seconds, name = "respawn")]
    pub respawn_ticks: u16,
}

impl Own for OwnState {
    #[inline]
    fn step(&mut self) {
        self.fire_ticks = self.fire_ticks.saturating_sub(1);
        self.dash_ticks = self.dash_ticks.saturating_sub(1);
        self.rapid_ticks = self.rapid_ticks.saturating_sub(1);
        self.protection_ticks = self.protection_ticks.saturating_sub(1);
        self.respawn_ticks = self.respawn_ticks.saturating_sub(1);
    }
}

impl OwnState {
    /// Part of the time between two shots that has passed, 0..=1; at 1 the gun is ready.
    fn gun(&self, Terrain { rules, .. }: &Terrain) -> f32 {
        let pause = match (self.rail_shots, self.rapid_ticks) {
            (1.., _) => rules.rail_ticks,
            (0, 1..) => rules.rapid_fire_ticks,
            (0, 0) => rules.fire_ticks,
        };
        over(self.fire_ticks, pause)
    }

    /// Part of the time between two dashes that has passed, 0..=1.
    fn dash(&self, terrain: &Terrain) -> f32 {
        over(self.dash_ticks, terrain.rules.dash_ticks)
    }
}

fn over(left: u8, of: u8) -> f32 {
    (1.0 - f32::from(left) / f32::from(of.max(1))).clamp(0.0, 1.0)
}
