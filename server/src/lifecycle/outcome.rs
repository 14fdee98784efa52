//! The way in which a server has ended.

/// The way in which a server has ended; the exit code follows from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All goodbyes are sent and all data is on disk.
    InOrder,
    /// It has ended, but a shard had panicked or recordings are not completely on disk; the log has the details.
    Damaged,
}
