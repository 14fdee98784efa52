//! Smooths a correction: the entity is drawn where it was, and slides to its corrected position within a few frames.
//!
//! The decay is Fiedler's ("Networked Physics in Virtual Reality"), made independent of the frame rate: small errors
//! fade slowly enough to go unseen, large ones fast enough not to mislead.

use std::time::Duration;

use glam::Vec2;

/// Offset of the drawn position from the true one, px. It decays with time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offset {
    px: Vec2,
    at: Duration,
}

impl Offset {
    /// The true position moved by `px` at `now`; the drawn one stays. An offset above `LEAP_PX` is dropped, so that the entity jumps.
    pub fn absorb(&mut self, px: Vec2, now: Duration) {
        self.px = self.at(now) - px;
        self.at = now;
        if self.px.length() > LEAP_PX {
            self.px = Vec2::ZERO;
        }
    }

    /// The offset to add to the true position at `now`, px.
    pub fn at(&self, now: Duration) -> Vec2 {
        let frames = now.saturating_sub(self.at).as_secs_f32() * 60.0;
        let size = (self.px.length() / BODY_PX).clamp(0.25, 1.0);
        // The part kept per frame: 0.95 at a quarter of a body, 0.85 at a whole one.
        let kept = 0.95 - 0.1 * (size - 0.25) / 0.75;
        // The power functions of the platforms differ in the last bit; that of libm is the same everywhere.
        self.px * libm::powf(kept, frames)
    }
}

/// Width of a typical entity, px.
const BODY_PX: f32 = 32.0;
/// Offsets above this are not smoothed, px: the slide would look like a flight through walls.
const LEAP_PX: f32 = 4.0 * BODY_PX;

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn picture_stays_and_then_slides_to_the_truth() {
        let mut offset = Offset::default();
        offset.absorb(Vec2::new(8.0, 0.0), ms(100));
        assert_eq!(offset.at(ms(100)), Vec2::new(-8.0, 0.0));
        assert!(offset.at(ms(200)).length() < 8.0 * 0.8);
        assert!(offset.at(ms(2_000)).length() < 0.1);
    }

    #[test]
    fn decay_is_the_same_at_every_frame_rate() {
        let mut offset = Offset::default();
        offset.absorb(Vec2::new(6.0, 2.0), ms(0));
        let once = offset.at(ms(160));
        for step in 1..=16 {
            offset.absorb(Vec2::ZERO, ms(step * 10));
        }
        assert!((offset.at(ms(160)) - once).length() < 1e-3);
    }

    #[test]
    fn leap_is_shown_as_one() {
        let mut offset = Offset::default();
        offset.absorb(Vec2::new(LEAP_PX + 1.0, 0.0), ms(0));
        assert_eq!(offset.at(ms(0)), Vec2::ZERO);
    }
}
