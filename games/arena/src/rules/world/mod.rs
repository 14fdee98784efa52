//! The world of one room: the whole state of the rules, and the tick that advances it.
//!
//! In: one input per player and tick. Out: the entities' states at the end of the tick, each player's own record, and
//! events. The same seed and the same calls give the same world, bit for bit, on every machine: integers only, every
//! collection in order.

mod checkpoint;
mod compare;
mod fight;
mod game;
mod hash;
mod last_hit;
#[cfg(test)]
mod tests;
mod tick;

use std::{collections::VecDeque, sync::Arc};

use last_hit::LastHit;

use crate::event::Event;
use crate::{entity::CraftState, input::Input, limits::PICKUPS_MAX, map::Map};
use crate::{
    event::{MatchPhase, Standing, Team},
    own::OwnState,
    rules::{
        Mode, Terrain,
        grid::Grid,
        match_flow::{MatchFlow, MatchLimits},
        pickup::Pickups,
        shells::Shells,
        spawn::Spawns,
    },
    settings::Settings,
};
use shared::{
    game::Audience,
    id::PlayerId,
    limits::{ROOM_EVENTS_MAX, ROOM_PLAYERS_MAX},
    rng::Rng,
    tick::Tick,
};

/// Configuration of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WorldConfig {
    /// Seats for players and computer opponents together.
    pub seats: u16,
    /// Mode of the match.
    pub mode: Mode,
    /// Points that end a match, 0 for no limit.
    pub score_limit: u16,
    /// Seconds of a match, 0 for no limit.
    pub match_secs: u32,
    /// Seconds of warm-up; with two crafts in the room at most three of them remain.
    pub warm_up_secs: u32,
    /// Seconds for which results are shown.
    pub results_secs: u32,
}

impl WorldConfig {
    /// The configuration from the host's settings, for a room with this many seats.
    pub fn new(seats: u16, settings: &Settings) -> Self {
        let Settings { mode, score_limit, match_secs, warm_up_secs, results_secs } = *settings;
        Self { seats, mode, score_limit, match_secs, warm_up_secs, results_secs }
    }
}

/// A player's input for a tick.
pub type PlayerInput = shared::game::PlayerInput<Input>;

/// The world of one room.
#[derive(Clone, Debug)]
pub struct World {
    terrain: Terrain,
    config: WorldConfig,
    limits: MatchLimits,
    tick: Tick,
    rng: Rng,
    /// By seat: state that changes every tick.
    seats: Vec<Option<Seat>>,
    /// By seat: state that changes rarely.
    players: Vec<Option<Standing>>,
    shells: Shells,
    pickups: Pickups,
    spawns: Spawns,
    flow: MatchFlow,
    team_scores: [i32; 2],
    events: VecDeque<(Audience, Event)>,
    /// Players whose score changed and was not yet sent to all players.
    untold: VecDeque<PlayerId>,
    /// Positions of living crafts at the end of the tick.
    near_crafts: Grid,
    taken: usize,
    /// The highest score of a player or team since the match began.
    best_score: i32,
    /// Hits of this tick that have not taken effect yet; empty between ticks.
    hits: Vec<fight::Hit>,
}

/// A taken seat.
#[derive(Clone, Copy, Debug)]
struct Seat {
    /// `None` until the first tick after joining.
    craft: Option<CraftState>,
    own: OwnState,
    team: Team,
    last_hit: Option<LastHit>,
}

impl World {
    /// An empty world before its first tick.
    ///
    /// # Panics
    /// There are more seats than [`ROOM_PLAYERS_MAX`].
    pub fn empty(terrain: Terrain, config: WorldConfig, seed: u64) -> Self {
        assert!(usize::from(config.seats) <= ROOM_PLAYERS_MAX, "{} seats", config.seats);
        let WorldConfig { seats, mode: _, score_limit, match_secs, warm_up_secs, results_secs } = config;
        let limits = MatchLimits::new(terrain.rules.tick_rate, score_limit, match_secs, warm_up_secs, results_secs);
        let map = Arc::clone(&terrain.map);
        Self {
            terrain,
            config,
            limits,
            tick: Tick(0),
            rng: Rng::new(seed),
            seats: vec![None; seats.into()],
            players: vec![None; seats.into()],
            shells: Shells::new(seats),
            pickups: Pickups::new(&map),
            spawns: Spawns::new(&map),
            flow: MatchFlow::new(&limits, Tick(0)),
            team_scores: [0; 2],
            events: VecDeque::new(),
            untold: VecDeque::new(),
            near_crafts: Grid::new(map.size()),
            taken: 0,
            best_score: 0,
            hits: Vec::new(),
        }
    }

    /// The same world with another tick number before its first tick.
    #[must_use]
    pub fn starting_at(mut self, tick: Tick) -> Self {
        self.tick = tick;
        self.flow = MatchFlow::new(&self.limits, tick);
        self
    }

    /// The map and the numbers of the rules.
    pub fn terrain(&self) -> &Terrain {
        &self.terrain
    }

    /// The configuration.
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// The last tick made.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// State of the random number generator.
    pub const fn chance(&self) -> u64 {
        self.rng.state()
    }

    /// Phase of the match.
    pub fn phase(&self) -> MatchPhase {
        self.flow.phase
    }

    /// Gives a free seat to a player. The craft appears in the next tick.
    ///
    /// # Panics
    /// The room has no such seat.
    pub fn add_player(&mut self, player: PlayerId) {
        self.remove_player(player);
        let team = self.smaller_team();
        self.seats[player.index()] = Some(Seat { craft: None, own: OwnState::default(), team, last_hit: None });
        let standing = Standing { player, team, score: 0, deaths: 0 };
        self.taken += 1;
        self.tell(Audience::All, Event::Standing(standing));
        self.players[player.index()] = Some(standing);
    }

    /// Frees a seat. The craft and its shells are removed at once; if it was hit just before, that counts as a kill.
    pub fn remove_player(&mut self, player: PlayerId) {
        if self.players.get(player.index()).is_none_or(Option::is_none) {
            return;
        }
        self.credit_leaving(player);
        self.players[player.index()] = None;
        self.seats[player.index()] = None;
        // Hits by this player do not count for the next player in the seat.
        for seat in self.seats.iter_mut().flatten() {
            seat.last_hit = seat.last_hit.filter(|hit| hit.shooter != player);
        }
        self.taken -= 1;
        self.shells.clear(Some(player), self.tick);
        self.untold.retain(|&untold| untold != player);
    }

    /// The next event, in the order they happened.
    pub fn poll_event(&mut self) -> Option<(Audience, Event)> {
        self.events.pop_front()
    }

    /// Every craft, wrecks too, by seat.
    pub fn crafts(&self) -> impl Iterator<Item = (PlayerId, &CraftState)> {
        let seats = self.seats.iter().enumerate();
        seats.filter_map(|(index, seat)| Some((PlayerId(index as u16), seat.as_ref()?.craft.as_ref()?)))
    }

    /// A player's craft.
    #[inline]
    pub fn craft(&self, player: PlayerId) -> Option<&CraftState> {
        self.seats.get(player.index())?.as_ref()?.craft.as_ref()
    }

    /// A player's side.
    pub fn team(&self, player: PlayerId) -> Team {
        self.seats.get(player.index()).copied().flatten().map_or(Team::None, |seat| seat.team)
    }

    /// True if the first player may hurt the second: any other player, or any player of the other team.
    pub fn are_enemies(&self, one: PlayerId, other: PlayerId) -> bool {
        one != other && (self.config.mode == Mode::Deathmatch || self.team(one) != self.team(other))
    }

    /// Seats that are taken, in order.
    pub fn taken_seats(&self) -> impl Iterator<Item = PlayerId> {
        let seats = self.seats.iter().enumerate();
        seats.filter(|(_, seat)| seat.is_some()).map(|(index, _)| PlayerId(index as u16))
    }

    /// Number of players and computer opponents, with or without a craft.
    pub fn players(&self) -> usize {
        self.taken
    }

    /// Points of both teams.
    pub fn team_scores(&self) -> [i32; 2] {
        self.team_scores
    }

    /// Shells in the air.
    pub fn shells(&self) -> usize {
        self.shells.len()
    }

    /// True if a pickup is available.
    pub fn pickup_available(&self, place: usize) -> bool {
        self.pickups.get(place).is_some_and(|pickup| pickup.available)
    }

    /// Standings of all players, by seat.
    pub fn standings(&self) -> impl Iterator<Item = Standing> {
        self.players.iter().copied().flatten()
    }

    /// Standing of a player, if the seat is taken.
    pub fn standing(&self, player: PlayerId) -> Option<Standing> {
        self.players.get(player.index()).copied().flatten()
    }

    /// State of the match, as an event for players who just joined.
    pub fn match_event(&self) -> Event {
        let MatchFlow { phase, ends, wants_next_map: _ } = self.flow;
        Event::Match {
            mode: self.config.mode,
            phase,
            ends,
            score_limit: self.config.score_limit,
            team_scores: self.team_scores,
        }
    }

    /// True if the results were shown long enough and the room should change the map.
    pub fn wants_next_map(&self) -> bool {
        self.flow.wants_next_map
    }

    /// Ends the match now, whatever the score: results are shown, then the room should change the map.
    pub fn finish_match(&mut self) {
        if self.flow.finish(&self.limits, self.tick) {
            self.tell(Audience::All, self.match_event());
        }
    }

    /// Continues on another map, or on the same one: players stay, everything else restarts after `tick`. Crafts appear
    /// in the next tick, and the number of entities may differ. `seed` seeds the random numbers from here on.
    pub fn change_map(&mut self, map: Arc<Map>, tick: Tick, seed: u64) {
        self.terrain.map = Arc::clone(&map);
        self.rng = Rng::new(seed);
        self.shells.clear(None, self.tick);
        if tick < self.tick {
            // The ticks until which slots rest will not come again.
            self.shells = Shells::new(self.config.seats);
        }
        self.tick = tick;
        self.pickups = Pickups::new(&map);
        self.spawns = Spawns::new(&map);
        self.near_crafts = Grid::new(map.size());
        for seat in self.seats.iter_mut().flatten() {
            *seat = Seat { craft: None, own: OwnState::default(), team: seat.team, last_hit: None };
        }
        self.reset_scores();
        self.flow = MatchFlow::new(&self.limits, self.tick);
        self.tell(Audience::All, self.match_event());
    }

    fn smaller_team(&self) -> Team {
        if self.config.mode == Mode::Deathmatch {
            return Team::None;
        }
        let size = |team| self.seats.iter().flatten().filter(|seat| seat.team == team).count();
        let (red, blue) = ((size(Team::Red), self.team_scores[0]), (size(Team::Blue), self.team_scores[1]));
        if red <= blue { Team::Red } else { Team::Blue }
    }

    /// Queues an event. If nobody polls, hits and rails are dropped; the number of the others is bounded by the seats.
    fn tell(&mut self, audience: Audience, event: Event) {
        let decorates = matches!(event, Event::Hit { .. } | Event::Rail { .. });
        if self.events.len() < ROOM_EVENTS_MAX || !decorates {
            self.events.push_back((audience, event));
        }
    }

    pub(super) fn first_shell(&self) -> usize {
        self.seats.len() + self.pickups.len()
    }
}

const _: () = assert!(PICKUPS_MAX <= u8::MAX as usize + 1);
