//! Snapshots: what one player may know at a tick. The busiest message, so it is one flat array of small integers.
//!
//! ```text
//! snapshot  [18, flags, tick, baseline_age, input_age, margin, (own…), (checksum, since), update…]
//! update    gap, operation, field…      gap: id minus the id before it (the first: the id), minus 1 after the first
//! operation 0 gone | 1..=63 mask of a delta | 64.. a whole state
//! own       the game's, as many values as it likes
//!
//! plain     [19, tick, input_age, margin, epoch, (own…), update…]    update: id, 0 | id, kind, x, y, field…
//! ```

use crate::{
    game::Own,
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
pub struct SnapshotHeader<O> {
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
    pub own: Option<O>,
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

impl<O: Own> SnapshotHeader<O> {
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
        let own = if flags & flag::OWN == 0 { None } else { Some(O::decode(input)?) };
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
