//! The tick: one fixed step of a room, identified by its number; and the tick rate.

use serde::{Deserialize, Serialize};

use std::time::Duration;

use crate::limits::{TICK_HZ_MAX, TICK_HZ_MIN};

/// The number of a fixed step. Tick 0 is the world before its first step. A room restarts at tick 0 long before the
/// number overflows, see [`TICK_RENUMBER`](crate::limits::TICK_RENUMBER).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Tick(pub u32);

impl Tick {
    /// The tick after this one.
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// The tick `ticks` later; saturates.
    pub const fn plus(self, ticks: u32) -> Self {
        Self(self.0.saturating_add(ticks))
    }

    /// The tick `ticks` earlier, at least tick 0.
    pub const fn minus(self, ticks: u32) -> Self {
        Self(self.0.saturating_sub(ticks))
    }

    /// Ticks from `earlier` to this one, 0 if `earlier` is later.
    pub const fn since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }

    /// Signed distance from `other` to this one, saturating.
    pub fn offset_from(self, other: Self) -> i32 {
        let distance = i64::from(self.0) - i64::from(other.0);
        distance.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
    }
}

/// Ticks per second, [`TICK_HZ_MIN`] to [`TICK_HZ_MAX`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TickRate(u16);

impl TickRate {
    /// `hz` ticks per second; `None` outside [`TICK_HZ_MIN`]..=[`TICK_HZ_MAX`].
    pub const fn new(hz: u16) -> Option<Self> {
        if hz < TICK_HZ_MIN || hz > TICK_HZ_MAX { None } else { Some(Self(hz)) }
    }

    /// Ticks per second.
    pub const fn hz(self) -> u16 {
        self.0
    }

    /// Length of one tick.
    pub const fn period(self) -> Duration {
        Duration::from_nanos(1_000_000_000 / self.0 as u64)
    }

    /// Whole ticks in `ms` milliseconds, rounded to the nearest, at least one.
    pub const fn ticks_in_ms(self, ms: u32) -> u32 {
        let ticks = (ms as u64 * self.0 as u64 + 500) / 1_000;
        if ticks == 0 { 1 } else { ticks as u32 }
    }
}
