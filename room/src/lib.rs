//! The authoritative simulation of one room: inputs in, ticks forward, messages out.
//!
//! A room is a value that the caller drives. Inputs, chat, announcements and map changes wait for the next tick. Joining, leaving,
//! watching, holding and resuming take effect at once, between two ticks. [`Room::tick`] makes exactly one step, [`Room::poll_output`]
//! returns the messages. A room has no socket and no clock: the same seed and the same calls give the same bytes.

mod absence;
mod chance;
mod chat;
mod config;
pub mod contract;
mod crowd;
mod delayed;
mod event_messages;
mod history;
mod input_buffer;
mod inspection;
mod interest;
mod journal;
mod lag_compensation;
mod object;
mod opponent_sight;
mod output;
mod panic_message;
mod play;
mod player;
pub mod record;
mod recorded;
mod replication;
mod roster;
mod seats;
mod stage;
mod stats;
mod telling;
mod view_age;
mod watching;

pub use config::{JoinError, Joining, PLAIN_BYTES_PER_SEC, PLAYER_BYTES_PER_SEC, RoomConfig};
pub use inspection::{EntitySeen, EventSeen, Inspection, KindSeen, Look};
pub use object::Match;
pub use output::{Channel, Output};
pub use panic_message::panic_message;
pub use play::{Play, Setup, Told};
pub use roster::Roster;
pub use stats::{Phase, PlayerStats, RoomStats};

use shared::{
    MemberId, PlayerId, Tick,
    game::{Bot, Game, Map, PlayerInput, Profile, Summary},
    limits::{ROOM_EVENTS_MAX, ROOM_PLAYERS_MAX},
    wire::{DecodeError, Event, InputBytes, InputMessage},
};

use crate::{
    chance::Chance,
    chat::Chat,
    contract::Breach,
    crowd::Crowd,
    delayed::WorldCopy,
    inspection::EventTape,
    journal::Journal,
    opponent_sight::OpponentSight,
    output::Outbox,
    player::Player,
    seats::{Circle, Seat, Seats},
    stage::{Stage, interest_px},
};

/// A room: it plays one match after another, and holds the seats of the players.
#[derive(Debug)]
pub struct Room<G: Game> {
    config: RoomConfig<G>,
    chance: Chance,
    play: Journal<G>,
    seats: Seats<G>,
    /// The world that spectators see where there is a spectator delay. It exists only while somebody watches.
    copy: Option<Box<WorldCopy<G>>>,
    /// Index of the map that [`Room::change_map`] asked for; the next tick changes to it.
    next_map: Option<usize>,
    /// The tick at which the map last changed.
    map_changed: Option<Tick>,
    inputs: Vec<Option<PlayerInput<G::Input>>>,
    stage: Stage<G>,
    outbox: Outbox,
    chat: Chat,
    /// Server announcements for the next tick.
    announcements: Vec<Event>,
    reduction: u8,
    stats: RoomStats,
    /// Events for the inspector; kept only while somebody inspects the room.
    tape: Option<Box<EventTape>>,
}

impl<G: Game> Room<G> {
    /// Opens a room on the first map of its configuration, filled with computer opponents.
    ///
    /// # Panics
    /// Panics if the configuration has no map, no seat, or more seats than [`ROOM_PLAYERS_MAX`].
    pub fn new(config: RoomConfig<G>, seed: u64) -> Self {
        assert!(!config.maps.is_empty(), "a room needs at least one map");
        assert!(
            (1..=ROOM_PLAYERS_MAX).contains(&config.seats.into()),
            "{} seats; allowed are 1 to {ROOM_PLAYERS_MAX}",
            config.seats
        );
        let setup = Setup { settings: config.settings.clone(), tick_rate: config.tick_rate, seats: config.seats };
        let mut chance = Chance::new(seed);
        let play = Play::new(setup, config.maps[0].clone(), config.start_tick, chance.next_match());
        let mut play = Journal::new(play);
        let mut seats = Seats::new(config.seats, config.fill, chance.minds());
        seats.fill(&mut play);
        let stage = Stage::new(&config, &play, 0);
        Self::around(play, config, chance, seats, stage)
    }

    fn around(mut play: Journal<G>, config: RoomConfig<G>, chance: Chance, seats: Seats<G>, stage: Stage<G>) -> Self {
        if config.spectator_delay_secs > 0 {
            play.keep_backlog(config.spectator_delay_secs, &stage.history);
        }
        Self {
            copy: None,
            inputs: vec![None; config.seats.into()],
            chat: Chat::new(config.tick_rate),
            config,
            chance,
            play,
            seats,
            next_map: None,
            map_changed: None,
            stage,
            outbox: Outbox::default(),
            announcements: Vec::new(),
            reduction: 0,
            stats: RoomStats::default(),
            tape: None,
        }
    }

    /// Gives a player a seat, an opponent's if no other is free. The room then outputs the welcome, the map and the names of all players
    /// for the new player.
    ///
    /// # Errors
    /// [`JoinError::Full`] when humans have all seats.
    pub fn join(&mut self, joining: Joining) -> Result<PlayerId, JoinError> {
        let id = self.seats.make_room(&mut self.play).ok_or(JoinError::Full { seats: self.config.seats })?;
        let player = Player::new(id.into(), id, &joining, &self.config, self.now());
        self.play.join(id, Profile { name: joining.name, opponent: false });
        self.seats.sit(id, Seat::Human(Box::new(player)));
        self.seats.fill(&mut self.play);
        self.greet(id.into());
        Ok(id)
    }

    /// Frees a player's seat: its entities are removed, and an opponent may take the seat. For a spectator it frees the slot.
    pub fn leave(&mut self, member: impl Into<MemberId>) {
        let member = member.into();
        if self.seats.human(member).is_none() {
            return;
        }
        self.outbox.withdraw(member);
        match member {
            MemberId::Player(player) => {
                self.seats.clear(player);
                self.chat.forget(player);
                self.play.leave(player);
                self.seats.fill(&mut self.play);
            }
            MemberId::Spectator(spectator) => {
                self.seats.stop_watching(spectator);
                self.play.spectator_left(spectator);
            }
        }
    }

    /// Takes a member's inputs, which arrived `until_tick_us` microseconds before the next tick is due.
    pub fn handle_input(&mut self, member: impl Into<MemberId>, message: &InputMessage<G::Input>, until_tick_us: u32) {
        let member = member.into();
        let next = self.now_of(member).next();
        let copy = self.copy.as_ref().filter(|_| member.is_spectator());
        let history = &copy.map_or(&self.stage, |copy| &copy.stage).history;
        let Some(human) = self.seats.human(member).filter(|human| human.is_told()) else { return };
        let cut_before = human.stats.view_ages_cut;
        let arrival = human.handle_input(message, next, until_tick_us, self.config.tick_rate, history);
        let cut = human.stats.view_ages_cut - cut_before;
        if member.is_spectator() {
            return;
        }
        self.stats.view_ages_cut += u64::from(cut);
        self.stats.inputs_late += u64::from(arrival.late.is_some());
        self.stats.inputs_early += u64::from(arrival.early);
    }

    /// Decodes the message and handles it as [`Room::handle_input`] does.
    ///
    /// # Errors
    /// When the message is invalid; the caller should close the sender's link.
    pub fn handle_input_bytes(
        &mut self,
        member: impl Into<MemberId>,
        message: InputBytes<'_>,
        until_tick_us: u32,
    ) -> Result<(), DecodeError> {
        self.handle_input(member, &message.decode()?, until_tick_us);
        Ok(())
    }

    /// Sends a chat line of a player to everyone at the next tick, or soon after when many players chat. Spectators cannot chat.
    pub fn handle_chat(&mut self, player: PlayerId, text: &str) {
        if self.seats.is_human(player) {
            self.chat.push(player, text, self.play.tick());
        }
    }

    /// Sends an announcement of the server to everyone at the next tick.
    pub fn announce(&mut self, text: &str) {
        if self.announcements.len() < ROOM_EVENTS_MAX {
            self.announcements.push(Event::Chat { from: None, text: text.to_owned() });
        }
    }

    /// Restarts the snapshots of a member that lost track of entities, in a new epoch. The member keeps the map and the names.
    pub fn restart(&mut self, member: impl Into<MemberId>) {
        let member = member.into();
        let now = self.now_of(member);
        let Some(human) = self.seats.human(member).filter(|human| human.is_told()) else { return };
        human.replica.reset();
        let epoch = human.replica.epoch();
        self.outbox.recycle();
        Crowd::new(&mut self.outbox, &self.seats, Circle::All, now).restart(member, epoch);
    }

    /// Sends a member its whole state again: welcome, map, names and a new epoch of snapshots. For a member whose reliable messages had
    /// to be dropped.
    pub fn resync(&mut self, member: impl Into<MemberId>) {
        let member = member.into();
        if let Some(human) = self.seats.human(member).filter(|human| human.is_told()) {
            human.replica.reset();
            self.greet(member);
        }
    }

    /// A blocked member gets no snapshots until it is unblocked. The room queues none for it.
    pub fn set_blocked(&mut self, member: impl Into<MemberId>, blocked: bool) {
        if let Some(human) = self.seats.human(member.into()) {
            human.blocked = blocked;
        }
    }

    /// Sets the level of overload protection: 0 is full quality, 1 sends cosmetic changes half as often and cuts the budgets by 30 %, 2
    /// also makes only half of the snapshots.
    pub fn set_reduction(&mut self, rung: u8) {
        self.reduction = rung;
    }

    /// Ends the match now, whatever the score: the game shows its results, then the next map follows.
    pub fn end_match(&mut self) {
        self.play.end_match();
    }

    /// Starts a new match at the next tick, on the map with this index in the room's list. Returns false when there is no such map.
    /// Shortly after another change of map the room waits a little; the last call then wins.
    pub fn change_map(&mut self, index: usize) -> bool {
        let is_there = index < self.config.maps.len();
        if is_there {
            self.next_map = Some(index);
        }
        is_there
    }

    /// Names of the maps, in the order in which the room plays them.
    pub fn map_names(&self) -> impl Iterator<Item = &str> {
        self.config.maps.iter().map(Map::name)
    }

    /// Makes exactly one tick.
    ///
    /// # Panics
    /// Panics when the game breaks its contract. The message names the tick and the entity.
    pub fn tick(&mut self) {
        self.tick_observed(|_| {});
        if let Some(breach) = self.breach() {
            panic!("{breach}");
        }
    }

    /// Makes exactly one tick and calls `observe` at the end of each phase, so that a caller with a clock can time them. A game that
    /// breaks its contract stops the room, see [`Room::breach`].
    pub fn tick_observed(&mut self, mut observe: impl FnMut(Phase)) {
        self.outbox.recycle();
        if self.breach().is_some() {
            return;
        }
        self.change_map_if_over();
        self.take_inputs();
        observe(Phase::Inputs);
        self.play.step(&self.inputs, &self.stage.history);
        self.stage.record(&self.play);
        if self.breach().is_some() {
            return;
        }
        observe(Phase::Simulate);
        self.end_inspection();
        self.tell_events();
        let circle = self.live_circle();
        let Self { play, seats, stage, outbox, stats, reduction, .. } = self;
        stage.replicate(play, seats, circle, *reduction, outbox, stats);
        self.show_late();
        observe(Phase::Replicate);
    }

    /// The breach of contract that stopped the room, if any. A stopped room makes no ticks and sends no snapshots; its caller should
    /// close it.
    pub fn breach(&self) -> Option<Breach> {
        let copied = || self.copy.as_ref()?.stage.history.breach();
        self.stage.history.breach().or_else(copied)
    }

    /// The next message to deliver.
    pub fn poll_output(&mut self) -> Option<Output<'_>> {
        self.outbox.poll()
    }

    /// Number of human players.
    pub fn players(&self) -> usize {
        self.seats.humans()
    }

    /// Counters since the room opened.
    pub fn stats(&self) -> RoomStats {
        RoomStats { messages_oversized: self.outbox.oversized(), ..self.stats }
    }

    /// Counters of one player or spectator since it joined.
    pub fn player_stats(&self, member: impl Into<MemberId>) -> Option<PlayerStats> {
        self.seats.look_at(member.into()).map(|human| human.stats)
    }

    /// Number of spectators.
    pub fn spectators(&self) -> usize {
        self.seats.spectators()
    }

    /// Number of seats with computer opponents.
    pub fn opponents(&self) -> usize {
        self.seats.opponents()
    }

    /// All seats with their players, computer opponents included.
    pub fn roster(&self) -> &Roster {
        self.play.roster()
    }

    /// Name of the current map.
    pub fn map_name(&self) -> &str {
        self.play.map().name()
    }

    /// Summary of the match for status pages, administrators and logs.
    pub fn summary(&self) -> Summary {
        self.play.game().summary()
    }

    /// The complete state of the match, for tests and recordings.
    pub fn play(&self) -> &Play<G> {
        &self.play
    }

    /// The game's own state.
    pub fn game(&self) -> &G {
        self.play.game()
    }

    /// The newest tick that the room has made.
    pub fn now(&self) -> Tick {
        self.play.tick()
    }

    /// Radius within which players know entities, px.
    pub fn interest_px(&self) -> u32 {
        interest_px(&self.config, &self.play)
    }

    /// The player that a new spectator watches.
    fn lowest_player(&self) -> PlayerId {
        self.play.roster().players().next().unwrap_or(PlayerId(0))
    }

    /// Not inlined, because the benchmark counts its instructions by this name.
    #[inline(never)]
    fn take_inputs(&mut self) {
        let tick = self.now().next();
        if self.seats.opponents() > 0 {
            self.stage.look_for_opponents(&self.play);
        }
        let Self { play, stage, seats, inputs, stats, .. } = self;
        for (seat, input) in seats.iter_mut().zip(inputs) {
            *input = match seat {
                (_, Seat::Empty) => None,
                (_, Seat::Human(player)) => {
                    let taken = player.inputs.take(tick);
                    stats.inputs_applied += u64::from(taken.arrived);
                    player.stats.inputs_applied += u32::from(taken.arrived);
                    // Before its first input a player misses nothing.
                    let playing = player.inputs.last_applied() != Tick(0);
                    stats.inputs_missing += u64::from(!taken.arrived && playing);
                    player.stats.inputs_missing += u32::from(!taken.arrived && playing);
                    Some(PlayerInput { input: taken.input, view_age: taken.view_age })
                }
                (player, Seat::Opponent(opponent)) => {
                    let sight = OpponentSight { play: &**play, stage: &*stage, player };
                    Some(PlayerInput { input: opponent.input(&sight), view_age: 0 })
                }
            };
        }
    }
}
