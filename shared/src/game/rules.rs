//! The one trait that makes a game of some entities, inputs and rules.

use std::fmt::Debug;

use crate::{
    game::{
        Birth, Board, Bot, Checkpoint, Control, Digest, Draw, Entity, Events, Input, Own, PlayerInput, Profile, Record,
        Replicate, Settings, Slots, Start, Steered, Summary, Turn, Viewpoint, difference, digest,
    },
    id::{EntityId, PlayerId},
    tick::{Tick, TickRate},
};

/// What lies around the entities of a game: their map.
pub type MapOf<G> = <<G as Game>::Entity as Entity>::Map;

/// The rules of a game; a value of it is one match.
///
/// # A whole game
///
/// ```
#[doc = include_str!("../../examples/pucks.rs")]
/// ```
///
/// # The order of the calls
///
/// A match begins by [`Game::new`] or [`Checkpoint::restore`]. Then, for each tick:
///
/// 1. any number of [`Game::join`], [`Game::leave`] and [`Game::end_match`], as players come and go;
/// 2. [`Game::is_over`]; if so, or if an admin asks for another map, [`Game::restart`];
/// 3. [`Game::step`], once;
/// 4. the methods that read the match, as often as the engine likes. What they say must depend on the match alone.
///
/// Only the server runs a match. Clients never have one: they call the functions without `self`, about entities they were sent.
///
/// # The same bits everywhere
///
/// The value holds everything that the next steps depend on, and the same start and the same calls give the same bits on every machine:
/// recordings, recovery after a crash and prediction rest on that. So no clock, no computed floats (they may differ between machines), no
/// order of a hash map, and no chance but from [`Start::seed`].
///
/// # Units
///
/// Positions are [`POSITION_PER_PX`](crate::quantize::POSITION_PER_PX) to a pixel, x to the right and y down, at most
/// [`POSITION_MAX`](crate::wire::POSITION_MAX) from 0: receivers refuse anything farther, so clamp. Times are ticks, and velocities
/// whatever the game likes.
pub trait Game: Checkpoint + Clone + Debug + Send + 'static {
    /// The name of the game: on the wire, in recordings, in settings and flags. Lower case letters, digits and `-`, at most
    /// [`GAME_NAME_BYTES_MAX`](crate::limits::GAME_NAME_BYTES_MAX).
    const NAME: &'static str;
    /// Raise it with every change of the rules or of a layout: a client of another version is refused.
    const VERSION: u16;
    /// Whether the game has hidden information. Only if it is true does the engine ask [`Game::may_see`], which costs time for each
    /// player and entity.
    const HIDES: bool = false;
    /// Whether each player steers the one entity whose id is the number of its seat, as in most games with one body for each player. Then
    /// [`Game::is_steered`] and [`Game::viewpoint`] need no code, and [`Game::steer`] takes the place of [`Game::control`].
    const STEERS_SEAT: bool = false;

    /// What is replicated: a struct, or an enum with a variant for each kind of entity.
    type Entity: Replicate;
    /// What a player wants for one tick: the buttons.
    type Input: Input;
    /// What only its own player knows: ammunition, timers. `()` if there is nothing.
    type Own: Own + Draw<MapOf<Self>>;
    /// What happens and must not be lost: a score, a goal. `()` if there is nothing.
    type Event: Record;
    /// What everybody knows besides the entities, kept up to date by events. `()` if there is nothing.
    type Board: Board<Self::Event>;
    /// What a host can set. `()` if there is nothing.
    type Settings: Settings;
    /// The computer opponents and the players of load tests; [`NoBot`](crate::game::NoBot) if there are none.
    type Bot: Bot<Self>;

    /// A match before its first step, without players: those of the room join right after.
    fn new(start: &Start<'_, Self>) -> Self;

    /// A player, human or computer, takes a seat that is free. What it steers may appear now or in a later step.
    ///
    /// The engine announces the player itself, before the events of this call.
    fn join(&mut self, player: PlayerId, profile: &Profile, events: &mut Events<Self::Event>);

    /// The player of a taken seat has left for good; a player whose link is lost keeps its seat for a while. What it steered must be
    /// gone from [`Game::entities`] when this returns, since somebody else may take the seat before the next step.
    ///
    /// The engine announces that the player left itself, after the events of this call.
    fn leave(&mut self, player: PlayerId, events: &mut Events<Self::Event>);

    /// Makes one tick. The engine does nothing by itself here, so the game does all of it:
    ///
    /// - for each player, first [`Own::step`] on its [`Game::Own`], then what [`Game::control`] does with its input;
    /// - [`Entity::step`] for every other entity, once. An entity for which it returns false is gone at the end of this tick;
    /// - whatever else happens: hits, births, scores. What differs from the above is sent to the players who see it.
    fn step(&mut self, turn: &mut Turn<'_, Self>);

    /// Begins the next match, mostly on another map: the players stay in their seats. Override it to keep something of the last
    /// match, such as who is on which side.
    ///
    /// Boards are *not* emptied: send an event for everything on the [`Game::Board`] that begins again, as the default does by
    /// [`Game::board`]. [`Start::tick`] mostly goes on, but after 2^30 ticks it begins at 0 again, so keep no tick of the last match.
    fn restart(&mut self, start: &Start<'_, Self>, players: &[(PlayerId, Profile)], events: &mut Events<Self::Event>) {
        *self = Self::new(start);
        for (player, profile) in players {
            self.join(*player, profile, events);
        }
        self.board().into_iter().for_each(|event| events.all(event));
    }

    /// Whether the next match is to begin: this one is over, and players have seen its results for long enough. Asked before each
    /// step; the next match must begin with false.
    fn is_over(&self) -> bool {
        false
    }

    /// An admin ends the match: show its results, then let [`Game::is_over`] say so. A game that has no end can ignore it, as the default
    /// does.
    fn end_match(&mut self, events: &mut Events<Self::Event>) {
        let _ = events;
    }

    /// How many entities there can be in this match. It must not change before the next [`Game::restart`].
    fn slots(&self) -> Slots;

    /// All entities at the end of the last step, in ascending order of ids, each id once and below [`Slots::all`].
    ///
    /// An entity keeps its id as long as it lives. The id of one that is gone may be used again; leaving it unused for some ticks saves
    /// bandwidth, since a client must not take the new entity for the old one. Ids that are often seen together should lie close
    /// together: a snapshot writes the gaps between them.
    fn entities(&self) -> impl Iterator<Item = (EntityId, Self::Entity)>;

    /// One entity. Override the default, which looks through all of them, if there are many.
    fn entity(&self, id: EntityId) -> Option<Self::Entity> {
        self.entities().find(|&(other, _)| other == id).map(|(_, entity)| entity)
    }

    /// Where a player looks from. `None` while it steers nothing: then it goes on looking from where it was last.
    ///
    /// [`Viewpoint::radius_px`] must be `Some` for all players of a game, or `None` for all of them.
    ///
    /// A game with [`Game::STEERS_SEAT`] need not say anything here: its players look from the entity of their seat.
    fn viewpoint(&self, player: PlayerId) -> Option<Viewpoint> {
        let _ = player;
        None
    }

    /// [`Game::viewpoint`], or else what [`Game::STEERS_SEAT`] says. The engine calls this one. Not to be overridden.
    fn looks_from(&self, player: PlayerId, map: &MapOf<Self>) -> Option<Viewpoint> {
        let of_seat = || {
            let id = EntityId(player.0);
            let entity = if Self::STEERS_SEAT { self.entity(id)? } else { return None };
            Some(Viewpoint { entity: Some(id), position: entity.position(map), radius_px: None })
        };
        self.viewpoint(player).or_else(of_seat)
    }

    /// Whether a player may know of an entity within its radius: fog, cover, cards in a hand. An entity it may not know of is not sent,
    /// and is removed at its client. Asked only if [`Game::HIDES`]. Say true of the entity that
    /// the player looks from.
    fn may_see(&self, player: PlayerId, entity: EntityId) -> bool {
        let _ = (player, entity);
        true
    }

    /// What only this player knows, at the end of the last step; the default value for a free seat. A spectator never gets it.
    fn own(&self, player: PlayerId) -> Self::Own {
        let _ = player;
        Self::Own::default()
    }

    /// The board as events: handed to an empty [`Game::Board`], they make it equal to the one that everybody has. Sent to each player who
    /// joins or comes back, and to nobody else: the others must know all of it from [`Events::all`] already.
    fn board(&self) -> Vec<Self::Event> {
        Vec::new()
    }

    /// What status pages, admins and logs show of the match. Not asked in every tick.
    fn summary(&self) -> Summary {
        Summary::default()
    }

    /// How many ticks back [`Turn::past`] remembers, for lag compensation: 0 for none, at most
    /// [`HISTORY_TICKS`](crate::limits::HISTORY_TICKS). Checkpoints hold as much, so ask for no more than the rules use.
    fn past_ticks(map: &MapOf<Self>, rate: TickRate) -> u32 {
        let _ = (map, rate);
        0
    }

    /// The part of an input that matters to the next step; the rest is set to anything that seldom changes. Recordings keep only this, so
    /// [`Game::step`] must do exactly the same with the whole input and with this part. Override it for an aim that only moves a
    /// picture, and for [`PlayerInput::view_age`] in a game without lag compensation, which otherwise changes all the time.
    fn relevant(&self, player: PlayerId, input: PlayerInput<Self::Input>) -> PlayerInput<Self::Input> {
        let _ = player;
        input
    }

    /// The part of a step that a client runs ahead of the server: what its player's input does to the entities it steers. See
    /// [`Control`] for an example. [`Game::step`] must run the same code, best by calling the same function.
    ///
    /// The default calls [`Game::steer`] for each entity. Nothing is predicted at all unless [`Game::is_steered`] says so.
    fn control(control: &mut Control<'_, Self>) {
        let input = control.input.copied().unwrap_or_default();
        for (_, entity) in &mut *control.entities {
            Self::steer(entity, control.own, input, control.map);
        }
    }

    /// One tick of an entity that a player steers, with the player's input: for games where it depends on nothing else, in place of
    /// [`Game::control`]. [`Game::step`] calls it too, so that both ends do the same. The default ignores the input.
    fn steer(entity: &mut Self::Entity, own: &mut Self::Own, input: Self::Input, map: &MapOf<Self>) {
        let _ = (own, input);
        entity.step(map);
    }

    /// Whether a player steers an entity, so that its client predicts it. At most
    /// [`PREDICTED_ENTITIES_MAX`](crate::limits::PREDICTED_ENTITIES_MAX) of one player. Clients ask whenever the server sends the entity
    /// or a change of it, so [`Entity::step`] must not change the answer. By default it is the one of the player's seat if
    /// [`Game::STEERS_SEAT`], and none otherwise.
    fn is_steered(player: PlayerId, id: EntityId, entity: &Self::Entity) -> bool {
        let _ = entity;
        Self::STEERS_SEAT && id.0 == player.0
    }

    /// Whether what a client predicted for a tick is as good as what the server says about it. If not, the client takes the server's
    /// states and plays the inputs since then again. Both are of the same tick and the same entities.
    ///
    /// Leave out the fields that no predicted tick depends on, such as health that others take: they would count as mispredictions. Put
    /// them into [`Game::adopt`].
    fn agrees(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        predicted == truth
    }

    /// Copies from `truth` the fields that [`Game::agrees`] leaves out. Called after it said yes, for that tick and each later one that is
    /// predicted. `entities` are those of `truth`, in the same order, unless [`Game::control`] adds or removes some: then look them up by id.
    fn adopt(entities: &mut [(EntityId, Self::Entity)], own: &mut Self::Own, truth: &Steered<'_, Self>) {
        let _ = (entities, own, truth);
    }

    /// Whether a disagreement is no misprediction but something that nobody could predict and that is to be seen as a jump: the player
    /// died, or begins another life elsewhere. It is not smoothed and not counted as a correction. Asked after [`Game::agrees`] said no.
    fn begins_anew(predicted: &Steered<'_, Self>, truth: &Steered<'_, Self>) -> bool {
        let _ = (predicted, truth);
        false
    }

    /// Which player made an entity in which tick, computed from its state at the end of `tick`; the answer must be the same for its whole
    /// life. A projectile with an owner and a number of ticks left can tell: it was born as many ticks ago as it has used up.
    ///
    /// An entity with a birth is shown as soon as its player presses the button ([`Control::born`]), and recognised by it when the server
    /// sends it. `None` for an entity that no player made, or whose fields cannot tell.
    fn birth(entity: &Self::Entity, tick: Tick, map: &MapOf<Self>) -> Option<Birth> {
        let _ = (entity, tick, map);
        None
    }

    /// Whether a match that serde has read fits this start: as many seats as it has, as many places as the map has. A recording may be
    /// anybody's, and a list in it may be shorter than the game relies on. [`Checkpoint::restore`] asks it of whoever derives serde's
    /// traits; a game that restores itself checks there.
    fn fits(&self, start: &Start<'_, Self>) -> bool {
        let _ = start;
        true
    }

    /// A number that changes whenever the rules play differently. A recording made with another one is not verified, since it cannot
    /// be played again exactly. Without an override that is [`Game::VERSION`], which somebody must remember to raise.
    fn fingerprint() -> u64 {
        Self::VERSION.into()
    }

    /// A hash of everything the next steps depend on, made in every tick that is recorded: whoever plays a recording again compares it.
    /// The default hashes the entities and the bytes of a checkpoint. Override it if that takes too long; then it must cover every field
    /// that a checkpoint has, and nobody but a test of yours will notice one that is missing.
    fn digest(&self) -> Digest {
        digest::of(self)
    }

    /// The fields in which two matches on the same map differ, at most `limit`: what `replay verify` shows of a tick that has another
    /// digest than the recording says. The default compares whole entities.
    fn differences(&self, other: &Self, limit: usize) -> Vec<difference::Difference> {
        difference::between(self, other, limit)
    }
}
