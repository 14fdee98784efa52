//! The builder of a simulation: `sim().players(3).loss(0.05).run_secs(10)`.

use std::{sync::Arc, time::Duration};

use arena::{map::Map, rules::Mode};
use room::RoomConfig;
use shared::{Tick, TickRate, conditioner::ConditionerConfig};

use crate::{arena::Arena, link::Transport, maps, script::Behavior};

/// How a simulation begins.
#[derive(Clone, Debug)]
pub struct Sim {
    pub(crate) config: RoomConfig,
    pub(crate) players: usize,
    pub(crate) seed: u64,
    pub(crate) options: PlayerOptions,
    pub(crate) recorded: bool,
}

/// How a player comes in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PlayerOptions {
    /// What its link is like.
    pub transport: Transport,
    /// What is wrong with its link.
    pub conditions: ConditionerConfig,
    /// Whether it wants plain snapshots.
    pub plain: bool,
    /// Whether it only watches.
    pub spectates: bool,
    /// Whether it has a screen.
    pub draws: bool,
    /// What it does.
    pub behavior: Behavior,
    /// How much faster than the server's its clock runs, parts per million.
    pub drift_ppm: i32,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            transport: Transport::Datagrams,
            conditions: ConditionerConfig::default(),
            plain: false,
            spectates: false,
            draws: false,
            behavior: Behavior::Wander,
            drift_ppm: 0,
        }
    }
}

/// A room of 16 seats on the map `pit` at 30 Hz without opponents or warm-up, and one player on a perfect link.
pub fn sim() -> Sim {
    let tick_rate = TickRate::new(30).expect("30 Hz is allowed");
    let mut config = RoomConfig::new(maps::by_name("pit"), tick_rate);
    config.warm_up_secs = 0;
    Sim { config, players: 1, seed: 1, options: PlayerOptions::default(), recorded: true }
}

impl Sim {
    /// Players who join before the first tick.
    pub fn players(mut self, players: usize) -> Self {
        self.players = players;
        self
    }

    /// One of the maps of [`maps::by_name`].
    pub fn map(mut self, name: &str) -> Self {
        self.config.maps = vec![maps::by_name(name)];
        self
    }

    /// Maps played in turn.
    pub fn maps(mut self, maps: Vec<Arc<Map>>) -> Self {
        self.config.maps = maps;
        self
    }

    /// Seats of the room.
    pub fn seats(mut self, seats: u16) -> Self {
        self.config.seats = seats;
        self
    }

    /// Whether players have screens.
    pub fn draws(mut self, draws: bool) -> Self {
        self.options.draws = draws;
        self
    }

    /// Computer opponents keep the room at this many crafts.
    pub fn fill(mut self, fill: u16) -> Self {
        self.config.fill = fill;
        self
    }

    /// Ticks per second.
    ///
    /// # Panics
    /// Outside what the limits allow.
    pub fn tick_hz(mut self, hz: u16) -> Self {
        self.config.tick_rate = TickRate::new(hz).expect("a tick rate within the limits");
        self
    }

    /// The tick before the first.
    pub fn start_tick(mut self, tick: u32) -> Self {
        self.config.start_tick = Tick(tick);
        self
    }

    /// Whether the room is recorded, as it is unless time is measured.
    pub fn recorded(mut self, recorded: bool) -> Self {
        self.recorded = recorded;
        self
    }

    /// What is played.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.config.mode = mode;
        self
    }

    /// Radius of interest instead of the map's, px.
    pub fn interest_px(mut self, px: u32) -> Self {
        self.config.interest_px = Some(px);
        self
    }

    /// Seconds that spectators see everything later.
    pub fn spectator_delay_secs(mut self, secs: u32) -> Self {
        self.config.spectator_delay_secs = secs;
        self
    }

    /// Snapshot bytes per second and player.
    pub fn bytes_per_sec(mut self, bytes: u32) -> Self {
        self.config.player_bytes_per_sec = bytes;
        self.config.plain_bytes_per_sec = bytes;
        self
    }

    /// Points that end a match.
    pub fn score_limit(mut self, points: u16) -> Self {
        self.config.score_limit = points;
        self
    }

    /// Seconds of warm-up, of a match and of its results.
    pub fn match_secs(mut self, warm_up: u32, fight: u32, results: u32) -> Self {
        self.config.warm_up_secs = warm_up;
        self.config.match_secs = fight;
        self.config.results_secs = results;
        self
    }

    /// Decides every chance of the run.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Part of the datagrams that is lost, 0..=1; a reliable link is delayed by them instead.
    pub fn loss(mut self, part: f64) -> Self {
        self.options.conditions.loss = part;
        self
    }

    /// Delay of each direction, ms.
    pub fn delay_ms(mut self, ms: u64) -> Self {
        self.options.conditions.delay = Duration::from_millis(ms);
        self
    }

    /// Most that is added to the delay or taken from it, ms.
    pub fn jitter_ms(mut self, ms: u64) -> Self {
        self.options.conditions.jitter = Duration::from_millis(ms);
        self
    }

    /// Part of the datagrams that comes twice, 0..=1.
    pub fn duplicate(mut self, part: f64) -> Self {
        self.options.conditions.duplicate = part;
        self
    }

    /// Part of the datagrams that is overtaken by the next, 0..=1.
    pub fn reorder(mut self, part: f64) -> Self {
        self.options.conditions.reorder = part;
        self
    }

    /// Whether everything goes over one stream, as on WebSocket, or snapshots over datagrams, as on QUIC.
    pub fn reliable(mut self, reliable: bool) -> Self {
        self.options.transport = if reliable { Transport::Stream } else { Transport::Datagrams };
        self
    }

    /// Whether the players ask for plain snapshots.
    pub fn plain(mut self, plain: bool) -> Self {
        self.options.plain = plain;
        self
    }

    /// What the players do.
    pub fn behavior(mut self, behavior: Behavior) -> Self {
        self.options.behavior = behavior;
        self
    }

    /// How much faster than the server's the players' clocks run, parts per million.
    pub fn drift_ppm(mut self, ppm: i32) -> Self {
        self.options.drift_ppm = ppm;
        self
    }

    /// The simulation before its first tick.
    pub fn start(self) -> Arena {
        Arena::new(self)
    }

    /// The simulation after `secs` seconds.
    pub fn run_secs(self, secs: u64) -> Arena {
        let mut arena = self.start();
        arena.run_secs(secs);
        arena
    }
}
