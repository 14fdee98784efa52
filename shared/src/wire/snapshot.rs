//! Snapshots: what one player may know at a tick. The busiest message, so it is one flat array of small integers.
//!
//! ```text
//! snapshot  [18, flags, tick, baseline_age, input_age, margin, (own…), (checksum, since), update…]
//! update    gap, operation, field…      gap: id minus the id before it (the first: the id), minus 1 after the first
//! operation 0 gone | 1..=63 mask of a delta | 64.. a whole state
//! own       mask, field…                the fields the mask names; the others are 0
//!
//! plain     [19, tick, input_age, margin, epoch, (own…), update…]    update: id, 0 | id, kind, x, y, field…
//! ```

use crate::{
    tick::Tick,
    wire::{DecodeError, Reader, Writer},
};

/// Bits of a snapshot's flags.
pub mod header_flags {
    /// The tick stands in full; otherwise its lowest 7 bits.
    pub const FULL_TICK: u8 = 1;
    /// The own record follows the header.
    pub const OWN: u8 = 2;
    /// A checksum follows.
    pub const CHECKSUM: u8 = 4;
    /// The server is overloaded and sends fewer snapshots.
    pub const REDUCED: u8 = 8;
    /// The epoch, three bits.
    pub const EPOCH_SHIFT: u8 = 4;
    /// Epochs before they repeat.
    pub const EPOCHS: u8 = 8;
}

/// Operations of an update besides masks and whole states.
pub mod operation {
    /// The entity left the player's sight or the world.
    pub const GONE: u8 = 0;
    /// Operations from here on carry a whole state.
    pub const FULL: u8 = 64;
}

/// A baseline age of "none": no delta refers to anything.
pub const NO_BASELINE: u8 = 127;

/// The head of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SnapshotHeader {
    /// The tick whose end this shows.
    pub tick: Tick,
    /// Whether the tick is written in full.
    pub full_tick: bool,
    /// The epoch this belongs to, below [`header_flags::EPOCHS`].
    pub epoch: u8,
    /// Whether the server sends less than it should.
    pub reduced: bool,
    /// Deltas are made from the newest state the client applied at or before this tick. The same tick: from the
    /// newest the client holds (links that lose nothing). `None`: there are no deltas.
    pub baseline: Option<Tick>,
    /// Ticks since the newest input that was applied, at most 127.
    pub input_age: u8,
    /// How long before its tick the latest new input arrived, in quarters of a millisecond; negative is late.
    pub margin: i8,
    /// The own record, when it surprises.
    pub own: Option<OwnState>,
    /// Once a second, what the client should now show.
    pub checksum: Option<Checksum>,
}

/// What a client that applied everything should now show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checksum {
    /// Wrapping sum of the hashes of all entities.
    pub sum: u32,
    /// Snapshots sent after the baseline's tick and before this one. A client that applied another number of them
    /// has a gap, and cannot judge.
    pub since: u8,
}

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

impl OwnState {
    /// Lets every timer run one tick.
    pub const fn step(&mut self) {
        self.fire_ticks = self.fire_ticks.saturating_sub(1);
        self.dash_ticks = self.dash_ticks.saturating_sub(1);
        self.rapid_ticks = self.rapid_ticks.saturating_sub(1);
        self.protection_ticks = self.protection_ticks.saturating_sub(1);
        self.respawn_ticks = self.respawn_ticks.saturating_sub(1);
    }

    /// Writes a mask and the fields that are not zero.
    pub fn encode(&self, out: &mut Writer<'_>) {
        let fields = self.fields();
        let mask = fields.iter().enumerate().fold(0u8, |mask, (bit, &field)| mask | u8::from(field != 0) << bit);
        out.int(mask);
        for field in fields.into_iter().filter(|&field| field != 0) {
            out.int(field);
        }
    }

    /// Reads what [`OwnState::encode`] wrote.
    ///
    /// # Errors
    /// Values outside their ranges, a truncated message.
    pub fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
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

impl SnapshotHeader {
    /// Writes everything before the updates, without the array's head and kind.
    pub fn encode(&self, out: &mut Writer<'_>) {
        let Self { tick, full_tick, epoch, reduced, baseline, input_age, margin, own, checksum } = *self;
        use header_flags as flag;
        let mut flags = epoch << flag::EPOCH_SHIFT;
        flags |= if full_tick { flag::FULL_TICK } else { 0 };
        flags |= if own.is_some() { flag::OWN } else { 0 };
        flags |= if checksum.is_some() { flag::CHECKSUM } else { 0 };
        flags |= if reduced { flag::REDUCED } else { 0 };
        out.int(flags);
        out.int(if full_tick { tick.0 } else { tick.0 & SHORT_TICK_MASK });
        out.int(baseline.map_or(NO_BASELINE, |baseline| tick.since(baseline).min(NO_BASELINE.into()) as u8));
        out.int(input_age);
        out.int(margin);
        if let Some(own) = own {
            own.encode(out);
        }
        if let Some(Checksum { sum, since }) = checksum {
            out.int(sum);
            out.int(since);
        }
    }

    /// Reads what [`SnapshotHeader::encode`] wrote. A short tick is the one nearest to `newest`, the newest applied.
    ///
    /// # Errors
    /// Values outside their ranges, a truncated message.
    pub fn decode(newest: Tick, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        use header_flags as flag;
        let flags = input.ranged("snapshot flags", 0, 127)? as u8;
        let full_tick = flags & flag::FULL_TICK != 0;
        let tick = if full_tick {
            Tick(input.u32("tick")?)
        } else {
            nearest_tick(newest, input.ranged("tick", 0, SHORT_TICK_MASK.into())? as u32)
        };
        let age = input.ranged("baseline age", 0, NO_BASELINE.into())? as u8;
        let baseline = if age == NO_BASELINE { None } else { Some(tick.minus(age.into())) };
        let input_age = input.ranged("input age", 0, 127)? as u8;
        let margin = input.i8("margin")?;
        let own = if flags & flag::OWN == 0 { None } else { Some(OwnState::decode(input)?) };
        let checksum = if flags & flag::CHECKSUM == 0 {
            None
        } else {
            Some(Checksum { sum: input.u32("checksum")?, since: input.u8("snapshots since the baseline")? })
        };
        let epoch = flags >> flag::EPOCH_SHIFT & (flag::EPOCHS - 1);
        let reduced = flags & flag::REDUCED != 0;
        Ok(Self { tick, full_tick, epoch, reduced, baseline, input_age, margin, own, checksum })
    }
}

/// Bits of a short tick.
const SHORT_TICK_MASK: u32 = 0x7f;
/// A short tick may be used while the client's newest snapshot is surely younger than this many ticks: half of what
/// the bits can tell apart, less what a datagram may be late.
pub const SHORT_TICK_AGE_MAX: u32 = 32;

/// The tick nearest to `newest` whose lowest 7 bits are `low`.
fn nearest_tick(newest: Tick, low: u32) -> Tick {
    let ahead = low.wrapping_sub(newest.0) & SHORT_TICK_MASK;
    if ahead <= SHORT_TICK_MASK / 2 { newest.plus(ahead) } else { newest.minus(SHORT_TICK_MASK + 1 - ahead) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tick_is_found_in_both_directions() {
        for newest in [100u32, 127, 128, 1_000, 65_535] {
            for distance in -60i32..=60 {
                let tick = Tick((newest as i32 + distance) as u32);
                assert_eq!(nearest_tick(Tick(newest), tick.0 & SHORT_TICK_MASK), tick);
            }
        }
    }
}
