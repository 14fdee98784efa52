//! Planted faults: each breaks one rule of the protocol, and the simulation must find every one of them.

/// A rule that is broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mutation {
    /// An owner that hears of a higher epoch plays on.
    NoFence,
    /// A standby writes its claim whatever the record says.
    ClaimWithoutCompare,
    /// A node that stood still goes on as if nothing had happened.
    NoPauseCheck,
    /// A standby that misses ticks claims at once, and does not say so.
    ClaimBehindGap,
    /// A ticket is good for any number of seats.
    DoubleAdmit,
}
