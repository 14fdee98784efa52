//! The replicated entities: cells, pellets and crumbs. Which of their fields are sent, and how they move without
//! messages.

use serde::{Deserialize, Serialize};
use shared::{
    PlayerId,
    game::{Entity, IVec2, Pose, Replicate},
    quantize::POSITION_PER_PX,
};

use crate::{
    limits::{CELLS_MAX, MASS_MAX},
    plate::{self, Plate},
};

/// One replicated entity at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
pub enum Thing {
    /// A cell of a player.
    Cell(Cell),
    /// Food that does not move.
    Pellet(Pellet),
    /// Ejected by a cell.
    Crumb(Crumb),
}

/// A cell. It swims along its heading, and its impulse from a split decays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
#[draw(with(radius = Self::radius_drawn))]
pub struct Cell {
    /// Centre, position units.
    #[replicate(position)]
    pub position: IVec2,
    /// Velocity from a split, added to its own speed, position units per tick.
    #[replicate(max = IMPULSE_MAX)]
    #[draw(skip)]
    pub impulse: IVec2,
    /// Direction, 1/256 turn, clockwise from the right.
    #[replicate(intent, turn)]
    pub heading: u8,
    /// Speed in fifteenths of its top speed.
    #[replicate(intent, max = PACE_MAX as i64)]
    #[draw(skip)]
    pub pace: u8,
    /// Mass: the area of the cell. The top speed falls with it.
    #[replicate(intent, max = MASS_MAX as i64)]
    #[draw(lerp)]
    pub mass: u32,
    /// The player who owns it.
    #[replicate(fixed)]
    pub owner: PlayerId,
    /// Colour, 1/256 of the colour wheel.
    #[replicate(fixed)]
    pub hue: u8,
}

/// Food that never moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
#[replicate(once)]
pub struct Pellet {
    /// Position units.
    #[replicate(position)]
    pub position: IVec2,
    /// Colour, 1/256 of the colour wheel.
    pub hue: u8,
}

/// Food that a cell ejected. It slows down until it rests, and dissolves after a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
#[replicate(once)]
pub struct Crumb {
    /// Position units.
    #[replicate(position)]
    pub position: IVec2,
    /// Velocity, position units per tick.
    #[replicate(max = IMPULSE_MAX)]
    #[draw(skip)]
    pub impulse: IVec2,
    /// Ticks until it dissolves.
    #[draw(skip)]
    pub ticks_left: u16,
    /// The player who ejected it.
    pub owner: PlayerId,
    /// Slot of the cell that ejected it.
    #[replicate(max = CELLS_MAX as i64 - 1)]
    #[draw(skip)]
    pub slot: u8,
    /// Colour, 1/256 of the colour wheel.
    pub hue: u8,
}

impl Entity for Cell {
    type Map = Plate;

    fn step(&mut self, plate: &Plate) -> bool {
        let swims = plate::along(self.heading, plate.speed(self.mass) * i32::from(self.pace) / i32::from(PACE_MAX));
        self.position = plate.clamp(self.position + swims + self.impulse);
        self.impulse = slowed(self.impulse, plate);
        true
    }

    fn position(&self, _: &Plate) -> IVec2 {
        self.position
    }

    fn extent(&self, _: &Plate) -> i32 {
        self.radius()
    }

    /// Above pellets and crumbs: a cell that is not sent can swallow a player.
    fn importance(&self) -> u32 {
        8
    }
}

impl Entity for Pellet {
    type Map = Plate;

    fn step(&mut self, _: &Plate) -> bool {
        true
    }

    fn position(&self, _: &Plate) -> IVec2 {
        self.position
    }

    /// A pellet is shown until the tick in which it was swallowed.
    fn between(&self, _: &Self, _: f64, _: u32, plate: &Plate) -> Pose<Self> {
        Pose::still(*self, plate)
    }

    fn ahead(&self, _: f64, plate: &Plate) -> Option<Pose<Self>> {
        Some(Pose::still(*self, plate))
    }
}

impl Entity for Crumb {
    type Map = Plate;

    fn step(&mut self, plate: &Plate) -> bool {
        self.position = plate.clamp(self.position + self.impulse);
        self.impulse = slowed(self.impulse, plate);
        self.ticks_left = self.ticks_left.saturating_sub(1);
        self.ticks_left > 0
    }

    fn position(&self, _: &Plate) -> IVec2 {
        self.position
    }

    fn importance(&self) -> u32 {
        2
    }
}

impl Crumb {
    /// True if the rules could have produced this crumb; checks a checkpoint.
    pub(crate) fn is_sane(&self) -> bool {
        self.ticks_left > 0 && usize::from(self.slot) < CELLS_MAX && is_impulse(self.impulse)
    }
}

impl Cell {
    /// True if the rules could have produced this cell; checks a checkpoint.
    pub(crate) fn is_sane(&self) -> bool {
        (1..=MASS_MAX).contains(&self.mass) && self.pace <= PACE_MAX && is_impulse(self.impulse)
    }

    /// Radius, position units.
    pub fn radius(&self) -> i32 {
        plate::radius(self.mass)
    }

    fn radius_drawn(&self, _: &Plate) -> f32 {
        self.radius() as f32 / POSITION_PER_PX as f32
    }
}

fn is_impulse(impulse: IVec2) -> bool {
    impulse == impulse.clamp(IVec2::splat(-IMPULSE_MAX), IVec2::splat(IMPULSE_MAX))
}

/// The impulse one tick later: `(hz - 4) / hz` of it, rounded toward 0.
fn slowed(impulse: IVec2, plate: &Plate) -> IVec2 {
    let hz = i32::from(plate.hz());
    impulse * (hz - 4).max(0) / hz
}

/// Pace of full speed.
pub const PACE_MAX: u8 = 15;
/// Mass of a pellet.
pub const PELLET_MASS: u32 = 2;
/// Mass of a crumb.
pub const CRUMB_MASS: u32 = 12;
/// Radius of a pellet, px.
pub const PELLET_RADIUS_PX: i32 = 10;
/// Radius of a crumb, px.
pub const CRUMB_RADIUS_PX: i32 = 24;
/// Largest component of an impulse, position units per tick: above every rule's at the lowest tick rate.
pub(crate) const IMPULSE_MAX: i32 = 1 << 14;
