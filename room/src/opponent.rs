//! Computer opponents: the same inputs as anyone, from what the world shows.

use shared::{PlayerId, input::Input, sim::world::World};

/// One computer opponent.
#[derive(Debug)]
pub struct Opponent {}

impl Opponent {
    /// An opponent with its own temper.
    pub fn new(_seed: u64) -> Self {
        Self {}
    }

    /// Its input for the next tick.
    pub fn decide(&mut self, _world: &World, _me: PlayerId) -> Input {
        Input::default()
    }
}

/// A name for the opponent in a seat.
pub fn name(seat: usize) -> &'static str {
    ["Ada", "Bo", "Cleo", "Dax"][seat % 4]
}
