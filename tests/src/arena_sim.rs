//! The builder of a simulation of the arena: `sim().players(3).loss(0.05).run_secs(10)`.

use std::sync::Arc;

use arena::{
    map::Map,
    rules::{Mode, Terrain, World},
};
use room::RoomConfig;
use shared::TickRate;

use crate::{Sim, maps};

/// A room of 16 seats on the map `pit` at 30 Hz without opponents or warm-up, and one player on a perfect link.
pub fn sim() -> Sim {
    let tick_rate = TickRate::new(30).expect("30 Hz is allowed");
    let mut sim = Sim::<World>::of(Terrain::new(maps::by_name("pit"), tick_rate), tick_rate);
    sim.config.settings.warm_up_secs = 0;
    sim
}

/// A room of the arena on one map by its usual settings.
pub fn arena_room(map: Arc<Map>, tick_rate: TickRate) -> RoomConfig<World> {
    RoomConfig::new(Terrain::new(map, tick_rate), tick_rate)
}

/// Options of a simulation of the arena.
pub trait ArenaSim: Sized {
    /// One of the maps of [`maps::by_name`].
    #[must_use]
    fn map(self, name: &str) -> Self;

    /// Maps played in turn.
    #[must_use]
    fn maps(self, maps: Vec<Arc<Map>>) -> Self;

    /// Ticks per second.
    ///
    /// # Panics
    /// Outside what the limits allow.
    #[must_use]
    fn tick_hz(self, hz: u16) -> Self;

    /// Mode of the matches.
    #[must_use]
    fn mode(self, mode: Mode) -> Self;

    /// Points that end a match.
    #[must_use]
    fn score_limit(self, points: u16) -> Self;

    /// Seconds of warm-up, of a match and of its results.
    #[must_use]
    fn match_secs(self, warm_up: u32, fight: u32, results: u32) -> Self;
}
impl ArenaSim for Sim {
    fn map(self, name: &str) -> Self {
        self.maps(vec![maps::by_name(name)])
    }

    fn maps(mut self, maps: Vec<Arc<Map>>) -> Self {
        let tick_rate = self.config.tick_rate;
        self.config.maps = maps.into_iter().map(|map| Terrain::new(map, tick_rate)).collect();
        self
    }

    fn tick_hz(mut self, hz: u16) -> Self {
        self.config.tick_rate = TickRate::new(hz).expect("a tick rate within the limits");
        let maps = self.config.maps.iter().map(|terrain| Arc::clone(&terrain.map)).collect();
        self.maps(maps)
    }

    fn mode(mut self, mode: Mode) -> Self {
        self.config.settings.mode = mode;
        self
    }

    fn score_limit(mut self, points: u16) -> Self {
        self.config.settings.score_limit = points;
        self
    }

    fn match_secs(mut self, warm_up: u32, fight: u32, results: u32) -> Self {
        self.config.settings.warm_up_secs = warm_up;
        self.config.settings.match_secs = fight;
        self.config.settings.results_secs = results;
        self
    }
}
