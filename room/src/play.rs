//! A game that is being played: its map, its ticks, who sits in it, and what has happened that nobody was told yet.
//!
//! Who comes and goes is the room's to tell, everything else the game's. Both wait in one queue, in the order in which they
//! happened: whoever is destroyed by leaving is destroyed first, and gone then.

use std::collections::VecDeque;

use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{
        Audience, Board, Events, Game, MapOf, Past, PlayerInput, Profile, Start, Trail, Turn,
        reflect::{self, Reflected},
    },
    limits::{HISTORY_TICKS, TICK_MAX, TICK_RENUMBER},
    wire::{DecodeError, Event},
};

use crate::roster::Roster;

/// What a match is begun with, besides its map and its chance: what stays the same in all matches of a room.
#[derive(Clone, PartialEq, Debug)]
pub struct Setup<G: Game> {
    /// What the host has set.
    pub settings: G::Settings,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats for players and computer opponents together.
    pub seats: u16,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Play<G: Game> {
    setup: Setup<G>,
    game: G,
    map: MapOf<G>,
    tick: Tick,
    roster: Roster,
    board: G::Board,
    events: Events<G::Event>,
    told: VecDeque<(Audience, Told<G::Event>)>,
}

/// Something to be told reliably.
#[derive(Clone, PartialEq, Debug)]
pub enum Told<E> {
    /// By the room.
    Room(Event),
    /// By the game.
    Game(E),
}

impl<G: Game> Play<G> {
    /// A match without players after `tick`.
    pub(crate) fn new(setup: Setup<G>, map: MapOf<G>, tick: Tick, seed: u64) -> Self {
        let game = G::new(&setup.start(&map, tick, seed));
        Self::of(setup, game, map, tick)
    }

    /// The match of a checkpoint that was made at `tick`, with those who sat in it.
    ///
    /// # Errors
    /// When the bytes are no match of this game.
    pub(crate) fn restore(
        setup: Setup<G>,
        map: MapOf<G>,
        tick: Tick,
        roster: Roster,
        bytes: &[u8],
    ) -> Result<Self, DecodeError> {
        let game = G::restore(&setup.start(&map, tick, 0), bytes)?;
        Ok(Self { roster, ..Self::of(setup, game, map, tick) })
    }

    fn of(setup: Setup<G>, game: G, map: MapOf<G>, tick: Tick) -> Self {
        let roster = Roster::new(setup.seats);
        let (board, events, told) = (G::Board::default(), Events::default(), VecDeque::new());
        let mut play = Self { setup, game, map, tick, roster, board, events, told };
        for event in play.game.board() {
            play.board.handle(&event);
        }
        play
    }

    /// Gives a free seat to a player.
    pub(crate) fn join(&mut self, player: PlayerId, profile: Profile) {
        self.leave(player);
        if !self.roster.set(player, Some(profile.clone())) {
            return;
        }
        self.game.join(player, &profile, &mut self.events);
        let Profile { name, opponent } = profile;
        self.tell(Event::Joined { player, name, opponent });
        self.collect();
    }

    /// Frees a seat.
    pub(crate) fn leave(&mut self, player: PlayerId) {
        if self.roster.get(player).is_none() {
            return;
        }
        self.game.leave(player, &mut self.events);
        self.collect();
        self.roster.set(player, None);
        self.board.forget(player);
        self.tell(Event::Left(player));
    }

    /// Ends the match now, whatever the score.
    pub(crate) fn end_match(&mut self) {
        self.game.end_match(&mut self.events);
        self.collect();
    }

    /// An entity with another value in a field.
    pub(crate) fn with_field(&self, id: EntityId, field: &str, value: &Reflected) -> Result<G::Entity, String> {
        let entity = self.game.entity(id).ok_or_else(|| format!("there is no entity {}", id.0))?;
        reflect::with_field(&entity, field, value)
    }

    /// Changes an entity by hand; the match is as before if the game refuses.
    pub(crate) fn edit(&mut self, id: EntityId, wanted: G::Entity) -> Result<(), String> {
        self.game = self.game.edit(&self.setup.start(&self.map, self.tick, 0), id, wanted)?;
        Ok(())
    }

    /// Goes on with another map, or the same: players stay. After many ticks the next one is tick 1, see [`TICK_RENUMBER`].
    pub(crate) fn restart(&mut self, map: MapOf<G>, seed: u64) {
        self.map = map;
        if self.tick.0 >= TICK_RENUMBER {
            self.tick = Tick(0);
        }
        let players: Vec<_> = self.roster.iter().map(|(player, profile)| (player, profile.clone())).collect();
        self.game.restart(&self.setup.start(&self.map, self.tick, seed), &players, &mut self.events);
        self.collect();
    }

    /// Makes one tick.
    pub(crate) fn step(&mut self, inputs: &[Option<PlayerInput<G::Input>>], past: &dyn Past<G::Entity>) {
        self.tick = self.tick.next();
        let past = &Recent { past, oldest: self.tick.minus(self.past_ticks()) };
        let Self { game, map, tick, events, .. } = self;
        game.step(&mut Turn { tick: *tick, map, inputs, past, events });
        self.collect();
    }

    /// Whether the next match shall begin: this one is over, or its ticks come to their end.
    pub(crate) fn is_over(&self) -> bool {
        self.game.is_over() || self.tick.0 >= TICK_MAX
    }

    /// The next thing to tell.
    pub(crate) fn poll(&mut self) -> Option<(Audience, Told<G::Event>)> {
        self.told.pop_front()
    }

    /// Forgets what was to be told.
    pub(crate) fn forget_told(&mut self) {
        self.told.clear();
    }

    /// The game.
    pub fn game(&self) -> &G {
        &self.game
    }

    /// Its map.
    pub fn map(&self) -> &MapOf<G> {
        &self.map
    }

    /// What stays the same in all matches of the room.
    pub fn setup(&self) -> &Setup<G> {
        &self.setup
    }

    /// The last tick made.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// Who has a seat.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// What everybody knows.
    pub fn board(&self) -> &G::Board {
        &self.board
    }

    /// How many ticks of the past the next step may ask for.
    pub(crate) fn past_ticks(&self) -> u32 {
        G::past_ticks(&self.map, self.setup.tick_rate).min(HISTORY_TICKS as u32)
    }

    /// What the next step may ask for and nothing else, out of a memory that knows more.
    pub(crate) fn trail(&self, past: &dyn Past<G::Entity>) -> Trail<G::Entity> {
        let ticks = self.past_ticks();
        let tracked = if ticks == 0 { 0 } else { self.game.slots().tracked };
        let mut trail = Trail::new(tracked, ticks, self.tick);
        for age in 0..ticks.min(self.tick.0) {
            let tick = self.tick.minus(age);
            for id in (0..tracked).map(|index| EntityId(index as u16)) {
                past.entity(id, tick).into_iter().for_each(|state| trail.set(id, tick, state));
            }
        }
        trail
    }

    fn tell(&mut self, event: Event) {
        self.told.push_back((Audience::All, Told::Room(event)));
    }

    fn collect(&mut self) {
        while let Some((audience, event)) = self.events.poll() {
            if audience == Audience::All {
                self.board.handle(&event);
            }
            self.told.push_back((audience, Told::Game(event)));
        }
    }

    /// What a newcomer must be told: everyone, how each stands, and how the match does.
    pub fn everything(&self) -> impl Iterator<Item = Told<G::Event>> {
        let joined = self.roster.iter().map(|(player, profile)| {
            let Profile { name, opponent } = profile.clone();
            Event::Joined { player, name, opponent }
        });
        joined.map(Told::Room).chain(self.game.board().into_iter().map(Told::Game))
    }
}

/// A memory that tells a game of as many ticks as it asked for. A room remembers more, a replay does not, and both must give
/// the same match.
struct Recent<'a, E> {
    past: &'a dyn Past<E>,
    oldest: Tick,
}

impl<E> Past<E> for Recent<'_, E> {
    fn entity(&self, id: EntityId, tick: Tick) -> Option<E> {
        if tick < self.oldest { None } else { self.past.entity(id, tick) }
    }
}

impl<G: Game> Setup<G> {
    fn start<'a>(&'a self, map: &'a MapOf<G>, tick: Tick, seed: u64) -> Start<'a, G> {
        let Self { ref settings, tick_rate, seats } = *self;
        Start { settings, map, tick_rate, seats, tick, seed }
    }
}
