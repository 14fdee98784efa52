//! The rules as stories: a small stage, a few crafts, some ticks, and what came of it.

mod checkpoint;
mod fight;
mod flow;
mod pickups;
mod random;
mod stage;
