//! The world of a room, changed through here and nowhere else.
//!
//! Whoever wants to know what happened to a world besides the passing of ticks listens in this one place.

use std::{ops::Deref, sync::Arc};

use shared::{
    PlayerId,
    map::Map,
    sim::world::{Audience, Past, PlayerInput, World},
    wire::Event,
};

/// A world that is read like any other.
#[derive(Debug)]
pub(crate) struct Journal {
    world: World,
}

impl Journal {
    pub(crate) fn new(world: World) -> Self {
        Self { world }
    }

    /// See [`World::add_player`].
    pub(crate) fn add_player(&mut self, player: PlayerId, name: String, opponent: bool) {
        self.world.add_player(player, name, opponent);
    }

    /// See [`World::remove_player`].
    pub(crate) fn remove_player(&mut self, player: PlayerId) {
        self.world.remove_player(player);
    }

    /// See [`World::end_match`].
    pub(crate) fn end_match(&mut self) {
        self.world.end_match();
    }

    /// See [`World::change_map`].
    pub(crate) fn change_map(&mut self, map: Arc<Map>) {
        self.world.change_map(map);
    }

    /// See [`World::step`].
    pub(crate) fn step(&mut self, inputs: &[Option<PlayerInput>], past: &impl Past) {
        self.world.step(inputs, past);
    }

    /// See [`World::poll_event`].
    pub(crate) fn poll_event(&mut self) -> Option<(Audience, Event)> {
        self.world.poll_event()
    }
}

impl Deref for Journal {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}
