//! A small game that uses every attribute of the derives for entities.

use shared::{
    PlayerId, Tick, TickRate,
    game::{Entity, Field, IVec2, Map, Replicate},
    wire::{DecodeError, Reader, Writer},
};

/// The wind to the right, added to a balloon's velocity in each tick.
#[derive(Clone, Debug)]
pub(crate) struct Wind(pub(crate) i32);

impl Map for Wind {
    fn size(&self) -> Option<IVec2> {
        None
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.int(self.0);
    }

    fn decode(_: TickRate, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.i32("wind").map(Self)
    }

    fn parse(file: &str, text: &str, _: TickRate) -> Result<Self, String> {
        text.parse().map(Self).map_err(|error| format!("{file}: {error}"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
pub(crate) enum Thing {
    Balloon(Balloon),
    Arrow(Arrow),
    Flag(Flag),
}

/// Uses all six bits of the mask: three intents, two impulses, the motion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[replicate(impulses = 2)]
pub(crate) struct Balloon {
    #[replicate(position)]
    pub(crate) position: IVec2,
    pub(crate) velocity: IVec2,
    #[replicate(intent)]
    pub(crate) burner: Burner,
    #[replicate(max = 1_000)]
    pub(crate) gas: i32,
    #[replicate(cosmetic, turn)]
    pub(crate) facing: u8,
    #[replicate(intent, unseen = Tick(9))]
    pub(crate) lit: Tick,
    #[replicate(fixed)]
    pub(crate) owner: PlayerId,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
pub(crate) enum Burner {
    #[default]
    Off,
    Low,
    High,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[replicate(once)]
pub(crate) struct Arrow {
    #[replicate(position)]
    pub(crate) position: IVec2,
    pub(crate) speed: Speed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
#[field(max = 50)]
pub(crate) struct Speed(pub(crate) i8);

/// Its `step` changes an intent, which breaks the rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
pub(crate) struct Flag {
    #[replicate(position, fixed)]
    pub(crate) position: IVec2,
    pub(crate) height: u32,
    #[replicate(intent)]
    pub(crate) worn: u8,
}

impl Entity for Balloon {
    type Map = Wind;

    fn step(&mut self, wind: &Wind) -> bool {
        let lift = match self.burner {
            Burner::Off => 0,
            Burner::Low => 1,
            Burner::High => 3,
        };
        self.gas = (self.gas - lift).max(-1_000);
        self.velocity = self.velocity.saturating_add(IVec2::new(wind.0, lift)).clamp(-REACH, REACH);
        self.position = (self.position + self.velocity / 1_000).clamp(-REACH, REACH);
        true
    }

    fn position(&self, _: &Wind) -> IVec2 {
        self.position
    }

    fn impulse(&mut self, impulse: u8, _: &Wind) -> bool {
        match impulse {
            // Only a balloon that hovers can be pushed.
            0 if self.burner == Burner::Low => self.velocity.x = 77,
            1 => self.velocity.y = 77,
            _ => return false,
        }
        true
    }
}

/// Bound of positions.
const REACH: IVec2 = IVec2::splat(1 << 20);

impl Entity for Arrow {
    type Map = Wind;

    fn step(&mut self, _: &Wind) -> bool {
        self.position.x += i32::from(self.speed.0);
        self.position.x < 1_000
    }

    fn position(&self, _: &Wind) -> IVec2 {
        self.position
    }

    fn importance(&self) -> u32 {
        8
    }
}

impl Entity for Flag {
    type Map = Wind;

    fn step(&mut self, wind: &Wind) -> bool {
        self.worn = self.worn.saturating_add(wind.0.unsigned_abs() as u8);
        true
    }

    fn position(&self, _: &Wind) -> IVec2 {
        self.position
    }
}
