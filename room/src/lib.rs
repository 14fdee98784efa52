//! The authority of one match: inputs in, ticks forward, bytes out.
//!
//! A room is driven. Commands only queue, [`Room::tick`] does exactly one step, [`Room::poll_output`] hands out what
//! became of it. It knows no socket and no clock: the same seed and the same calls give the same bytes.

mod absence;
mod chance;
mod chat;
mod config;
mod crowd;
mod delayed;
mod event_messages;
mod history;
mod input_buffer;
mod interest;
mod journal;
mod lag_compensation;
mod output;
mod play;
mod player;
pub mod record;
mod recorded;
mod replication;
mod seats;
mod stage;
mod stats;
mod view_age;
mod watching;

pub use config::{JoinError, Joining, RoomConfig};
pub use output::{Channel, Output};
pub use play::{Told, everything};
pub use stats::{Phase, PlayerStats, RoomStats};

use arena::{
    event::{MatchPhase, PlayerInfo},
    input::Input,
    rules::{
        Terrain,
        numbers::Rules,
        world::{PlayerInput, World, WorldConfig},
    },
};
use shared::{
    MemberId, PlayerId, Tick,
    game::Audience,
    limits::{MAP_CHANGE_SECS_MIN, ROOM_EVENTS_MAX, ROOM_PLAYERS_MAX},
    wire::{DecodeError, Event, InputBytes, InputMessage},
};

use crate::{
    chance::Chance,
    chat::Chat,
    crowd::Crowd,
    delayed::WorldCopy,
    journal::Journal,
    output::Outbox,
    player::Player,
    seats::{Circle, Seat, Seats},
    stage::{Stage, interest_px},
};

/// One simulated world and its players.
#[derive(Debug)]
pub struct Room {
    config: RoomConfig,
    chance: Chance,
    world: Journal,
    seats: Seats,
    /// What spectators are shown, while somebody watches a room that is shown later.
    copy: Option<Box<WorldCopy>>,
    /// Asked for from outside; the next tick begins on it.
    next_map: Option<usize>,
    /// When the map was changed last.
    map_changed: Option<Tick>,
    inputs: Vec<Option<PlayerInput>>,
    stage: Stage,
    outbox: Outbox,
    chat: Chat,
    /// Lines of the server's own.
    announcements: Vec<Event>,
    reduction: u8,
    stats: RoomStats,
}

impl Room {
    /// Opens a room on the first of its maps, filled with opponents.
    ///
    /// # Panics
    /// When the configuration has no map, no seat, or more seats than a room may have.
    pub fn new(config: RoomConfig, seed: u64) -> Self {
        assert!(!config.maps.is_empty(), "a room needs a map");
        assert!((1..=ROOM_PLAYERS_MAX).contains(&config.seats.into()), "{} seats", config.seats);
        let terrain = Terrain { map: config.maps[0].clone(), rules: Rules::new(config.tick_rate) };
        let world_config = WorldConfig {
            seats: config.seats,
            mode: config.mode,
            score_limit: config.score_limit,
            match_secs: config.match_secs,
            warm_up_secs: config.warm_up_secs,
            results_secs: config.results_secs,
        };
        let mut chance = Chance::new(seed);
        let world = World::new(terrain, world_config, chance.next_match()).starting_at(config.start_tick);
        let mut world = Journal::new(world);
        let mut seats = Seats::new(config.seats, config.fill, chance.minds());
        seats.fill(&mut world);
        let stage = Stage::new(&config, &world, 0);
        Self::around(world, config, chance, seats, stage)
    }

    fn around(mut world: Journal, config: RoomConfig, chance: Chance, seats: Seats, stage: Stage) -> Self {
        if config.spectator_delay_secs > 0 {
            world.keep_backlog(config.spectator_delay_secs, &stage.history);
        }
        Self {
            copy: None,
            inputs: vec![None; config.seats.into()],
            chat: Chat::new(config.tick_rate),
            config,
            chance,
            world,
            seats,
            next_map: None,
            map_changed: None,
            stage,
            outbox: Outbox::default(),
            announcements: Vec::new(),
            reduction: 0,
            stats: RoomStats::default(),
        }
    }

    /// Seats a player, in an opponent's place if need be. The outputs that follow begin with its welcome, the map
    /// and everybody's names.
    ///
    /// # Errors
    /// [`JoinError::Full`] when humans have every seat.
    pub fn join(&mut self, joining: Joining) -> Result<PlayerId, JoinError> {
        let id = self.seats.make_room(&mut self.world).ok_or(JoinError::Full { seats: self.config.seats })?;
        let player = Player::new(id.into(), id, &joining, &self.config, self.now());
        self.world.add_player(id, joining.name, false);
        self.seats.sit(id, Seat::Human(Box::new(player)));
        self.seats.fill(&mut self.world);
        self.greet(id.into());
        Ok(id)
    }

    /// Frees a player's seat; its craft vanishes, an opponent may take its place. Or frees a spectator's slot.
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
                self.world.remove_player(player);
                self.seats.fill(&mut self.world);
            }
            MemberId::Spectator(spectator) => {
                self.seats.stop_watching(spectator);
                self.world.spectator_left(spectator);
            }
        }
    }

    /// Takes in a member's inputs, which arrived `until_tick_us` microseconds before the next tick is due.
    pub fn handle_input(&mut self, member: impl Into<MemberId>, message: &InputMessage<Input>, until_tick_us: u32) {
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

    /// The same with a message that has not been read yet.
    ///
    /// # Errors
    /// When it makes no sense; whoever sent it should lose its link.
    pub fn handle_input_bytes(
        &mut self,
        member: impl Into<MemberId>,
        message: InputBytes<'_>,
        until_tick_us: u32,
    ) -> Result<(), DecodeError> {
        self.handle_input(member, &message.decode()?, until_tick_us);
        Ok(())
    }

    /// Says a line of a player to everyone at the next tick, or soon after when many talk. Spectators have no voice.
    pub fn handle_chat(&mut self, player: PlayerId, text: &str) {
        if self.seats.is_human(player) {
            self.chat.push(player, text, self.world.tick());
        }
    }

    /// Tells everyone a line of the server's at the next tick.
    pub fn announce(&mut self, text: &str) {
        if self.announcements.len() < ROOM_EVENTS_MAX {
            self.announcements.push(Event::Chat { from: None, text: text.to_owned() });
        }
    }

    /// Begins the snapshots of a member anew, which has lost track of entities. Map and names it still has.
    pub fn restart(&mut self, member: impl Into<MemberId>) {
        let member = member.into();
        let now = self.now_of(member);
        let Some(human) = self.seats.human(member).filter(|human| human.is_told()) else { return };
        human.replica.reset();
        let epoch = human.replica.epoch();
        self.outbox.recycle();
        Crowd::new(&mut self.outbox, &self.seats, Circle::All, now).restart(member, epoch);
    }

    /// Tells a member everything anew: reliable messages to it had to be dropped.
    pub fn resync(&mut self, member: impl Into<MemberId>) {
        let member = member.into();
        if let Some(human) = self.seats.human(member).filter(|human| human.is_told()) {
            human.replica.reset();
            self.greet(member);
        }
    }

    /// A blocked member gets no snapshots until it is unblocked; nothing queues for it here.
    pub fn set_blocked(&mut self, member: impl Into<MemberId>, blocked: bool) {
        if let Some(human) = self.seats.human(member.into()) {
            human.blocked = blocked;
        }
    }

    /// Sets the rung of the overload ladder: 0 is full quality, 1 lowers what may wait and the budgets, 2 makes half
    /// the snapshots as well.
    pub fn set_reduction(&mut self, rung: u8) {
        self.reduction = rung;
    }

    /// Ends the match now, whatever the score: results are shown, then the next map follows.
    pub fn end_match(&mut self) {
        self.world.end_match();
    }

    /// Begins a new match at the next tick, on the map with this index in the room's list; a little later if the map was changed just
    /// before, and then on the last one that was asked for. False when there is none.
    pub fn change_map(&mut self, index: usize) -> bool {
        let is_there = index < self.config.maps.len();
        if is_there {
            self.next_map = Some(index);
        }
        is_there
    }

    /// Names of the maps that are played in turn.
    pub fn map_names(&self) -> impl Iterator<Item = &str> {
        self.config.maps.iter().map(|map| map.name.as_str())
    }

    /// Makes exactly one step.
    pub fn tick(&mut self) {
        self.tick_observed(|_| {});
    }

    /// Makes exactly one step and calls `observe` as each of its phases ends, so that a shell with a clock can time
    /// them.
    pub fn tick_observed(&mut self, mut observe: impl FnMut(Phase)) {
        self.outbox.recycle();
        self.change_map_if_over();
        self.take_inputs();
        observe(Phase::Inputs);
        self.world.step(&self.inputs, &self.stage.history);
        self.stage.history.record(self.world.tick(), self.world.terrain(), self.world.entities());
        observe(Phase::Simulate);
        self.tell_events();
        let circle = self.live_circle();
        let Self { world, seats, stage, outbox, stats, reduction, .. } = self;
        stage.replicate(world, seats, circle, *reduction, outbox, stats);
        self.show_late();
        observe(Phase::Replicate);
    }

    /// The next message to deliver.
    pub fn poll_output(&mut self) -> Option<Output<'_>> {
        self.outbox.poll()
    }

    /// The newest tick made.
    pub fn now(&self) -> Tick {
        self.world.tick()
    }

    /// Human players.
    pub fn players(&self) -> usize {
        self.seats.humans()
    }

    /// What was counted since the room opened.
    pub fn stats(&self) -> RoomStats {
        RoomStats { messages_oversized: self.outbox.oversized(), ..self.stats }
    }

    /// What was counted of one player or spectator since it joined.
    pub fn player_stats(&self, member: impl Into<MemberId>) -> Option<PlayerStats> {
        self.seats.look_at(member.into()).map(|human| human.stats)
    }

    /// Those who only watch.
    pub fn spectators(&self) -> usize {
        self.seats.spectators()
    }

    /// Crafts that a computer plays.
    pub fn opponents(&self) -> usize {
        self.seats.opponents()
    }

    /// Everybody with a craft, opponents included.
    pub fn roster(&self) -> Vec<PlayerInfo> {
        self.world.roster().collect()
    }

    /// The name of the map that is played.
    pub fn map_name(&self) -> &str {
        &self.world.terrain().map.name
    }

    /// Where the match is.
    pub fn phase(&self) -> MatchPhase {
        self.world.phase()
    }

    /// The truth, for tests and recordings.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The radius within which entities become known, px.
    pub fn interest_px(&self) -> u32 {
        interest_px(&self.config, &self.world)
    }

    /// Whom spectators watch at first.
    fn lowest_player(&self) -> PlayerId {
        self.world.roster().next().map_or(PlayerId(0), |info| info.player)
    }

    fn take_inputs(&mut self) {
        let tick = self.now().next();
        for (seat, input) in self.seats.iter_mut().zip(&mut self.inputs) {
            *input = match seat {
                (_, Seat::Empty) => None,
                (_, Seat::Human(player)) => {
                    let taken = player.inputs.take(tick);
                    self.stats.inputs_applied += u64::from(taken.arrived);
                    player.stats.inputs_applied += u32::from(taken.arrived);
                    // A player who has not begun to play is not missing anything.
                    let playing = player.inputs.last_applied() != Tick(0);
                    self.stats.inputs_missing += u64::from(!taken.arrived && playing);
                    player.stats.inputs_missing += u32::from(!taken.arrived && playing);
                    Some(PlayerInput { input: taken.input, view_age: taken.view_age })
                }
                (id, Seat::Opponent(opponent)) => {
                    Some(PlayerInput { input: opponent.decide(&self.world, id), view_age: 0 })
                }
            };
        }
    }

    fn tell_events(&mut self) {
        let circle = self.live_circle();
        self.announce_late();
        let mut crowd = Crowd::new(&mut self.outbox, &self.seats, circle, self.world.tick());
        for announcement in self.announcements.drain(..) {
            crowd.tell_all(Told::Room(announcement));
        }
        let listeners = self.seats.listeners().count();
        let (mut refused, mut said) = (Vec::new(), Vec::new());
        self.chat.take(
            self.world.tick(),
            listeners,
            |line| said.push(Event::Chat { from: Some(line.from), text: line.text }),
            |player| refused.push(player),
        );
        for line in said {
            self.world.note_line(&line);
            crowd.tell_all(Told::Room(line));
        }
        for player in refused {
            let text = CHAT_REFUSED.to_owned();
            crowd.tell(Audience::Players([Some(player), None]), Told::Room(Event::Chat { from: None, text }));
        }
        while let Some((audience, told)) = self.world.poll_told() {
            crowd.tell(audience, told);
        }
        crowd.finish();
    }

    /// Moves everybody to the next map once the results have been shown, or to the one that was asked for.
    fn change_map_if_over(&mut self) {
        if !self.world.wants_next_map() && self.next_map.is_none() {
            return;
        }
        // Too soon after the last change it waits.
        let rest = MAP_CHANGE_SECS_MIN * u32::from(self.config.tick_rate.hz());
        if self.map_changed.is_some_and(|changed| self.now().since(changed) < rest) {
            return;
        }
        let following = (self.stage.map_index + 1) % self.config.maps.len();
        let map_index = self.next_map.take().unwrap_or(following);
        let before = self.now();
        self.world.change_map(self.config.maps[map_index].clone(), self.chance.next_match());
        // By the numbers that count from here on.
        self.map_changed = Some(self.now());
        self.stage = Stage::new(&self.config, &self.world, map_index);
        let circle = self.live_circle();
        if self.now() < before {
            self.seats.renew_minds();
            return self.begin_ticks_anew(circle, self.now());
        }
        tell_map(&self.world, self.world.tick(), &mut self.seats, circle, &mut self.outbox);
    }

    /// The ticks are numbered anew: whatever remembers one forgets it, and everybody in `circle` is welcomed anew, to begin
    /// after tick `now`.
    fn begin_ticks_anew(&mut self, circle: Circle, now: Tick) {
        let (rate, mut listeners) = (self.config.tick_rate, Vec::new());
        for (member, human) in self.seats.humans_from(0).filter(|&(member, _)| circle.holds(member)) {
            human.change_map(rate);
            human.begin_ticks_anew(now);
            if human.is_told() {
                listeners.push(member);
            }
        }
        for member in listeners {
            self.greet(member);
        }
    }

    /// Tells a member where it is and who is there.
    fn greet(&mut self, member: MemberId) {
        let world = match (&self.copy, member.is_spectator() && self.is_shown_late()) {
            (_, false) => &*self.world,
            (Some(copy), true) if copy.is_caught_up() => &copy.world,
            // As soon as there is something to be shown.
            (_, true) => return self.let_wait(member),
        };
        let Some(epoch) = self.seats.human(member).map(|human| human.replica.epoch()) else { return };
        self.outbox.recycle();
        let mut crowd = Crowd::new(&mut self.outbox, &self.seats, Circle::All, world.tick());
        crowd.greet(member, &self.config, interest_px(&self.config, world), epoch, world);
    }
}

/// Tells everybody in `circle` of the map that `world` goes on with after the tick `before`. What they were told until then
/// counts no more.
fn tell_map(world: &World, before: Tick, seats: &mut Seats, circle: Circle, outbox: &mut Outbox) {
    let rate = world.terrain().rules.tick_rate;
    for (_, player) in seats.humans_from(0).filter(|&(member, _)| circle.holds(member)) {
        player.change_map(rate);
    }
    Crowd::new(outbox, seats, circle, before).tell_map(world.terrain());
}

/// What the author of a line hears that nobody else will.
const CHAT_REFUSED: &str = "too many are talking: this line was not sent";
