//! A game that is being played, together with what has happened in it that nobody was told yet.
//!
//! Who comes and goes is the room's to tell, everything else the game's. Both wait in one queue, in the order in which they
//! happened: whoever is destroyed by leaving is destroyed first, and gone then.

use std::{collections::VecDeque, ops::Deref, sync::Arc};

use arena::{
    event::{self, PlayerInfo},
    map::Map,
    rules::world::{Past, PlayerInput, World},
};
use shared::{PlayerId, game::Audience, wire::Event};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    world: World,
    told: VecDeque<(Audience, Told)>,
}

/// Something to be told reliably.
#[derive(Clone, PartialEq, Debug)]
pub enum Told {
    /// By the room.
    Room(Event),
    /// By the game.
    Game(event::Event),
}

impl Play {
    pub(crate) fn new(world: World) -> Self {
        let mut play = Self { world, told: VecDeque::new() };
        play.collect();
        play
    }

    /// Gives a free seat to a player.
    pub(crate) fn add_player(&mut self, player: PlayerId, name: String, opponent: bool) {
        self.remove_player(player);
        self.world.add_player(player, name.clone(), opponent);
        self.tell(Event::Joined { player, name, opponent });
        self.collect();
    }

    /// Frees a seat.
    pub(crate) fn remove_player(&mut self, player: PlayerId) {
        let was_there = self.world.roster_entry(player).is_some();
        self.world.remove_player(player);
        self.collect();
        if was_there {
            self.tell(Event::Left(player));
        }
    }

    /// Ends the match now, whatever the score.
    pub(crate) fn end_match(&mut self) {
        self.world.end_match();
        self.collect();
    }

    /// Goes on with another map.
    pub(crate) fn change_map(&mut self, map: Arc<Map>, seed: u64) {
        self.world.change_map(map, seed);
        self.collect();
    }

    /// Makes one tick.
    pub(crate) fn step(&mut self, inputs: &[Option<PlayerInput>], past: &impl Past) {
        self.world.step(inputs, past);
        self.collect();
    }

    /// The world alone.
    pub(crate) fn into_world(self) -> World {
        self.world
    }

    /// The next thing to tell.
    pub(crate) fn poll(&mut self) -> Option<(Audience, Told)> {
        self.told.pop_front()
    }

    /// Forgets what was to be told.
    pub(crate) fn forget_told(&mut self) {
        self.told.clear();
    }

    fn tell(&mut self, event: Event) {
        self.told.push_back((Audience::All, Told::Room(event)));
    }

    fn collect(&mut self) {
        while let Some((audience, event)) = self.world.poll_event() {
            self.told.push_back((audience, Told::Game(event)));
        }
    }
}

/// What a newcomer must be told: everyone, how each stands, and how the match does.
pub fn everything(world: &World) -> impl Iterator<Item = Told> {
    let joined =
        world.roster().map(|PlayerInfo { player, name, opponent, .. }| Event::Joined { player, name, opponent });
    let standings = world.roster().map(|info| event::Event::Standing(info.standing()));
    joined.map(Told::Room).chain(standings.chain([world.match_event()]).map(Told::Game))
}

impl Deref for Play {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}
