//! The command line of a run: how many bots of which game, how they connect, what they do, and where the result goes.

pub(crate) mod args;
pub(crate) mod attack_kind;
pub(crate) mod behavior;
pub(crate) mod common;
pub(crate) mod cut;
pub(crate) mod hostile_share;
pub(crate) mod number;
pub(crate) mod output;
pub(crate) mod stall;
pub(crate) mod transport;
