//! Whole clusters in virtual time, from a seed: machines with their processes and rooms, a broker with its store, a database, players, and
//! everything that goes wrong with them. After every step the invariants of the protocol are checked; at the end everything is mended, and
//! every room must be owned and every player content.
//!
//! Nothing here knows the real time or real chance: the same seed gives the same run.

mod broker;
mod counts;
mod faults;
mod invariants;
mod item;
mod machine;
mod network;
mod plan;
mod player;
mod queue;
mod settings;
mod shard;
mod shell;
mod simulation;
mod store;
mod swarm;
mod world;

pub use self::{
    counts::Counts,
    invariants::Violation,
    plan::Plan,
    simulation::{Failure, Outcome, run, trace},
    swarm::{Swarm, swarm},
};
pub use cluster::Mutation;
