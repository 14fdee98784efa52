//! The replicated entities: what of them travels, and how they move by themselves.
//!
//! A change is made against a *baseline run forward*: both ends take a state they share, run it to the tick before,
//! set the fields that say what the craft does from now on (heading, aim, dash), run the last tick, and only then
//! write or add what still differs. A craft that turns costs its new heading and nothing else.

use glam::IVec2;

use shared::{
    game::{Entity, Field, Pose, Replicate},
    id::PlayerId,
};

use crate::{
    flight,
    input::Heading,
    rules::{Terrain, craft, shell},
};

/// One replicated entity at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
pub enum EntityState {
    /// A player's craft.
    Craft(CraftState),
    /// A shell in flight.
    Shell(ShellState),
    /// A pickup place of the map.
    Pickup(PickupState),
}

/// A craft, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[replicate(impulses = 1)]
pub struct CraftState {
    /// Centre, position units.
    #[replicate(position)]
    pub position: IVec2,
    /// Velocity units.
    #[replicate(max = VELOCITY_MAX)]
    #[draw(skip)]
    pub velocity: IVec2,
    /// Thrust it keeps until told otherwise.
    #[replicate(intent, unseen)]
    #[draw(skip)]
    pub heading: Heading,
    /// Where the gun points, in 1/256 turn: drawn only, shells carry their own velocity.
    #[replicate(cosmetic, turn)]
    pub aim: u8,
    /// 0 is a wreck.
    #[replicate(intent)]
    pub health: u8,
    /// What is worn and carried.
    #[replicate(intent)]
    pub flags: CraftFlags,
}

/// What a craft visibly wears and carries, a bit set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
pub struct CraftFlags(pub u8);

/// A shell, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[replicate(once)]
pub struct ShellState {
    /// Position units.
    #[replicate(position)]
    pub position: IVec2,
    /// Velocity units.
    #[replicate(max = VELOCITY_MAX)]
    #[draw(skip)]
    pub velocity: IVec2,
    /// Who fired it.
    pub owner: PlayerId,
    /// Walls it still survives.
    #[replicate(unseen)]
    pub bounces_left: u8,
    /// Ticks it still lives.
    #[replicate(unseen = u16::MAX)]
    #[draw(skip)]
    pub ticks_left: u16,
}

/// A pickup place, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[draw(with(kind = Self::kind))]
pub struct PickupState {
    /// Index into the map's list of pickup places, which says where and what it is.
    #[replicate(fixed)]
    pub place: u8,
    /// Whether it can be taken now.
    #[replicate(intent)]
    pub available: bool,
}

impl Entity for CraftState {
    type Map = Terrain;

    fn step(&mut self, terrain: &Terrain) -> bool {
        craft::step(self, terrain);
        true
    }

    fn position(&self, _: &Terrain) -> IVec2 {
        self.position
    }

    fn importance(&self) -> u32 {
        4
    }

    /// It moves in every tick, and shells are to be told of as they go all the same.
    fn plain_importance(&self) -> u32 {
        400
    }

    /// The dash, along the heading.
    fn impulse(&mut self, _: u8, terrain: &Terrain) -> bool {
        craft::dash(self, terrain);
        self.heading != Heading::NONE
    }

    fn between(&self, later: &Self, past: f64, ticks: u32, terrain: &Terrain) -> Pose<Self> {
        flight::craft_between(self, later, past, ticks, terrain)
    }

    fn ahead(&self, past: f64, terrain: &Terrain) -> Option<Pose<Self>> {
        flight::craft_ahead(self, past, terrain)
    }
}

impl Entity for ShellState {
    type Map = Terrain;

    fn step(&mut self, terrain: &Terrain) -> bool {
        shell::step(self, terrain, |_, _| false) == shell::Fate::Flies
    }

    fn position(&self, _: &Terrain) -> IVec2 {
        self.position
    }

    /// A missing shell kills, a missing pickup annoys.
    fn importance(&self) -> u32 {
        8
    }

    /// Whatever came later: a straight line would cut its corners.
    fn between(&self, _: &Self, past: f64, _: u32, terrain: &Terrain) -> Pose<Self> {
        flight::shell_pose(self, past, terrain).unwrap_or_else(|| flight::shell_still(self))
    }

    fn ahead(&self, past: f64, terrain: &Terrain) -> Option<Pose<Self>> {
        let (state, part) = self.run_forward(past, terrain)?;
        flight::shell_pose(&state, part, terrain)
    }
}

impl Entity for PickupState {
    type Map = Terrain;

    fn step(&mut self, _: &Terrain) -> bool {
        true
    }

    fn position(&self, terrain: &Terrain) -> IVec2 {
        terrain.map.pickup_position(self.place)
    }

    /// What was taken is there until the tick in which it is not any more.
    fn between(&self, _: &Self, _: f64, _: u32, terrain: &Terrain) -> Pose<Self> {
        Pose::still(*self, terrain)
    }

    fn ahead(&self, _: f64, terrain: &Terrain) -> Option<Pose<Self>> {
        Some(Pose::still(*self, terrain))
    }
}

/// Largest velocity component: above dash plus thrust at the lowest tick rate.
const VELOCITY_MAX: i32 = 1 << 15;

impl CraftState {
    /// Whether it is no wreck.
    pub const fn is_alive(&self) -> bool {
        self.health > 0
    }
}

impl PickupState {
    /// What lies there, as a page numbers it. A server may say anything, also a place that the map does not have.
    fn kind(&self, terrain: &Terrain) -> f32 {
        terrain.map.pickups().get(usize::from(self.place)).map_or(0.0, |place| f32::from(place.kind as u8))
    }
}

impl CraftFlags {
    /// Fresh from a respawn: nothing hurts it.
    pub const PROTECTED: Self = Self(1);
    /// Wears a shield.
    pub const SHIELD: Self = Self(2);
    /// Fires rapidly.
    pub const RAPID: Self = Self(4);
    /// Carries the rail.
    pub const RAIL: Self = Self(8);

    /// Whether all of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets or clears `other`.
    pub const fn set(&mut self, other: Self, on: bool) {
        if on { self.0 |= other.0 } else { self.0 &= !other.0 }
    }
}

/// Operations that carry a whole state. Below 64 they are the masks of a delta, 0 removes.
pub mod full {
    /// A craft follows.
    pub const CRAFT: u8 = 64;
    /// A shell follows.
    pub const SHELL: u8 = 65;
    /// A pickup follows.
    pub const PICKUP: u8 = 66;
}
