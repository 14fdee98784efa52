//! The builder of a simulation: `sim().players(3).loss(0.05).run_secs(10)`.

use std::time::Duration;

use room::RoomConfig;
use shared::{
    Tick, TickRate,
    conditioner::ConditionerConfig,
    game::{Game, MapOf},
};

use crate::{
    link::Transport,
    scenario::Scenario,
    script::{Behaves, Behavior},
};

/// Options of a simulation.
#[derive(Clone, Debug)]
pub struct Sim<G: Game, B = Behavior> {
    /// Configuration of the room.
    pub config: RoomConfig<G>,
    pub(crate) players: usize,
    pub(crate) seed: u64,
    pub(crate) options: PlayerOptions<B>,
    pub(crate) recorded: bool,
}

/// Options of a player.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct PlayerOptions<B = Behavior> {
    /// Transport of its link.
    pub transport: Transport,
    /// Faults of its link.
    pub conditions: ConditionerConfig,
    /// True if it requests plain snapshots.
    pub plain: bool,
    /// True if it is a spectator.
    pub spectates: bool,
    /// True if it has a screen.
    pub draws: bool,
    /// Behaviour of the player.
    pub behavior: B,
    /// Drift of its clock relative to the server's, parts per million; positive is faster.
    pub drift_ppm: i32,
}

impl<G: Game, B: Behaves<G>> Sim<G, B> {
    /// One player on a perfect link in a room of 16 seats without opponents.
    pub fn of(map: MapOf<G>, tick_rate: TickRate) -> Self {
        let config = RoomConfig::new(map, tick_rate);
        Self { config, players: 1, seed: 1, options: PlayerOptions::default(), recorded: true }
    }

    /// Number of players that join before the first tick.
    pub fn players(mut self, players: usize) -> Self {
        self.players = players;
        self
    }

    /// Number of seats of the room.
    pub fn seats(mut self, seats: u16) -> Self {
        self.config.seats = seats;
        self
    }

    /// Sets if players have screens.
    pub fn draws(mut self, draws: bool) -> Self {
        self.options.draws = draws;
        self
    }

    /// Computer opponents keep the room at this many players.
    pub fn fill(mut self, fill: u16) -> Self {
        self.config.fill = fill;
        self
    }

    /// The tick before the first.
    pub fn start_tick(mut self, tick: u32) -> Self {
        self.config.start_tick = Tick(tick);
        self
    }

    /// Sets if the room is recorded. It is by default, except when time is measured.
    pub fn recorded(mut self, recorded: bool) -> Self {
        self.recorded = recorded;
        self
    }

    /// Radius of interest, px; the map's by default.
    pub fn interest_px(mut self, px: u32) -> Self {
        self.config.interest_px = Some(px);
        self
    }

    /// Delay of spectators, s.
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

    /// Seed of all random decisions of the run.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Fraction of the datagrams that is lost, 0..=1; on a reliable link losses become delays.
    pub fn loss(mut self, part: f64) -> Self {
        self.options.conditions.loss = part;
        self
    }

    /// Delay of each direction, ms.
    pub fn delay_ms(mut self, ms: u64) -> Self {
        self.options.conditions.delay = Duration::from_millis(ms);
        self
    }

    /// Largest deviation from the delay, ms.
    pub fn jitter_ms(mut self, ms: u64) -> Self {
        self.options.conditions.jitter = Duration::from_millis(ms);
        self
    }

    /// Fraction of the datagrams that arrives twice, 0..=1.
    pub fn duplicate(mut self, part: f64) -> Self {
        self.options.conditions.duplicate = part;
        self
    }

    /// Fraction of the datagrams that is overtaken by the next, 0..=1.
    pub fn reorder(mut self, part: f64) -> Self {
        self.options.conditions.reorder = part;
        self
    }

    /// Sets if all messages use one stream, as on WebSocket, or snapshots use datagrams, as on QUIC.
    pub fn reliable(mut self, reliable: bool) -> Self {
        self.options.transport = if reliable { Transport::Stream } else { Transport::Datagrams };
        self
    }

    /// Sets if the players request plain snapshots.
    pub fn plain(mut self, plain: bool) -> Self {
        self.options.plain = plain;
        self
    }

    /// Sets the behaviour of the players.
    pub fn behavior(mut self, behavior: B) -> Self {
        self.options.behavior = behavior;
        self
    }

    /// Drift of the players' clocks relative to the server's, parts per million; positive is faster.
    pub fn drift_ppm(mut self, ppm: i32) -> Self {
        self.options.drift_ppm = ppm;
        self
    }

    /// The simulation before its first tick.
    pub fn start(self) -> Scenario<G, B> {
        Scenario::new(self)
    }

    /// The simulation after `secs` seconds.
    pub fn run_secs(self, secs: u64) -> Scenario<G, B> {
        let mut scenario = self.start();
        scenario.run_secs(secs);
        scenario
    }
}
