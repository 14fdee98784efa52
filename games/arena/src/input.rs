//! Input of a player for one tick. Inputs contain no position, so a client cannot teleport.

use shared::{
    game::{self, Field},
    trig::TURN,
};

/// Largest aim value plus one: a full turn.
pub const AIM_TURN: u16 = TURN;

/// Input for one tick. If none arrives, the last movement counts for a few ticks, then the craft drifts; the gun keeps
/// its direction, and no button is pressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, game::Input)]
pub struct Input {
    /// Direction of thrust.
    #[input(missing = "repeat")]
    pub heading: Heading,
    /// Direction of the gun, in 1/1024 turn, 0..=1023; 0 is right, a quarter turn is down the screen.
    #[input(turn = AIM_TURN, missing = "keep")]
    pub aim: u16,
    /// Pressed buttons.
    pub buttons: Buttons,
}

/// Direction of thrust: 0 is none, `1 + n` is `n`/64 turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
#[field(max = Self::DIRECTIONS)]
pub struct Heading(u8);

impl Heading {
    /// No thrust.
    pub const NONE: Self = Self(0);
    /// Number of directions.
    pub const DIRECTIONS: u8 = 64;

    /// The heading of a wire value; `None` above 64.
    pub const fn new(value: u8) -> Option<Self> {
        if value > Self::DIRECTIONS { None } else { Some(Self(value)) }
    }

    /// The heading nearest to an aim angle in 1/1024 turn.
    pub const fn from_aim(aim: u16) -> Self {
        Self((((aim as u32 + 8) / 16) % 64) as u8 + 1)
    }

    /// The wire value, 0..=64.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// The direction in 1/1024 turn, `None` without thrust.
    pub const fn angle(self) -> Option<u16> {
        if self.0 == 0 { None } else { Some((self.0 as u16 - 1) * 16) }
    }
}

/// Pressed buttons, a bit set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
#[field(max = Self::ALL)]
pub struct Buttons(u8);

impl Buttons {
    /// No button is pressed.
    pub const NONE: Self = Self(0);
    /// Fires the gun, or the rail while it is carried. While held, it fires again as soon as the gun is ready.
    pub const FIRE: Self = Self(1);
    /// Dashes along the heading.
    pub const DASH: Self = Self(2);
    /// All bits that have a meaning.
    pub const ALL: u8 = 3;

    /// The buttons of a wire value; `None` for unknown bits.
    pub const fn new(value: u8) -> Option<Self> {
        if value & !Self::ALL != 0 { None } else { Some(Self(value)) }
    }

    /// The wire value.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// True if all buttons of `other` are pressed.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Union of both sets.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
