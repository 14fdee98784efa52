//! A game without anything of the arena, which shows that the engine plays any game: moths put out lamps, and other
//! players do not see a moth that folds its wings.

use std::collections::BTreeMap;

use client::Client;
use serde::{Deserialize, Serialize};
use shared::{
    EntityId, PlayerId, Tick,
    game::{
        Behavior, Board, Bot, Control, Entity, Events, Game, IVec2, Input, Own, Profile, Record, Replicate, Sight,
        Slots, Start, Summary, Turn, Viewpoint,
    },
    quantize::POSITION_PER_PX,
    rng::Rng,
};

use testkit::{Behaves, Script, truth::distance_squared};

use crate::script::Scripted;

/// Entities of the toy game.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Entity, Replicate)]
pub enum Thing {
    /// The moth of a player; its id is the seat.
    Moth(Moth),
    /// A lamp; ids of lamps follow the seats.
    Lamp(Lamp),
}

/// Flies on in its direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub struct Moth {
    /// Position units.
    #[replicate(position)]
    pub position: IVec2,
    /// 0 for none, then clockwise from the right.
    #[replicate(intent)]
    pub direction: u8,
    /// True if its wings are folded: then it does not move, and other players do not see it.
    #[replicate(intent)]
    pub folded: bool,
}

/// Shines until a moth comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate, Serialize, Deserialize)]
pub struct Lamp {
    /// Position units.
    #[replicate(position, fixed)]
    pub position: IVec2,
    /// True if it is lit.
    #[replicate(intent)]
    pub lit: bool,
}

/// A direction and one button.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub struct Wish {
    /// See [`Moth::direction`].
    #[input(max = 8, missing = "repeat")]
    pub direction: u8,
    /// Fold the wings.
    pub fold: bool,
}

/// State that only its player receives: folding needs strength, which grows back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record, Serialize, Deserialize)]
pub struct Strength(pub u16);

/// A player put out a lamp.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
pub struct PutOut {
    /// Player who put it out.
    pub player: PlayerId,
    /// Number of lamps that the player has put out.
    pub points: u16,
}

/// Points by player.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Points(pub BTreeMap<PlayerId, u16>);

/// The match.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Moths {
    moths: Vec<Option<(Moth, Strength, u16)>>,
    lamps: Vec<(Lamp, Tick)>,
    rng: Rng,
}

const LAMPS: usize = 12;
const LAMP_RESTS_TICKS: u32 = 60;
const SPEED: i32 = 6 * POSITION_PER_PX;
const REACH: i32 = 40 * POSITION_PER_PX;
const DISH: i32 = 900 * POSITION_PER_PX;
const STRENGTH_MAX: u16 = 90;
const FOLDING_COSTS: u16 = 3;
const POINTS_TO_WIN: u16 = 40;

impl Entity for Moth {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        if !self.folded {
            self.position = (self.position + DIRECTIONS[usize::from(self.direction.min(8))] * SPEED)
                .clamp(IVec2::splat(-DISH), IVec2::splat(DISH));
        }
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

const DIRECTIONS: [IVec2; 9] = [
    IVec2::ZERO,
    IVec2::new(1, 0),
    IVec2::new(1, 1),
    IVec2::new(0, 1),
    IVec2::new(-1, 1),
    IVec2::new(-1, 0),
    IVec2::new(-1, -1),
    IVec2::new(0, -1),
    IVec2::new(1, -1),
];

impl Entity for Lamp {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

impl Own for Strength {
    fn step(&mut self) {
        self.0 = (self.0 + 1).min(STRENGTH_MAX);
    }
}

impl Board<PutOut> for Points {
    fn handle(&mut self, event: &PutOut) {
        self.0.insert(event.player, event.points);
    }

    fn forget(&mut self, player: PlayerId) {
        self.0.remove(&player);
    }
}

impl Game for Moths {
    const NAME: &'static str = "moths";
    const VERSION: u16 = 1;
    const HIDES: bool = true;

    type Entity = Thing;
    type Input = Wish;
    type Own = Strength;
    type Event = PutOut;
    type Board = Points;
    type Settings = ();
    type Bot = MothBot;

    fn new(start: &Start<'_, Self>) -> Self {
        let mut rng = Rng::new(start.seed);
        let lamps = (0..LAMPS).map(|_| (Lamp { position: anywhere(&mut rng), lit: true }, start.tick)).collect();
        Self { moths: vec![None; start.seats.into()], lamps, rng }
    }

    fn join(&mut self, player: PlayerId, _: &Profile, events: &mut Events<PutOut>) {
        let moth = Moth { position: anywhere(&mut self.rng), direction: 0, folded: false };
        self.moths[player.index()] = Some((moth, Strength(STRENGTH_MAX), 0));
        events.all(PutOut { player, points: 0 });
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<PutOut>) {
        self.moths[player.index()] = None;
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        for (lamp, out_until) in &mut self.lamps {
            lamp.lit |= *out_until <= turn.tick;
        }
        for (player, seat) in (0..).map(PlayerId).zip(&mut self.moths) {
            let Some((moth, own, points)) = seat else { continue };
            own.step();
            fly(moth, own, Some(&turn.input(player)));
            let near = |(lamp, _): &&mut (Lamp, Tick)| {
                lamp.lit
                    && !moth.folded
                    && lamp.position.saturating_sub(moth.position).max_element() < REACH
                    && moth.position.saturating_sub(lamp.position).max_element() < REACH
            };
            if let Some((lamp, out_until)) = self.lamps.iter_mut().find(near) {
                (lamp.lit, *out_until) = (false, turn.tick.plus(LAMP_RESTS_TICKS));
                *points += 1;
                turn.events.all(PutOut { player, points: *points });
            }
        }
    }

    fn is_over(&self) -> bool {
        self.moths.iter().flatten().any(|&(_, _, points)| points >= POINTS_TO_WIN)
    }

    fn fits(&self, start: &Start<'_, Self>) -> bool {
        self.moths.len() == usize::from(start.seats) && self.lamps.len() == LAMPS
    }

    fn slots(&self) -> Slots {
        Slots::tracked(self.moths.len() + LAMPS)
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Thing)> {
        let moths = self.moths.iter().map(|seat| seat.map(|(moth, ..)| Thing::Moth(moth)));
        let lamps = self.lamps.iter().map(|&(lamp, _)| Some(Thing::Lamp(lamp)));
        (0..).map(EntityId).zip(moths.chain(lamps)).filter_map(|(id, thing)| Some((id, thing?)))
    }

    fn viewpoint(&self, player: PlayerId, (): &()) -> Option<Viewpoint> {
        let (moth, ..) = self.moths.get(player.index())?.as_ref()?;
        Some(Viewpoint { entity: Some(EntityId(player.0)), position: moth.position, radius_px: None })
    }

    fn may_see(&self, player: PlayerId, entity: EntityId) -> bool {
        let folded = |id: EntityId| self.moths.get(id.index()).copied().flatten().is_some_and(|(moth, ..)| moth.folded);
        entity.0 == player.0 || !folded(entity)
    }

    fn own(&self, player: PlayerId) -> Strength {
        self.moths.get(player.index()).copied().flatten().map_or_else(Strength::default, |(_, own, _)| own)
    }

    fn board(&self) -> Vec<PutOut> {
        let moths = (0..).map(PlayerId).zip(&self.moths);
        moths.filter_map(|(player, seat)| seat.map(|(_, _, points)| PutOut { player, points })).collect()
    }

    fn summary(&self) -> Summary {
        let points = |event: PutOut| (event.player, vec![("points".into(), i64::from(event.points).into())]);
        Summary {
            phase: "running".to_owned(),
            in_match: true,
            players: self.board().into_iter().map(points).collect(),
            ..Summary::default()
        }
    }

    fn control(control: &mut Control<'_, Self>) {
        for (_, thing) in &mut *control.entities {
            if let Thing::Moth(moth) = thing {
                fly(moth, control.own, control.input);
            }
        }
    }

    fn is_steered(player: PlayerId, id: EntityId, _: &Thing) -> bool {
        id.0 == player.0
    }
}

/// Effects of an input on a moth, on both ends. Its strength has grown for this tick already.
fn fly(moth: &mut Moth, own: &mut Strength, input: Option<&Wish>) {
    let wish = input.copied().unwrap_or(Wish { direction: moth.direction, fold: false });
    moth.direction = wish.direction;
    moth.folded = wish.fold && own.0 >= FOLDING_COSTS;
    own.0 -= if moth.folded { FOLDING_COSTS } else { 0 };
    moth.step(&());
}

fn anywhere(rng: &mut Rng) -> IVec2 {
    IVec2::new(rng.between(-DISH, DISH), rng.between(-DISH, DISH))
}

/// Flies to the nearest lamp, and folds its wings now and then.
#[derive(Clone, Debug)]
pub struct MothBot(Rng);

impl Bot<Moths> for MothBot {
    const BEHAVIORS: &'static [Behavior] = &[Behavior { name: "lamps", about: "flies from lamp to lamp" }];
    const NAMES: &'static [&'static str] = &["Atlas", "Luna"];

    fn new(_: usize, seed: u64) -> Self {
        Self(Rng::new(seed))
    }

    fn input(&mut self, sight: &impl Sight<Moths>) -> Wish {
        let Some(Thing::Moth(moth)) = sight.entity(EntityId(sight.player().0)) else { return Wish::default() };
        let lit = sight.entities().filter_map(|(id, thing)| match thing {
            Thing::Lamp(lamp) if lamp.lit => Some((distance_squared(lamp.position, moth.position), id, lamp)),
            _ => None,
        });
        let fold = self.0.chance(1, 20);
        let Some((.., lamp)) = lit.min_by_key(|&(distance, id, _)| (distance, id)) else {
            return Wish { direction: self.0.below(9) as u8, fold };
        };
        let way = lamp.position - moth.position;
        let sign = |value: i32| if value.abs() < SPEED { 0 } else { value.signum() };
        let wanted = IVec2::new(sign(way.x), sign(way.y));
        let direction = DIRECTIONS.iter().position(|&direction| direction == wanted).unwrap_or(0);
        Wish { direction: direction as u8, fold }
    }
}

/// Behaviour of a scripted moth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MothBehavior {
    /// Does nothing.
    Rest,
    /// Another direction now and then, folded now and then.
    #[default]
    Flutter,
    /// A random input in every tick.
    Random,
}

impl Scripted for Moths {
    type Behavior = MothBehavior;
}

impl Behaves<Moths> for MothBehavior {
    fn decide(script: &mut Script<Moths, Self>, _: &Client<Moths>) -> Wish {
        let Script { behavior, rng, intent, .. } = script;
        let any = |rng: &mut Rng| Wish { direction: rng.below(9) as u8, fold: rng.chance(1, 3) };
        match behavior {
            MothBehavior::Rest => Wish::default(),
            MothBehavior::Flutter if !rng.chance(1, 12) => *intent,
            MothBehavior::Flutter | MothBehavior::Random => any(rng),
        }
    }
}
