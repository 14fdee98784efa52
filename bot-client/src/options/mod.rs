//! Command-line options of a run: the bots and their game, connections, behaviour, and output files.

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
