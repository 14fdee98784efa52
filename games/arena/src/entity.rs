//! The replicated entities: what of them travels, how it is written as a difference, and how it is hashed.
//!
//! This is the one table of replicated fields. Encoding, decoding and hashing destructure the states, so a field
//! added here without its encoding does not compile.
//!
//! A delta is made against a *baseline run forward*: both ends take a state they share, run it to the tick before,
//! set the fields that say what the craft does from now on (heading, aim, dash), run the last tick, and only then
//! write or add what still differs. A craft that turns costs its new heading and nothing else.

use glam::IVec2;

use crate::input::Heading;
use crate::rules::{Terrain, craft, shell};
use shared::{
    id::PlayerId,
    wire::{DecodeError, Reader, Writer},
};

/// One replicated entity at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntityState {
    /// A player's craft.
    Craft(CraftState),
    /// A shell in flight.
    Shell(ShellState),
    /// A pickup place of the map.
    Pickup(PickupState),
}

/// A craft, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CraftState {
    /// Centre, position units.
    pub position: IVec2,
    /// Velocity units.
    pub velocity: IVec2,
    /// Thrust it keeps until told otherwise.
    pub heading: Heading,
    /// Where the gun points, in 1/256 turn: drawn only, shells carry their own velocity.
    pub aim: u8,
    /// 0 is a wreck.
    pub health: u8,
    /// What is worn and carried.
    pub flags: CraftFlags,
}

/// What a craft visibly wears and carries, a bit set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CraftFlags(pub u8);

/// A shell, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShellState {
    /// Position units.
    pub position: IVec2,
    /// Velocity units.
    pub velocity: IVec2,
    /// Who fired it.
    pub owner: PlayerId,
    /// Walls it still survives.
    pub bounces_left: u8,
    /// Ticks it still lives.
    pub ticks_left: u16,
}

/// A pickup place, at the end of a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PickupState {
    /// Index into the map's list of pickup places, which says where and what it is.
    pub place: u8,
    /// Whether it can be taken now.
    pub available: bool,
}

impl EntityState {
    /// Runs the entity forward one tick; false when its life ended by itself, which both ends see alike.
    pub fn step(&mut self, terrain: &Terrain) -> bool {
        match self {
            Self::Craft(state) => craft::step(state, terrain),
            Self::Shell(state) => return shell::step(state, terrain, |_, _| false) == shell::Fate::Flies,
            Self::Pickup(_) => {}
        }
        true
    }

    /// Where it is, position units.
    pub fn position(&self, terrain: &Terrain) -> IVec2 {
        match self {
            Self::Craft(state) => state.position,
            Self::Shell(state) => state.position,
            Self::Pickup(state) => terrain.map.pickup_position(state.place),
        }
    }

    /// Weight among others at the same distance: a missing shell kills, a missing pickup annoys.
    pub fn importance(&self) -> u32 {
        match self {
            Self::Craft(_) => 4,
            Self::Shell(_) => 8,
            Self::Pickup(_) => 1,
        }
    }

    /// Whether `self` differs from `predicted` in nothing but what is only drawn and may wait a few ticks.
    pub fn differs_only_in_looks(&self, predicted: &Self) -> bool {
        match (self, predicted) {
            (Self::Craft(truth), Self::Craft(predicted)) => CraftState { aim: truth.aim, ..*predicted } == *truth,
            _ => false,
        }
    }

    /// Writes the whole state.
    pub fn encode_full(&self, out: &mut Writer<'_>) {
        match *self {
            Self::Craft(CraftState { position, velocity, heading, aim, health, flags }) => {
                out.int(full::CRAFT);
                out.vector(position);
                out.vector(velocity);
                out.int(heading.value());
                out.int(aim);
                out.int(health);
                out.int(flags.0);
            }
            Self::Shell(ShellState { position, velocity, owner, bounces_left, ticks_left }) => {
                out.int(full::SHELL);
                out.vector(position);
                out.vector(velocity);
                out.int(owner.0);
                out.int(bounces_left);
                out.int(ticks_left);
            }
            Self::Pickup(PickupState { place, available }) => {
                out.int(full::PICKUP);
                out.int(place);
                out.int(available as u8);
            }
        }
    }

    /// Reads the whole state whose operation was `operation` (64 and up).
    ///
    /// # Errors
    /// Unknown operations, values outside their ranges, a truncated message.
    pub fn decode_full(operation: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match operation {
            full::CRAFT => Ok(Self::Craft(CraftState {
                position: input.position()?,
                velocity: input.velocity()?,
                heading: Heading::decode(input)?,
                aim: input.u8("aim")?,
                health: input.u8("health")?,
                flags: CraftFlags(input.u8("flags")?),
            })),
            full::SHELL => Ok(Self::Shell(ShellState {
                position: input.position()?,
                velocity: input.velocity()?,
                owner: PlayerId(input.u16("owner")?),
                bounces_left: input.u8("bounces left")?,
                ticks_left: input.u16("ticks left")?,
            })),
            full::PICKUP => {
                Ok(Self::Pickup(PickupState { place: input.u8("place")?, available: input.bool("available")? }))
            }
            _ => Err(DecodeError::UnknownOperation { operation: operation.into() }),
        }
    }

    /// Writes what turns `baseline`, a state at the tick before, into `self` at this tick: a mask of 1..=63, then the
    /// fields it names. Writes nothing and returns false when the baseline run forward is `self` already, or is of
    /// another kind.
    pub fn encode_delta(&self, baseline: &Self, terrain: &Terrain, out: &mut Writer<'_>) -> bool {
        match (self, baseline) {
            (Self::Craft(state), Self::Craft(baseline)) => encode_craft_delta(state, baseline, terrain, out),
            (Self::Pickup(state), Self::Pickup(baseline)) => {
                let PickupState { place: _, available } = *state;
                if available == baseline.available {
                    return false;
                }
                out.int(1u8);
                out.int(available as u8);
                true
            }
            // A shell is told at birth and never again.
            _ => false,
        }
    }

    /// Applies a delta with the given mask (1..=63) to `self`, a state at the tick before, giving this tick's.
    ///
    /// # Errors
    /// A mask the kind does not have, values outside their ranges, a truncated message.
    pub fn decode_delta(&mut self, mask: u8, terrain: &Terrain, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        match self {
            Self::Craft(state) => decode_craft_delta(state, mask, terrain, input),
            Self::Pickup(state) if mask == 1 => {
                state.available = input.bool("available")?;
                Ok(())
            }
            _ => Err(DecodeError::UnknownOperation { operation: mask.into() }),
        }
    }

    /// FNV-1a over 32-bit words of the id and every field: what the checksum a second adds up.
    pub fn hash(&self, id: u16) -> u32 {
        let hash = Fnv::new().word(id.into());
        match *self {
            Self::Craft(CraftState { position, velocity, heading, aim, health, flags }) => hash
                .vector(position)
                .vector(velocity)
                .word(heading.value().into())
                .word(aim.into())
                .word(health.into())
                .word(flags.0.into()),
            Self::Shell(ShellState { position, velocity, owner, bounces_left, ticks_left }) => hash
                .vector(position)
                .vector(velocity)
                .word(owner.0.into())
                .word(bounces_left.into())
                .word(ticks_left.into()),
            Self::Pickup(PickupState { place, available }) => hash.word(place.into()).word(available.into()),
        }
        .0
    }

    /// Writes absolute values for clients that do not extrapolate: kind, x, y, then what a drawing needs.
    pub fn encode_plain(&self, terrain: &Terrain, out: &mut Writer<'_>) {
        let position = self.position(terrain);
        match *self {
            Self::Craft(CraftState { position: _, velocity, heading: _, aim, health, flags }) => {
                out.int(full::CRAFT);
                out.vector(position);
                out.vector(velocity);
                out.int(aim);
                out.int(health);
                out.int(flags.0);
            }
            Self::Shell(ShellState { position: _, velocity, owner, bounces_left: _, ticks_left: _ }) => {
                out.int(full::SHELL);
                out.vector(position);
                out.vector(velocity);
                out.int(owner.0);
            }
            Self::Pickup(PickupState { place, available }) => {
                out.int(full::PICKUP);
                out.vector(position);
                out.int(place);
                out.int(available as u8);
            }
        }
    }

    /// Reads what [`EntityState::encode_plain`] wrote after its kind. What a plain snapshot does not say is neutral:
    /// such a state is to be shown, not to be run forward.
    ///
    /// # Errors
    /// Unknown kinds, values outside their ranges, a truncated message.
    pub fn decode_plain(kind: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match kind {
            full::CRAFT => Ok(Self::Craft(CraftState {
                position: input.position()?,
                velocity: input.velocity()?,
                heading: Heading::NONE,
                aim: input.u8("aim")?,
                health: input.u8("health")?,
                flags: CraftFlags(input.u8("flags")?),
            })),
            full::SHELL => Ok(Self::Shell(ShellState {
                position: input.position()?,
                velocity: input.velocity()?,
                owner: PlayerId(input.u16("owner")?),
                bounces_left: 0,
                ticks_left: u16::MAX,
            })),
            full::PICKUP => {
                // The place says where it is.
                input.position()?;
                Ok(Self::Pickup(PickupState { place: input.u8("place")?, available: input.bool("available")? }))
            }
            _ => Err(DecodeError::UnknownOperation { operation: kind.into() }),
        }
    }
}

impl CraftState {
    /// Whether it is no wreck.
    pub const fn is_alive(&self) -> bool {
        self.health > 0
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

/// Bits of a craft's mask, and the order of what follows.
mod mask {
    pub(super) const HEADING: u8 = 1;
    pub(super) const AIM: u8 = 2;
    pub(super) const HEALTH: u8 = 4;
    pub(super) const FLAGS: u8 = 8;
    pub(super) const DASH: u8 = 16;
    pub(super) const MOTION: u8 = 32;
}

fn encode_craft_delta(truth: &CraftState, baseline: &CraftState, terrain: &Terrain, out: &mut Writer<'_>) -> bool {
    let CraftState { position: _, velocity: _, heading, aim, health, flags } = *truth;
    let mut bits = 0;
    let mut run = CraftState { heading, aim, health, flags, ..*baseline };
    bits |= if heading == baseline.heading { 0 } else { mask::HEADING };
    bits |= if aim == baseline.aim { 0 } else { mask::AIM };
    bits |= if health == baseline.health { 0 } else { mask::HEALTH };
    bits |= if flags == baseline.flags { 0 } else { mask::FLAGS };
    let undashed = {
        let mut undashed = run;
        craft::step(&mut undashed, terrain);
        undashed
    };
    if undashed == *truth {
        run = undashed;
    } else {
        let mut dashed = run;
        craft::dash(&mut dashed, terrain);
        craft::step(&mut dashed, terrain);
        if dashed == *truth {
            bits |= mask::DASH;
            run = dashed;
        } else {
            bits |= mask::MOTION;
            run = undashed;
        }
    }
    if bits == 0 {
        return false;
    }
    out.int(bits);
    if bits & mask::HEADING != 0 {
        out.int(heading.value());
    }
    if bits & mask::AIM != 0 {
        // The short way around: most turns of the gun fit one byte.
        out.int(aim.wrapping_sub(baseline.aim) as i8);
    }
    if bits & mask::HEALTH != 0 {
        out.int(health);
    }
    if bits & mask::FLAGS != 0 {
        out.int(flags.0);
    }
    if bits & mask::MOTION != 0 {
        out.vector(truth.position - run.position);
        out.vector(truth.velocity - run.velocity);
    }
    true
}

fn decode_craft_delta(
    state: &mut CraftState,
    bits: u8,
    terrain: &Terrain,
    input: &mut Reader<'_>,
) -> Result<(), DecodeError> {
    if bits & mask::HEADING != 0 {
        state.heading = Heading::decode(input)?;
    }
    if bits & mask::AIM != 0 {
        state.aim = state.aim.wrapping_add(input.i8("aim")? as u8);
    }
    if bits & mask::HEALTH != 0 {
        state.health = input.u8("health")?;
    }
    if bits & mask::FLAGS != 0 {
        state.flags = CraftFlags(input.u8("flags")?);
    }
    if bits & mask::DASH != 0 {
        craft::dash(state, terrain);
    }
    craft::step(state, terrain);
    if bits & mask::MOTION != 0 {
        let (position, velocity) = (input.offset()?, input.offset()?);
        state.position = Reader::in_position_range(state.position.saturating_add(position))?;
        state.velocity = Reader::in_velocity_range(state.velocity.saturating_add(velocity))?;
    }
    Ok(())
}

/// FNV-1a with 32-bit words in place of bytes (Fowler, Noll, Vo): short to write in any language.
struct Fnv(u32);

impl Fnv {
    const fn new() -> Self {
        Self(0x811c_9dc5)
    }

    const fn word(self, word: u32) -> Self {
        Self((self.0 ^ word).wrapping_mul(0x0100_0193))
    }

    const fn vector(self, vector: IVec2) -> Self {
        self.word(vector.x as u32).word(vector.y as u32)
    }
}
