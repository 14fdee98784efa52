//! What only a player knows of its own craft.

use shared::game::{Own, Record};

/// What only its own player knows of a craft: timers that count down by themselves, one per tick, and stocks. Sent
/// when a timer does not do what the client expects.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
#[record(sparse)]
pub struct OwnState {
    /// Ticks until the gun fires again.
    pub fire_ticks: u8,
    /// Ticks until the next dash.
    pub dash_ticks: u8,
    /// Rail shots left.
    pub rail_shots: u8,
    /// Damage the shield still absorbs.
    pub shield: u8,
    /// Ticks of rapid fire left.
    pub rapid_ticks: u16,
    /// Ticks of protection left.
    pub protection_ticks: u16,
    /// Ticks until the respawn of a wreck.
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
