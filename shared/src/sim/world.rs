//! The world of one room: everything the rules decide about, and the tick that moves it.
//!
//! In: one input per player and tick. Out: the entities' states at the end of the tick, each player's own record, and
//! events. The same seed and the same calls give the same world, bit for bit, on every machine: integers only, every
//! collection in order.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    entity::{CraftState, EntityState},
    id::{EntityId, PlayerId},
    input::{Buttons, Heading, Input},
    limits::{PICKUPS_MAX, ROOM_EVENTS_MAX, ROOM_PLAYERS_MAX},
    map::Map,
    sim::{
        Terrain,
        digest::Digest,
        grid::{Grid, Point, distance_squared},
        match_flow::{Change, MatchFlow, MatchLimits},
        pickup::{self, Pickups},
        pilot,
        rng::Rng,
        rules::{CRAFT_HIT_RADIUS, HEALTH_MAX, PICKUP_RADIUS},
        shell::{self, Fate},
        shells::Shells,
        spawn::Spawns,
        weapon::{self, Beam},
    },
    tick::Tick,
    wire::{Event, MatchPhase, Mode, OwnState, PlayerInfo, Team, Weapon},
};

pub use crate::sim::weapon::Past;

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
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PlayerInput {
    /// What it wants.
    pub input: Input,
    /// How old the world was that it saw, quarters of a tick.
    pub view_age: u8,
}

/// Who is told an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Everyone.
    All,
    /// These, each once.
    Players([Option<PlayerId>; 2]),
    /// Those who know this player's craft at the moment, its own player among them.
    Seeing(PlayerId),
}

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
    opponents: usize,
}

/// A taken seat.
#[derive(Clone, Copy, Debug)]
struct Seat {
    /// `None` until the first tick after joining.
    craft: Option<CraftState>,
    own: OwnState,
    team: Team,
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
            opponents: 0,
        }
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
        self.seats[player.index()] = Some(Seat { craft: None, own: OwnState::default(), team });
        let info = PlayerInfo { player, name, team, opponent, score: 0, deaths: 0 };
        self.opponents += usize::from(opponent);
        self.players[player.index()] = Some(info.clone());
        self.tell(Audience::All, Event::Player(info));
    }

    /// Frees a seat. The craft and its shells vanish at once.
    pub fn remove_player(&mut self, player: PlayerId) {
        let Some(info) = self.players.get_mut(player.index()).and_then(Option::take) else { return };
        self.seats[player.index()] = None;
        self.opponents -= usize::from(info.opponent);
        self.shells.clear(Some(player), self.tick);
        self.untold.retain(|&untold| untold != player);
        self.tell(Audience::All, Event::Left(player));
    }

    /// Makes one tick of `inputs`, by seat; a seat without one lets its craft drift.
    ///
    /// Crafts fly first, then shells, which hit crafts where they now are; then guns fire, so that a new shell's first
    /// state is its birth at the muzzle. `past` must remember the ticks before this one.
    pub fn step(&mut self, inputs: &[Option<PlayerInput>], past: &impl Past) {
        self.tick = self.tick.next();
        self.fly_crafts(inputs);
        self.fly_shells();
        self.fire(inputs, past);
        self.collect_pickups();
        self.advance_match();
        self.dress();
        self.tell_scores();
        if self.opponents > 0 {
            self.near_shells.rebuild(
                self.shells.iter().map(|(slot, shell)| Point { position: shell.position, index: slot as u16 }),
            );
        }
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
        let crafts = self.crafts().map(|(player, craft)| (player.craft(), EntityState::Craft(*craft)));
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

    /// Shows living crafts and shells within `radius` position units. Shells are shown only while the room has
    /// opponents, which are the ones to ask.
    pub fn nearby(&self, position: glam::IVec2, radius: i32, mut visit: impl FnMut(EntityId, EntityState)) {
        for point in self.near_crafts.within(position, radius) {
            let player = PlayerId(point.index);
            if let Some(craft) = self.craft(player).filter(|craft| craft.is_alive()) {
                visit(player.craft(), EntityState::Craft(*craft));
            }
        }
        for point in self.near_shells.within(position, radius) {
            if let Some(shell) = self.shells.get(point.index.into()) {
                visit(EntityId((self.first_shell() + usize::from(point.index)) as u16), EntityState::Shell(*shell));
            }
        }
    }

    /// A pickup place's state.
    pub fn pickup_available(&self, place: usize) -> bool {
        self.pickups.get(place).is_some_and(|pickup| pickup.available)
    }

    /// Every player, by seat.
    pub fn roster(&self) -> impl Iterator<Item = PlayerInfo> {
        self.players.iter().flatten().cloned()
    }

    /// Where the match is, as an event for those who just came.
    pub fn match_event(&self) -> Event {
        let MatchFlow { phase, ends, wants_next_map: _ } = self.flow;
        Event::Match { phase, ends, score_limit: self.config.score_limit, team_scores: self.team_scores }
    }

    /// Whether the results were shown and the room should change the map.
    pub fn wants_next_map(&self) -> bool {
        self.flow.wants_next_map
    }

    /// Goes on with another map, or the same: players stay, everything else begins anew. Crafts appear in the next
    /// tick, and the number of [`World::entity_slots`] may be another.
    pub fn change_map(&mut self, map: Arc<Map>) {
        self.terrain.map = Arc::clone(&map);
        self.shells.clear(None, self.tick);
        self.pickups = Pickups::new(&map);
        self.spawns = Spawns::new(&map);
        self.near_crafts = Grid::new(map.size());
        self.near_shells = Grid::new(map.size());
        for seat in self.seats.iter_mut().flatten() {
            *seat = Seat { craft: None, own: OwnState::default(), team: seat.team };
        }
        self.reset_scores();
        self.flow = MatchFlow::new(&self.limits, self.tick);
        self.tell(Audience::All, self.match_event());
    }

    /// One number for everything the next ticks depend on. Names and events are not part of it.
    pub fn hash(&self) -> u64 {
        let mut digest = Digest::new();
        digest.word(self.tick.0.into());
        digest.word(self.rng.state());
        for (id, entity) in self.entities() {
            digest.word(entity.hash(id.0).into());
        }
        for (seat, info) in self.seats.iter().zip(&self.players) {
            let (Some(Seat { craft: _, own, team }), Some(info)) = (seat, info) else {
                digest.word(0);
                continue;
            };
            let OwnState { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } =
                *own;
            for field in [fire_ticks, dash_ticks, rail_shots, shield] {
                digest.word(field.into());
            }
            for field in [rapid_ticks, protection_ticks, respawn_ticks] {
                digest.word(field.into());
            }
            digest.word(*team as u64);
            digest.int(info.score);
            digest.word(info.deaths.into());
        }
        for tick in self.pickups.returns().iter().chain(self.spawns.last_used()) {
            digest.word(tick.0.into());
        }
        digest.word(self.shells.cursor() as u64);
        let MatchFlow { phase, ends, wants_next_map } = self.flow;
        digest.word(phase as u64);
        digest.word(ends.0.into());
        digest.word(wants_next_map.into());
        digest.vector(self.team_scores.into());
        digest.value()
    }
}

/// The parts of a tick.
impl World {
    fn fly_crafts(&mut self, inputs: &[Option<PlayerInput>]) {
        for index in 0..self.seats.len() {
            let Some(seat) = &mut self.seats[index] else { continue };
            seat.own.step();
            let due = seat.craft.is_none_or(|craft| !craft.is_alive() && seat.own.respawn_ticks == 0);
            if due {
                self.respawn(index);
            }
            if let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[index] {
                let input = inputs.get(index).and_then(Option::as_ref).map(|input| &input.input);
                pilot::fly(craft, own, input, &self.terrain);
            }
        }
        let living = self.seats.iter().enumerate().filter_map(|(index, seat)| {
            let craft = seat.as_ref()?.craft.as_ref().filter(|craft| craft.is_alive())?;
            Some(Point { position: craft.position, index: index as u16 })
        });
        self.near_crafts.rebuild(living);
    }

    fn fly_shells(&mut self) {
        let mut from = 0;
        while let Some(slot) = self.shells.next_from(from) {
            from = slot + 1;
            let mut shell = *self.shells.get(slot).expect("the walk gives occupied slots");
            let mut victim = None;
            let fate = {
                let (grid, seats, terrain) = (&self.near_crafts, &self.seats, &self.terrain);
                let (owner, mode) = (shell.owner, self.config.mode);
                let owner_team = seats[owner.index()].map_or(Team::None, |seat| seat.team);
                shell::step(&mut shell, terrain, |from, shell| {
                    let has_bounced = shell.bounces_left < terrain.rules.shell_bounces;
                    let is_target = |index: u16| {
                        let Some(Seat { craft: Some(craft), own, team }) = &seats[usize::from(index)] else {
                            return false;
                        };
                        let own_craft = index == owner.0;
                        craft.is_alive()
                            && own.protection_ticks == 0
                            && if own_craft { has_bounced } else { mode == Mode::Deathmatch || *team != owner_team }
                    };
                    victim = first_hit(grid, from, shell.position, is_target);
                    victim.is_some()
                })
            };
            match fate {
                Fate::Flies => self.shells.set(slot, shell),
                Fate::Expired | Fate::Stopped => self.shells.remove(slot, self.tick),
            }
            if let Some(victim) = victim {
                self.hurt(victim, self.terrain.rules.shell_damage, shell.owner, Weapon::Shell);
            }
        }
    }

    fn fire(&mut self, inputs: &[Option<PlayerInput>], past: &impl Past) {
        if self.flow.phase == MatchPhase::Results {
            return;
        }
        for (index, input) in inputs.iter().enumerate().take(self.seats.len()) {
            let Some(PlayerInput { input, view_age }) = input else { continue };
            if !input.buttons.contains(Buttons::FIRE) {
                continue;
            }
            let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[index] else { continue };
            let (craft, shooter) = (*craft, PlayerId(index as u16));
            match pilot::pull_trigger(&craft, own, input, &self.terrain.rules) {
                Some(Weapon::Shell) => {
                    let shell = weapon::shell(&self.terrain, &craft, shooter, input.aim);
                    self.shells.insert(shell, self.tick);
                }
                Some(Weapon::Rail) => self.fire_rail(shooter, &craft, input.aim, *view_age, past),
                None => {}
            }
        }
    }

    fn fire_rail(&mut self, shooter: PlayerId, craft: &CraftState, aim: u16, view_age: u8, past: &impl Past) {
        let beam = Beam::new(&self.terrain, craft, aim);
        let quarters = weapon::rewind_quarters(&self.terrain.rules, view_age);
        let hit = self
            .crafts()
            .filter(|(player, present)| {
                present.is_alive() && self.are_enemies(shooter, *player) && self.own(*player).protection_ticks == 0
            })
            .filter_map(|(player, present)| {
                let shown = weapon::rewound(past, player, self.tick, quarters, present)?;
                Some((beam.hits(shown)?, player))
            })
            .min();
        let to = hit.map_or(beam.to, |(part, _)| beam.at(part));
        self.tell(Audience::Seeing(shooter), Event::Rail { shooter, from: beam.from, to });
        if let Some((_, victim)) = hit {
            self.hurt(victim, self.terrain.rules.rail_damage, shooter, Weapon::Rail);
        }
    }

    fn collect_pickups(&mut self) {
        self.pickups.step(self.tick);
        for place in 0..self.pickups.len() {
            if !self.pickup_available(place) {
                continue;
            }
            let position = self.terrain.map.pickup_position(place as u8);
            // Nearest first, so that the one who reached it gets it; the lower seat if both did.
            let taker = self
                .near_crafts
                .within(position, PICKUP_RADIUS)
                .filter(|point| self.craft(PlayerId(point.index)).is_some_and(CraftState::is_alive))
                .map(|point| (distance_squared(point.position, position), point.index))
                .min();
            let Some((_, index)) = taker else { continue };
            let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[usize::from(index)] else { continue };
            let rules = &self.terrain.rules;
            if pickup::give(self.terrain.map.pickups()[place].kind, craft, own, rules) {
                self.pickups.take(place, self.tick.plus(rules.pickup_return_ticks.into()));
            }
        }
    }

    fn advance_match(&mut self) {
        let crafts = self.players.iter().flatten().count();
        let change = self.flow.step(&self.limits, self.tick, crafts, self.best_score());
        if change == Change::Started {
            self.reset_scores();
            self.shells.clear(None, self.tick);
            self.pickups = Pickups::new(&self.terrain.map);
            for index in 0..self.seats.len() {
                if self.seats[index].is_some() {
                    self.respawn(index);
                }
            }
        }
        if change != Change::None {
            self.tell(Audience::All, self.match_event());
        }
    }

    fn dress(&mut self) {
        for seat in self.seats.iter_mut().flatten() {
            if let Some(craft) = &mut seat.craft {
                craft.flags = pilot::flags(&seat.own);
            }
        }
    }

    /// In a small room everyone hears every score at once. In a large one the player hears its own, and the others one
    /// score per tick in turn, so that a thousand fights do not fill everyone's link with figures.
    fn tell_scores(&mut self) {
        let at_once = if self.config.seats <= SMALL_ROOM_SEATS { usize::MAX } else { 1 };
        for _ in 0..at_once.min(self.untold.len()) {
            let Some(player) = self.untold.pop_front() else { return };
            if let Some(info) = &self.players[player.index()] {
                let event = Event::Player(info.clone());
                self.tell(Audience::All, event);
            }
        }
    }
}

/// What the parts share.
impl World {
    /// Takes health, after what a shield absorbs. The caller has checked that the victim may be hurt.
    fn hurt(&mut self, victim: PlayerId, damage: u8, shooter: PlayerId, weapon: Weapon) {
        let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[victim.index()] else { return };
        let absorbed = damage.min(own.shield);
        let taken = (damage - absorbed).min(craft.health);
        own.shield -= absorbed;
        craft.health -= taken;
        let is_dead = craft.health == 0;
        let other = (victim != shooter).then_some(victim);
        self.tell(
            Audience::Players([Some(shooter), other]),
            Event::Hit { shooter, victim, damage: absorbed + taken, weapon },
        );
        if is_dead {
            self.kill(victim, shooter, weapon);
        }
    }

    fn kill(&mut self, victim: PlayerId, killer: PlayerId, weapon: Weapon) {
        let Some(Seat { craft: Some(craft), own, .. }) = &mut self.seats[victim.index()] else { return };
        craft.velocity = glam::IVec2::ZERO;
        craft.heading = Heading::NONE;
        *own = OwnState { respawn_ticks: self.terrain.rules.respawn_ticks, ..OwnState::default() };
        // A killer far away learns it from the hit and the score.
        let audience = if self.config.seats <= SMALL_ROOM_SEATS { Audience::All } else { Audience::Seeing(victim) };
        self.tell(audience, Event::Killed { killer, victim, weapon });
        if self.flow.phase == MatchPhase::Running {
            self.score(killer, if killer == victim { -1 } else { 1 }, 0);
            self.score(victim, 0, 1);
        }
    }

    fn score(&mut self, player: PlayerId, points: i32, deaths: u32) {
        let Some(info) = &mut self.players[player.index()] else { return };
        info.score += points;
        info.deaths += deaths;
        match info.team {
            Team::None => {}
            Team::Red => self.team_scores[0] += points,
            Team::Blue => self.team_scores[1] += points,
        }
        let has_team = info.team != Team::None;
        let info = (self.config.seats > SMALL_ROOM_SEATS).then(|| info.clone());
        if !self.untold.contains(&player) {
            self.untold.push_back(player);
        }
        if let Some(info) = info {
            self.tell(Audience::Players([Some(player), None]), Event::Player(info));
        }
        if has_team && points != 0 {
            self.tell(Audience::All, self.match_event());
        }
    }

    fn reset_scores(&mut self) {
        self.team_scores = [0; 2];
        for info in self.players.iter_mut().flatten() {
            if (info.score, info.deaths) != (0, 0) {
                (info.score, info.deaths) = (0, 0);
                if !self.untold.contains(&info.player) {
                    self.untold.push_back(info.player);
                }
            }
        }
    }

    /// Puts a fresh craft on a spawn.
    fn respawn(&mut self, index: usize) {
        let Some(Seat { craft, team, .. }) = self.seats[index] else { return };
        let player = PlayerId(index as u16);
        let mut spawns = std::mem::take(&mut self.spawns);
        let mut rng = self.rng;
        let position = spawns.choose(
            &self.terrain.map,
            team,
            self.tick,
            &self.near_crafts,
            |other| self.are_enemies(player, PlayerId(other)),
            &mut rng,
        );
        (self.spawns, self.rng) = (spawns, rng);
        let seat = self.seats[index].as_mut().expect("it was there above");
        seat.craft = Some(CraftState {
            position,
            velocity: glam::IVec2::ZERO,
            heading: Heading::NONE,
            aim: craft.map_or(0, |craft| craft.aim),
            health: HEALTH_MAX,
            flags: Default::default(),
        });
        seat.own = OwnState { protection_ticks: self.terrain.rules.protection_ticks, ..OwnState::default() };
    }

    fn best_score(&self) -> i32 {
        match self.config.mode {
            Mode::Deathmatch => self.players.iter().flatten().map(|info| info.score).max().unwrap_or(0),
            Mode::TeamDeathmatch => self.team_scores[0].max(self.team_scores[1]),
        }
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

/// The first craft that a shell's step from `from` to `to` touches: the one nearest to where it came from.
fn first_hit(grid: &Grid, from: glam::IVec2, to: glam::IVec2, is_target: impl Fn(u16) -> bool) -> Option<PlayerId> {
    let reach = glam::IVec2::splat(CRAFT_HIT_RADIUS);
    let step = Beam { from, to };
    grid.in_box(from.min(to) - reach, from.max(to) + reach)
        .filter(|point| step.hits(point.position).is_some() && is_target(point.index))
        .map(|point| (distance_squared(point.position, from), point.index))
        .min()
        .map(|(_, index)| PlayerId(index))
}

/// In rooms up to this size everyone hears of every kill and every score.
const SMALL_ROOM_SEATS: u16 = 64;

const _: () = assert!(PICKUPS_MAX <= u8::MAX as usize + 1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map::Spawn, sim::rules::Rules, tick::TickRate};

    const RATE: TickRate = TickRate::new(30).unwrap();

    /// An empty square of 10 x 10 tiles with spawns in its corners.
    fn arena(mode: Mode) -> World {
        let spawns = [(1, 1), (8, 8), (1, 8), (8, 1)].map(|(column, row)| Spawn { team: Team::None, column, row });
        let map =
            Map::new("arena".into(), 64, 10, 10, vec![false; 100], Vec::new()).with_server_side(spawns.into(), 700);
        let terrain = Terrain { map: Arc::new(map), rules: Rules::new(RATE) };
        let config = WorldConfig { seats: 8, mode, score_limit: 20, match_secs: 300, warm_up_secs: 0, results_secs: 5 };
        World::new(terrain, config, 1)
    }

    #[test]
    fn new_players_appear_apart_in_the_next_tick() {
        let mut world = arena(Mode::Deathmatch);
        for seat in 0..4 {
            world.add_player(PlayerId(seat), format!("player {seat}"), false);
        }
        assert_eq!(world.entities().count(), 0);
        world.step(&[None; 8], &());
        let mut positions: Vec<_> = world.crafts().map(|(_, craft)| craft.position.to_array()).collect();
        positions.sort_unstable();
        positions.dedup();
        assert_eq!(positions.len(), 4);
    }
}
