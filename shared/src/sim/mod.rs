//! The rules of the game. A game developer changes this folder and keeps everything else.
//!
//! Nothing here knows of networks, clocks or other machines: inputs go in, one tick passes, events come out.

pub mod collide;
pub mod craft;
pub mod fingerprint;
pub mod grid;
pub mod match_flow;
pub mod pickup;
pub mod pilot;
pub mod rng;
pub mod rules;
pub mod shell;
pub mod shells;
pub mod spawn;
pub mod trig;
pub mod weapon;
pub mod world;

pub use world::{Audience, PlayerInput, World, WorldConfig};

use std::sync::Arc;

use crate::map::Map;

/// What does not change during a match: where the walls are and what the numbers are. All that is needed to run a
/// craft or a shell forward.
#[derive(Clone, Debug)]
pub struct Terrain {
    /// The map.
    pub map: Arc<Map>,
    /// The numbers.
    pub rules: rules::Rules,
}
