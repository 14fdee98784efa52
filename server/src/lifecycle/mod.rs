//! The life of the process: its command line, start, reload of settings, supervision of shards, and end.

pub mod check;
mod ending;
mod greeting;
pub mod outcome;
pub mod program;
pub mod reload;
pub mod replay;
pub mod run;
mod shard_deaths;
mod shard_keeper;
mod supervisor;
