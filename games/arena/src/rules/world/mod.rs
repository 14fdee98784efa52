//! The world of one room: everything the rules decide about, and the tick that moves it.
//!
//! In: one input per player and tick. Out: the entities' states at the end of the tick, each player's own record, and
//! events. The same seed and the same calls give the same world, bit for bit, on every machine: integers only, every
//! collection in order.

mod checkpoint;
mod compare;
mod fight;
mod hash;
mod last_hit;
#[cfg(test)]
mod tests;
mod tick;
mod trail;

use std::{collections::VecDeque, sync::Arc};

use glam::IVec2;
use last_hit::LastHit;

pub use self::{
    checkpoint::Layout,
    compare::Difference,
    hash::{Part, WorldDigest, part_that_differs},
    trail::Trail,
};
use crate::event::Event;
pub use crate::rules::weapon::Past;
use crate::{
    entity::{CraftState, EntityState, ShellState},
    input::Input,
    limits::PICKUPS_MAX,
    map::Map,
};
use crate::{
    event::{MatchPhase, PlayerInfo, Team},
    own::OwnState,
    rules::{
        Mode, Terrain,
        grid::Grid,
        match_flow::{MatchFlow, MatchLimits},
        pickup::Pickups,
        shells::Shells,
        spawn::Spawns,
    },
};
use shared::{
    game::{self, Audience},
    id::{EntityId, PlayerId},
    limits::{ROOM_EVENTS_MAX, ROOM_PLAYERS_MAX, TICK_MAX, TICK_RENUMBER},
    rng::Rng,
    tick::Tick,
};

/// What a room plays and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WorldConfig {
    /// Seats for players and opponents together.
    pub seats: u16,
    /// What is played.
    pub mode: Mode,
    /// Points that end a match, 0 for no limit.
    pub score_limit: u16,
    /// Seconds of a match, 0 for no limit.
    pub match_secs: u32,
    /// Seconds of warm-up; with two crafts in the room three of them remain at most.
    pub warm_up_secs: u32,
    /// Seconds results are shown.
    pub results_secs: u32,
}

/// A player's input for a tick.
pub type PlayerInput = game::PlayerInput<Input>;

/// The world of one room.
#[derive(Clone, Debug)]
pub struct World {
    terrain: Terrain,
    config: WorldConfig,
    limits: MatchLimits,
    tick: Tick,
    rng: Rng,
    /// By seat: what every tick touches.
    seats: Vec<Option<Seat>>,
    /// By seat: what changes rarely.
    players: Vec<Option<PlayerInfo>>,
    shells: Shells,
    pickups: Pickups,
    spawns: Spawns,
    flow: MatchFlow,
    team_scores: [i32; 2],
    events: VecDeque<(Audience, Event)>,
    /// Players whose score changed and was not told to everyone yet.
    untold: VecDeque<PlayerId>,
    /// Living crafts where they are at the end of the tick.
    near_crafts: Grid,
    /// Shells where they are at the end of the tick; kept while there are opponents to look at it.
    near_shells: Grid,
    taken: usize,
    opponents: usize,
    /// The highest score, or a side's, since the match began.
    best_score: i32,
    /// Decided in this tick and yet to take effect; empty between ticks.
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
    /// When there are more seats than [`ROOM_PLAYERS_MAX`].
    pub fn new(terrain: Terrain, config: WorldConfig, seed: u64) -> Self {
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
            near_shells: Grid::new(map.size()),
            taken: 0,
            opponents: 0,
            best_score: 0,
            hits: Vec::new(),
        }
    }

    /// The same world with another number before its first tick.
    #[must_use]
    pub fn starting_at(mut self, tick: Tick) -> Self {
        self.tick = tick;
        self.flow = MatchFlow::new(&self.limits, tick);
        self
    }

    /// The map and the numbers.
    pub fn terrain(&self) -> &Terrain {
        &self.terrain
    }

    /// What is played.
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// The last tick made.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// The state of the chance.
    pub const fn chance(&self) -> u64 {
        self.rng.state()
    }

    /// Where the match is.
    pub fn phase(&self) -> MatchPhase {
        self.flow.phase
    }

    /// Gives a free seat to a player. The craft appears in the next tick.
    ///
    /// # Panics
    /// When the room has no such seat.
    pub fn add_player(&mut self, player: PlayerId, name: String, opponent: bool) {
        self.remove_player(player);
        let team = self.smaller_team();
        self.seats[player.index()] = Some(Seat { craft: None, own: OwnState::default(), team, last_hit: None });
        let info = PlayerInfo { player, name, team, opponent, score: 0, deaths: 0 };
        self.taken += 1;
        self.opponents += usize::from(opponent);
        self.tell(Audience::All, Event::Standing(info.standing()));
        self.players[player.index()] = Some(info);
    }

    /// Frees a seat. The craft and its shells vanish at once; if it was hit just before, that counts as a kill.
    pub fn remove_player(&mut self, player: PlayerId) {
        if self.players.get(player.index()).is_none_or(Option::is_none) {
            return;
        }
        self.credit_leaving(player);
        let info = self.players[player.index()].take().expect("it was there above");
        self.seats[player.index()] = None;
        // The next one in this seat has hit nobody.
        for seat in self.seats.iter_mut().flatten() {
            seat.last_hit = seat.last_hit.filter(|hit| hit.shooter != player);
        }
        self.taken -= 1;
        self.opponents -= usize::from(info.opponent);
        self.shells.clear(Some(player), self.tick);
        self.untold.retain(|&untold| untold != player);
    }

    /// The next event, in the order they happened.
    pub fn poll_event(&mut self) -> Option<(Audience, Event)> {
        self.events.pop_front()
    }

    /// Places in the entity table of the present map: seats, then pickups, then shells.
    pub fn entity_slots(&self) -> usize {
        self.first_shell() + self.shells.slots()
    }

    /// Everything there is, in the order of ids.
    pub fn entities(&self) -> impl Iterator<Item = (EntityId, EntityState)> {
        let crafts = self.crafts().map(|(player, craft)| (crate::craft_of(player), EntityState::Craft(*craft)));
        let pickups = (0..self.pickups.len()).filter_map(|place| {
            Some((EntityId((self.seats.len() + place) as u16), EntityState::Pickup(self.pickups.get(place)?)))
        });
        let first = self.first_shell();
        let shells =
            self.shells.iter().map(move |(slot, shell)| (EntityId((first + slot) as u16), EntityState::Shell(*shell)));
        crafts.chain(pickups).chain(shells)
    }

    /// One entity.
    pub fn entity(&self, id: EntityId) -> Option<EntityState> {
        let index = id.index();
        if index < self.seats.len() {
            return self.craft(PlayerId(id.0)).copied().map(EntityState::Craft);
        }
        let place = index - self.seats.len();
        match self.pickups.get(place) {
            Some(pickup) => Some(EntityState::Pickup(pickup)),
            None => self.shells.get(place - self.pickups.len()).copied().map(EntityState::Shell),
        }
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

    /// What only the player knows of its craft; zeros for a free seat.
    pub fn own(&self, player: PlayerId) -> OwnState {
        self.seats.get(player.index()).copied().flatten().map(|seat| seat.own).unwrap_or_default()
    }

    /// A player's side.
    pub fn team(&self, player: PlayerId) -> Team {
        self.seats.get(player.index()).copied().flatten().map_or(Team::None, |seat| seat.team)
    }

    /// Whether the first may hurt the second: everyone else, or everyone of the other side. Never oneself.
    pub fn are_enemies(&self, one: PlayerId, other: PlayerId) -> bool {
        one != other && (self.config.mode == Mode::Deathmatch || self.team(one) != self.team(other))
    }

    /// Seats that are taken, by number.
    pub fn taken_seats(&self) -> impl Iterator<Item = PlayerId> {
        let seats = self.seats.iter().enumerate();
        seats.filter(|(_, seat)| seat.is_some()).map(|(index, _)| PlayerId(index as u16))
    }

    /// Players and opponents, with or without a craft.
    pub fn players(&self) -> usize {
        self.taken
    }

    /// Points of both sides.
    pub fn team_scores(&self) -> [i32; 2] {
        self.team_scores
    }

    /// Living crafts within `radius` of a position, position units, in no order one should build on.
    pub fn crafts_near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = (PlayerId, &CraftState)> {
        self.near_crafts.within(position, radius).filter_map(|point| {
            let player = PlayerId(point.index);
            // Some may have died or left since the grid was made.
            Some((player, self.craft(player).filter(|craft| craft.is_alive())?))
        })
    }

    /// Shells within `radius` of a position, position units, in no order one should build on. None are found in a room
    /// without computer opponents, since only they look.
    pub fn shells_near(&self, position: IVec2, radius: i32) -> impl Iterator<Item = &ShellState> {
        self.near_shells.within(position, radius).filter_map(|point| self.shells.get(point.index.into()))
    }

    /// Shells in the air.
    pub fn shells(&self) -> usize {
        self.shells.len()
    }

    /// Whether a pickup place has something to take.
    pub fn pickup_available(&self, place: usize) -> bool {
        self.pickups.get(place).is_some_and(|pickup| pickup.available)
    }

    /// Every player, by seat.
    pub fn roster(&self) -> impl Iterator<Item = PlayerInfo> {
        self.players.iter().flatten().cloned()
    }

    /// A player, if the seat is taken.
    pub fn roster_entry(&self, player: PlayerId) -> Option<&PlayerInfo> {
        self.players.get(player.index())?.as_ref()
    }

    /// Where the match is, as an event for those who just came.
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

    /// Whether the results were shown and the room should change the map.
    /// It also should when its ticks come to their end, whatever the match.
    pub fn wants_next_map(&self) -> bool {
        self.flow.wants_next_map || self.tick.0 >= TICK_MAX
    }

    /// Ends the match now, whatever the score: results are shown, then the room should change the map.
    pub fn end_match(&mut self) {
        if self.flow.finish(&self.limits, self.tick) {
            self.tell(Audience::All, self.match_event());
        }
    }

    /// Goes on with another map, or the same: players stay, everything else begins anew. Crafts appear in the next
    /// tick, and the number of [`World::entity_slots`] may be another. `seed` decides the chances from here on. After
    /// many ticks the next one is tick 1, see [`TICK_RENUMBER`].
    pub fn change_map(&mut self, map: Arc<Map>, seed: u64) {
        self.terrain.map = Arc::clone(&map);
        self.rng = Rng::new(seed);
        self.shells.clear(None, self.tick);
        if self.tick.0 >= TICK_RENUMBER {
            self.tick = Tick(0);
            // Its slots rest until ticks that will not come again.
            self.shells = Shells::new(self.config.seats);
        }
        self.pickups = Pickups::new(&map);
        self.spawns = Spawns::new(&map);
        self.near_crafts = Grid::new(map.size());
        self.near_shells = Grid::new(map.size());
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

    /// Queues an event. What only decorates is dropped when nobody polls: the rest is bounded by the seats.
    fn tell(&mut self, audience: Audience, event: Event) {
        let decorates = matches!(event, Event::Hit { .. } | Event::Rail { .. });
        if self.events.len() < ROOM_EVENTS_MAX || !decorates {
            self.events.push_back((audience, event));
        }
    }

    fn first_shell(&self) -> usize {
        self.seats.len() + self.pickups.len()
    }
}

const _: () = assert!(PICKUPS_MAX <= u8::MAX as usize + 1);
