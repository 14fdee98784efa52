//! A game in play: its map, its ticks, its players, and the events that were not sent yet.
//!
//! The room announces joins and leaves, the game announces everything else. Both kinds of events wait in one queue, in the order in which
//! they happened: the entities of a player who leaves are destroyed first, then the player is announced as gone.

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

/// The part of a match's start that stays the same in all matches of a room: everything but the map and the seed.
#[derive(Clone, PartialEq, Debug)]
pub struct Setup<G: Game> {
    /// Settings of the game, as the host chose them.
    pub settings: G::Settings,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Number of seats for players and computer opponents together.
    pub seats: u16,
}

/// A match in progress, without links or snapshots. A replay runs the same type.
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

/// An event that is sent reliably.
#[derive(Clone, PartialEq, Debug)]
pub enum Told<E> {
    /// An event of the room.
    Room(Event),
    /// An event of the game.
    Game(E),
}

impl<G: Game> Play<G> {
    /// A match without players that starts after `tick`.
    pub(crate) fn new(setup: Setup<G>, map: MapOf<G>, tick: Tick, seed: u64) -> Self {
        let game = G::new(&setup.start(&map, tick, seed));
        Self::of(setup, game, map, tick)
    }

    /// Restores the match of a checkpoint that was made at `tick`, with the players of that time.
    ///
    /// # Errors
    /// When the bytes are not a valid match of this game.
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

    /// Puts a player into a seat; a player who is in it leaves first.
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

    /// Frees a seat and announces it.
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

    pub(crate) fn end_match(&mut self) {
        self.game.end_match(&mut self.events);
        self.collect();
    }

    /// A copy of an entity with another value in one field.
    pub(crate) fn with_field(&self, id: EntityId, field: &str, value: &Reflected) -> Result<G::Entity, String> {
        let entity = self.game.entity(id).ok_or_else(|| format!("there is no entity {}", id.0))?;
        reflect::with_field(&entity, field, value)
    }

    /// Replaces an entity, for a developer. The match stays unchanged if the game refuses.
    pub(crate) fn edit(&mut self, id: EntityId, wanted: G::Entity) -> Result<(), String> {
        self.game = self.game.edit(&self.setup.start(&self.map, self.tick, 0), id, wanted)?;
        Ok(())
    }

    /// Starts the next match, on the same or another map; the players stay. After very many ticks the numbers start at 1 again, see
    /// [`TICK_RENUMBER`].
    pub(crate) fn restart(&mut self, map: MapOf<G>, seed: u64) {
        self.map = map;
        if self.tick.0 >= TICK_RENUMBER {
            self.tick = Tick(0);
        }
        let players: Vec<_> = self.roster.iter().map(|(player, profile)| (player, profile.clone())).collect();
        self.game.restart(&self.setup.start(&self.map, self.tick, seed), &players, &mut self.events);
        self.collect();
    }

    pub(crate) fn step(&mut self, inputs: &[Option<PlayerInput<G::Input>>], past: &dyn Past<G::Entity>) {
        self.tick = self.tick.next();
        let past = &Recent { past, oldest: self.tick.minus(self.past_ticks()) };
        let Self { game, map, tick, events, .. } = self;
        game.step(&mut Turn { tick: *tick, map, inputs, past, events });
        self.collect();
    }

    /// True if the next match should begin: this one is over, or it has reached the last tick number.
    pub(crate) fn is_over(&self) -> bool {
        self.game.is_over() || self.tick.0 >= TICK_MAX
    }

    /// The next event to send, and its audience.
    pub(crate) fn poll(&mut self) -> Option<(Audience, Told<G::Event>)> {
        self.told.pop_front()
    }

    /// Drops the events that were not sent yet.
    pub(crate) fn forget_told(&mut self) {
        self.told.clear();
    }

    /// The game's own state.
    pub fn game(&self) -> &G {
        &self.game
    }

    /// The current map.
    pub fn map(&self) -> &MapOf<G> {
        &self.map
    }

    /// The settings that stay the same in all matches of the room.
    pub fn setup(&self) -> &Setup<G> {
        &self.setup
    }

    /// The newest tick that was made.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// The players and their seats.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The game's board: its state that every player knows.
    pub fn board(&self) -> &G::Board {
        &self.board
    }

    /// Number of past ticks that the next step may look up.
    pub(crate) fn past_ticks(&self) -> u32 {
        G::past_ticks(&self.map, self.setup.tick_rate).min(HISTORY_TICKS as u32)
    }

    /// Copies the past states that the next step may look up, and no older ones.
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

    /// The events that describe the match to a new member: all players, then the game's board.
    pub fn everything(&self) -> impl Iterator<Item = Told<G::Event>> {
        let joined = self.roster.iter().map(|(player, profile)| {
            let Profile { name, opponent } = profile.clone();
            Event::Joined { player, name, opponent }
        });
        joined.map(Told::Room).chain(self.game.board().into_iter().map(Told::Game))
    }
}

/// A past that is limited to the ticks that the game asked for. A room remembers more ticks than a replay, and both must give the same
/// match.
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
