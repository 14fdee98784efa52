//! Tests of the rules: a small stage, a few crafts, some ticks, and the result.

mod checkpoint;
mod fight;
mod flow;
mod pickups;
mod random;
mod stage;
