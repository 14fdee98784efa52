//! Planted faults: each breaks one rule of the protocol, and the simulation must find every one of them.

use crate::node::Config;

/// A rule that is broken on purpose.
#[cfg(feature = "mutations")]
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

macro_rules! questions {
    ($($name:ident $mutation:ident)*) => {
        impl Config {
            $(
                #[cfg(feature = "mutations")]
                pub(crate) fn $name(&self) -> bool {
                    self.mutation == Some(Mutation::$mutation)
                }

                #[cfg(not(feature = "mutations"))]
                pub(crate) const fn $name(&self) -> bool {
                    false
                }
            )*
        }
    };
}

questions! {
    no_fence NoFence
    claims_without_compare ClaimWithoutCompare
    no_pause_check NoPauseCheck
    claims_behind_gap ClaimBehindGap
    double_admit DoubleAdmit
}
