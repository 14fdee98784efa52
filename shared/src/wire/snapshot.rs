//! Snapshots: what one player may know at a tick. This is the most frequent message, so it is one flat array of small integers.
//!
//! ```text
//! snapshot  [18, flags, tick, baseline_age, input_age, margin, (own…), (checksum, since), update…]
//! update    gap, operation, field…      gap: id minus the id before it (the first: the id), minus 1 after the first
//! operation 0 gone | 1..=63 mask of a delta | 64.. a full state
//! own       the own record, as many values as the game writes
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
    /// The tick is written in full; otherwise only its lowest 7 bits.
    pub const FULL_TICK: u8 = 1;
    /// The own record follows the header.
    pub const OWN: u8 = 2;
    /// A checksum follows.
    pub const CHECKSUM: u8 = 4;
    /// The server is overloaded and sends fewer snapshots.
    pub const REDUCED: u8 = 8;
    /// Position of the epoch's three bits.
    pub const EPOCH_SHIFT: u8 = 4;
    /// Number of epochs; then they start again at 0.
    pub const EPOCHS: u8 = 8;
}

/// Operations of an update apart from masks.
pub mod operation {
    /// The entity left the player's sight or the world.
    pub const GONE: u8 = 0;
    /// Operations from this one on carry a full state.
    pub const FULL: u8 = 64;
}

/// The baseline age that means "no baseline": the snapshot has no deltas.
pub const NO_BASELINE: u8 = 127;

/// The header of a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SnapshotHeader<O> {
    /// The snapshot shows the world at the end of this tick.
    pub tick: Tick,
    /// True if the tick is written in full.
    pub full_tick: bool,
    /// The epoch of the snapshot, below [`header_flags::EPOCHS`].
    pub epoch: u8,
    /// True if the server is overloaded and sends fewer snapshots.
    pub reduced: bool,
    /// The deltas are made from the newest state that the client applied at or before this tick. If it equals `tick`, they are made from
    /// the newest state that the client has (on links without loss). `None`: there are no deltas.
    pub baseline: Option<Tick>,
    /// Ticks since the newest input that was applied, at most 127.
    pub input_age: u8,
    /// Time from the arrival of the newest input to its tick, in quarters of a millisecond; negative if it was late.
    pub margin: i8,
    /// The own record, if the client cannot compute it from the last one.
    pub own: Option<O>,
    /// The checksum of the client's view, once a second.
    pub checksum: Option<Checksum>,
}

/// The checksum of the view of a client that has applied every snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checksum {
    /// Wrapping sum of the hashes of all entities.
    pub sum: u32,
    /// Snapshots sent after the baseline's tick and before this one. A client that applied fewer has missed one,
    /// and the checksum does not apply to its view.
    pub since: u8,
}

impl<O: Own> SnapshotHeader<O> {
    /// Writes everything before the updates, but not the array's length and the kind.
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

    /// Reads what [`SnapshotHeader::encode`] wrote. A short tick becomes the tick nearest to `newest`, the newest tick applied.
    ///
    /// # Errors
    /// A value outside its range, or a truncated message.
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
/// The server may send a short tick while the client's newest snapshot is certainly younger than this many ticks. Seven bits allow 64
/// in each direction; the rest is a reserve for late datagrams.
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
