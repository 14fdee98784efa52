//! A match without a room that is driven by the same calls as others, in the order that the documentation of `Game`
//! gives.

use std::collections::BTreeMap;

use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Audience, Board, Events, Game, MapOf, PlayerInput, Profile, Start, Trail, Turn},
    limits::HISTORY_TICKS,
};

/// Data that all matches of a check share.
#[derive(Clone, Debug)]
pub(crate) struct Ground<G: Game> {
    pub(crate) settings: G::Settings,
    pub(crate) maps: Vec<MapOf<G>>,
    pub(crate) tick_rate: TickRate,
    pub(crate) seats: u16,
}

/// A call between two ticks.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Call {
    Join(PlayerId, Profile),
    Leave(PlayerId),
    EndMatch,
    /// Restart with this seed, on the map with this index.
    Restart(u64, usize),
}

/// All calls of a tick.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Calls<G: Game> {
    pub(crate) before: Vec<Call>,
    pub(crate) inputs: Vec<Option<PlayerInput<G::Input>>>,
}

/// A match and the engine's state for it.
#[derive(Clone, Debug)]
pub(crate) struct Twin<'a, G: Game> {
    pub(crate) ground: &'a Ground<G>,
    pub(crate) game: G,
    pub(crate) map: usize,
    pub(crate) tick: Tick,
    pub(crate) board: G::Board,
    pub(crate) seated: BTreeMap<PlayerId, Profile>,
    /// Entities of the newest tick.
    pub(crate) events: Vec<(Audience, G::Event)>,
    past: Trail<G::Entity>,
    queue: Events<G::Event>,
    /// The method of the game that runs now, for the message of a panic.
    pub(crate) doing: &'static str,
}

impl<G: Game> Ground<G> {
    pub(crate) fn start(&self, map: usize, tick: Tick, seed: u64) -> Start<'_, G> {
        let Self { settings, maps, tick_rate, seats } = self;
        Start { settings, map: &maps[map], tick_rate: *tick_rate, seats: *seats, tick, seed }
    }
}

impl<'a, G: Game> Twin<'a, G> {
    pub(crate) fn new(ground: &'a Ground<G>, map: usize, seed: u64) -> Self {
        Self::of(ground, G::new(&ground.start(map, Tick(0), seed)), map, Tick(0))
    }

    pub(crate) fn of(ground: &'a Ground<G>, game: G, map: usize, tick: Tick) -> Self {
        let mut board = G::Board::default();
        game.board().iter().for_each(|event| board.handle(event));
        Self {
            past: trail(&game, ground, map, tick),
            ground,
            game,
            map,
            tick,
            board,
            seated: BTreeMap::new(),
            events: Vec::new(),
            queue: Events::default(),
            doing: "Game::new",
        }
    }

    /// The match that its checkpoint restores, with the engine's own state.
    pub(crate) fn restored(&self) -> Option<Self> {
        let mut bytes = Vec::new();
        self.game.checkpoint(&mut bytes);
        let game = G::restore(&self.ground.start(self.map, self.tick, 0), &bytes).ok()?;
        let Self { past, seated, .. } = self.clone();
        Some(Self { past, seated, ..Self::of(self.ground, game, self.map, self.tick) })
    }

    pub(crate) fn map(&self) -> &'a MapOf<G> {
        &self.ground.maps[self.map]
    }

    /// Makes the calls between two ticks.
    pub(crate) fn call(&mut self, calls: &[Call]) {
        for call in calls {
            match call {
                Call::Join(player, profile) => {
                    self.doing = "Game::join";
                    self.seated.insert(*player, profile.clone());
                    self.game.join(*player, profile, &mut self.queue);
                    self.collect();
                }
                Call::Leave(player) => {
                    self.doing = "Game::leave";
                    self.game.leave(*player, &mut self.queue);
                    self.collect();
                    self.seated.remove(player);
                    self.board.forget(*player);
                }
                Call::EndMatch => {
                    self.doing = "Game::end_match";
                    self.game.end_match(&mut self.queue);
                    self.collect();
                }
                Call::Restart(seed, map) => {
                    self.doing = "Game::restart";
                    self.map = *map;
                    let players: Vec<_> =
                        self.seated.iter().map(|(player, profile)| (*player, profile.clone())).collect();
                    let start = self.ground.start(*map, self.tick, *seed);
                    self.game.restart(&start, &players, &mut self.queue);
                    self.past = trail(&self.game, self.ground, *map, self.tick);
                    self.collect();
                }
            }
        }
    }

    /// Runs a tick.
    pub(crate) fn step(&mut self, inputs: &[Option<PlayerInput<G::Input>>]) {
        self.doing = "Game::step";
        self.tick = self.tick.next();
        let Self { game, past, queue, tick, ground, map, .. } = self;
        let map = &ground.maps[*map];
        game.step(&mut Turn { tick: *tick, map, inputs, past, events: queue });
        self.collect();
        self.doing = "Game::entities";
        self.past.record(self.tick, self.game.entities());
    }

    fn collect(&mut self) {
        while let Some((audience, event)) = self.queue.poll() {
            if audience == Audience::All {
                self.board.handle(&event);
            }
            self.events.push((audience, event));
        }
    }

    pub(crate) fn entities(&self) -> Vec<(EntityId, G::Entity)> {
        self.game.entities().collect()
    }

    pub(crate) fn checkpoint(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.game.checkpoint(&mut bytes);
        bytes
    }
}

fn trail<G: Game>(game: &G, ground: &Ground<G>, map: usize, tick: Tick) -> Trail<G::Entity> {
    let ticks = G::past_ticks(&ground.maps[map], ground.tick_rate).min(HISTORY_TICKS as u32);
    let tracked = if ticks == 0 { 0 } else { game.slots().tracked };
    Trail::new(tracked, ticks, tick)
}
