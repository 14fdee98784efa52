//! A world in which a test can place crafts and hold inputs.

use crate::entity::EntityState;
use shared::{
    EntityId,
    game::{Game, Past},
};
use std::sync::Arc;

use glam::IVec2;

use crate::event::Event;
use crate::{
    entity::CraftState,
    input::{Buttons, Heading, Input},
    map::file,
};
use crate::{
    own::OwnState,
    rules::{
        Mode, Terrain,
        numbers::Rules,
        world::{Audience, PlayerInput, World, WorldConfig},
    },
};
use shared::{
    id::PlayerId,
    quantize::POSITION_PER_PX,
    rng::Rng,
    tick::{Tick, TickRate},
};

/// To the right.
pub(super) const RIGHT: u16 = 0;
/// Down the screen.
pub(super) const DOWN: u16 = 256;
/// To the left.
pub(super) const LEFT: u16 = 512;
/// Up the screen.
pub(super) const UP: u16 = 768;

/// An empty hall of 10 x 6 tiles, 640 x 384 px, with a spawn in each corner.
pub(super) const HALL: &[&str] = &["s........s", "..........", "..........", "..........", "..........", "s........s"];

/// Walls, pickups of every kind and five spawns, for random play.
pub(super) const RUINS: &[&str] = &[
    "s..+...#....s",
    "..##...#.....",
    "...#......##.",
    ".#...s..*....",
    "...!.....#.o.",
    "s..##.#.....s",
    "......#...#..",
];

/// A random input, sometimes none, with a random view age below `ages` quarters of a tick.
pub(super) fn any_input(rng: &mut Rng, ages: u32) -> Option<PlayerInput> {
    let heading = Heading::new(rng.below(65) as u8).unwrap();
    let buttons = Buttons::new(rng.below(4) as u8).unwrap();
    let input = Input { heading, aim: rng.below(1_024) as u16, buttons };
    rng.chance(9, 10).then_some(PlayerInput { input, view_age: rng.below(ages) as u8 })
}

/// The world, the inputs that its players hold, its events and its history.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) inputs: Vec<Option<PlayerInput>>,
    pub(super) events: Vec<(Audience, Event)>,
    pub(super) memory: Memory,
}

/// Every tick so far, for lag compensation.
#[derive(Default)]
pub(super) struct Memory(Vec<Vec<Option<CraftState>>>);

impl Past<EntityState> for Memory {
    fn entity(&self, id: EntityId, tick: Tick) -> Option<EntityState> {
        self.0.get(tick.0 as usize)?.get(id.index()).copied().flatten().map(EntityState::Craft)
    }
}

/// A deathmatch of `players` on a drawing, at 30 Hz, already running, without protection.
pub(super) fn stage(rows: &[&str], players: u16) -> Stage {
    Stage::new(rows, players, config(Mode::Deathmatch))
}

/// Ten points or a minute end the match, and there is no warm-up.
pub(super) fn config(mode: Mode) -> WorldConfig {
    WorldConfig { seats: 8, mode, score_limit: 10, match_secs: 60, warm_up_secs: 0, results_secs: 2 }
}

impl Stage {
    pub(super) fn new(rows: &[&str], players: u16, config: WorldConfig) -> Self {
        let head = "name = \"stage\"\ntile_px = 64\ninterest_px = 1000\n";
        let text = format!("{head}rows = \"\"\"\n{}\n\"\"\"", rows.join("\n"));
        let map = Arc::new(file::parse("stage", &text).unwrap());
        let terrain = Terrain { map, rules: Rules::new(TickRate::new(30).unwrap()) };
        let seats = usize::from(config.seats);
        let world = World::empty(terrain, config, 1);
        let mut stage = Self { world, inputs: vec![None; seats], events: Vec::new(), memory: Memory::default() };
        stage.memory.0.push(vec![None; seats]);
        for player in 0..players {
            stage.world.add_player(PlayerId(player));
        }
        stage.run(1);
        for player in 0..players {
            stage.own_mut(player).protection_ticks = 0;
        }
        stage.run(1);
        stage.events.clear();
        stage
    }

    /// Runs ticks with the held inputs.
    pub(super) fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.world.make_tick(&self.inputs, &self.memory);
            let seats = (0..self.inputs.len()).map(|seat| self.world.craft(PlayerId(seat as u16)).copied());
            self.memory.0.push(seats.collect());
            self.events.extend(std::iter::from_fn(|| self.world.poll_event()));
        }
    }

    /// Puts a craft at a position in px, at rest.
    pub(super) fn place(&mut self, player: u16, x: i32, y: i32) -> &mut Self {
        let craft = self.craft_mut(player);
        craft.position = IVec2::new(x, y) * POSITION_PER_PX;
        craft.velocity = IVec2::ZERO;
        self
    }

    /// Holds the trigger with the gun at an angle.
    pub(super) fn fire(&mut self, player: u16, aim: u16) {
        self.hold(player, Heading::NONE, aim, Buttons::FIRE);
    }

    /// Pulls the trigger once and releases it.
    pub(super) fn shoot(&mut self, player: u16, aim: u16) {
        self.fire(player, aim);
        self.run(1);
        self.release(player);
    }

    /// Holds an input.
    pub(super) fn hold(&mut self, player: u16, heading: Heading, aim: u16, buttons: Buttons) {
        self.inputs[usize::from(player)] = Some(PlayerInput { input: Input { heading, aim, buttons }, view_age: 0 });
    }

    /// Releases all inputs.
    pub(super) fn release(&mut self, player: u16) {
        self.inputs[usize::from(player)] = None;
    }

    pub(super) fn craft(&self, player: u16) -> CraftState {
        *self.world.craft(PlayerId(player)).unwrap()
    }

    pub(super) fn craft_mut(&mut self, player: u16) -> &mut CraftState {
        self.world.seats[usize::from(player)].as_mut().unwrap().craft.as_mut().unwrap()
    }

    pub(super) fn own(&self, player: u16) -> OwnState {
        self.world.own(PlayerId(player))
    }

    pub(super) fn own_mut(&mut self, player: u16) -> &mut OwnState {
        &mut self.world.seats[usize::from(player)].as_mut().unwrap().own
    }

    pub(super) fn score(&self, player: u16) -> (i32, u32) {
        let info = self.world.players[usize::from(player)].as_ref().unwrap();
        (info.score, info.deaths)
    }

    /// Damage of each hit so far, by shooter and victim.
    pub(super) fn hits(&self) -> Vec<(u16, u16, u8)> {
        let hit = |event: &Event| match *event {
            Event::Hit { shooter, victim, damage, .. } => Some((shooter.0, victim.0, damage)),
            _ => None,
        };
        self.events.iter().filter_map(|(_, event)| hit(event)).collect()
    }

    /// Kills so far, by killer and victim.
    pub(super) fn kills(&self) -> Vec<(u16, u16)> {
        let kill = |event: &Event| match *event {
            Event::Killed { killer, victim, .. } => Some((killer.0, victim.0)),
            _ => None,
        };
        self.events.iter().filter_map(|(_, event)| kill(event)).collect()
    }

    pub(super) fn rules(&self) -> Rules {
        self.world.terrain().rules
    }
}
