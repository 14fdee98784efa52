//! A running scenario: a room, its players and their links, in virtual time.
//!
//! A discrete-event loop: the clock jumps to the next room tick, delivery or client wake-up. Nothing sleeps, there is
//! one thread, and the same seed gives the same run to the byte.

use std::{collections::BTreeMap, time::Duration};

use room::{Channel, Output, Room, RoomConfig};
use shared::{
    MemberId, PlayerId, Tick,
    conditioner::ConditionerConfig,
    game::Game,
    limits::{DATAGRAM_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX},
    quantize::POSITION_PER_PX,
    rng::Rng,
    wire::ClientMessage,
};

use crate::{
    digest::Digest,
    link::Transport,
    peer::Peer,
    script::{Behaves, Behavior},
    sim::{PlayerOptions, Sim},
    tape::{Disk, Tape},
    truth::{Difference, Frame, Looks, Seeing, Truth},
};

/// A room and its players. Players are numbered in the order of their joins.
#[derive(Debug)]
pub struct Scenario<G: Game, B: Behaves<G> = Behavior> {
    pub(crate) room: Room<G>,
    /// The recording, until it is checked.
    tape: Option<Tape>,
    config: RoomConfig<G>,
    options: PlayerOptions<B>,
    peers: Vec<Peer<G, B>>,
    truth: Truth<G>,
    now: Duration,
    period: Duration,
    next_tick: Duration,
    /// Number of ticks made so far, independent of their tick numbers.
    made: u64,
    /// Number of tick periods for which the server pauses.
    still: u32,
    /// Ticks that were due during a pause and will be made up for.
    owed: u32,
    rng: Rng,
    digest: Digest,
    phases: Vec<(Tick, String, String)>,
}

impl<G: Game, B: Behaves<G>> Scenario<G, B> {
    /// The simulation before its first tick; its players have sent their hellos.
    pub(crate) fn new(sim: Sim<G, B>) -> Self {
        let Sim { config, players, seed, options, recorded } = sim;
        let mut rng = Rng::new(seed);
        let period = config.tick_rate.period();
        let mut room = Room::new(config.clone(), rng.next_u64());
        let mut scenario = Self {
            tape: recorded.then(|| Tape::new(&mut room)),
            room,
            config,
            options,
            peers: Vec::new(),
            truth: Truth::default(),
            now: Duration::ZERO,
            period,
            // Time for hellos over a perfect link.
            next_tick: period,
            made: 0,
            still: 0,
            owed: 0,
            rng,
            digest: Digest::default(),
            phases: Vec::new(),
        };
        for _ in 0..players {
            scenario.join();
        }
        scenario
    }

    /// Adds a player with the simulation's options; returns its number.
    pub fn join(&mut self) -> usize {
        self.join_with(self.options)
    }

    /// Adds a player with its own options.
    pub fn join_with(&mut self, options: PlayerOptions<B>) -> usize {
        let number = self.peers.len();
        // Every client's clock starts at another time, so that nothing relies on a common clock.
        let offset = Duration::from_millis(self.rng.below(100_000).into());
        self.peers.push(Peer::new(format!("player {number}"), options, offset, self.now, self.rng.fork()));
        number
    }

    /// Player `number` leaves.
    pub fn leave(&mut self, number: usize) {
        self.send(number, &ClientMessage::Leave);
    }

    /// Player `number` sends the chat line `text`.
    pub fn chat(&mut self, number: usize, text: &str) {
        self.send(number, &ClientMessage::Chat { text });
    }

    /// Player `number` requests a resync.
    pub fn resync(&mut self, number: usize) {
        self.send(number, &ClientMessage::Resync);
    }

    /// Player `number` sends a message on the reliable channel, bypassing its client.
    pub fn send(&mut self, number: usize, message: &ClientMessage<'_>) {
        self.peers[number].send(message, self.now);
    }

    /// The link of player `number` breaks, and the server's shell removes the player at once.
    pub fn drop_player(&mut self, number: usize) {
        if let Some(member) = self.peers[number].close() {
            self.room.leave(member);
        }
    }

    /// The link of player `number` breaks, and the server's shell keeps the player's seat.
    pub fn cut(&mut self, number: usize) {
        if let Some(member) = self.peers[number].cut(self.now) {
            assert!(self.room.hold(member), "{member} is in the room");
        }
    }

    /// Player `number` comes back over a new link; the server may still have the old one.
    pub fn come_back(&mut self, number: usize, transport: Transport, plain: bool) {
        if let Some(member) = self.peers[number].member() {
            // Messages under way on the old link are lost with it.
            self.room.hold(member);
        }
        self.peers[number].come_back(transport, plain, self.now);
    }

    /// Players whose clients have ended a session after a time-out come back over the same kind of link.
    pub fn bring_back_who_gave_up(&mut self) {
        for peer in self.peers.iter_mut().filter(|peer| peer.has_given_up()) {
            let PlayerOptions { transport, plain, .. } = peer.options();
            peer.come_back(transport, plain, self.now);
        }
    }

    /// Runs for `secs` seconds.
    pub fn run_secs(&mut self, secs: u64) {
        self.run_for(Duration::from_secs(secs));
    }

    /// Runs until `ticks` more ticks are made and their messages are delivered on links without delay.
    pub fn run_ticks(&mut self, ticks: u32) {
        let end = self.made + u64::from(ticks);
        while self.made < end || self.next_event() <= self.now {
            self.step();
        }
    }

    /// Runs for a duration.
    pub fn run_for(&mut self, time: Duration) {
        let end = self.now + time;
        while self.next_event() <= end {
            self.step();
        }
        self.now = end;
    }

    /// Runs until `done` is true, checked after every tick.
    ///
    /// # Panics
    /// It is not `done` within `secs` seconds; the message contains `what`.
    pub fn run_until(&mut self, what: &str, secs: u64, mut done: impl FnMut(&Self) -> bool) {
        let deadline = self.now + Duration::from_secs(secs);
        while !done(self) {
            assert!(self.now < deadline, "{what}: not within {secs} s");
            self.run_ticks(1);
        }
    }

    /// The server pauses for this many ticks. Then it makes up for as many ticks as a shard does, all at once, and
    /// skips the others.
    pub fn stand_still(&mut self, ticks: u32) {
        self.still += ticks;
        self.owed = self.still.min(CATCH_UP_TICKS);
    }

    /// Sets the behaviour of the disk of the recording.
    pub fn set_disk(&mut self, disk: Disk) {
        if let Some(tape) = &mut self.tape {
            tape.set_disk(disk, &mut self.room);
        }
    }

    /// Makes every link perfect from now on.
    pub fn heal(&mut self) {
        for peer in &mut self.peers {
            peer.link_mut().set_conditions(ConditionerConfig::default());
        }
    }

    /// A player.
    pub fn player(&self, number: usize) -> &Peer<G, B> {
        &self.peers[number]
    }

    /// A player, to change its behaviour.
    pub fn player_mut(&mut self, number: usize) -> &mut Peer<G, B> {
        &mut self.peers[number]
    }

    /// All players that ever joined, with their numbers.
    pub fn players(&self) -> impl Iterator<Item = (usize, &Peer<G, B>)> {
        self.peers.iter().enumerate()
    }

    /// The numbers of the players that are in the room now.
    pub fn present(&self) -> Vec<usize> {
        self.players().filter(|(_, peer)| peer.is_playing()).map(|(number, _)| number).collect()
    }

    /// View of a player.
    pub fn view(&self, number: usize) -> &client::View<G> {
        self.peers[number].client().view()
    }

    /// Counters of a player's client.
    pub fn stats(&self, number: usize) -> &client::Stats {
        self.peers[number].client().stats()
    }

    /// The seat of a player who is in the room.
    ///
    /// # Panics
    /// The player is not in the room.
    pub fn seat(&self, number: usize) -> PlayerId {
        self.peers[number].player().expect("the player is in the room")
    }

    /// The seat or slot of a player who is in the room.
    ///
    /// # Panics
    /// The player is not in the room.
    pub fn member(&self, number: usize) -> MemberId {
        self.peers[number].member().expect("the player is in the room")
    }

    /// The newest tick that a member of the room may receive: spectators may have a delay.
    ///
    /// # Panics
    /// The player is not in the room.
    pub fn now_of(&self, number: usize) -> Tick {
        self.room.now_of(self.member(number))
    }

    /// The room itself.
    pub fn room(&self) -> &Room<G> {
        &self.room
    }

    /// The room, for calls that only a shell makes.
    pub fn room_mut(&mut self) -> &mut Room<G> {
        &mut self.room
    }

    /// States of the room at its latest ticks.
    pub fn truth(&self) -> &Truth<G> {
        &self.truth
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// Default options of new players.
    pub fn options(&self) -> PlayerOptions<B> {
        self.options
    }

    /// Configuration of the room.
    pub fn config(&self) -> &RoomConfig<G> {
        &self.config
    }

    /// Hash of all bytes that the room has sent so far.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// Each change of phase or map: tick, phase and map.
    pub fn phases(&self) -> &[(Tick, String, String)] {
        &self.phases
    }

    /// The network holds back all messages to player `number` until it is released, and the server does not know.
    pub fn hold(&mut self, number: usize, held: bool) {
        self.peers[number].hold(held);
    }

    /// Player `number` cannot be written to until unblocked: the shell reports it to the room, and the link blocks.
    pub fn set_blocked(&mut self, number: usize, blocked: bool) {
        let Some(member) = self.peers[number].member() else { return };
        let lost = self.peers[number].set_blocked(blocked);
        self.room.set_blocked(member, blocked);
        if lost {
            self.room.resync(member);
        }
    }

    /// Differences between player `number`'s view and the room at the view's tick; none before its first snapshot.
    pub fn differences(&self, number: usize, looks: Looks) -> Vec<Difference<G::Entity>> {
        let view = self.view(number);
        let shown = view.entities().map(|(id, state)| (id.0, *state)).collect();
        self.compare(number, view.tick(), &shown, looks)
    }

    /// Asserts that the view of player `number` equals the room at the view's tick, within its interest.
    ///
    /// # Panics
    /// The view differs.
    pub fn assert_truthful(&self, number: usize) {
        let differences = self.differences(number, Looks::Forgiven);
        self.assert_none(number, &differences);
    }

    /// Asserts that the view of player `number`, on a link without delay, run forward to the room's tick equals the
    /// room now, even if no snapshot of that tick came.
    ///
    /// # Panics
    /// The view differs.
    pub fn assert_current(&self, number: usize) {
        let (view, now) = (self.view(number), self.now_of(number));
        if self.player(number).options().plain {
            assert_eq!(view.tick(), now, "player {number} cannot extrapolate and was told nothing");
        }
        let ids = view.entities().map(|(id, _)| id);
        let shown = ids.filter_map(|id| Some((id.0, view.extrapolated(id, now)?))).collect();
        self.assert_none(number, &self.compare(number, now, &shown, Looks::Forgiven));
    }

    /// Asserts that the roster of player `number` is complete.
    ///
    /// # Panics
    /// The roster differs.
    pub fn assert_roster(&self, number: usize) {
        let known: Vec<_> = self.player(number).client().roster().iter().collect();
        let truth: Vec<_> = self.room.roster().iter().collect();
        assert_eq!(known, truth, "player {number} knows another roster");
    }

    fn compare(
        &self,
        number: usize,
        tick: Tick,
        shown: &BTreeMap<u16, G::Entity>,
        looks: Looks,
    ) -> Vec<Difference<G::Entity>> {
        let peer = self.player(number);
        let is_informed = self.view(number).ack().newest > Tick(0);
        let Some(player) = peer.player().filter(|_| is_informed) else { return Vec::new() };
        let enter = self.room.interest_px() as i32 * POSITION_PER_PX;
        let plain = peer.options().plain;
        let seeing = Seeing { player, enter, leave: enter.saturating_mul(6) / 5, plain, looks };
        self.truth.differences(tick, shown, seeing)
    }

    fn assert_none(&self, number: usize, differences: &[Difference<G::Entity>]) {
        let listed: Vec<String> = differences.iter().map(ToString::to_string).collect();
        let (view, now) = (self.view(number).tick(), self.room.now());
        assert!(listed.is_empty(), "player {number} at {view:?} (room at {now:?}): {listed:#?}");
    }

    /// Asserts that no checksum differed and every message could be decoded.
    ///
    /// # Panics
    /// An assertion fails.
    pub fn assert_sane(&self) {
        for (number, peer) in self.players() {
            let stats = peer.client().stats();
            if stats.counters.state_mismatches > 0 {
                let (tick, differences) = (self.view(number).tick(), self.differences(number, Looks::Exact));
                panic!("player {number} saw a checksum that differs by {tick:?}: {differences:#?}");
            }
            assert_eq!(peer.errors(), &[], "player {number} could not read messages");
            assert_eq!(peer.disagreements(), &[] as &[String], "player {number} shows what a naive receiver does not");
        }
    }

    fn next_event(&self) -> Duration {
        self.peers.iter().map(Peer::next_wake).fold(self.next_tick, Duration::min)
    }

    /// Jumps to the next event and handles it.
    fn step(&mut self) {
        self.now = self.next_event().max(self.now);
        let until_tick = self.next_tick.saturating_sub(self.now);
        for peer in self.peers.iter_mut().filter(|peer| peer.next_wake() <= self.now) {
            peer.advance(self.now, until_tick, &mut self.room);
        }
        if self.next_tick <= self.now {
            self.next_tick += self.period;
            match self.still.checked_sub(1) {
                Some(still) => self.still = still,
                None => (0..=std::mem::take(&mut self.owed)).for_each(|_| self.tick()),
            }
        }
        self.deliver();
    }

    fn tick(&mut self) {
        self.room.tick();
        self.made += 1;
        if let Some(tape) = &mut self.tape {
            tape.collect(&mut self.room);
        }
        self.truth.record(Frame::of(self.room.play()));
        let (phase, map) = (self.room.summary().phase, self.room.map_name());
        if self.phases.last().is_none_or(|(_, before, on)| *before != phase || on != map) {
            self.phases.push((self.room.now(), phase, map.to_owned()));
        }
        for peer in &mut self.peers {
            peer.decide();
        }
    }

    /// Passes the room's output to the links.
    fn deliver(&mut self) {
        while let Some(output) = self.room.poll_output() {
            self.digest.output(&output);
            let addressee = self.peers.iter_mut().find(|peer| peer.member() == Some(output.member));
            let Some(peer) = addressee else {
                panic!("a message of kind {} for {}, who is not here", output.kind, output.member);
            };
            check_size(&output);
            peer.send_down(&output, self.now);
        }
    }
}

impl<G: Game, B: Behaves<G>> Drop for Scenario<G, B> {
    fn drop(&mut self) {
        if let Some(tape) = self.tape.take().filter(|_| !std::thread::panicking()) {
            tape.judge(&mut self.room);
        }
    }
}

/// Ticks that a late shard makes in addition to the one that is due.
const CATCH_UP_TICKS: u32 = 2;

/// Asserts that every message fits its channel.
fn check_size(output: &Output<'_>) {
    let limit = match output.channel {
        Channel::Reliable => SERVER_MESSAGE_BYTES_MAX,
        Channel::Unreliable => DATAGRAM_BYTES_MAX,
    };
    assert!(output.bytes.len() <= limit, "kind {} has {} bytes, allowed are {limit}", output.kind, output.bytes.len());
}
