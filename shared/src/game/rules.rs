//! The one trait that makes a game of some entities, inputs and rules.

use std::{collections::VecDeque, fmt::Debug};

use crate::{
    game::{
        Audience, Birth, Board, Bot, Checkpoint, Control, Digest, Entity, Input, Own, Past, PlayerInput, Record,
        Replicate, Settings, Slots, Steered, Summary, Viewpoint, difference, digest,
    },
    id::{EntityId, PlayerId},
    tick::{Tick, TickRate},
};

/// What lies around the entities of a game: their map.
pub type MapOf<G> = <<G as Game>::Entity as Entity>::Map;

/// One match of a game: what the server decides about, and the step that moves it.
///
/// The value holds everything that the next steps depend on. It knows no sockets, no clocks, no other machine: the same start and the
/// same calls give the same bits on every machine. So no floats that are computed, no order of a hash map, no chance but from
/// [`Start::seed`].
///
/// Calls come in this order: [`Game::new`] (or [`Checkpoint::restore`]), then any number of [`Game::join`], [`Game::leave`],
/// [`Game::end_match`] and [`Game::restart`] between two [`Game::step`]s. Everything else only reads.
pub trait Game: Checkpoint + Clone + Debug + Send + 'static {
    /// What the game is called: on the wire, in recordings, in settings and flags. Lower case letters, digits and `-`.
    const NAME: &'static str;
    /// Raised by every change of its rules or layouts: a client of another version is refused.
    const VERSION: u16;
    /// Whether [`Game::may_see`] ever says no. Where it does, players look around anew every few ticks even if the whole map is within
    /// their view.
    const HIDES: bool = false;

    /// What is replicated.
    type Entity: Replicate;
    /// What a player wants for one tick.
    type Input: Input;
    /// What only its own player knows; `()` where there is nothing.
    type Own: Own;
    /// What is told reliably; `()` where there is nothing.
    type Event: Record;
    /// What everybody knows beside the entities, kept from events; `()` where there is nothing.
    type Board: Board<Self::Event>;
    /// What a host can set; `()` where there is nothing.
    type Settings: Settings;
    /// Who plays in the seats that nobody has, and who plays in load tests; [`NoBot`](crate::game::NoBot) where nobody does.
    type Bot: Bot<Self>;

    /// A match before its first step, without players.
    fn new(start: &Start<'_, Self>) -> Self;

    /// A player takes a free seat. What it steers may appear now or in a later step.
    fn join(&mut self, player: PlayerId, profile: &Profile, events: &mut Events<Self::Event>);

    /// The player of a taken seat is gone: so is what it steered.
    fn leave(&mut self, player: PlayerId, events: &mut Events<Self::Event>);

    /// Makes one tick.
    fn step(&mut self, turn: &mut Turn<'_, Self>);

    /// Begins anew, mostly on another map: players stay in their seats. After many ticks they are numbered anew, so
    /// [`Start::tick`] may be lower than before.
    fn restart(&mut self, start: &Start<'_, Self>, players: &[(PlayerId, Profile)], events: &mut Events<Self::Event>) {
        *self = Self::new(start);
        for (player, profile) in players {
            self.join(*player, profile, events);
        }
        self.board().into_iter().for_each(|event| events.all(event));
    }

    /// Whether the match is over and has shown its results, so that the next one shall begin.
    fn is_over(&self) -> bool {
        false
    }

    /// Somebody from outside ends the match: results are shown, then it is over.
    fn end_match(&mut self, events: &mut Events<Self::Event>) {
        let _ = events;
    }

    /// How many entities there can be on this map. Must not change before the next [`Game::restart`].
    fn slots(&self) -> Slots;

    /// Everything there is, in the order of ids, which are below [`Slots::all`]. The id of something that is gone may be used again.
    fn entities(&self) -> impl Iterator<Item = (EntityId, Self::Entity)>;

    /// One entity.
    fn entity(&self, id: EntityId) -> Option<Self::Entity> {
        self.entities().find(|&(other, _)| other == id).map(|(_, entity)| entity)
    }

    /// Where a player looks from; `None` while there is nothing to look from, and then it is where it was. A game says how far for all its
    /// players or for none.
    fn viewpoint(&self, player: PlayerId) -> Option<Viewpoint>;

    /// Whether a player may know of an entity that is near enough: fog, cover, cards in a hand. What it may not know never reaches it.
    fn may_see(&self, player: PlayerId, entity: EntityId) -> bool {
        let _ = (player, entity);
        true
    }

    /// What only its own player knows.
    fn own(&self, player: PlayerId) -> Self::Own {
        let _ = player;
        Self::Own::default()
    }

    /// Events that make a newcomer's empty [`Game::Board`] what everybody's is: what they say, events for all have said before.
    fn board(&self) -> Vec<Self::Event> {
        Vec::new()
    }

    /// What status pages, admins and logs show of the match.
    fn summary(&self) -> Summary {
        Summary::default()
    }

    /// How many ticks before the one that is made [`Turn::past`] knows, for lag compensation: 0 for none, at most
    /// [`HISTORY_TICKS`](crate::limits::HISTORY_TICKS). Of earlier ones it knows nothing, wherever the match is played.
    fn past_ticks(map: &MapOf<Self>, rate: TickRate) -> u32 {
        let _ = (map, rate);
        0
    }

    /// What of an input matters to the next step. Recordings keep no more than that, so that what only moves a picture costs nothing.
    fn relevant(&self, player: PlayerId, input: PlayerInput<Self::Input>) -> PlayerInput<Self::Input> {
        let _ = player;
        input
    }

    /// The part of a step that a client runs ahead of the server for what its player steers: the same code must run in [`Game::step`].
    /// Without it nothing is predicted.
    fn control(control: &mut Control<'_, Self>) {
        for (_, entity) in &mut *control.entities {
            entity.step(control.map);
        }
    }

    /// Whether a player steers an entity, so that its client predicts it. Clients ask whenever the server sends the entity or a change
    /// of it, so [`Entity::step`](crate::game::Entity::step) must not change the answer.
    fn is_steered(player: PlayerId, id: EntityId, entity: &Self::Entity) -> bool {
        let _ = (player, id, entity);
        false
    }

    /// Whether what a client predicted of a tick agrees with the truth: both are of the same entities, and lead to the same future. If
    /// not, the inputs since are played again upon the truth. Fields that no later tick depends on may be left out of the comparison.
    fn agrees(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        predicted == truth
    }

    /// Puts into a later tick of a prediction that agrees what only the server decides and nothing predicted depends on: how hurt
    /// something is. `entities` are those of `truth`, in the same order.
    fn adopt(entities: &mut [(EntityId, Self::Entity)], own: &mut Self::Own, truth: &Steered<'_, Self>) {
        let _ = (entities, own, truth);
    }

    /// Whether a truth that does not agree is no error of the prediction but something new: another life. It is shown where it is, and
    /// not counted as a correction. Both are of the same entities.
    fn begins_anew(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        let _ = (predicted, truth);
        false
    }

    /// Who brought an entity into being and when, from what it is at the end of `tick`: must give the same for its whole life. `None`
    /// where nobody did, or where that cannot be told. What has one is shown as soon as its player presses the button (see
    /// [`Control::born`]), moves by itself to where the server has it, and is another one if its id is used again.
    fn birth(entity: &Self::Entity, tick: Tick, map: &MapOf<Self>) -> Option<Birth> {
        let _ = (entity, tick, map);
        None
    }

    /// One number for all rules: with another one a recording cannot be played again exactly.
    fn fingerprint() -> u64 {
        Self::VERSION.into()
    }

    /// One number for everything the next steps depend on, by which recordings tell whether a tick became what it was.
    fn digest(&self) -> Digest {
        digest::of(self)
    }

    /// In what two matches on the same map differ, at most `limit` fields.
    fn differences(&self, other: &Self, limit: usize) -> Vec<difference::Difference> {
        difference::between(self, other, limit)
    }
}

/// What a match begins with.
#[derive(Debug)]
pub struct Start<'a, G: Game> {
    /// What the host has set.
    pub settings: &'a G::Settings,
    /// The map.
    pub map: &'a MapOf<G>,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats for players and computer opponents together.
    pub seats: u16,
    /// The tick before the first step.
    pub tick: Tick,
    /// Where all its chance comes from.
    pub seed: u64,
}

/// What one step is made of.
#[derive(Debug)]
pub struct Turn<'a, G: Game> {
    /// The tick that is made.
    pub tick: Tick,
    /// The map.
    pub map: &'a MapOf<G>,
    /// By seat; `None` for a free one.
    pub inputs: &'a [Option<PlayerInput<G::Input>>],
    /// The ticks before, as many as [`Game::past_ticks`] says.
    pub past: &'a dyn Past<G::Entity>,
    /// Takes what shall be told.
    pub events: &'a mut Events<G::Event>,
}

impl<G: Game> Turn<'_, G> {
    /// A player's input; one that presses nothing for a free seat.
    pub fn input(&self, player: PlayerId) -> G::Input {
        self.inputs.get(player.index()).copied().flatten().unwrap_or_default().input
    }
}

/// Who takes a seat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Profile {
    /// Shown to others.
    pub name: String,
    /// Whether a computer plays.
    pub opponent: bool,
}

/// Events on their way to those they are for, in the order in which they happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Events<E> {
    queue: VecDeque<(Audience, E)>,
}

impl<E> Default for Events<E> {
    fn default() -> Self {
        Self { queue: VecDeque::new() }
    }
}

impl<E> Events<E> {
    /// Tells everybody.
    pub fn all(&mut self, event: E) {
        self.tell(Audience::All, event);
    }

    /// Tells some.
    pub fn tell(&mut self, audience: Audience, event: E) {
        self.queue.push_back((audience, event));
    }

    /// The next one.
    pub fn poll(&mut self) -> Option<(Audience, E)> {
        self.queue.pop_front()
    }

    /// How many wait: a game may leave out what only decorates when they are too many.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
