//! The settings of a node.

#[cfg(feature = "mutations")]
use crate::mutation::Mutation;
use crate::{id::NodeId, record::NodeRecord, timing::Timing};

/// The behaviour of an owner while the broker is away.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnPartition {
    /// Play on. If another node claims the room meanwhile, what was played here is lost to it.
    #[default]
    Play,
    /// Stop rooms that another node may claim.
    Freeze,
}

/// The settings of a node.
#[derive(Clone, Debug)]
pub struct Config {
    /// The hash of the cluster's name.
    pub cluster: u64,
    /// The hash of the node's name.
    pub node: NodeId,
    /// The record that the node publishes.
    pub record: NodeRecord,
    /// How long it waits for what.
    pub timing: Timing,
    /// The behaviour of owners while the broker is away.
    pub on_partition: OnPartition,
    /// A fault that the simulation must find.
    #[cfg(feature = "mutations")]
    pub mutation: Option<Mutation>,
}

// Each question asks for one planted fault. A server has none.
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
