//! The codec of entities as it was written by hand, before it was derived.

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState, full},
    input::Heading,
    rules::{Terrain, craft},
};
use glam::IVec2;
use shared::{
    PlayerId,
    game::{Entity, Field},
    wire::{DecodeError, Reader, Writer},
};

/// The functions that the derives generate, written by hand.
pub(crate) trait ByHand: Sized {
    fn differs_only_in_looks_by_hand(&self, predicted: &Self) -> bool;
    fn encode_full_by_hand(&self, out: &mut Writer<'_>);
    fn decode_full_by_hand(operation: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError>;
    fn encode_delta_by_hand(&self, baseline: &Self, terrain: &Terrain, out: &mut Writer<'_>) -> bool;
    fn decode_delta_by_hand(&mut self, mask: u8, terrain: &Terrain, input: &mut Reader<'_>) -> Result<(), DecodeError>;
    fn hash_by_hand(&self, id: u16) -> u32;
    fn encode_plain_by_hand(&self, terrain: &Terrain, out: &mut Writer<'_>);
    fn decode_plain_by_hand(kind: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

impl ByHand for EntityState {
    fn differs_only_in_looks_by_hand(&self, predicted: &Self) -> bool {
        match (self, predicted) {
            (Self::Craft(truth), Self::Craft(predicted)) => CraftState { aim: truth.aim, ..*predicted } == *truth,
            _ => false,
        }
    }

    fn encode_full_by_hand(&self, out: &mut Writer<'_>) {
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

    fn decode_full_by_hand(operation: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match operation {
            full::CRAFT => Ok(Self::Craft(CraftState {
                position: input.position()?,
                velocity: input.velocity()?,
                heading: Heading::decode("heading", input)?,
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

    fn encode_delta_by_hand(&self, baseline: &Self, terrain: &Terrain, out: &mut Writer<'_>) -> bool {
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
            // A shell is sent once, when it is fired.
            _ => false,
        }
    }

    fn decode_delta_by_hand(&mut self, mask: u8, terrain: &Terrain, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        match self {
            Self::Craft(state) => decode_craft_delta(state, mask, terrain, input),
            Self::Pickup(state) if mask == 1 => {
                state.available = input.bool("available")?;
                Ok(())
            }
            _ => Err(DecodeError::UnknownOperation { operation: mask.into() }),
        }
    }

    fn hash_by_hand(&self, id: u16) -> u32 {
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

    fn encode_plain_by_hand(&self, terrain: &Terrain, out: &mut Writer<'_>) {
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

    fn decode_plain_by_hand(kind: u8, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
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
        state.heading = Heading::decode("heading", input)?;
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
