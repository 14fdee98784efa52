//! The trait of a game: its entities, inputs and rules.

use std::fmt::Debug;

use crate::{
    game::{
        Birth, Board, Bot, Checkpoint, Control, Digest, Draw, Entity, Events, Input, Own, PlayerInput, Profile, Record,
        Replicate, Settings, Slots, Start, Steered, Summary, Turn, Viewpoint, difference, digest, edit,
    },
    id::{EntityId, PlayerId},
    limits::ROOM_PLAYERS_MAX,
    tick::{Tick, TickRate},
};

/// The map of a game's entities.
pub type MapOf<G> = <<G as Game>::Entity as Entity>::Map;

/// The rules of a game. A value of the implementing type is one match.
///
/// # A whole game
///
/// ```
#[doc = include_str!("../../examples/pucks.rs")]
/// ```
///
/// # The order of the calls
///
/// A match starts with [`Game::new`] or [`Checkpoint::restore`]. Then, for each tick:
///
/// 1. any number of [`Game::join`], [`Game::leave`] and [`Game::end_match`], as players come and go;
/// 2. [`Game::is_over`]; if so, or if an admin asks for another map, [`Game::restart`];
/// 3. [`Game::step`], once;
/// 4. the methods that read the match, any number of times. Their results must depend only on the match.
///
/// Only the server runs a match. Clients never have one: they call only the functions without `self`, for the entities that they received.
///
/// # The same bits everywhere
///
/// The value holds everything that the next steps depend on. The same start and the same calls must give the same bits on every machine,
/// because recordings, recovery after a crash and prediction rely on it. So use no clock, no computed floats (they may differ between
/// machines), no order of a hash map, and no random numbers except from [`Start::seed`].
///
/// # Units
///
/// Positions have [`POSITION_PER_PX`](crate::quantize::POSITION_PER_PX) units per pixel, x to the right and y down. They are at most
/// [`POSITION_MAX`](crate::wire::POSITION_MAX) from 0: receivers refuse larger ones, so clamp. Times are in ticks. The game chooses its
/// unit of velocity.
pub trait Game: Checkpoint + Clone + Debug + Send + 'static {
    /// The name of the game: on the wire, in recordings, in settings and flags. Lower case letters, digits and `-`, at most
    /// [`GAME_NAME_BYTES_MAX`](crate::limits::GAME_NAME_BYTES_MAX).
    const NAME: &'static str;
    /// The version of the game. Raise it with every change of the rules or of a layout: clients with another version are refused.
    const VERSION: u16;
    /// True if the game has hidden information. Without it the engine never calls [`Game::may_see`], which costs time for each player
    /// and entity.
    const HIDES: bool = false;
    /// True if each player steers exactly the entity whose id is the number of its seat, as in most games with one body per player. Then
    /// [`Game::is_steered`] and [`Game::viewpoint`] need no code, and [`Game::steer`] replaces [`Game::control`].
    const STEERS_SEAT: bool = false;

    /// The type of entities: a struct, or an enum with a variant for each kind.
    type Entity: Replicate;
    /// A player's input for one tick: the buttons.
    type Input: Input;
    /// The own record, which only its player knows: ammunition, timers. `()` if there is none.
    type Own: Own + Draw<MapOf<Self>>;
    /// The type of events, which must not be lost: a score, a goal. `()` if there are none.
    type Event: Record;
    /// The state that every player knows apart from the entities, kept up to date by events. `()` if there is none.
    type Board: Board<Self::Event>;
    /// The settings that a host can change. `()` if there are none.
    type Settings: Settings;
    /// The computer opponents and the players of load tests; [`NoBot`](crate::game::NoBot) if there are none.
    type Bot: Bot<Self>;

    /// Makes a match before its first step, without players. The players of the room join afterwards.
    fn new(start: &Start<'_, Self>) -> Self;

    /// A player, human or computer, takes a free seat. Its entities may appear now or in a later step.
    ///
    /// The engine announces the player itself, before the events of this call.
    fn join(&mut self, player: PlayerId, profile: &Profile, events: &mut Events<Self::Event>);

    /// The player of a taken seat has left for good. (A player whose link is lost keeps its seat for a while.) Its entities must be
    /// gone from [`Game::entities`] when this returns, because another player may take the seat before the next step.
    ///
    /// The engine announces that the player left itself, after the events of this call.
    fn leave(&mut self, player: PlayerId, events: &mut Events<Self::Event>);

    /// Makes one tick. The engine does nothing by itself here, so the game must do all of it:
    ///
    /// - for each player, first [`Own::step`] on its [`Game::Own`], then the same as [`Game::control`] with its input;
    /// - [`Entity::step`] for every other entity, once. An entity for which it returns false is gone at the end of this tick;
    /// - everything else: hits, births, scores. Changes beyond the first two points are sent to the players who see them.
    fn step(&mut self, turn: &mut Turn<'_, Self>);

    /// Starts the next match, mostly on another map. The players stay in their seats. Override it to keep something of the last
    /// match, such as the players' sides.
    ///
    /// Boards are *not* emptied: send an event for everything on the [`Game::Board`] that starts again, as the default does with
    /// [`Game::board`]. [`Start::tick`] mostly continues, but after 2^30 ticks it starts at 0 again, so keep no tick of the last match.
    fn restart(&mut self, start: &Start<'_, Self>, players: &[(PlayerId, Profile)], events: &mut Events<Self::Event>) {
        *self = Self::new(start);
        for (player, profile) in players {
            self.join(*player, profile, events);
        }
        self.board().into_iter().for_each(|event| events.all(event));
    }

    /// Returns true when the next match must start: this one is over, and its results were shown for long enough. Called before each
    /// step. It must return false at the start of a match.
    fn is_over(&self) -> bool {
        false
    }

    /// An admin ends the match: show its results, and let [`Game::is_over`] return true afterwards. A game without an end can ignore the
    /// call, as the default does.
    fn end_match(&mut self, events: &mut Events<Self::Event>) {
        let _ = events;
    }

    /// The number of entities that this match can have. It must not change before the next [`Game::restart`].
    fn slots(&self) -> Slots;

    /// All entities at the end of the last step, in ascending order of ids, each id once and below [`Slots::all`].
    ///
    /// An entity keeps its id as long as it lives. The id of a removed entity may be reused. It saves bandwidth to leave it unused for
    /// some ticks, because a client must not take the new entity for the old one. Entities that are often seen together should have close
    /// ids, because a snapshot holds the gaps between ids.
    fn entities(&self) -> impl Iterator<Item = (EntityId, Self::Entity)>;

    /// One entity. The default searches all entities; override it if there are many.
    fn entity(&self, id: EntityId) -> Option<Self::Entity> {
        self.entities().find(|&(other, _)| other == id).map(|(_, entity)| entity)
    }

    /// The viewpoint of a player. `None` while it steers nothing; the engine then keeps the last viewpoint.
    ///
    /// [`Viewpoint::radius_px`] must be `Some` for all players of a game, or `None` for all of them.
    ///
    /// A game with [`Game::STEERS_SEAT`] need not override it: the viewpoint is then the entity of the player's seat.
    fn viewpoint(&self, player: PlayerId, map: &MapOf<Self>) -> Option<Viewpoint> {
        if !Self::STEERS_SEAT {
            return None;
        }
        let id = EntityId(player.0);
        let position = self.entity(id)?.position(map);
        Some(Viewpoint { entity: Some(id), position, radius_px: None })
    }

    /// Returns true if a player may see an entity within its radius: for fog, cover, cards in a hand. An entity that it may not see is not
    /// sent, and is removed at its client. Called only if [`Game::HIDES`]. It must be true for the entity at the player's viewpoint.
    fn may_see(&self, player: PlayerId, entity: EntityId) -> bool {
        let _ = (player, entity);
        true
    }

    /// The own record of a player, at the end of the last step; the default value for a free seat. A spectator never gets it.
    fn own(&self, player: PlayerId) -> Self::Own {
        let _ = player;
        Self::Own::default()
    }

    /// The board as events. After these events an empty [`Game::Board`] must equal the one that all players have. They are sent to each
    /// player who joins or reconnects. All other players must have the same board already from events of [`Events::all`].
    fn board(&self) -> Vec<Self::Event> {
        Vec::new()
    }

    /// The facts about the match that status pages, admins and logs show. Not called in every tick. The default has the `points` of each
    /// player whom the board gives a [`Board::score`].
    fn summary(&self) -> Summary {
        let mut board = Self::Board::default();
        self.board().iter().for_each(|event| board.handle(event));
        let seats = self.slots().all.min(ROOM_PLAYERS_MAX) as u16;
        Summary::of_points((0..seats).map(PlayerId).filter_map(|player| Some((player, board.score(player)?))))
    }

    /// Number of ticks that [`Turn::past`] keeps, for lag compensation: 0 for none, at most
    /// [`HISTORY_TICKS`](crate::limits::HISTORY_TICKS). Checkpoints hold as many, so return no more than the rules use.
    fn past_ticks(map: &MapOf<Self>, rate: TickRate) -> u32 {
        let _ = (map, rate);
        0
    }

    /// The part of an input that the next step uses, with all other parts set to a value that seldom changes. Recordings keep only this,
    /// so [`Game::step`] must do exactly the same with the whole input and with the result. Override it for an aim that is only drawn,
    /// and for [`PlayerInput::view_age`] in a game without lag compensation, because it changes all the time.
    fn relevant(&self, player: PlayerId, input: PlayerInput<Self::Input>) -> PlayerInput<Self::Input> {
        let _ = player;
        input
    }

    /// The part of a step that a client runs ahead of the server: the effect of its player's input on the entities that it steers. See
    /// [`Control`] for an example. [`Game::step`] must run the same code; the best way is to call the same function.
    ///
    /// The default calls [`Game::steer`] for each entity. Only entities of [`Game::is_steered`] are predicted.
    fn control(control: &mut Control<'_, Self>) {
        let input = control.input.copied().unwrap_or_default();
        for (_, entity) in &mut *control.entities {
            Self::steer(entity, control.own, input, control.map);
        }
    }

    /// Makes one tick of an entity that a player steers, with the player's input. It replaces [`Game::control`] in games where the tick
    /// depends on nothing else. [`Game::step`] must call it too, so that both ends do the same. The default ignores the input.
    fn steer(entity: &mut Self::Entity, own: &mut Self::Own, input: Self::Input, map: &MapOf<Self>) {
        let _ = (own, input);
        entity.step(map);
    }

    /// Returns true if a player steers an entity, so that its client predicts it. A player can steer at most
    /// [`PREDICTED_ENTITIES_MAX`](crate::limits::PREDICTED_ENTITIES_MAX) entities. Clients call this whenever the server sends the entity
    /// or a change of it, so [`Entity::step`] must not change the result. The default is the entity of the player's seat with
    /// [`Game::STEERS_SEAT`], and none without it.
    fn is_steered(player: PlayerId, id: EntityId, entity: &Self::Entity) -> bool {
        let _ = entity;
        Self::STEERS_SEAT && id.0 == player.0
    }

    /// Returns true if a client's prediction for a tick was right. If not, the client takes the server's states and applies the later
    /// inputs again. Both arguments have the same tick and the same entities.
    ///
    /// Do not compare fields that no predicted tick depends on, such as health that others take: they would count as mispredictions. Copy
    /// them in [`Game::adopt`].
    fn agrees(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        predicted == truth
    }

    /// Copies from `truth` the fields that [`Game::agrees`] does not compare. Called after it returned true, for that tick and each later
    /// predicted one. `entities` are those of `truth`, in the same order; but if [`Game::control`] adds or removes some, look up by id.
    fn adopt(entities: &mut [(EntityId, Self::Entity)], own: &mut Self::Own, truth: &Steered<'_, Self>) {
        let _ = (entities, own, truth);
    }

    /// Returns true if a disagreement is not a misprediction but a jump that no client could predict: the player died, or starts another
    /// life elsewhere. It is not smoothed and does not count as a correction. Called after [`Game::agrees`] returned false.
    fn begins_anew(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        let _ = (predicted, truth);
        false
    }

    /// The player who made an entity, and the tick, computed from its state at the end of `tick`. The result must be the same for the
    /// entity's whole life. A projectile with an owner and a number of ticks left has enough data: its age is the number of ticks it has
    /// used up.
    ///
    /// An entity with a birth is shown as soon as its player presses the button ([`Control::born`]), and its client recognises it by the
    /// birth when the server sends it. `None` for an entity that no player made, or whose fields do not give its birth.
    fn birth(entity: &Self::Entity, tick: Tick, map: &MapOf<Self>) -> Option<Birth> {
        let _ = (entity, tick, map);
        None
    }

    /// Returns true if a match that serde has read fits this start, for example its number of seats and the places of its map. Recordings
    /// are not trusted, and a list in one may be shorter than the game relies on. The [`Checkpoint::restore`] of games that derive serde's
    /// traits calls it; a game with its own `restore` checks there.
    fn fits(&self, start: &Start<'_, Self>) -> bool {
        let _ = start;
        true
    }

    /// The match with one entity changed by hand, between two ticks and in development alone: the inspector of the admin page sets a field.
    /// `wanted` is of the same kind and differs in one field; its values are in their bounds.
    ///
    /// The default looks for the entity in the match as serde writes it, which fails if it lies there in another form. Then, and if the game
    /// writes its [`Checkpoint`] itself, override it: clone the match and put the entity into its place.
    ///
    /// # Errors
    /// Why not, as a sentence.
    fn edit(&self, start: &Start<'_, Self>, id: EntityId, wanted: Self::Entity) -> Result<Self, String> {
        edit::through_checkpoint(self, start, id, wanted)
    }

    /// A number that changes with every change of the rules. A recording with another fingerprint is not verified, because it cannot
    /// be replayed exactly. The default is [`Game::VERSION`], which must be raised by hand.
    fn fingerprint() -> u64 {
        Self::VERSION.into()
    }

    /// A hash of everything that the next steps depend on. It is recorded in every tick, and a replay compares it.
    /// The default hashes the entities and the bytes of a checkpoint. Override it if that takes too long. Then it must cover every field
    /// of a checkpoint; only a test of your own can find a missing one.
    fn digest(&self) -> Digest {
        digest::of(self)
    }

    /// The fields in which two matches on the same map differ, at most `limit`. `replay verify` shows them for a tick whose digest differs
    /// from the recording's. The default compares whole entities.
    fn differences(&self, other: &Self, limit: usize) -> Vec<difference::Difference> {
        difference::between(self, other, limit)
    }
}
