//! Ducks on a pond that collect bread. Each has one fault, or none.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId,
    game::{
        Board, Control, Digest, Entity, Events, Game, IVec2, Input, NoBot, Own, Part, PlayerInput, Profile, Record,
        Replicate, Slots, Start, Turn, Viewpoint, mix,
    },
    rng::Rng,
};

/// Fault that is built into a game.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Fault {
    None,
    Digest,
    Float,
    Unordered,
    Control,
    OwnStands,
    Hides,
    HidesItself,
    Panics,
    Bytes,
    Unsorted,
    Twice,
    Id,
    Position,
    Stays,
    Chance,
    Clock,
    Forgets,
    Slots,
    Relevant,
    Steers,
    Board,
    Bound,
    Ended,
    Rooms,
    Many,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
pub(crate) enum Thing {
    Bird(Bird),
    Bread(Bread),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub(crate) struct Bird {
    #[replicate(position)]
    pub(crate) position: IVec2,
    #[replicate(intent)]
    pub(crate) direction: i8,
    #[replicate(intent, max = 100)]
    pub(crate) weight: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub(crate) struct Bread {
    #[replicate(position, fixed)]
    pub(crate) position: IVec2,
    /// Ticks until it has sunk.
    pub floats_ticks: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub(crate) struct Feet {
    #[input(max = 1, missing = "repeat")]
    pub(crate) direction: i8,
    pub(crate) dive: bool,
}

/// Ticks until it may dive again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record, Serialize, Deserialize)]
pub(crate) struct Breath {
    pub(crate) ticks: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub(crate) struct Ate {
    pub(crate) player: PlayerId,
    pub(crate) pieces: u16,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Eaten(BTreeMap<PlayerId, u16>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Duck<const FAULT: u8> {
    birds: Vec<Option<(Bird, Breath)>>,
    bread: Vec<Option<Bread>>,
    /// By seat.
    pieces: Vec<u16>,
    /// Ticks until the next piece of bread.
    rests: Vec<u16>,
    #[serde(skip)]
    forgotten: Forgotten,
    drift: Wind,
    seen: HashMap<u16, u16>,
    more: usize,
    rng: Rng,
}

/// State that the game forgets to put into its checkpoint.
#[derive(Clone, Debug, Default)]
struct Forgotten {
    rests: u16,
}

/// A float where that is the fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Wind {
    Calm,
    Blows(f32),
}

const WIDTH: i32 = 10_000;
const SPEED: i32 = 40;
const DIVE: i32 = 300;
const DIVE_RESTS_TICKS: u16 = 20;
const BREAD: usize = 4;
const BREAD_TICKS: u16 = 40;
/// Birds that every player steers, where that is the fault.
const FLOCK: usize = 70;
const REACH: u32 = 200;

static CALLS: AtomicU32 = AtomicU32::new(0);

const fn is(fault: u8, other: Fault) -> bool {
    fault == other as u8
}

impl Entity for Bird {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        let to = self.position.x.saturating_add(SPEED * i32::from(self.direction));
        self.position.x = to.clamp(0, WIDTH);
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

impl Entity for Bread {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        self.floats_ticks = self.floats_ticks.saturating_sub(1);
        self.floats_ticks > 0
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

impl Own for Breath {
    fn step(&mut self) {
        self.ticks = self.ticks.saturating_sub(1);
    }
}

impl Board<Ate> for Eaten {
    fn handle(&mut self, event: &Ate) {
        self.0.insert(event.player, event.pieces);
    }

    fn forget(&mut self, player: PlayerId) {
        self.0.remove(&player);
    }
}

/// Effects of an input on a bird, on both ends.
fn swim(bird: &mut Bird, breath: &mut Breath, feet: Feet) {
    bird.direction = feet.direction;
    if feet.dive && breath.ticks == 0 {
        bird.position.x = bird.position.x.saturating_add(DIVE * i32::from(feet.direction)).clamp(0, WIDTH);
        breath.ticks = DIVE_RESTS_TICKS;
    }
    bird.step(&());
}

impl<const FAULT: u8> Game for Duck<FAULT> {
    const NAME: &'static str = "ducks";
    const VERSION: u16 = 1;
    const HIDES: bool = is(FAULT, Fault::HidesItself);

    type Entity = Thing;
    type Input = Feet;
    type Own = Breath;
    type Event = Ate;
    type Board = Eaten;
    type Settings = ();
    type Bot = NoBot;

    fn new(start: &Start<'_, Self>) -> Self {
        Self {
            birds: vec![None; start.seats.into()],
            bread: vec![None; BREAD],
            pieces: vec![0; start.seats.into()],
            rests: vec![1; BREAD],
            forgotten: Forgotten::default(),
            drift: Wind::Calm,
            seen: HashMap::new(),
            more: 0,
            rng: Rng::new(start.seed),
        }
    }

    fn join(&mut self, player: PlayerId, profile: &Profile, events: &mut Events<Ate>) {
        // A name that only players in rooms have.
        assert!(!is(FAULT, Fault::Rooms) || profile.name != "player 0", "nobody is called so");
        let x = match is(FAULT, Fault::Chance) {
            true => CALLS.fetch_add(1, Ordering::Relaxed) as i32,
            false => self.rng.between(0, WIDTH),
        };
        if let Some(seat) = self.birds.get_mut(player.index()) {
            let y = if is(FAULT, Fault::Position) || is(FAULT, Fault::Many) { 1 << 21 } else { 0 };
            *seat = Some((Bird { position: IVec2::new(x, y), direction: 0, weight: 1 }, Breath::default()));
        }
        if let Some(pieces) = self.pieces.get_mut(player.index()) {
            *pieces = 0;
        }
        events.all(Ate { player, pieces: 0 });
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<Ate>) {
        if is(FAULT, Fault::Stays) || is(FAULT, Fault::Many) {
            return;
        }
        if is(FAULT, Fault::Bytes) {
            self.birds[player.index()] = None;
        } else if let Some(seat) = self.birds.get_mut(player.index()) {
            *seat = None;
        }
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        if is(FAULT, Fault::Slots) && turn.tick.0 == 40 {
            self.more = 1;
        }
        if is(FAULT, Fault::Float) {
            self.drift = Wind::Blows((turn.tick.0 as f32).sin());
        }
        if is(FAULT, Fault::Clock) {
            self.pieces[0] = (Instant::now().elapsed().as_nanos() % 1_000) as u16;
        }
        for (rests, bread) in self.rests.iter_mut().zip(&mut self.bread) {
            *rests = rests.saturating_sub(1);
            let ended = bread.as_mut().is_some_and(|bread| !bread.step(&()));
            if ended && !is(FAULT, Fault::Ended) {
                *bread = None;
            }
            let rest = match is(FAULT, Fault::Forgets) {
                true => {
                    self.forgotten.rests = (self.forgotten.rests + 1) % 7;
                    u16::from(self.forgotten.rests != 0)
                }
                false => *rests,
            };
            if rest == 0 && bread.is_none() {
                let position = IVec2::new(self.rng.between(0, WIDTH), 0);
                *bread = Some(Bread { position, floats_ticks: BREAD_TICKS });
                *rests = 2 * BREAD_TICKS;
            }
        }
        for (player, seat) in (0..).map(PlayerId).zip(&mut self.birds) {
            let Some((bird, breath)) = seat else { continue };
            let feet = turn.input(player);
            assert!(!is(FAULT, Fault::Panics) || feet.direction != -1 || !feet.dive, "no such direction");
            if !is(FAULT, Fault::OwnStands) || turn.tick.0.is_multiple_of(2) {
                breath.step();
            }
            swim(bird, breath, feet);
            if is(FAULT, Fault::Bound) {
                bird.weight = 101;
            }
            let near = |bread: &&mut Option<Bread>| {
                bread.is_some_and(|bread| bread.position.x.abs_diff(bird.position.x) < REACH)
            };
            if let Some(bread) = self.bread.iter_mut().find(near) {
                *bread = None;
                bird.weight = bird.weight.saturating_add(1).min(100);
                let index = player.index();
                if let Some(pieces) = self.pieces.get_mut(index) {
                    *pieces = pieces.saturating_add(1);
                }
                self.seen.insert(if is(FAULT, Fault::Unordered) { turn.tick.0 as u16 } else { 0 }, 1);
                let pieces = self.pieces.get(index).copied().unwrap_or_default();
                turn.events.all(Ate { player, pieces });
            }
        }
    }

    fn fits(&self, start: &Start<'_, Self>) -> bool {
        let seats = usize::from(start.seats);
        is(FAULT, Fault::Bytes) || self.birds.len() == seats && self.bread.len() == BREAD && self.more <= 1
    }

    fn slots(&self) -> Slots {
        let fewer = usize::from(is(FAULT, Fault::Id));
        let flock = if is(FAULT, Fault::Steers) { FLOCK } else { 0 };
        Slots::tracked(self.birds.len() + BREAD + self.more.min(1) + flock - fewer)
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Thing)> {
        let birds = self.birds.iter().map(|seat| seat.map(|(bird, _)| Thing::Bird(bird)));
        let bread = self.bread.iter().map(|bread| bread.map(Thing::Bread));
        let all = (0..).map(EntityId).zip(birds.chain(bread)).filter_map(|(id, thing)| Some((id, thing?)));
        let mut all: Vec<_> = all.collect();
        if is(FAULT, Fault::Steers) {
            let first = (self.birds.len() + BREAD) as u16;
            let bird = Bird { position: IVec2::ZERO, direction: 0, weight: 0 };
            all.extend((first..).map(EntityId).zip([Thing::Bird(bird); FLOCK]));
        }
        if is(FAULT, Fault::Unsorted) && all.len() > 1 {
            let last = all.len() - 1;
            all.swap(0, last);
        }
        if is(FAULT, Fault::Twice)
            && let Some(&first) = all.first()
        {
            all.insert(0, first);
        }
        all.into_iter()
    }

    fn viewpoint(&self, player: PlayerId, (): &()) -> Option<Viewpoint> {
        let (bird, _) = self.birds.get(player.index()).copied().flatten()?;
        Some(Viewpoint { entity: Some(EntityId(player.0)), position: bird.position, radius_px: None })
    }

    fn may_see(&self, player: PlayerId, entity: EntityId) -> bool {
        let hides = is(FAULT, Fault::HidesItself) || is(FAULT, Fault::Hides) && entity.index() >= self.birds.len();
        !hides || is(FAULT, Fault::HidesItself) && entity.0 != player.0
    }

    fn own(&self, player: PlayerId) -> Breath {
        self.birds.get(player.index()).copied().flatten().map_or_else(Breath::default, |(_, breath)| breath)
    }

    fn board(&self) -> Vec<Ate> {
        if is(FAULT, Fault::Board) {
            return Vec::new();
        }
        let seats = (0..).map(PlayerId).zip(self.birds.iter().zip(&self.pieces));
        seats.filter(|(_, (seat, _))| seat.is_some()).map(|(player, (_, &pieces))| Ate { player, pieces }).collect()
    }

    fn relevant(&self, _: PlayerId, input: PlayerInput<Feet>) -> PlayerInput<Feet> {
        let dive = input.input.dive && !is(FAULT, Fault::Relevant);
        PlayerInput { input: Feet { dive, ..input.input }, view_age: 0 }
    }

    fn control(control: &mut Control<'_, Self>) {
        let mut feet = control.input.copied().unwrap_or_default();
        if is(FAULT, Fault::Control) {
            feet.dive = false;
        }
        for (_, thing) in &mut *control.entities {
            if let Thing::Bird(bird) = thing {
                swim(bird, control.own, feet);
            }
        }
    }

    fn is_steered(player: PlayerId, id: EntityId, thing: &Thing) -> bool {
        matches!(thing, Thing::Bird(_)) && (id.0 == player.0 || is(FAULT, Fault::Steers))
    }

    fn digest(&self) -> Digest {
        let mut digest = Digest::default();
        for (id, thing) in self.entities() {
            digest.add(Part::Entity(id), thing.hash(id.0).into());
        }
        let mut bytes = Vec::new();
        shared::game::Checkpoint::checkpoint(self, &mut bytes);
        if is(FAULT, Fault::Digest) {
            // All but the bread that is to come.
            let Self { birds, pieces, more, rng, .. } = self;
            bytes = format!("{birds:?} {pieces:?} {more} {rng:?}").into_bytes();
        }
        let words = bytes.iter().fold(7, |hash, &byte| mix([hash, byte.into()]));
        digest.add(Part::Rest, words);
        digest
    }
}
