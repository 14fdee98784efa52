//! Implements the engine's traits for the world.

use std::{cmp::Reverse, sync::Arc};

use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{
        Birth, Checkpoint, Control, Difference, Digest, Events, Game, PlayerInput, Profile, Slots, Start, Steered,
        Summary, Turn, Value, Viewpoint,
    },
    wire::DecodeError,
};

use super::{World, WorldConfig};
use crate::{
    board::Board,
    bot::Bot,
    craft_of,
    entity::{CraftState, EntityState},
    event::{Event, MatchPhase, Standing, Team, Weapon},
    input::{Buttons, Input},
    own::OwnState,
    rules::{Mode, Terrain, fingerprint, pilot, weapon},
    settings::Settings,
};

impl Game for World {
    const NAME: &'static str = crate::NAME;
    const VERSION: u16 = crate::VERSION;

    type Entity = EntityState;
    type Input = Input;
    type Own = OwnState;
    type Event = Event;
    type Board = Board;
    type Settings = Settings;
    type Bot = Bot;

    fn new(start: &Start<'_, Self>) -> Self {
        Self::empty(start.map.clone(), WorldConfig::new(start.seats, start.settings), start.seed)
            .starting_at(start.tick)
    }

    fn join(&mut self, player: PlayerId, _: &Profile, events: &mut Events<Event>) {
        self.add_player(player);
        self.hand_over(events);
    }

    fn leave(&mut self, player: PlayerId, events: &mut Events<Event>) {
        self.remove_player(player);
        self.hand_over(events);
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        self.make_tick(turn.inputs, turn.past);
        debug_assert_eq!(self.tick, turn.tick, "the room and its world count the same ticks");
        self.hand_over(turn.events);
    }

    fn restart(&mut self, start: &Start<'_, Self>, _: &[(PlayerId, Profile)], events: &mut Events<Event>) {
        self.change_map(Arc::clone(&start.map.map), start.tick, start.seed);
        self.hand_over(events);
    }

    fn is_over(&self) -> bool {
        self.wants_next_map()
    }

    fn end_match(&mut self, events: &mut Events<Event>) {
        self.finish_match();
        self.hand_over(events);
    }

    /// Order of slots: seats, then pickups, then shells.
    fn slots(&self) -> Slots {
        let tracked = self.first_shell();
        Slots { tracked, all: tracked + self.shells.slots() }
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, EntityState)> {
        let crafts = self.crafts().map(|(player, craft)| (craft_of(player), EntityState::Craft(*craft)));
        let pickups = (0..self.pickups.len()).filter_map(|place| {
            Some((EntityId((self.seats.len() + place) as u16), EntityState::Pickup(self.pickups.get(place)?)))
        });
        let first = self.first_shell();
        let shells =
            self.shells.iter().map(move |(slot, shell)| (EntityId((first + slot) as u16), EntityState::Shell(*shell)));
        crafts.chain(pickups).chain(shells)
    }

    fn entity(&self, id: EntityId) -> Option<EntityState> {
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

    fn viewpoint(&self, player: PlayerId, _: &Terrain) -> Option<Viewpoint> {
        let position = self.craft(player)?.position;
        Some(Viewpoint { entity: Some(craft_of(player)), position, radius_px: None })
    }

    fn own(&self, player: PlayerId) -> OwnState {
        self.seats.get(player.index()).copied().flatten().map(|seat| seat.own).unwrap_or_default()
    }

    fn board(&self) -> Vec<Event> {
        self.standings().map(Event::Standing).chain([self.match_event()]).collect()
    }

    fn summary(&self) -> Summary {
        let phase = match self.phase() {
            MatchPhase::WarmUp => "warm-up",
            MatchPhase::Running => "running",
            MatchPhase::Results => "results",
        };
        let team = |team| match team {
            Team::None => "none",
            Team::Red => "red",
            Team::Blue => "blue",
        };
        let fact = |name: &'static str, value: Value| (name.into(), value);
        let mut standings: Vec<Standing> = self.standings().collect();
        standings.sort_by_key(|standing| (Reverse(standing.score), standing.deaths));
        let players = standings.into_iter().map(|Standing { player, team: side, score, deaths }| {
            let facts =
                [("team", team(side).into()), ("score", i64::from(score).into()), ("deaths", i64::from(deaths).into())];
            (player, facts.map(|(name, value)| fact(name, value)).to_vec())
        });
        let scores = || Value::List(self.team_scores.map(|score| i64::from(score).into()).to_vec());
        let team_scores = (self.config.mode == Mode::TeamDeathmatch).then(|| fact("team_scores", scores()));
        Summary {
            phase: phase.to_owned(),
            in_match: self.phase() == MatchPhase::Running,
            fields: team_scores.into_iter().collect(),
            players: players.collect(),
        }
    }

    fn past_ticks(terrain: &Terrain, _: TickRate) -> u32 {
        weapon::rewind_ticks(&terrain.rules)
    }

    /// Without a shot the aim is only drawn, in 1/256 turn, and only shots of the rail use the age of the view.
    /// Otherwise recordings would contain the jitter of every link.
    fn relevant(&self, player: PlayerId, mut input: PlayerInput<Input>) -> PlayerInput<Input> {
        let fires = input.input.buttons.contains(Buttons::FIRE);
        if !fires {
            input.input.aim &= !3;
        }
        if !fires || self.own(player).rail_shots == 0 {
            input.view_age = 0;
        }
        input
    }

    fn control(control: &mut Control<'_, Self>) {
        let Control { player, tick: _, entities, own, input, board, map, born } = control;
        for (_, entity) in &mut **entities {
            let EntityState::Craft(craft) = entity else { continue };
            pilot::fly(craft, own, *input, map);
            let fired = input.filter(|_| board.guns_fire()).and_then(|input| {
                let weapon = pilot::pull_trigger(craft, own, input, &map.rules)?;
                (weapon == Weapon::Shell).then_some(input.aim)
            });
            craft.flags = pilot::flags(own);
            born.extend(fired.map(|aim| EntityState::Shell(weapon::shell(map, craft, *player, aim))));
        }
    }

    fn is_steered(player: PlayerId, id: EntityId, _: &EntityState) -> bool {
        id == craft_of(player)
    }

    /// Aim, health and flags are not compared, because no later state depends on them.
    fn agrees(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        let OwnState { shield, .. } = *truth.own;
        let same_crafts = predicted.entities.iter().zip(truth.entities).all(|((one, predicted), (other, truth))| {
            let (EntityState::Craft(predicted), EntityState::Craft(truth)) = (predicted, truth) else { return false };
            let CraftState { position, velocity, heading: _, aim: _, health: _, flags: _ } = *predicted;
            one == other
                && position == truth.position
                && velocity == truth.velocity
                && predicted.is_alive() == truth.is_alive()
        });
        same_crafts && OwnState { shield, ..*predicted.own } == *truth.own
    }

    fn adopt(entities: &mut [(EntityId, EntityState)], own: &mut OwnState, truth: &Steered<'_, Self>) {
        own.shield = truth.own.shield;
        for ((_, craft), (_, truth)) in entities.iter_mut().zip(truth.entities) {
            if let (EntityState::Craft(craft), EntityState::Craft(truth)) = (craft, truth) {
                craft.health = truth.health;
            }
        }
    }

    /// True for a wreck, or for a new craft, which is protected for longer.
    fn begins_anew(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        let is_alive = |state: &EntityState| matches!(state, EntityState::Craft(craft) if craft.is_alive());
        truth.own.protection_ticks > predicted.own.protection_ticks
            || predicted.pairs(truth).any(|(predicted, truth)| is_alive(predicted) != is_alive(truth))
    }

    /// Shells are identified by the player who fired them and the tick: a gun fires one per tick.
    fn birth(entity: &EntityState, tick: Tick, terrain: &Terrain) -> Option<Birth> {
        let EntityState::Shell(shell) = entity else { return None };
        let age = terrain.rules.shell_life_ticks.saturating_sub(shell.ticks_left);
        Some(Birth { player: shell.owner, tick: tick.minus(age.into()), number: 0 })
    }

    /// Crafts and shells can be edited; the state of a pickup follows from its return tick.
    fn edit(&self, _: &Start<'_, Self>, id: EntityId, wanted: EntityState) -> Result<Self, String> {
        let mut world = self.clone();
        match wanted {
            EntityState::Craft(craft) => world.put_craft(PlayerId(id.0), craft),
            EntityState::Shell(shell) => {
                world.shells.set(id.index() - world.first_shell(), shell);
                Ok(())
            }
            EntityState::Pickup(_) => {
                Err("a pickup cannot be edited: it is there or not by the time of its respawn".to_owned())
            }
        }?;
        Ok(world)
    }

    fn fingerprint() -> u64 {
        fingerprint::fingerprint()
    }

    fn digest(&self) -> Digest {
        self.parts()
    }

    fn differences(&self, other: &Self, limit: usize) -> Vec<Difference> {
        self.differing_fields(other, limit)
    }
}

impl Checkpoint for World {
    fn checkpoint(&self, bytes: &mut Vec<u8>) {
        self.write(bytes);
    }

    fn restore(start: &Start<'_, Self>, bytes: &[u8]) -> Result<Self, DecodeError> {
        let world = Self::read(start.map.clone(), WorldConfig::new(start.seats, start.settings), bytes)?;
        if world.tick != start.tick {
            let (value, tick) = (world.tick.0.into(), start.tick.0.into());
            return Err(DecodeError::OutOfRange { field: "tick", value, low: tick, high: tick });
        }
        Ok(world)
    }
}

impl World {
    /// Passes queued events to the engine.
    fn hand_over(&mut self, events: &mut Events<Event>) {
        while let Some((audience, event)) = self.poll_event() {
            events.tell(audience, event);
        }
    }
}
