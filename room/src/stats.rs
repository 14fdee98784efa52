//! What a room counts, and the phases of a tick that a shell may time.

/// Parts of a tick, told to the shell as each ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Inputs are taken, opponents have decided.
    Inputs,
    /// The rules are applied, the history is recorded.
    Simulate,
    /// Interest and snapshots are done.
    Replicate,
}

/// Counts since the room opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RoomStats {
    /// Inputs that were there for their tick.
    pub inputs_applied: u64,
    /// Inputs that came after their tick.
    pub inputs_late: u64,
    /// Inputs too far ahead to keep.
    pub inputs_early: u64,
    /// Ticks of playing players without an input.
    pub inputs_missing: u64,
    /// Snapshots made.
    pub snapshots: u64,
    /// Entity updates in them.
    pub updates: u64,
    /// Snapshots not made, for blocked players or under overload.
    pub snapshots_skipped: u64,
}
