//! One entity's states by tick, and where it is between them.

use std::{collections::VecDeque, time::Duration};

use arena::{
    entity::{CraftState, EntityState, ShellState},
    rules::{Terrain, shell},
};
use glam::{IVec2, Vec2};
use shared::{
    Tick,
    game::Entity,
    limits::SHOWN_STATES_MAX,
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION, position_to_px},
};

use crate::{predict::born, smooth::Offset};

/// See the module.
#[derive(Clone, Debug)]
pub struct Track {
    /// Oldest first; there is always one.
    states: VecDeque<(Tick, EntityState)>,
    ended: Option<Tick>,
    offset: Offset,
}

/// An entity at a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pose {
    /// Centre, px.
    pub position: Vec2,
    /// px per tick.
    pub velocity: Vec2,
    /// Turns, 0..1; a craft's gun, a shell's course.
    pub angle: f32,
    /// The received state it is made from, the later of the two.
    pub state: EntityState,
}

impl Track {
    /// The track of an entity first seen at `tick`.
    pub(super) fn new(tick: Tick, state: EntityState) -> Self {
        Self { states: VecDeque::from([(tick, state)]), ended: None, offset: Offset::default() }
    }

    /// Whether a state of `tick` belongs to the same life: ids are used again.
    pub(super) fn continues_as(&self, tick: Tick, state: &EntityState, terrain: &Terrain) -> bool {
        let (since, newest) = self.last();
        match (newest, state) {
            (EntityState::Shell(before), EntityState::Shell(after)) => {
                before.owner == after.owner && born(since, before, terrain) == born(tick, after, terrain)
            }
            (EntityState::Craft(_), EntityState::Craft(_)) | (EntityState::Pickup(_), EntityState::Pickup(_)) => true,
            _ => false,
        }
    }

    /// Adds the state of a later tick.
    pub(super) fn push(&mut self, tick: Tick, state: EntityState, terrain: &Terrain) {
        self.fly_until(tick, terrain);
        self.add(tick, state);
    }

    /// Ends at `tick` or, if it sees its own end coming, when that comes.
    pub(super) fn end(&mut self, tick: Tick, terrain: &Terrain) {
        self.fly_until(tick, terrain);
        self.ended = Some(self.ended.unwrap_or(tick));
    }

    /// The tick it ended at, if it has.
    pub fn ended(&self) -> Option<Tick> {
        self.ended
    }

    /// The newest state.
    pub fn newest(&self) -> &EntityState {
        self.last().1
    }

    /// The newest state and its tick.
    pub fn last(&self) -> (Tick, &EntityState) {
        let (tick, state) = self.states.back().expect("a track has a state");
        (*tick, state)
    }

    /// Keeps the picture where it was at the render tick `shown`, whatever has been learnt since; the difference fades.
    pub(super) fn keep_place(&mut self, shown: f64, drawn: Vec2, terrain: &Terrain, now: Duration) {
        if let Some(pose) = self.at(shown, terrain) {
            self.offset.absorb(pose.position - drawn, now);
        }
    }

    /// What fades of earlier guesses, to be added to a position, px.
    pub fn offset(&self, now: Duration) -> Vec2 {
        self.offset.at(now)
    }

    /// The entity at a tick with its fraction; `None` before its first state and after its end. Beyond the newest state
    /// it is run forward, so bound `tick` first.
    pub fn at(&self, tick: f64, terrain: &Terrain) -> Option<Pose> {
        if self.ended.is_some_and(|ended| tick >= f64::from(ended.0)) {
            return None;
        }
        let after = self.states.partition_point(|(known, _)| f64::from(known.0) <= tick);
        let (since, state) = self.states.get(after.checked_sub(1)?)?;
        let past = tick - f64::from(since.0);
        match self.states.get(after) {
            Some((until, later)) => Some(between(state, later, past, until.since(*since), terrain)),
            None => ahead(*state, past, terrain),
        }
    }

    /// A shell between two snapshots flies on by itself; straight lines would cut its corners.
    fn fly_until(&mut self, tick: Tick, terrain: &Terrain) {
        let (since, mut state) = (self.last().0, *self.last().1);
        if !matches!(state, EntityState::Shell(_)) {
            return;
        }
        for missed in since.next().0..tick.0 {
            if !state.step(terrain) {
                self.ended.get_or_insert(Tick(missed));
                return;
            }
            self.add(Tick(missed), state);
        }
    }

    fn add(&mut self, tick: Tick, state: EntityState) {
        if self.states.len() == SHOWN_STATES_MAX {
            self.states.pop_front();
        }
        self.states.push_back((tick, state));
    }
}

/// `past` ticks after `state`, of `ticks` until `later`.
pub(crate) fn between(state: &EntityState, later: &EntityState, past: f64, ticks: u32, terrain: &Terrain) -> Pose {
    let part = (past / f64::from(ticks.max(1))) as f32;
    match (state, later) {
        (EntityState::Craft(from), EntityState::Craft(to)) if is_one_flight(from, to, ticks) => {
            let (a, b) = (position_to_px(from.position), position_to_px(to.position));
            let aim = turns(from.aim) + turned(turns(from.aim), turns(to.aim)) * part;
            let velocity = per_tick(from.velocity).lerp(per_tick(to.velocity), part);
            Pose { position: a.lerp(b, part), velocity, angle: aim.rem_euclid(1.0), state: *later }
        }
        // Between two lives there is nothing: it is shown where it was until the next state.
        (EntityState::Craft(from), _) => craft_pose(from, state),
        (EntityState::Shell(shell), _) => shell_pose(*shell, past, terrain).unwrap_or_else(|| still(shell, state)),
        (EntityState::Pickup(_), _) => pickup_pose(state, terrain),
    }
}

/// `past` ticks after a state, run forward; `None` if it ends before.
pub(crate) fn ahead(mut state: EntityState, past: f64, terrain: &Terrain) -> Option<Pose> {
    let whole = past as u32;
    for _ in 0..whole {
        if !state.step(terrain) {
            return None;
        }
    }
    let part = past - f64::from(whole);
    match &state {
        EntityState::Craft(from) => {
            let mut next = state;
            next.step(terrain);
            let EntityState::Craft(to) = next else { return None };
            let (a, b) = (position_to_px(from.position), position_to_px(to.position));
            Some(Pose { position: a.lerp(b, part as f32), ..craft_pose(from, &state) })
        }
        EntityState::Shell(shell) => shell_pose(*shell, part, terrain),
        EntityState::Pickup(_) => Some(pickup_pose(&state, terrain)),
    }
}

/// Whether one state can lead to the other in so many ticks, rather than by a death and a respawn elsewhere.
fn is_one_flight(from: &CraftState, to: &CraftState, ticks: u32) -> bool {
    let far = FLIGHT_PX_PER_TICK * ticks.max(1) as i32 * POSITION_PER_PX;
    from.is_alive() == to.is_alive() && (to.position - from.position).abs().max_element() <= far
}

fn craft_pose(craft: &CraftState, state: &EntityState) -> Pose {
    let position = position_to_px(craft.position);
    Pose { position, velocity: per_tick(craft.velocity), angle: turns(craft.aim), state: *state }
}

fn pickup_pose(state: &EntityState, terrain: &Terrain) -> Pose {
    let position = position_to_px(state.position(terrain));
    Pose { position, velocity: Vec2::ZERO, angle: 0.0, state: *state }
}

fn still(shell: &ShellState, state: &EntityState) -> Pose {
    let velocity = per_tick(shell.velocity);
    Pose { position: position_to_px(shell.position), velocity, angle: course(velocity), state: *state }
}

/// A shell `part` of a tick after `shell`, around the corners it turns on the way; `None` if it ends before.
pub(crate) fn shell_pose(shell: ShellState, part: f64, terrain: &Terrain) -> Option<Pose> {
    let steps = f64::from(terrain.rules.motion.shell_steps);
    let exact = part.clamp(0.0, 1.0) * steps;
    let (whole, rest) = (exact as usize, exact.fract() as f32);
    let state = EntityState::Shell(shell);
    let (mut seen, mut from, mut flies) = (0, shell, shell);
    let mut to = None;
    shell::step(&mut flies, terrain, |_, after| {
        if seen == whole {
            to = Some(*after);
            return true;
        }
        seen += 1;
        from = *after;
        false
    });
    let to = match to {
        Some(to) => to,
        None if rest == 0.0 => from,
        None => return None,
    };
    let position = position_to_px(from.position).lerp(position_to_px(to.position), rest);
    let velocity = per_tick(from.velocity);
    Some(Pose { position, velocity, angle: course(velocity), state })
}

/// Velocity units as px per tick.
pub(crate) fn per_tick(velocity: IVec2) -> Vec2 {
    velocity.as_vec2() / (POSITION_PER_PX * VELOCITY_PER_POSITION) as f32
}

fn course(velocity: Vec2) -> f32 {
    (libm::atan2f(velocity.y, velocity.x) / std::f32::consts::TAU).rem_euclid(1.0)
}

fn turns(aim: u8) -> f32 {
    f32::from(aim) / 256.0
}

/// The shorter way from one angle to another, turns.
fn turned(from: f32, to: f32) -> f32 {
    (to - from + 0.5).rem_euclid(1.0) - 0.5
}

/// Farther in a tick flies no craft: its speed is bounded by three quarters of a tile of 64 px.
const FLIGHT_PX_PER_TICK: i32 = 64;
