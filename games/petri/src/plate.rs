//! The plate that the cells live on: its size, and the numbers of the rules at a tick rate.

use shared::{
    TickRate,
    game::{IVec2, Map},
    quantize::POSITION_PER_PX,
    rng::Rng,
    trig,
    wire::{DecodeError, POSITION_MAX, Reader, Writer},
};

use crate::limits::MASS_MAX;

/// A square plate at a tick rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plate {
    side_px: u16,
    hz: u16,
}

impl Plate {
    /// A square plate; the side is clamped to its bounds.
    pub fn new(side_px: u16, tick_rate: TickRate) -> Self {
        Self { side_px: side_px.clamp(SIDE_PX_MIN, SIDE_PX_MAX), hz: tick_rate.hz() }
    }

    /// Side, px.
    pub const fn side_px(&self) -> u16 {
        self.side_px
    }

    /// Side, position units.
    pub const fn side(&self) -> i32 {
        self.side_px as i32 * POSITION_PER_PX
    }

    /// Ticks per second.
    pub const fn hz(&self) -> u16 {
        self.hz
    }

    /// Converts milliseconds to ticks, at least one.
    pub const fn ticks(&self, ms: u32) -> u16 {
        let ticks = ms * self.hz as u32 / 1_000;
        if ticks == 0 { 1 } else { ticks as u16 }
    }

    /// Converts px per second to position units per tick.
    pub const fn per_tick(&self, px_per_sec: i32) -> i32 {
        px_per_sec * POSITION_PER_PX / self.hz as i32
    }

    /// Top speed of a cell, position units per tick: it falls with the fourth root of the mass.
    pub fn speed(&self, mass: u32) -> i32 {
        let root = ((mass.clamp(1, MASS_MAX) << 16).isqrt() << 8).isqrt();
        SPEED / (root as i32 * i32::from(self.hz))
    }

    /// A random position on the plate.
    pub fn anywhere(&self, rng: &mut Rng) -> IVec2 {
        IVec2::new(rng.between(0, self.side()), rng.between(0, self.side()))
    }

    /// The nearest position on the plate.
    pub fn clamp(&self, position: IVec2) -> IVec2 {
        position.clamp(IVec2::ZERO, IVec2::splat(self.side()))
    }
}

/// Radius of a cell, position units. Its square is proportional to the mass.
pub fn radius(mass: u32) -> i32 {
    (mass.min(MASS_MAX) << 14).isqrt() as i32
}

/// View distance of a player whose cells have this total mass, px.
pub fn view_px(mass: u32) -> u32 {
    VIEW_PX + 3 * (radius(mass) / POSITION_PER_PX) as u32
}

/// The unit vector of a heading (1/256 turn) times `length`.
pub(crate) fn along(heading: u8, length: i32) -> IVec2 {
    trig::vector(u16::from(heading) * 4, length)
}

impl Map for Plate {
    fn size(&self) -> Option<IVec2> {
        Some(IVec2::splat(self.side()))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.int(self.side_px);
    }

    fn decode(tick_rate: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let side_px = input.ranged("side", SIDE_PX_MIN.into(), SIDE_PX_MAX.into())?;
        Ok(Self::new(side_px as u16, tick_rate))
    }

    fn shipped() -> Vec<(&'static str, &'static str)> {
        vec![("dish", "16000")]
    }

    fn parse(file: &str, text: &str, tick_rate: TickRate) -> Result<Self, String> {
        match text.trim().parse() {
            Ok(side_px @ SIDE_PX_MIN..=SIDE_PX_MAX) => Ok(Self::new(side_px, tick_rate)),
            _ => Err(format!("{file}: a map of petri is its side in px, a number from {SIDE_PX_MIN} to {SIDE_PX_MAX}")),
        }
    }
}

/// Smallest side, px.
pub const SIDE_PX_MIN: u16 = 1_000;
/// Largest side, px: positions must not exceed [`POSITION_MAX`].
pub const SIDE_PX_MAX: u16 = 60_000;
/// The speed of a cell, position units per second times the root in [`Plate::speed`]: 400 px/s at a mass of 20.
const SPEED: i32 = 400 * POSITION_PER_PX * 541;
/// View distance of a player without mass, px: half the diagonal of a screen.
const VIEW_PX: u32 = 900;

const _: () = assert!(SIDE_PX_MAX as i32 * POSITION_PER_PX <= POSITION_MAX);
