//! What a player wants for one tick. Only intent travels, never position, so there is nothing to teleport with.

use shared::{
    game,
    limits::INPUT_REPEAT_TICKS,
    trig::TURN,
    wire::{DecodeError, Reader, Writer},
};

/// Largest aim value plus one: a full turn.
pub const AIM_TURN: u16 = TURN;

/// Intent for one tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Input {
    /// Where to accelerate.
    pub heading: Heading,
    /// Where the gun points, in 1/1024 turn, 0..=1023; 0 is right, a quarter turn is down the screen.
    pub aim: u16,
    /// What is pressed.
    pub buttons: Buttons,
}

/// Direction of thrust: 0 is none, `1 + n` is `n`/64 turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Heading(u8);

impl Heading {
    /// No thrust.
    pub const NONE: Self = Self(0);
    /// Directions there are.
    pub const DIRECTIONS: u8 = 64;

    /// The heading of a wire value; `None` above 64.
    pub const fn new(value: u8) -> Option<Self> {
        if value > Self::DIRECTIONS { None } else { Some(Self(value)) }
    }

    /// A heading, 0..=64.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(input.ranged("heading", 0, Self::DIRECTIONS.into())? as u8))
    }

    /// The heading nearest to an aim angle in 1/1024 turn.
    pub const fn from_aim(aim: u16) -> Self {
        Self((((aim as u32 + 8) / 16) % 64) as u8 + 1)
    }

    /// The wire value, 0..=64.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// The direction in 1/1024 turn, if any.
    pub const fn angle(self) -> Option<u16> {
        if self.0 == 0 { None } else { Some((self.0 as u16 - 1) * 16) }
    }
}

/// Pressed buttons, a bit set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Buttons(u8);

impl Buttons {
    /// Nothing pressed.
    pub const NONE: Self = Self(0);
    /// Fire the gun, or the rail while it is carried. Held fires again as soon as it can.
    pub const FIRE: Self = Self(1);
    /// Dash along the heading.
    pub const DASH: Self = Self(2);
    /// Every bit that has a meaning.
    pub const ALL: u8 = 3;

    /// The buttons of a wire value; `None` for unknown bits.
    pub const fn new(value: u8) -> Option<Self> {
        if value & !Self::ALL != 0 { None } else { Some(Self(value)) }
    }

    /// The wire value.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// Whether all of `other` is pressed.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl game::Input for Input {
    const VALUES: usize = 3;

    fn encode(&self, before: &Self, out: &mut Writer<'_>) {
        let Self { heading, aim, buttons } = *self;
        out.int(heading.value());
        out.int(aim_delta(before.aim, aim));
        out.int(buttons.value());
    }

    fn decode(before: &Self, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let heading = Heading::decode(input)?;
        let delta = input.ranged("aim", -512, 1_023)?;
        let aim = (i64::from(before.aim) + delta).rem_euclid(AIM_TURN.into()) as u16;
        let buttons = Buttons(input.ranged("buttons", 0, Buttons::ALL.into())? as u8);
        Ok(Self { heading, aim, buttons })
    }

    /// The last movement for a few ticks, never a button, then drifting. The gun stays where it points.
    fn repeated(&self, missing: u32) -> Self {
        let heading = if missing <= INPUT_REPEAT_TICKS { self.heading } else { Heading::NONE };
        Self { heading, aim: self.aim, buttons: Buttons::NONE }
    }

    fn changes(&self, before: &Self) -> u8 {
        let Self { heading, aim, buttons } = *self;
        u8::from(heading != before.heading)
            | u8::from(aim != before.aim) << 1
            | u8::from(buttons != before.buttons) << 2
    }

    fn encode_changes(&self, mask: u8, out: &mut Writer<'_>) {
        let Self { heading, aim, buttons } = *self;
        if mask & 1 != 0 {
            out.int(heading.value());
        }
        if mask & 2 != 0 {
            out.int(aim);
        }
        if mask & 4 != 0 {
            out.int(buttons.value());
        }
    }

    fn decode_changes(&mut self, mask: u8, input: &mut Reader<'_>) -> Result<(), DecodeError> {
        if mask & !7 != 0 {
            return Err(DecodeError::UnknownOperation { operation: mask.into() });
        }
        if mask & 1 != 0 {
            self.heading = Heading::decode(input)?;
        }
        if mask & 2 != 0 {
            self.aim = input.ranged("aim", 0, i64::from(AIM_TURN) - 1)? as u16;
        }
        if mask & 4 != 0 {
            self.buttons = Buttons(input.ranged("buttons", 0, Buttons::ALL.into())? as u8);
        }
        Ok(())
    }

    fn turned(&self, before: &Self) -> Option<i8> {
        let moved = i8::try_from(aim_delta(before.aim, self.aim)).ok().filter(|moved| (-64..64).contains(moved))?;
        (Self { aim: self.aim, ..*before } == *self).then_some(moved)
    }

    fn turn(&mut self, by: i8) {
        self.aim = (i32::from(self.aim) + i32::from(by)).rem_euclid(AIM_TURN.into()) as u16;
    }
}

/// The short way around from one aim to the next, −512..=511.
fn aim_delta(from: u16, to: u16) -> i16 {
    let turn = AIM_TURN as i16;
    (to as i16 - from as i16 + turn / 2).rem_euclid(turn) - turn / 2
}
