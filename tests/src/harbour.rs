//! The game of `docs/recipes.md`: boats collect crates, sink each other and hide under water. It is small and has one of everything that
//! a recipe is about; the document quotes it, so read both side by side.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId, Tick,
    game::{
        About, Audience, Behavior, Birth, Board, Bot, Control, Entity, Events, Game, IVec2, Input, Own, Profile,
        Record, Replicate, Settings, Sight, Slots, Start, Steered, Summary, Turn, Viewpoint,
    },
    quantize::{POSITION_PER_PX, is_within},
    rng::Rng,
    trig,
};

/// Entities of the harbour. Their order is on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
pub enum Thing {
    /// Its id is the seat of its player.
    Boat(Boat),
    /// Ids behind the seats.
    Crate(Crate),
    /// Ids behind the crates, one for each seat.
    Shot(Shot),
}

/// Sails along its course.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub struct Boat {
    /// Position units.
    #[replicate(position)]
    pub position: IVec2,
    /// 1/256 turn, clockwise from the right.
    #[replicate(intent, turn)]
    pub course: u8,
    /// True if it is under water.
    #[replicate(intent)]
    pub dived: bool,
}

/// Drifts, and turns back at the rim.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub struct Crate {
    /// Position units.
    #[replicate(position)]
    pub position: IVec2,
    /// Position units per tick.
    #[replicate(max = 1_000)]
    pub drift: IVec2,
    /// Points.
    #[replicate(fixed)]
    pub worth: u8,
}

/// Flies straight until its time is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
#[replicate(once)]
pub struct Shot {
    /// Position units.
    #[replicate(position)]
    pub position: IVec2,
    /// Position units per tick.
    #[replicate(max = 1_000)]
    pub velocity: IVec2,
    /// Whose it is.
    pub owner: PlayerId,
    /// Ticks until it is gone.
    #[replicate(max = SHOT_TICKS as i64)]
    pub ticks_left: u8,
}

/// Input of a player for a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub struct Helm {
    /// 1/1024 turn.
    #[input(turn = 1_024, missing = "keep")]
    pub course: u16,
    /// Fires when the gun is ready.
    pub fire: bool,
    /// Stays under water while there is air.
    pub dive: bool,
}

/// State that only its own player receives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record, Serialize, Deserialize)]
#[record(sparse)]
pub struct Hold {
    /// Ticks until the gun is ready.
    pub reload_ticks: u8,
    /// Ticks that it can stay under water.
    pub air_ticks: u16,
}

/// Events of the harbour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub enum Event {
    /// A player has so many points now.
    Points {
        /// Player whose points changed.
        player: PlayerId,
        /// All of them.
        points: u16,
    },
    /// A boat was hit; only the two hear of it.
    Sunk {
        /// Whose boat.
        victim: PlayerId,
        /// Player who fired.
        by: PlayerId,
    },
}

/// Public state: points by player.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Points(pub BTreeMap<PlayerId, u16>);

/// Settings of the harbour.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rules {
    mode: Mode,
    points_to_win: u16,
    sight_px: u32,
}

/// Weather.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Everybody sees far.
    Calm,
    /// Everybody sees half as far.
    Foggy,
}

/// The match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Harbour {
    rules: Rules,
    /// By seat.
    boats: Vec<Option<(Boat, Hold, u16)>>,
    crates: Vec<Crate>,
    /// By the seat that fired.
    shots: Vec<Option<Shot>>,
    rng: Rng,
}

const CRATES: usize = 20;
/// From the middle to the rim, position units.
const RIM: i32 = 1_000 * POSITION_PER_PX;
const SPEED: i32 = 5 * POSITION_PER_PX;
const SHOT_SPEED: i32 = 20 * POSITION_PER_PX;
const SHOT_TICKS: u8 = 25;
/// Longer than a shot lives, so that one place for the shot of each seat is enough.
const RELOAD_TICKS: u8 = 40;
const _: () = assert!(RELOAD_TICKS > SHOT_TICKS);
const AIR_TICKS_MAX: u16 = 60;
const REACH: i32 = 40 * POSITION_PER_PX;
/// A boat that was sunk is at least so far away, or it does not matter.
const JUMP: i32 = 100 * POSITION_PER_PX;

impl Entity for Boat {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        let ahead = self.position + trig::vector(u16::from(self.course) * 4, SPEED);
        self.position = ahead.clamp(IVec2::splat(-RIM), IVec2::splat(RIM));
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

impl Entity for Crate {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        let ahead = self.position + self.drift;
        if ahead.x.abs() > RIM {
            self.drift.x = -self.drift.x;
        }
        if ahead.y.abs() > RIM {
            self.drift.y = -self.drift.y;
        }
        self.position = ahead.clamp(IVec2::splat(-RIM), IVec2::splat(RIM));
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

impl Entity for Shot {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        self.position += self.velocity;
        self.ticks_left = self.ticks_left.saturating_sub(1);
        self.ticks_left > 0
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }

    fn importance(&self) -> u32 {
        4
    }
}

impl Own for Hold {
    fn step(&mut self) {
        self.reload_ticks = self.reload_ticks.saturating_sub(1);
        self.air_ticks = (self.air_ticks + 1).min(AIR_TICKS_MAX);
    }
}

impl Board<Event> for Points {
    fn handle(&mut self, event: &Event) {
        if let Event::Points { player, points } = *event {
            self.0.insert(player, points);
        }
    }

    fn forget(&mut self, player: PlayerId) {
        self.0.remove(&player);
    }

    fn score(&self, player: PlayerId) -> Option<i64> {
        self.0.get(&player).copied().map(i64::from)
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self { mode: Mode::Calm, points_to_win: 50, sight_px: 700 }
    }
}

impl Settings for Rules {
    const MODES: &'static [&'static str] = &["calm", "foggy"];
    const ABOUT: &'static [About] = &[
        About::new("points_to_win", "Points that end a match.").value("POINTS").range(1, 1_000),
        About::new("sight_px", "How far a player sees in calm weather.").value("PX").range(100, 2_000),
    ];

    fn with_mode(self, mode: usize) -> Self {
        Self { mode: if mode == 1 { Mode::Foggy } else { Mode::Calm }, ..self }
    }

    fn mode(&self) -> usize {
        self.mode as usize
    }
}

impl Game for Harbour {
    const NAME: &'static str = "harbour";
    const VERSION: u16 = 1;
    const HIDES: bool = true;

    type Entity = Thing;
    type Input = Helm;
    type Own = Hold;
    type Event = Event;
    type Board = Points;
    type Settings = Rules;
    type Bot = Pilot;

    fn new(start: &Start<'_, Self>) -> Self {
        let (mut rng, seats) = (Rng::new(start.seed), usize::from(start.seats));
        let crates = (0..CRATES).map(|_| new_crate(&mut rng)).collect();
        Self { rules: start.settings.clone(), boats: vec![None; seats], crates, shots: vec![None; seats], rng }
    }

    fn join(&mut self, player: PlayerId, _: &Profile, events: &mut Events<Event>) {
        let boat = Boat { position: anywhere(&mut self.rng), course: 0, dived: false };
        if let Some(seat) = self.boats.get_mut(player.index()) {
            *seat = Some((boat, Hold::default(), 0));
            events.all(Event::Points { player, points: 0 });
        }
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<Event>) {
        self.boats.get_mut(player.index()).into_iter().for_each(|seat| *seat = None);
        self.shots.get_mut(player.index()).into_iter().for_each(|shot| *shot = None);
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        for shot in &mut self.shots {
            *shot = shot.and_then(|mut shot| shot.step(&()).then_some(shot));
        }
        for (player, seat) in (0..).map(PlayerId).zip(&mut self.boats) {
            let Some((boat, hold, _)) = seat else { continue };
            hold.step();
            if let Some(shot) = sail(player, boat, hold, Some(turn.input(player))) {
                self.shots[player.index()] = Some(shot);
            }
        }
        for drifting in &mut self.crates {
            drifting.step(&());
        }
        self.collect(turn.events);
        self.sink(turn.events);
    }

    fn is_over(&self) -> bool {
        self.boats.iter().flatten().any(|&(_, _, points)| points >= self.rules.points_to_win)
    }

    fn fits(&self, start: &Start<'_, Self>) -> bool {
        let seats = usize::from(start.seats);
        (self.boats.len(), self.crates.len(), self.shots.len()) == (seats, CRATES, seats)
    }

    fn slots(&self) -> Slots {
        let tracked = self.boats.len() + CRATES;
        Slots { tracked, all: tracked + self.shots.len() }
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Thing)> {
        let boats = self.boats.iter().map(|seat| seat.map(|(boat, ..)| Thing::Boat(boat)));
        let crates = self.crates.iter().map(|&drifting| Some(Thing::Crate(drifting)));
        let shots = self.shots.iter().map(|shot| shot.map(Thing::Shot));
        (0..).map(EntityId).zip(boats.chain(crates).chain(shots)).filter_map(|(id, thing)| Some((id, thing?)))
    }

    fn viewpoint(&self, player: PlayerId, (): &()) -> Option<Viewpoint> {
        let (boat, ..) = self.boats.get(player.index())?.as_ref()?;
        let radius_px = match self.rules.mode {
            Mode::Calm => self.rules.sight_px,
            Mode::Foggy => self.rules.sight_px / 2,
        };
        Some(Viewpoint { entity: Some(EntityId(player.0)), position: boat.position, radius_px: Some(radius_px) })
    }

    fn may_see(&self, player: PlayerId, entity: EntityId) -> bool {
        let boat = self.boats.get(entity.index()).copied().flatten();
        entity.0 == player.0 || boat.is_none_or(|(boat, ..)| !boat.dived)
    }

    fn own(&self, player: PlayerId) -> Hold {
        self.boats.get(player.index()).copied().flatten().map_or_else(Hold::default, |(_, hold, _)| hold)
    }

    fn board(&self) -> Vec<Event> {
        let seats = (0..).map(PlayerId).zip(&self.boats);
        seats.filter_map(|(player, seat)| seat.map(|(.., points)| Event::Points { player, points })).collect()
    }

    fn summary(&self) -> Summary {
        let mut players: Vec<_> =
            (0..).map(PlayerId).zip(&self.boats).filter_map(|(player, seat)| Some((player, (*seat)?.2))).collect();
        players.sort_by_key(|&(player, points)| (std::cmp::Reverse(points), player));
        Summary {
            phase: "running".to_owned(),
            in_match: true,
            fields: vec![("points_to_win".into(), i64::from(self.rules.points_to_win).into())],
            players: players
                .into_iter()
                .map(|(player, points)| (player, vec![("points".into(), i64::from(points).into())]))
                .collect(),
        }
    }

    fn control(control: &mut Control<'_, Self>) {
        for (_, thing) in &mut *control.entities {
            if let Thing::Boat(boat) = thing {
                let shot = sail(control.player, boat, control.own, control.input.copied());
                control.born.extend(shot.map(Thing::Shot));
            }
        }
    }

    fn is_steered(player: PlayerId, id: EntityId, _: &Thing) -> bool {
        id.0 == player.0
    }

    fn begins_anew(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        predicted.pairs(truth).any(|(one, other)| !is_within(one.position(&()), other.position(&()), JUMP))
    }

    fn birth(entity: &Thing, tick: Tick, (): &()) -> Option<Birth> {
        let Thing::Shot(Shot { owner, ticks_left, .. }) = *entity else { return None };
        let age = SHOT_TICKS.checked_sub(ticks_left)?;
        Some(Birth { player: owner, tick: tick.minus(age.into()), number: 0 })
    }
}

impl Harbour {
    /// A boat at a crate has its points, and another crate comes from somewhere else.
    fn collect(&mut self, events: &mut Events<Event>) {
        for (player, seat) in (0..).map(PlayerId).zip(&mut self.boats) {
            let Some((boat, _, points)) = seat else { continue };
            let near = |drifting: &&mut Crate| !boat.dived && is_within(boat.position, drifting.position, REACH);
            if let Some(found) = self.crates.iter_mut().find(near) {
                *points += u16::from(found.worth);
                events.all(Event::Points { player, points: *points });
                *found = new_crate(&mut self.rng);
            }
        }
    }

    /// A boat that is hit begins elsewhere.
    fn sink(&mut self, events: &mut Events<Event>) {
        for flying in &mut self.shots {
            let Some(shot) = *flying else { continue };
            for (victim, seat) in (0..).map(PlayerId).zip(&mut self.boats) {
                let Some((boat, ..)) = seat.as_mut().filter(|(boat, ..)| !boat.dived && victim != shot.owner) else {
                    continue;
                };
                if is_within(boat.position, shot.position, REACH) {
                    boat.position = anywhere(&mut self.rng);
                    *flying = None;
                    let audience = Audience::Players([Some(victim), Some(shot.owner)]);
                    events.tell(audience, Event::Sunk { victim, by: shot.owner });
                    break;
                }
            }
        }
    }
}

/// Effects of an input on a boat in a tick, on both ends; returns the shot that it fires. Without an input no button is
/// pressed.
fn sail(player: PlayerId, boat: &mut Boat, hold: &mut Hold, helm: Option<Helm>) -> Option<Shot> {
    if let Some(helm) = helm {
        boat.course = (helm.course / 4) as u8;
    }
    let Helm { fire, dive, .. } = helm.unwrap_or_default();
    boat.dived = dive && hold.air_ticks >= 2;
    hold.air_ticks -= if boat.dived { 2 } else { 0 };
    boat.step(&());
    if !fire || boat.dived || hold.reload_ticks > 0 {
        return None;
    }
    hold.reload_ticks = RELOAD_TICKS;
    let velocity = trig::vector(u16::from(boat.course) * 4, SHOT_SPEED);
    Some(Shot { position: boat.position, velocity, owner: player, ticks_left: SHOT_TICKS })
}

fn anywhere(rng: &mut Rng) -> IVec2 {
    IVec2::new(rng.between(-RIM, RIM), rng.between(-RIM, RIM))
}

fn new_crate(rng: &mut Rng) -> Crate {
    let drift = IVec2::new(rng.between(-40, 40), rng.between(-40, 40));
    Crate { position: anywhere(rng), drift, worth: 1 + rng.below(5) as u8 }
}

/// Sails to the nearest crate, and fires now and then.
#[derive(Clone, Debug)]
pub struct Pilot {
    is_peaceful: bool,
    rng: Rng,
}

impl Bot<Harbour> for Pilot {
    const BEHAVIORS: &'static [Behavior] = &[
        Behavior { name: "raid", about: "sail from crate to crate, fire and dive now and then" },
        Behavior { name: "collect", about: "sail from crate to crate" },
    ];
    const NAMES: &'static [&'static str] = &["Anchor", "Bosun", "Cutter", "Dinghy"];

    fn new(behavior: usize, seed: u64) -> Self {
        Self { is_peaceful: behavior == 1, rng: Rng::new(seed) }
    }

    fn input(&mut self, sight: &impl Sight<Harbour>) -> Helm {
        let Some(Thing::Boat(boat)) = sight.entity(EntityId(sight.player().0)) else { return Helm::default() };
        let crates = sight.near(boat.position, 2 * RIM).filter_map(|(id, thing)| match thing {
            Thing::Crate(Crate { position, .. }) => Some((position - boat.position, id)),
            Thing::Boat(_) | Thing::Shot(_) => None,
        });
        let nearest = crates.min_by_key(|&(way, id)| (way.abs().max_element(), id));
        let course = match nearest {
            Some((way, _)) => trig::angle_of(way),
            None => self.rng.below(trig::TURN.into()) as u16,
        };
        let presses = |rng: &mut Rng| rng.chance(1, 20);
        match self.is_peaceful {
            true => Helm { course, ..Helm::default() },
            false => Helm { course, fire: presses(&mut self.rng), dive: presses(&mut self.rng) },
        }
    }
}
