//! The arena's entities, as a game with the derives declares them.

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState},
    input,
    rules::{Terrain, craft, shell},
};
use glam::IVec2;
use shared::{
    PlayerId,
    game::{Entity, Field, Replicate},
};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
pub(crate) enum Thing {
    Craft(Craft),
    Shell(Shell),
    Pickup(Pickup),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[replicate(impulses = 1)]
pub(crate) struct Craft {
    #[replicate(position)]
    pub(crate) position: IVec2,
    #[replicate(max = 1 << 15)]
    pub(crate) velocity: IVec2,
    #[replicate(intent, unseen)]
    pub(crate) heading: Heading,
    #[replicate(cosmetic, turn)]
    pub(crate) aim: u8,
    #[replicate(intent)]
    pub(crate) health: u8,
    #[replicate(intent)]
    pub(crate) flags: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
#[field(max = 64)]
pub(crate) struct Heading(pub(crate) u8);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[replicate(once)]
pub(crate) struct Shell {
    #[replicate(position)]
    pub(crate) position: IVec2,
    #[replicate(max = 1 << 15)]
    pub(crate) velocity: IVec2,
    pub(crate) owner: PlayerId,
    #[replicate(unseen)]
    pub(crate) bounces_left: u8,
    #[replicate(unseen = u16::MAX)]
    pub(crate) ticks_left: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
pub(crate) struct Pickup {
    #[replicate(fixed)]
    pub(crate) place: u8,
    #[replicate(intent)]
    pub(crate) available: bool,
}

impl Entity for Craft {
    type Map = Terrain;

    fn step(&mut self, terrain: &Terrain) -> bool {
        self.as_by_hand(|state| craft::step(state, terrain));
        true
    }

    fn position(&self, _: &Terrain) -> IVec2 {
        self.position
    }

    fn importance(&self) -> u32 {
        4
    }

    fn impulse(&mut self, _: u8, terrain: &Terrain) -> bool {
        self.as_by_hand(|state| craft::dash(state, terrain));
        self.heading != Heading(0)
    }
}

impl Entity for Shell {
    type Map = Terrain;

    fn step(&mut self, terrain: &Terrain) -> bool {
        let mut state = ShellState::from(*self);
        let flies = shell::step(&mut state, terrain, |_, _| false) == shell::Fate::Flies;
        *self = state.into();
        flies
    }

    fn position(&self, _: &Terrain) -> IVec2 {
        self.position
    }

    fn importance(&self) -> u32 {
        8
    }
}

impl Entity for Pickup {
    type Map = Terrain;

    fn step(&mut self, _: &Terrain) -> bool {
        true
    }

    fn position(&self, terrain: &Terrain) -> IVec2 {
        terrain.map.pickup_position(self.place)
    }
}

impl Craft {
    fn as_by_hand(&mut self, change: impl FnOnce(&mut CraftState)) {
        let mut state = (*self).into();
        change(&mut state);
        *self = state.into();
    }
}

impl From<Craft> for CraftState {
    fn from(Craft { position, velocity, heading, aim, health, flags }: Craft) -> Self {
        let heading = input::Heading::new(heading.0).expect("in range");
        Self { position, velocity, heading, aim, health, flags: CraftFlags(flags) }
    }
}

impl From<CraftState> for Craft {
    fn from(CraftState { position, velocity, heading, aim, health, flags }: CraftState) -> Self {
        Self { position, velocity, heading: Heading(heading.value()), aim, health, flags: flags.0 }
    }
}

impl From<Shell> for ShellState {
    fn from(Shell { position, velocity, owner, bounces_left, ticks_left }: Shell) -> Self {
        Self { position, velocity, owner, bounces_left, ticks_left }
    }
}

impl From<ShellState> for Shell {
    fn from(ShellState { position, velocity, owner, bounces_left, ticks_left }: ShellState) -> Self {
        Self { position, velocity, owner, bounces_left, ticks_left }
    }
}

impl From<Thing> for EntityState {
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Craft(craft) => Self::Craft(craft.into()),
            Thing::Shell(shell) => Self::Shell(shell.into()),
            Thing::Pickup(Pickup { place, available }) => Self::Pickup(PickupState { place, available }),
        }
    }
}
