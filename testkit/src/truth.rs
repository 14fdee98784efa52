//! True states of a room, kept tick by tick, and the allowed differences of a view.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
};

use glam::IVec2;
use room::Play;
use shared::{
    EntityId, PlayerId, Tick,
    game::{Entity, Game, Map, MapOf, Replicate, Viewpoint},
    quantize::POSITION_PER_PX,
    wire::{Reader, Writer},
};

/// Number of ticks that are kept. Clients lag behind the room by less, or the test has found a fault.
const FRAMES_MAX: usize = 256;
/// Ticks for which an entity may be in sight and not sent, or out of sight and not removed: the room updates the
/// interest every fourth tick, and a crowded snapshot may delay an entity to the next one.
pub const SIGHT_TICKS: u32 = 6;

/// The latest frames of a room.
#[derive(Clone, Debug)]
pub struct Truth<G: Game> {
    frames: VecDeque<Frame<G>>,
}

impl<G: Game> Default for Truth<G> {
    fn default() -> Self {
        Self { frames: VecDeque::new() }
    }
}

/// The state of a room at the end of a tick.
#[derive(Clone, Debug)]
pub struct Frame<G: Game> {
    /// The tick.
    pub tick: Tick,
    /// The map at this tick.
    pub map: MapOf<G>,
    /// Every entity by id.
    pub entities: BTreeMap<u16, G::Entity>,
    /// State that only each player receives.
    pub own: BTreeMap<PlayerId, G::Own>,
    /// Entities that each player must not receive, however near they are.
    pub hidden: BTreeMap<PlayerId, Vec<u16>>,
    /// Viewpoint of each player; players without a viewpoint are missing.
    pub viewpoints: BTreeMap<PlayerId, Viewpoint>,
}

/// The player whose view is compared, and how strictly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seeing {
    /// The player.
    pub player: PlayerId,
    /// Entities within this distance must be in the view, position units, unless the player's viewpoint has its own
    /// radius.
    pub enter: i32,
    /// Entities beyond this distance must not be in the view, position units, unless the player's viewpoint has its own
    /// radius.
    pub leave: i32,
    /// True if it receives plain values only.
    pub plain: bool,
    /// How differences in cosmetic fields are treated.
    pub looks: Looks,
}

/// The two edges of a player's interest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Edge {
    /// Entities nearer than this must be in the view.
    Enter,
    /// Entities farther than this must not be in the view.
    Leave,
}

/// How differences in cosmetic fields are treated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looks {
    /// Everything must be equal.
    Exact,
    /// Cosmetic fields may lag.
    Forgiven,
}

/// A difference between a view and the room at the view's tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Difference<E> {
    /// The entity has been in sight for [`SIGHT_TICKS`] and is not in the view.
    Missing(EntityId, E),
    /// The entity is in the view and does not exist.
    Ghost(EntityId, E),
    /// The entity has been out of sight for [`SIGHT_TICKS`] and is still in the view.
    OutOfSight(EntityId, E),
    /// The state in the view is wrong.
    Wrong {
        /// Id of the entity.
        id: EntityId,
        /// State in the view.
        shown: E,
        /// State in the room.
        truth: E,
    },
}

impl<G: Game> Truth<G> {
    /// Adds a tick. If the tick does not follow the last one, the earlier ones are forgotten.
    pub fn record(&mut self, frame: Frame<G>) {
        if self.frames.back().is_some_and(|newest| newest.tick.next() != frame.tick) {
            self.frames.clear();
        }
        self.frames.push_back(frame);
        if self.frames.len() > FRAMES_MAX {
            self.frames.pop_front();
        }
    }

    /// The frame of `tick`, if it is kept.
    pub fn at(&self, tick: Tick) -> Option<&Frame<G>> {
        let oldest = self.frames.front()?.tick;
        self.frames.get(tick.0.checked_sub(oldest.0)? as usize)
    }

    /// The newest frame.
    pub fn newest(&self) -> Option<&Frame<G>> {
        self.frames.back()
    }

    /// Differences between `shown`, a view at `tick`, and the room. None if the tick is no longer kept.
    pub fn differences(
        &self,
        tick: Tick,
        shown: &BTreeMap<u16, G::Entity>,
        seeing: Seeing,
    ) -> Vec<Difference<G::Entity>> {
        let Some(frame) = self.at(tick) else { return Vec::new() };
        let mut differences = Vec::new();
        for (&id, &truth) in &frame.entities {
            let entity = EntityId(id);
            let expected = if seeing.plain { as_plain(&truth, &frame.map) } else { truth };
            match shown.get(&id) {
                None if self.lasted(tick, |frame| frame.sees(entity, &seeing, Edge::Enter) == Some(true)) => {
                    differences.push(Difference::Missing(entity, truth));
                }
                None => {}
                Some(shown) if *shown == expected => {}
                Some(shown) if seeing.looks == Looks::Forgiven && expected.is_cosmetic_change(shown) => {}
                Some(shown) => differences.push(Difference::Wrong { id: entity, shown: *shown, truth }),
            }
        }
        for (&id, &state) in shown {
            let entity = EntityId(id);
            if !frame.entities.contains_key(&id) {
                differences.push(Difference::Ghost(entity, state));
            } else if self.lasted(tick, |frame| frame.sees(entity, &seeing, Edge::Leave) == Some(false)) {
                differences.push(Difference::OutOfSight(entity, state));
            }
        }
        differences
    }

    /// True if `holds` is true for the frame of `tick` and those before it, [`SIGHT_TICKS`] in all, on one map.
    fn lasted(&self, tick: Tick, holds: impl Fn(&Frame<G>) -> bool) -> bool {
        let Some(newest) = self.at(tick) else { return false };
        (0..SIGHT_TICKS).all(|age| {
            let frame = self.at(tick.minus(age));
            frame.is_some_and(|frame| frame.map.name() == newest.map.name() && holds(frame))
        })
    }
}

impl<G: Game> Frame<G> {
    /// The present state of the match.
    pub fn of(play: &Play<G>) -> Self {
        let game = play.game();
        let entities: BTreeMap<u16, G::Entity> = game.entities().map(|(id, state)| (id.0, state)).collect();
        let own = play.roster().players().map(|player| (player, game.own(player))).collect();
        let unseen = |player| entities.keys().copied().filter(|&id| !game.may_see(player, EntityId(id))).collect();
        let hidden = match G::HIDES {
            true => play.roster().players().map(|player| (player, unseen(player))).collect(),
            false => BTreeMap::new(),
        };
        let viewpoint = |player| Some((player, game.viewpoint(player, play.map())?));
        let viewpoints = play.roster().players().filter_map(viewpoint).collect();
        Self { tick: play.tick(), map: play.map().clone(), entities, own, hidden, viewpoints }
    }

    /// Asserts that the updates of a snapshot of this tick are true: each state is equal to the bit and may be sent to
    /// the player, and a removed entity does not exist or is out of the player's sight.
    ///
    /// # Panics
    /// An update is wrong.
    pub fn assert_written(&self, player: PlayerId, written: &[(u16, Option<G::Entity>)], plain: bool) {
        for &(id, state) in written {
            let Some(state) = state else { continue };
            assert!(self.may_reach(EntityId(id), player), "{player:?} was sent {id}, which is out of its sight");
            assert!(!self.is_hidden(EntityId(id), player), "{player:?} was sent {id}, which it must not know");
            let truth = self.entities.get(&id);
            let truth = truth.map(|truth| if plain { as_plain(truth, &self.map) } else { *truth });
            assert_eq!(Some(state), truth, "entity {id} at {:?}", self.tick);
        }
    }

    /// True if an entity is within the radius that the game gives for a player.
    fn may_reach(&self, id: EntityId, player: PlayerId) -> bool {
        let (Some(view), Some(entity)) = (self.viewpoints.get(&player), self.entities.get(&id.0)) else { return true };
        let Some(radius_px) = view.radius_px else { return true };
        let reach = i64::from(radius_px) * i64::from(POSITION_PER_PX) * 6 / 5 + i64::from(entity.extent(&self.map));
        view.entity == Some(id) || distance_squared(entity.position(&self.map), view.position) <= reach * reach
    }

    /// Position of an entity, position units.
    pub fn position(&self, id: EntityId) -> Option<IVec2> {
        self.entities.get(&id.0).map(|state| state.position(&self.map))
    }

    /// True if a player must not receive an entity.
    pub fn is_hidden(&self, id: EntityId, player: PlayerId) -> bool {
        self.hidden.get(&player).is_some_and(|hidden| hidden.contains(&id.0))
    }

    /// True if an entity is within this edge of a player's view; `None` if the entity does not exist or the player has
    /// no viewpoint.
    fn sees(&self, id: EntityId, seeing: &Seeing, edge: Edge) -> Option<bool> {
        let view = self.viewpoints.get(&seeing.player)?;
        let entity = self.entities.get(&id.0)?;
        if view.entity == Some(id) {
            return Some(true);
        }
        if self.is_hidden(id, seeing.player) {
            return Some(false);
        }
        let own = view.radius_px.map(|px| i64::from(px) * i64::from(POSITION_PER_PX));
        let radius = match edge {
            Edge::Enter => own.unwrap_or(seeing.enter.into()),
            Edge::Leave => own.map_or(seeing.leave.into(), |radius| radius * 6 / 5),
        };
        let reach = radius + i64::from(entity.extent(&self.map));
        Some(distance_squared(entity.position(&self.map), view.position) <= reach * reach)
    }
}

/// Square of the distance, position units.
pub fn distance_squared(from: IVec2, to: IVec2) -> i64 {
    let (dx, dy) = (i64::from(to.x - from.x), i64::from(to.y - from.y));
    dx * dx + dy * dy
}

/// A state reduced to the values of a plain snapshot.
fn as_plain<E: Replicate>(state: &E, map: &E::Map) -> E {
    let mut bytes = Vec::new();
    state.encode_plain(map, &mut Writer::new(&mut bytes));
    let mut input = Reader::new(&bytes);
    let kind = input.u8("kind").expect("a plain state begins with its kind");
    E::decode_plain(kind, &mut input).expect("what was just written can be read")
}

impl<E: fmt::Debug> fmt::Display for Difference<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(id, truth) => write!(out, "entity {} is in sight and missing: {truth:?}", id.0),
            Self::Ghost(id, shown) => write!(out, "entity {} is shown and does not exist: {shown:?}", id.0),
            Self::OutOfSight(id, shown) => write!(out, "entity {} is shown and out of sight: {shown:?}", id.0),
            Self::Wrong { id, shown, truth } => {
                write!(out, "entity {} is shown as {shown:?} and is {truth:?}", id.0)
            }
        }
    }
}
