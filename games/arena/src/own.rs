//! What only a player knows of its own craft.

use shared::{
    game::{Own, Record},
    wire::{DecodeError, Reader, Writer},
};

/// What only its own player knows of a craft: timers that count down by themselves, one per tick, and stocks. Sent
/// when a timer does not do what the client expects.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OwnState {
    /// Ticks until the gun fires again.
    pub fire_ticks: u8,
    /// Ticks until the next dash.
    pub dash_ticks: u8,
    /// Rail shots left.
    pub rail_shots: u8,
    /// Damage the shield still absorbs.
    pub shield: u8,
    /// Ticks of rapid fire left.
    pub rapid_ticks: u16,
    /// Ticks of protection left.
    pub protection_ticks: u16,
    /// Ticks until the respawn of a wreck.
    pub respawn_ticks: u16,
}

impl Own for OwnState {
    #[inline]
    fn step(&mut self) {
        self.fire_ticks = self.fire_ticks.saturating_sub(1);
        self.dash_ticks = self.dash_ticks.saturating_sub(1);
        self.rapid_ticks = self.rapid_ticks.saturating_sub(1);
        self.protection_ticks = self.protection_ticks.saturating_sub(1);
        self.respawn_ticks = self.respawn_ticks.saturating_sub(1);
    }
}

impl Record for OwnState {
    /// A mask, and the fields that are not zero.
    fn encode(&self, out: &mut Writer<'_>) {
        let fields = self.fields();
        let mask = fields.iter().enumerate().fold(0u8, |mask, (bit, &field)| mask | u8::from(field != 0) << bit);
        out.int(mask);
        for field in fields.into_iter().filter(|&field| field != 0) {
            out.int(field);
        }
    }

    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mask = input.ranged("own mask", 0, 127)? as u8;
        let mut field = |bit: u8, high: i64| -> Result<u16, DecodeError> {
            if mask >> bit & 1 == 0 { Ok(0) } else { Ok(input.ranged("own field", 0, high)? as u16) }
        };
        const BYTE: i64 = u8::MAX as i64;
        const WORD: i64 = u16::MAX as i64;
        Ok(Self {
            fire_ticks: field(0, BYTE)? as u8,
            dash_ticks: field(1, BYTE)? as u8,
            rail_shots: field(2, BYTE)? as u8,
            shield: field(3, BYTE)? as u8,
            rapid_ticks: field(4, WORD)?,
            protection_ticks: field(5, WORD)?,
            respawn_ticks: field(6, WORD)?,
        })
    }
}

impl OwnState {
    fn fields(&self) -> [u16; 7] {
        let Self { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } = *self;
        [
            fire_ticks.into(),
            dash_ticks.into(),
            rail_shots.into(),
            shield.into(),
            rapid_ticks,
            protection_ticks,
            respawn_ticks,
        ]
    }
}
