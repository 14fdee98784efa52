//! The replicated entities: which of their fields are sent, and how they move without messages.
//!
//! A change is made against a *baseline run forward*: both ends take a state they share, run it to the tick before, set
//! the fields that decide what the craft does next (heading, aim, dash), run the last tick, and only then send or apply
//! the remaining differences. A craft that turns costs only its new heading.

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

/// A craft at the end of a tick.
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
    /// Direction of thrust, kept until a change is sent.
    #[replicate(intent, unseen)]
    #[draw(skip)]
    pub heading: Heading,
    /// Direction of the gun, in 1/256 turn. It is only drawn; shells have their own velocity.
    #[replicate(cosmetic, turn)]
    pub aim: u8,
    /// Health; 0 is a wreck.
    #[replicate(intent)]
    pub health: u8,
    /// Visible equipment and protection.
    #[replicate(intent)]
    pub flags: CraftFlags,
}

/// Visible equipment and protection of a craft, a bit set.
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
    /// The player who fired it.
    pub owner: PlayerId,
    /// Number of bounces left.
    #[replicate(unseen)]
    pub bounces_left: u8,
    /// Ticks left until it expires.
    #[replicate(unseen = u16::MAX)]
    #[draw(skip)]
    pub ticks_left: u16,
}

/// A pickup place, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[draw(with(kind = Self::kind))]
pub struct PickupState {
    /// Index into the map's list of pickup places, which has position and kind.
    #[replicate(fixed)]
    pub place: u8,
    /// True if it can be taken now.
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

    /// Very high: a craft moves in every tick, and shells must be sent all the same.
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

    /// Above crafts and pickups: a shell that is not sent can kill.
    fn importance(&self) -> u32 {
        8
    }

    /// Independent of the later state: a straight line between both would cut the corners of the path.
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

    /// A pickup is shown until the tick in which it was taken.
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
    /// True if it is not a wreck.
    pub const fn is_alive(&self) -> bool {
        self.health > 0
    }
}

impl PickupState {
    /// Kind of the pickup, as the page numbers it; 0 for a place that the map does not have, since a server may send
    /// any place.
    fn kind(&self, terrain: &Terrain) -> f32 {
        terrain.map.pickups().get(usize::from(self.place)).map_or(0.0, |place| f32::from(place.kind as u8))
    }
}

impl CraftFlags {
    /// Protected after a respawn: nothing hurts it.
    pub const PROTECTED: Self = Self(1);
    /// Has a shield.
    pub const SHIELD: Self = Self(2);
    /// Has rapid fire.
    pub const RAPID: Self = Self(4);
    /// Has the rail.
    pub const RAIL: Self = Self(8);

    /// True if all bits of `other` are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets or clears `other`.
    pub const fn set(&mut self, other: Self, on: bool) {
        if on { self.0 |= other.0 } else { self.0 &= !other.0 }
    }
}

/// Operation codes that carry a whole state. Codes below 64 are masks of a delta; 0 removes.
pub mod full {
    /// A craft follows.
    pub const CRAFT: u8 = 64;
    /// A shell follows.
    pub const SHELL: u8 = 65;
    /// A pickup follows.
    pub const PICKUP: u8 = 66;
}
