//! A room with naive receivers directly connected to it: no client, no clock, no link. The test makes every call.

use std::collections::{BTreeMap, VecDeque};

use client::view::{Check, View};
use room::{Channel, JoinError, Joining, Room, RoomConfig};
use shared::{
    PlayerId,
    game::Game,
    limits::HISTORY_TICKS,
    quantize::POSITION_PER_PX,
    wire::{Ack, InputMessage, ServerMessage},
};

use crate::{
    digest::Digest,
    oracle::Oracle,
    tape::Tape,
    truth::{Difference, Frame, Looks, Seeing, Truth},
};

/// A room and its receivers.
#[derive(Debug)]
pub struct BareRoom<G: Game> {
    room: Room<G>,
    /// The recording, until it is checked.
    tape: Option<Tape>,
    listeners: BTreeMap<PlayerId, Listener<G>>,
    truth: Truth<G>,
    digest: Digest,
}

/// A player reduced to its receivers.
#[derive(Debug)]
pub struct Listener<G: Game> {
    plain: bool,
    reliable: bool,
    deaf: bool,
    oracle: Option<Oracle<G>>,
    /// The view of a real client, which must be equal.
    view: View<G>,
    /// Acknowledgements possible after each tick, newest last.
    acks: VecDeque<Ack>,
    events: Vec<G::Event>,
    snapshots: u64,
    bytes: u64,
}

impl<G: Game> BareRoom<G> {
    /// A room before its first tick.
    pub fn new(config: RoomConfig<G>, seed: u64) -> Self {
        let mut room = Room::new(config, seed);
        let tape = Some(Tape::new(&mut room));
        Self { room, tape, listeners: BTreeMap::new(), truth: Truth::default(), digest: Digest::default() }
    }

    /// Adds a player.
    ///
    /// # Errors
    /// The errors of [`Room::join`].
    pub fn join(&mut self, plain: bool, reliable: bool) -> Result<PlayerId, JoinError> {
        let player = self.room.join(Joining { name: "listener".to_owned(), plain, reliable })?;
        let listener = Listener::new(plain, reliable);
        assert!(self.listeners.insert(player, listener).is_none(), "{player:?} was taken");
        self.hear(|_| true);
        Ok(player)
    }

    /// Removes a player.
    pub fn leave(&mut self, player: PlayerId) {
        self.room.leave(player);
        self.listeners.remove(&player);
        self.hear(|_| true);
    }

    /// Requests a resync for a player, as after it has lost track of entities.
    pub fn restart(&mut self, player: PlayerId) {
        self.room.restart(player);
        self.hear(|_| true);
    }

    /// Resends everything to a player, as after the loss of reliable messages.
    pub fn resync(&mut self, player: PlayerId) {
        self.room.resync(player);
        self.hear(|_| true);
    }

    /// Stops receiving for a player, which saves time if only its presence matters.
    ///
    /// # Panics
    /// The player is not in the room.
    pub fn deafen(&mut self, player: PlayerId) {
        self.listeners.get_mut(&player).expect("the player is there").deaf = true;
    }

    /// Sends a player's input for the next tick, with the acknowledgement `ack`.
    pub fn send(&mut self, player: PlayerId, input: G::Input, ack: Ack) {
        let message = InputMessage::new(self.room.now().next(), ack, 0, [input]);
        self.room.handle_input(player, &message, 0);
    }

    /// Sends a player's input for the next tick, and acknowledges all applied snapshots.
    pub fn play(&mut self, player: PlayerId, input: G::Input) {
        self.play_late(player, input, 0);
    }

    /// The same, but the acknowledgement is `ticks` old, as on a slow link.
    pub fn play_late(&mut self, player: PlayerId, input: G::Input, ticks: usize) {
        let ack = self.listener(player).acks.iter().rev().nth(ticks).copied().unwrap_or_default();
        self.send(player, input, ack);
    }

    /// Runs one tick; `arrives` is true for players whose snapshots arrive. Reliable messages always arrive.
    ///
    /// # Panics
    /// A snapshot that arrives cannot be decoded, or contains a wrong state.
    pub fn tick(&mut self, arrives: impl FnMut(PlayerId) -> bool) {
        self.room.tick();
        if let Some(tape) = &mut self.tape {
            tape.collect(&mut self.room);
        }
        self.truth.record(Frame::of(self.room.play()));
        self.hear(arrives);
        for listener in self.listeners.values_mut() {
            listener.note_ack();
        }
    }

    /// The room.
    pub fn room(&self) -> &Room<G> {
        &self.room
    }

    /// The room, for calls that have no wrapper here.
    pub fn room_mut(&mut self) -> &mut Room<G> {
        &mut self.room
    }

    /// States of the room at its latest ticks.
    pub fn truth(&self) -> &Truth<G> {
        &self.truth
    }

    /// Players in the room.
    pub fn present(&self) -> Vec<PlayerId> {
        self.listeners.keys().copied().collect()
    }

    /// The receivers of a player.
    ///
    /// # Panics
    /// The player is not in the room.
    pub fn listener(&self, player: PlayerId) -> &Listener<G> {
        self.listeners.get(&player).expect("the player is there")
    }

    /// Hash of all bytes that the room has sent so far.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// Differences between a player's view and the room at the tick of the view.
    pub fn differences(&self, player: PlayerId, looks: Looks) -> Vec<Difference<G::Entity>> {
        let listener = self.listener(player);
        let Some(oracle) = listener.oracle.as_ref().filter(|oracle| oracle.is_informed()) else { return Vec::new() };
        let seeing = self.seeing(player, looks);
        self.truth.differences(oracle.tick(), oracle.shown(), seeing)
    }

    /// View distances and options of a player.
    pub fn seeing(&self, player: PlayerId, looks: Looks) -> Seeing {
        let enter = self.room.interest_px() as i32 * POSITION_PER_PX;
        Seeing { player, enter, leave: enter * 6 / 5, plain: self.listener(player).plain, looks }
    }

    /// Handles all output of the room.
    fn hear(&mut self, mut arrives: impl FnMut(PlayerId) -> bool) {
        while let Some(output) = self.room.poll_output() {
            self.digest.output(&output);
            let player = output.member.player().expect("nobody watches this room");
            let Some(listener) = self.listeners.get_mut(&player) else {
                panic!("a message of kind {} for {player:?}, who is not here", output.kind);
            };
            let arrives = output.channel == Channel::Reliable || listener.reliable || arrives(player);
            if arrives && !listener.deaf {
                listener.handle(player, output.bytes, &self.truth);
            }
        }
    }
}

impl<G: Game> Drop for BareRoom<G> {
    fn drop(&mut self) {
        if let Some(tape) = self.tape.take().filter(|_| !std::thread::panicking()) {
            tape.judge(&mut self.room);
        }
    }
}

impl<G: Game> Listener<G> {
    fn new(plain: bool, reliable: bool) -> Self {
        Self {
            plain,
            reliable,
            deaf: false,
            oracle: None,
            view: View::new(),
            acks: VecDeque::new(),
            events: Vec::new(),
            snapshots: 0,
            bytes: 0,
        }
    }

    /// The naive receiver of this player.
    ///
    /// # Panics
    /// The player has not received its welcome.
    pub fn oracle(&self) -> &Oracle<G> {
        self.oracle.as_ref().expect("a welcome came at once")
    }

    /// View of a client that received the same bytes.
    pub fn view(&self) -> &View<G> {
        &self.view
    }

    /// States in the view, by id.
    pub fn shown(&self) -> &BTreeMap<u16, G::Entity> {
        self.oracle().shown()
    }

    /// Events that it received.
    pub fn events(&self) -> &[G::Event] {
        &self.events
    }

    /// Snapshots that arrived, and their bytes.
    pub fn snapshots(&self) -> (u64, u64) {
        (self.snapshots, self.bytes)
    }

    /// Applies a message. Every update of a snapshot must contain the true state of its tick. This is the strictest
    /// test of a delta, and it needs no knowledge of interest, budgets or losses.
    fn handle(&mut self, player: PlayerId, bytes: &[u8], truth: &Truth<G>) {
        match ServerMessage::decode(bytes).expect("the room's messages can be read") {
            ServerMessage::Welcome(welcome) => {
                self.view.set_welcome(&welcome);
                self.oracle = Some(Oracle::new(&welcome));
                self.acks.clear();
            }
            ServerMessage::Map(map) => {
                self.oracle.as_mut().expect("a welcome comes first").handle_map(&map);
                self.view.set_map(&map).expect("the room sends a map");
            }
            ServerMessage::Restart { epoch, first_tick } => {
                self.oracle.as_mut().expect("a welcome comes first").handle_restart(epoch, first_tick);
                self.view.restart(epoch, first_tick);
                self.acks.clear();
            }
            ServerMessage::Events { .. } => {}
            ServerMessage::GameEvents(events) => {
                self.events.extend(events.decode::<G::Event>().expect("events of the game"));
            }
            ServerMessage::Snapshot | ServerMessage::PlainSnapshot => self.handle_snapshot(player, bytes, truth),
            ServerMessage::Goodbye { .. } | ServerMessage::Pong { .. } | ServerMessage::Session(_) => {
                panic!("a room never says this")
            }
        }
    }

    fn handle_snapshot(&mut self, player: PlayerId, bytes: &[u8], truth: &Truth<G>) {
        self.snapshots += 1;
        self.bytes += bytes.len() as u64;
        let oracle = self.oracle.as_mut().expect("a welcome comes first");
        assert!(oracle.handle_snapshot(bytes).expect("the room's snapshots can be read"), "nothing overtakes here");
        let frame = truth.at(oracle.tick()).expect("a snapshot shows a tick that was made");
        frame.assert_written(player, oracle.written(), self.plain);
        let (_, mismatches) = oracle.checks();
        assert_eq!(mismatches, 0, "the checksum of {:?} differs", oracle.tick());
        let applied = self.view.apply(bytes).expect("a client can apply what a naive receiver can");
        assert_ne!(applied.check, Check::Mismatched, "at {:?}", oracle.tick());
        let seen = self.view.entities().map(|(id, state)| (id.0, *state));
        assert!(seen.eq(oracle.shown().iter().map(|(&id, &state)| (id, state))), "at {:?}", oracle.tick());
        assert_eq!((self.view.tick(), self.view.own()), (oracle.tick(), oracle.own()));
    }

    fn note_ack(&mut self) {
        let ack = self.oracle().ack();
        assert_eq!(self.view.ack(), ack);
        self.acks.push_back(ack);
        if self.acks.len() > HISTORY_TICKS {
            self.acks.pop_front();
        }
    }
}
