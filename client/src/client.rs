//! One player's session, from hello to goodbye, as a value without I/O that its owner drives.
//!
//! ```text
//! Joining --welcome--> Playing --goodbye, silence, leave--> Ended
//! Joining --goodbye, silence, leave--> Ended
//! ```

mod getters;

use std::{collections::VecDeque, time::Duration};

use shared::{
    PlayerId, Tick,
    game::{Board, Game, MapOf, Scene},
    limits::{CLIENT_EVENTS_MAX, TICK_RENUMBER},
    wire::{ClientMessage, DecodeError, DisconnectReason, Hello, NO_BASELINE, ServerMessage, SessionMessage, Welcome},
};

use crate::{
    clock::{Arrival, Clock, ClockConfig},
    inputs::InputWindow,
    maps::Maps,
    pings::Pings,
    predict::Around,
    roster::Roster,
    screen::{Moment, Screen},
    silence::Silence,
    stats::Stats,
    steered::Ahead,
    told::{Channel, ClientEvent, Ending, Output},
    view::{Applied, ApplyError, Check, View},
};

/// The settings of a client.
#[derive(Clone, Debug)]
pub struct ClientConfig<G: Game> {
    /// The ticket that `POST /api/join` returned.
    pub ticket: String,
    /// The player's name, shown to other players.
    pub name: String,
    /// Ask the server for plain snapshots.
    pub plain: bool,
    /// The link loses and reorders nothing, so each input is sent once.
    pub reliable: bool,
    /// Predict the entities that the player steers. Does not work with plain snapshots.
    pub predict: bool,
    /// Keep the tracks that [`Client::fill_scene`] needs.
    pub draw: bool,
    /// Settings of the tick clock.
    pub clock: ClockConfig,
    /// The cache of maps; clients with the same cache share the maps.
    pub maps: Maps<MapOf<G>>,
}

impl<G: Game> Default for ClientConfig<G> {
    fn default() -> Self {
        Self {
            ticket: String::new(),
            name: String::new(),
            plain: false,
            reliable: false,
            predict: false,
            draw: false,
            clock: ClockConfig::default(),
            maps: Maps::default(),
        }
    }
}

/// The client's side of a session. All times are durations since a start that the owner chooses.
#[derive(Debug)]
pub struct Client<G: Game> {
    config: ClientConfig<G>,
    phase: Phase,
    /// The newest resume token that the server sent.
    session: Option<SessionMessage>,
    view: View<G>,
    roster: Roster,
    board: G::Board,
    /// Starts with the first snapshot after the round-trip time is known.
    clock: Option<Clock>,
    /// The least delayed snapshot before the clock started.
    prompt: Option<Arrival>,
    inputs: InputWindow<G::Input>,
    intent: G::Input,
    ahead: Ahead<G>,
    screen: Option<Screen<G>>,
    stats: Stats,
    outputs: VecDeque<Output>,
    events: VecDeque<ClientEvent<G::Event>>,
    hello_at: Duration,
    silence: Silence,
    /// When to request the next resync. It is set while the view is known to be wrong, until the server has restarted the view.
    resync_due: Option<Duration>,
    resync_allowed_at: Duration,
}

#[derive(Debug)]
enum Phase {
    Joining,
    Playing { welcome: Welcome, since: Duration, pings: Box<Pings> },
    Ended(Ending),
}

impl<G: Game> Client<G> {
    /// A client that sends its hello at `now`.
    pub fn new(config: ClientConfig<G>, now: Duration) -> Self {
        let mut client = Self {
            phase: Phase::Joining,
            session: None,
            view: View::new(),
            roster: Roster::default(),
            board: G::Board::default(),
            clock: None,
            prompt: None,
            inputs: InputWindow::new(config.reliable),
            intent: G::Input::default(),
            ahead: Ahead::default(),
            screen: None,
            stats: Stats::default(),
            outputs: VecDeque::new(),
            events: VecDeque::new(),
            hello_at: now,
            silence: Silence::new(now),
            resync_due: None,
            resync_allowed_at: now,
            config,
        };
        client.say_hello();
        client
    }

    /// Handles a message of either channel that arrived at `now`.
    ///
    /// # Errors
    /// A [`DecodeError`] for an invalid message. A correct server sends none, so the owner should close the link. Effects of the
    /// network alone (stale, repeated and early snapshots, deltas from a baseline that never arrived) are counted and are not errors.
    pub fn handle_message(&mut self, bytes: &[u8], now: Duration) -> Result<(), DecodeError> {
        if let Phase::Ended(_) = self.phase {
            return Ok(());
        }
        self.silence.handle_message(now);
        self.stats.counters.down.count(bytes);
        let handled = ServerMessage::decode(bytes).and_then(|message| match message {
            ServerMessage::Snapshot | ServerMessage::PlainSnapshot => self.handle_snapshot(bytes, now),
            _ => self.handle_told(message, now),
        });
        self.stats.counters.decode_errors += u64::from(handled.is_err());
        handled
    }

    /// Sets the input that is sent each tick from now on, until the next call.
    pub fn set_intent(&mut self, intent: G::Input) {
        self.intent = intent;
    }

    /// Sends a line of chat.
    pub fn chat(&mut self, text: &str) {
        self.send(Channel::Reliable, &ClientMessage::Chat { text });
    }

    /// Mutes or unmutes the chat of a player, for as long as that player has its seat. The server is not informed.
    pub fn set_muted(&mut self, player: PlayerId, muted: bool) {
        self.roster.set_muted(player, muted);
    }

    /// Asks the server to send this spectator the view of `player`.
    pub fn watch(&mut self, player: PlayerId) {
        self.send(Channel::Reliable, &ClientMessage::Watch { player });
    }

    /// Returns true if this client is a spectator.
    pub fn is_spectator(&self) -> bool {
        self.welcome().is_some_and(|welcome| welcome.member.is_spectator())
    }

    /// Leaves the room and ends the session.
    pub fn leave(&mut self) {
        if let Phase::Ended(_) = self.phase {
            return;
        }
        self.send(Channel::Reliable, &ClientMessage::Leave);
        self.end(DisconnectReason::Left, "you left");
    }

    /// Makes the inputs, pings and resync requests that are due, and ends a session whose server is silent for too long.
    pub fn advance(&mut self, now: Duration) {
        self.make_due(now);
        if !matches!(self.phase, Phase::Ended(_)) && self.silence.is_over(now) {
            self.end(DisconnectReason::TimedOut, Silence::words());
        }
        self.silence.set_due(self.next_wake());
    }

    fn make_due(&mut self, now: Duration) {
        let Phase::Playing { pings, .. } = &mut self.phase else {
            return;
        };
        if let Some(token) = pings.take_due(now) {
            self.send(Channel::Unreliable, &ClientMessage::Ping { token });
        }
        if self.resync_due.is_some_and(|due| due <= now) {
            // The request is repeated until the server restarts the view: it may have refused the request, because they are rate-limited.
            let patience = RESYNC_INTERVAL.max(2 * self.stats.rtt.smoothed().unwrap_or_default());
            self.resync_allowed_at = now + RESYNC_INTERVAL;
            self.resync_due = Some(now + patience);
            self.stats.counters.resyncs += 1;
            self.view.forget();
            self.clear_picture();
            self.send(Channel::Reliable, &ClientMessage::Resync);
        }
        while let Some((tick, due)) = self.clock.as_mut().and_then(|clock| clock.take_due(now)) {
            self.make_input(tick, due);
        }
        self.stats.counters.clock_snaps = self.clock.as_ref().map_or(0, |clock| clock.snaps().into());
    }

    /// Time at which [`Client::advance`] has something to do next.
    pub fn next_wake(&self) -> Duration {
        let silence = self.silence.ends_at();
        match &self.phase {
            Phase::Joining => silence,
            Phase::Playing { pings, .. } => {
                let input = self.clock.as_ref().map_or(silence, Clock::next_at);
                let resync = self.resync_due.unwrap_or(silence);
                silence.min(pings.next_at()).min(input).min(resync)
            }
            Phase::Ended(_) => Duration::MAX,
        }
    }

    /// The tick whose input [`Client::advance`] would make at `now`, so that the owner can set that input first.
    pub fn input_due(&self, now: Duration) -> Option<Tick> {
        self.clock.as_ref().filter(|clock| clock.next_at() <= now).map(Clock::next_tick)
    }

    /// Fills `scene` with everything to draw at `now`. Needs [`ClientConfig::draw`]. With [`ClientConfig::predict`] the entities that
    /// the player steers are drawn ahead of the server.
    pub fn fill_scene(&mut self, scene: &mut Scene<G>, now: Duration) {
        let input_tick = self.clock.as_ref().map(|clock| clock.position(now));
        let Self { view, ahead, board, intent, .. } = self;
        let (Some(screen), Some(map)) = (&mut self.screen, view.map()) else { return scene.clear() };
        let (player, own) = (view.player(), view.own());
        screen.fill(scene, ahead, &Moment { now, input_tick, intent: *intent, own, player, board, map });
    }

    /// The next message to send.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next event. When the queue is full the oldest event is dropped.
    pub fn poll_event(&mut self) -> Option<ClientEvent<G::Event>> {
        self.events.pop_front()
    }

    /// Returns true if [`Client::poll_event`] has an event.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    fn say_hello(&mut self) {
        let ClientConfig { ticket, name, plain, .. } = &self.config;
        let mut bytes = Vec::new();
        ClientMessage::Hello(Hello { plain: *plain, name, ticket }).encode(&mut bytes);
        self.send_bytes(Channel::Reliable, bytes);
    }

    fn handle_told(&mut self, message: ServerMessage, now: Duration) -> Result<(), DecodeError> {
        match message {
            ServerMessage::Welcome(welcome) => {
                if (welcome.game.as_str(), welcome.game_version) != (G::NAME, G::VERSION) {
                    let Welcome { game, game_version, .. } = &welcome;
                    let ours = format!("{}, version {}", G::NAME, G::VERSION);
                    let text = format!("the server plays {game}, version {game_version}; this client plays {ours}");
                    self.end(DisconnectReason::VersionMismatch, text);
                    return Ok(());
                }
                // The server sends another welcome after it had to drop reliable messages: map, players and states follow again.
                if self.view.tick().since(welcome.tick) > TICK_RENUMBER / 2 {
                    self.begin_ticks_anew();
                }
                self.view.set_welcome(&welcome);
                self.ahead.clear();
                self.screen = self.config.draw.then(|| Screen::new(welcome.tick_rate));
                self.roster = Roster::default();
                self.board = G::Board::default();
                self.resync_due = None;
                match &mut self.phase {
                    Phase::Playing { welcome: known, .. } => *known = welcome,
                    _ => {
                        self.phase = Phase::Playing { welcome, since: now, pings: Pings::start(now).into() };
                        self.tell(ClientEvent::Joined);
                    }
                }
            }
            ServerMessage::Goodbye { reason, text } => self.end(reason, text),
            ServerMessage::Events { tick, events } => {
                for event in events {
                    if let Some(player) = self.roster.handle_event(&event) {
                        self.board.forget(player);
                    }
                    if !self.roster.hides(&event) {
                        self.tell(ClientEvent::Room { tick, event });
                    }
                }
            }
            ServerMessage::GameEvents(events) => {
                for event in events.decode()? {
                    self.board.handle(&event);
                    self.tell(ClientEvent::Game { tick: events.tick, event });
                }
            }
            ServerMessage::Pong { token, tick: _ } => {
                if let Phase::Playing { pings, .. } = &mut self.phase
                    && let Some(rtt) = pings.handle_pong(token, now)
                {
                    self.stats.handle_rtt(rtt);
                }
            }
            ServerMessage::Map(map) => {
                if let Some(welcome) = self.welcome() {
                    let shared = self.config.maps.keep(&map, welcome.tick_rate)?;
                    self.view.set_shared_map(map.epoch, map.first_tick, shared);
                }
                self.resync_due = None;
                self.clear_picture();
                self.tell(ClientEvent::MapChanged);
            }
            ServerMessage::Session(session) => {
                self.session = Some(session.clone());
                self.tell(ClientEvent::Session(session));
            }
            ServerMessage::Restart { epoch, first_tick } => {
                self.view.restart(epoch, first_tick);
                self.resync_due = None;
                self.clear_picture();
            }
            ServerMessage::Snapshot | ServerMessage::PlainSnapshot => {}
        }
        Ok(())
    }

    /// The server restarted its tick numbers: inputs, clock and measurements restart too.
    fn begin_ticks_anew(&mut self) {
        self.inputs = InputWindow::new(self.config.reliable);
        self.clock = None;
        self.prompt = None;
        self.stats.begin_ticks_anew();
    }

    fn handle_snapshot(&mut self, bytes: &[u8], now: Duration) -> Result<(), DecodeError> {
        match self.view.apply(bytes) {
            Ok(applied) => self.handle_applied(&applied, now),
            Err(ApplyError::Stale) => self.stats.counters.snapshots_stale += 1,
            Err(ApplyError::OtherEpoch | ApplyError::NotReady) => self.stats.counters.snapshots_unready += 1,
            Err(ApplyError::Decode(DecodeError::UnknownBaseline { .. })) => {
                self.stats.counters.unknown_baselines += 1;
                self.want_resync(now);
            }
            Err(ApplyError::Decode(error)) => return Err(error),
        }
        Ok(())
    }

    fn handle_applied(&mut self, applied: &Applied<G::Own>, now: Duration) {
        let Applied { header, updates: _, check, complete, missing } = applied;
        let input_applied = (header.input_age < NO_INPUT).then(|| header.tick.minus(header.input_age.into()));
        self.stats.handle_snapshot(input_applied, now);
        if let Some(tick) = input_applied {
            self.inputs.handle_applied(tick);
        }
        match check {
            Check::None => {}
            Check::Matched => self.stats.counters.state_checks += 1,
            Check::Skipped => self.stats.counters.state_checks_skipped += 1,
            Check::Mismatched => {
                self.stats.counters.state_checks += 1;
                self.stats.counters.state_mismatches += 1;
                self.want_resync(now);
            }
        }
        // A server under load leaves out every second snapshot, and marks the others as reduced.
        self.stats.counters.snapshots_missing += if header.reduced { 0 } else { u64::from(*missing) };
        self.present(*complete, now);
        match &mut self.clock {
            Some(clock) => {
                let rtt = self.stats.rtt.smoothed().unwrap_or_default();
                clock.handle_snapshot(header, rtt, now);
            }
            None => self.start_clock(header.tick, now),
        }
    }

    /// Reconciles the prediction with the view and records the view for drawing, after a snapshot was applied.
    fn present(&mut self, complete: bool, now: Duration) {
        let Self { view, board, .. } = self;
        let Some(map) = view.map() else { return };
        if let Some(player) = view.player().filter(|_| self.config.predict) {
            let around = Around { player, board, map };
            if let Some(size) = self.ahead.handle_snapshot(view, complete, around, now) {
                self.stats.handle_correction(size);
            }
        }
        if let Some(screen) = &mut self.screen {
            screen.handle_snapshot(view, map, now);
        }
    }

    /// Starts the tick clock once a few pings have measured the round trip, or after a time-out without them.
    fn start_clock(&mut self, tick: Tick, now: Duration) {
        let Phase::Playing { welcome, since, .. } = &self.phase else { return };
        let snapshot = Arrival { tick, at: now };
        let prompt = *self.prompt.get_or_insert(snapshot);
        // If this snapshot came after that one by less time than lies between their ticks, it was delayed less.
        let prompt =
            if now - prompt.at <= welcome.tick_rate.period() * tick.since(prompt.tick) { snapshot } else { prompt };
        self.prompt = Some(prompt);
        let (waited, samples) = (now.saturating_sub(*since), self.stats.rtt.samples());
        let known = samples >= FIRST_PINGS || samples > 0 && waited >= FIRST_PINGS_WAIT || waited >= NO_PING_WAIT;
        if known {
            let hello_to_welcome = since.saturating_sub(self.hello_at);
            let rtt = self.stats.rtt.least().unwrap_or(hello_to_welcome);
            self.clock = Some(Clock::start(self.config.clock, welcome.tick_rate, prompt, rtt, now));
        }
    }

    fn make_input(&mut self, tick: Tick, due: Duration) {
        self.inputs.push(tick, self.intent);
        self.stats.handle_input(tick, due);
        if let (true, Some(player), Some(map)) = (self.config.predict, self.view.player(), self.view.map()) {
            self.ahead.handle_input(tick, self.intent, Around { player, board: &self.board, map });
        }
        // A client without a screen acts on the newest snapshot.
        let shown = self.screen.as_ref().and_then(Screen::shown).unwrap_or_else(|| self.view.tick().0.into());
        let view_age = (4.0 * (f64::from(tick.0) - shown)).round().clamp(0.0, u8::MAX.into()) as u8;
        let message = self.inputs.message(self.view.ack(), view_age);
        let mut bytes = Vec::with_capacity(USUAL_MESSAGE_BYTES);
        message.encode(&mut bytes);
        self.send_bytes(Channel::Unreliable, bytes);
    }

    fn clear_picture(&mut self) {
        self.ahead.clear_states();
        self.screen.iter_mut().for_each(Screen::clear);
    }

    fn want_resync(&mut self, now: Duration) {
        self.resync_due.get_or_insert(now.max(self.resync_allowed_at));
    }

    fn end(&mut self, reason: DisconnectReason, text: impl Into<String>) {
        let ending = Ending { reason, text: text.into() };
        self.phase = Phase::Ended(ending.clone());
        self.clock = None;
        self.tell(ClientEvent::Ended(ending));
    }

    fn send(&mut self, channel: Channel, message: &ClientMessage<'_>) {
        let mut bytes = Vec::with_capacity(USUAL_MESSAGE_BYTES);
        message.encode(&mut bytes);
        self.send_bytes(channel, bytes);
    }

    fn send_bytes(&mut self, channel: Channel, bytes: Vec<u8>) {
        self.stats.counters.up.count(&bytes);
        self.outputs.push_back(Output { channel, bytes });
    }

    fn tell(&mut self, event: ClientEvent<G::Event>) {
        if self.events.len() == CLIENT_EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

/// Least time between resync requests: a resync is expensive for the server and takes a round trip.
const RESYNC_INTERVAL: Duration = Duration::from_secs(1);
/// Pongs that the clock waits for before it starts.
const FIRST_PINGS: u32 = 3;
/// After this time the clock starts with one pong.
const FIRST_PINGS_WAIT: Duration = Duration::from_millis(250);
/// After this time the clock starts with the time from hello to welcome as round trip.
const NO_PING_WAIT: Duration = Duration::from_secs(1);
/// The `input_age` that means "no recent input".
const NO_INPUT: u8 = NO_BASELINE;
/// Capacity of a message's buffer: an input message with four inputs and its acknowledgement fits.
const USUAL_MESSAGE_BYTES: usize = 40;
