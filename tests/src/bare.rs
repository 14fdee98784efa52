//! A room with naive receivers right at its side: no client, no clock, no link. Every call is the test's.

use std::collections::BTreeMap;

use room::{Channel, JoinError, Joining, Room, RoomConfig};
use shared::{
    PlayerId,
    entity::EntityState,
    input::Input,
    quantize::POSITION_PER_PX,
    wire::{Ack, Event, InputMessage, ServerMessage},
};

use crate::{
    digest::Digest,
    oracle::Oracle,
    truth::{Difference, Frame, Looks, Seeing, Truth},
};

/// A room and those who listen to it.
#[derive(Debug)]
pub struct BareRoom {
    room: Room,
    listeners: BTreeMap<PlayerId, Listener>,
    truth: Truth,
    digest: Digest,
}

/// A player reduced to its ears.
#[derive(Debug, Default)]
pub struct Listener {
    plain: bool,
    reliable: bool,
    oracle: Option<Oracle>,
    events: Vec<Event>,
    snapshots: u64,
    bytes: u64,
}

impl BareRoom {
    /// A room before its first tick.
    pub fn new(config: RoomConfig, seed: u64) -> Self {
        let room = Room::new(config, seed);
        Self { room, listeners: BTreeMap::new(), truth: Truth::default(), digest: Digest::default() }
    }

    /// One more player.
    ///
    /// # Errors
    /// As [`Room::join`].
    pub fn join(&mut self, plain: bool, reliable: bool) -> Result<PlayerId, JoinError> {
        let player = self.room.join(Joining { name: "listener".to_owned(), plain, reliable })?;
        let listener = Listener { plain, reliable, ..Listener::default() };
        assert!(self.listeners.insert(player, listener).is_none(), "{player:?} was taken");
        self.hear(|_| true);
        Ok(player)
    }

    /// A player goes.
    pub fn leave(&mut self, player: PlayerId) {
        self.room.leave(player);
        self.listeners.remove(&player);
        self.hear(|_| true);
    }

    /// A player asks for everything anew.
    pub fn resync(&mut self, player: PlayerId) {
        self.room.resync(player);
        self.hear(|_| true);
    }

    /// A player sends its input for the next tick, and `ack`: what it has applied.
    pub fn send(&mut self, player: PlayerId, input: Input, ack: Ack) {
        let message = InputMessage::new(self.room.now().next(), ack, 0, [input]);
        self.room.handle_input(player, &message, 0);
    }

    /// A player sends its input for the next tick and acknowledges all it has applied.
    pub fn play(&mut self, player: PlayerId, input: Input) {
        let ack = self.listener(player).ack();
        self.send(player, input, ack);
    }

    /// One tick; `arrives` says whose snapshots do. What is sent reliably, and to reliable listeners, always does.
    ///
    /// # Panics
    /// When a snapshot that arrives cannot be read, or writes what is not so.
    pub fn tick(&mut self, arrives: impl FnMut(PlayerId) -> bool) {
        self.room.tick();
        let world = self.room.world();
        self.truth.record(Frame::of(world));
        self.hear(arrives);
    }

    /// The room.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// The room, for calls that this does not wrap.
    pub fn room_mut(&mut self) -> &mut Room {
        &mut self.room
    }

    /// What the room held at its latest ticks.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Who is there.
    pub fn present(&self) -> Vec<PlayerId> {
        self.listeners.keys().copied().collect()
    }

    /// A player's ears.
    ///
    /// # Panics
    /// When the player is not there.
    pub fn listener(&self, player: PlayerId) -> &Listener {
        self.listeners.get(&player).expect("the player is there")
    }

    /// A number that stands for every byte the room has sent so far.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// How what a player shows at its own tick differs from what was.
    pub fn differences(&self, player: PlayerId, looks: Looks) -> Vec<Difference> {
        let listener = self.listener(player);
        let Some(oracle) = listener.oracle.as_ref().filter(|oracle| oracle.is_informed()) else { return Vec::new() };
        let seeing = self.seeing(player, looks);
        self.truth.differences(oracle.tick(), oracle.shown(), seeing)
    }

    /// How a player sees.
    pub fn seeing(&self, player: PlayerId, looks: Looks) -> Seeing {
        let enter = self.room.interest_px() as i32 * POSITION_PER_PX;
        Seeing { own: player.craft(), enter, leave: enter * 6 / 5, plain: self.listener(player).plain, looks }
    }

    /// Takes everything the room has to say.
    fn hear(&mut self, mut arrives: impl FnMut(PlayerId) -> bool) {
        while let Some(output) = self.room.poll_output() {
            self.digest.output(&output);
            let Some(listener) = self.listeners.get_mut(&output.player) else {
                panic!("a message of kind {} for {:?}, who is not here", output.kind, output.player);
            };
            if output.channel == Channel::Reliable || listener.reliable || arrives(output.player) {
                listener.handle(output.bytes, &self.truth);
            }
        }
    }
}

impl Listener {
    /// What it shows.
    ///
    /// # Panics
    /// When it has not been welcomed.
    pub fn oracle(&self) -> &Oracle {
        self.oracle.as_ref().expect("a welcome came at once")
    }

    /// What it has applied.
    pub fn ack(&self) -> Ack {
        self.oracle().ack()
    }

    /// What it shows, by id.
    pub fn shown(&self) -> &BTreeMap<u16, EntityState> {
        self.oracle().shown()
    }

    /// Events it heard.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Snapshots that arrived, and their bytes.
    pub fn snapshots(&self) -> (u64, u64) {
        (self.snapshots, self.bytes)
    }

    /// Applies a message. Every update of a snapshot must say exactly what was so at its tick: this is the strongest
    /// thing one can ask of a delta, and it needs no knowledge of interest, budgets or losses.
    fn handle(&mut self, bytes: &[u8], truth: &Truth) {
        match ServerMessage::decode(bytes).expect("the room's messages can be read") {
            ServerMessage::Welcome(welcome) => self.oracle = Some(Oracle::new(&welcome)),
            ServerMessage::Map(map) => self.oracle.as_mut().expect("a welcome comes first").handle_map(&map),
            ServerMessage::Events { tick: _, events } => self.events.extend(events),
            ServerMessage::Snapshot | ServerMessage::PlainSnapshot => {
                self.snapshots += 1;
                self.bytes += bytes.len() as u64;
                let oracle = self.oracle.as_mut().expect("a welcome comes first");
                if oracle.handle_snapshot(bytes).expect("the room's snapshots can be read") {
                    let frame = truth.at(oracle.tick()).expect("a snapshot shows a tick that was made");
                    frame.assert_written(oracle.written(), self.plain);
                    let (_, mismatches) = oracle.checks();
                    assert_eq!(mismatches, 0, "the checksum of {:?} differs", oracle.tick());
                }
            }
            ServerMessage::Goodbye { .. } | ServerMessage::Pong { .. } => panic!("a room never says this"),
        }
    }
}
