//! Vectors of whole sequences: welcome, map, snapshots; after each message, what a client must show.
//!
//! The encoder here is made by hand and peeks at the receiver, so that a few dozen ticks hold what a server does in
//! hours: deltas against old baselines, losses, late datagrams, births, deaths, checksums with and without gaps.

use std::collections::BTreeMap;

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState},
    input::Heading,
    own::OwnState,
    rules::{Terrain, craft},
};
use glam::IVec2;
use shared::{
    PlayerId, Tick,
    game::{Entity, Own, Replicate},
    trig,
    wire::{Checksum, MapMessage, ServerMessage, SnapshotHeader, Welcome, kind},
};

use crate::{
    json::{Json, object},
    messages::snapshot_bytes,
    receiver::Receiver,
    terrain::{mirrored, pillar},
    vectors::{self, hex},
};

/// The tick of the welcome.
const START: u32 = 1_000;

/// The truth of a small match with a fixed course.
struct World {
    terrain: Terrain,
    tick: u32,
    entities: BTreeMap<u16, EntityState>,
    own: OwnState,
}

impl World {
    fn new(terrain: Terrain) -> Self {
        let craft = |column, row, heading| {
            EntityState::Craft(CraftState {
                position: terrain.map.tile_center(column, row),
                velocity: IVec2::ZERO,
                heading: Heading::new(heading).expect("in range"),
                aim: 0,
                health: 100,
                flags: CraftFlags::default(),
            })
        };
        let mut entities =
            BTreeMap::from([(0, craft(2, 5, 1)), (1, craft(8, 2, 33)), (2, craft(9, 6, 0)), (3, craft(3, 3, 20))]);
        for place in 0..terrain.map.pickups().len() as u8 {
            entities.insert(4 + u16::from(place), EntityState::Pickup(PickupState { place, available: true }));
        }
        Self { terrain, tick: START, entities, own: OwnState::default() }
    }

    fn craft(&mut self, id: u16) -> &mut CraftState {
        match self.entities.get_mut(&id) {
            Some(EntityState::Craft(craft)) => craft,
            other => panic!("{id} is no craft: {other:?}"),
        }
    }

    fn fire(&mut self, owner: u16, id: u16, angle: u16, ticks_left: u16) {
        let shell = ShellState {
            position: self.craft(owner).position,
            velocity: trig::vector(angle, self.terrain.rules.motion.shell_speed),
            owner: PlayerId(owner),
            bounces_left: 2,
            ticks_left,
        };
        self.entities.insert(id, EntityState::Shell(shell));
    }

    /// One tick: what steers comes before everything moves, what hurts comes after.
    fn step(&mut self) {
        self.tick += 1;
        let terrain = self.terrain.clone();
        let turn = |value| Heading::new(value).expect("in range");
        self.own.step();
        match self.tick - START {
            2 => self.craft(1).heading = turn(40),
            3 => self.own.fire_ticks = 7,
            5 => self.craft(1).heading = turn(50),
            6 => self.craft(1).aim = 250,
            7 => craft::dash(self.craft(1), &terrain),
            12 => {
                craft::dash(self.craft(0), &terrain);
                self.own.dash_ticks = 48;
            }
            14 => self.craft(1).velocity += IVec2::new(900, -300),
            19 => self.craft(1).heading = turn(0),
            _ => {}
        }
        let own_shell_stopped = self.tick - START == 10;
        self.entities.retain(|&id, state| state.step(&terrain) && !(own_shell_stopped && id == 6));
        match self.tick - START {
            3 => self.fire(0, 6, 100, 66),
            4 => self.fire(2, 7, 700, 5),
            8 | 18 => {
                let available = self.tick == START + 18;
                self.entities.insert(4, EntityState::Pickup(PickupState { place: 0, available }));
            }
            // Taken, back, and taken again before any of it can be acknowledged: the second is sent whole, since
            // against the baseline nothing has changed, and the third is a delta against the state before all three.
            23..=25 => {
                let available = self.tick == START + 24;
                self.entities.insert(5, EntityState::Pickup(PickupState { place: 1, available }));
            }
            10 => self.craft(1).health = 80,
            11 => drop(self.entities.remove(&3)),
            13 => {
                let craft = self.craft(2);
                craft.health = 0;
                craft.velocity = IVec2::ZERO;
            }
            16 => {
                let back = *self.craft(1);
                self.entities.insert(3, EntityState::Craft(back));
            }
            20 => {
                let position = terrain.map.tile_center(2, 2);
                *self.craft(2) = CraftState { position, health: 100, flags: CraftFlags::PROTECTED, ..*self.craft(2) };
            }
            21 => self.fire(1, 6, 1_000, 66),
            _ => {}
        }
    }
}

/// How the next snapshot is written.
#[derive(Clone, Copy)]
struct Manner {
    full_tick: bool,
    epoch: u8,
    baseline: Option<Tick>,
    checksum: Option<u8>,
}

/// Writes what turns the receiver's view into the world.
fn snapshot(world: &World, receiver: &Receiver, manner: Manner) -> Vec<u8> {
    let Manner { full_tick, epoch, baseline, checksum } = manner;
    let tick = world.tick;
    let mut predicted = receiver.shown.clone();
    let mut own = receiver.own;
    for _ in receiver.newest..tick {
        predicted.retain(|_, state| state.step(&world.terrain));
        own.step();
    }
    let sum = world.entities.iter().fold(0, |sum: u32, (&id, state)| sum.wrapping_add(state.hash(id)));
    let header = SnapshotHeader {
        tick: Tick(tick),
        full_tick,
        epoch,
        reduced: false,
        baseline,
        input_age: 1,
        margin: 12,
        own: (own != world.own).then_some(world.own),
        checksum: checksum.map(|since| Checksum { sum, since }),
    };
    let mut ids: Vec<u16> = world.entities.keys().chain(predicted.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    snapshot_bytes(kind::SNAPSHOT, |out| {
        header.encode(out);
        let mut next = 0;
        for id in ids {
            let truth = world.entities.get(&id);
            if truth == predicted.get(&id) {
                continue;
            }
            out.int(id - next);
            next = id + 1;
            let Some(truth) = truth else {
                out.int(0u8);
                continue;
            };
            let before = baseline.and_then(|baseline| receiver.before(id, baseline.0, tick));
            if !before.is_some_and(|before| truth.encode_delta(&before, &world.terrain, out)) {
                truth.encode_full(out);
            }
        }
    })
}

/// A sequence of messages while it is built.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) told: Vec<Step>,
    world: World,
    receiver: Receiver,
    steps: Vec<Json>,
}

/// A message, what becomes of it, and what is shown after it.
pub(crate) struct Step {
    pub(crate) bytes: Vec<u8>,
    pub(crate) outcome: &'static str,
    pub(crate) shown: Vec<(u16, EntityState)>,
    pub(crate) own: OwnState,
}

impl Story {
    /// Begins with a welcome and the map of epoch 1.
    fn new(name: &'static str) -> Self {
        let terrain = pillar(30);
        let welcome = ServerMessage::Welcome(Welcome {
            member: PlayerId(0).into(),
            tick: Tick(START),
            tick_rate: terrain.rules.tick_rate,
            seats: 4,
            interest_px: 2_000,
            room: 1,
            server: "Vectors".to_owned(),
            game: arena::NAME.to_owned(),
            game_version: arena::VERSION,
        });
        let mut story = Self {
            name,
            world: World::new(terrain),
            receiver: Receiver::default(),
            steps: Vec::new(),
            told: Vec::new(),
        };
        story.tell(&encoded(&welcome));
        story.tell_map(1);
        story
    }

    fn tell(&mut self, bytes: &[u8]) -> &'static str {
        let outcome = self.receiver.handle(bytes);
        let after = self.receiver.describe();
        let shown = self.receiver.shown.iter().map(|(&id, &state)| (id, state)).collect();
        self.told.push(Step { bytes: bytes.to_vec(), outcome, shown, own: self.receiver.own });
        self.steps.push(object! { "hex": hex(bytes), "outcome": outcome, "after": after });
        outcome
    }

    fn tell_map(&mut self, epoch: u8) {
        // The story has made this tick and tells it next, but for the first.
        let first_tick = Tick(self.world.tick.max(START + 1));
        let message = MapMessage::new(epoch, first_tick, &self.world.terrain);
        self.tell(&encoded(&ServerMessage::Map(message)));
    }

    fn snapshot(&self, manner: Manner) -> Vec<u8> {
        snapshot(&self.world, &self.receiver, manner)
    }

    #[track_caller]
    fn expect_truth(&self) {
        assert_eq!(self.receiver.shown, self.world.entities, "tick {}", self.world.tick);
        assert_eq!(self.receiver.own, self.world.own, "tick {}", self.world.tick);
    }

    fn vector(self) -> Json {
        object! { "name": self.name, "steps": self.steps }
    }
}

fn encoded(message: &ServerMessage) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    bytes
}

/// A link that loses nothing: age 0, the newest state the client holds.
fn reliable() -> Story {
    let mut story = Story::new("a reliable link");
    for tick in START + 1..=START + 26 {
        story.world.step();
        let first = tick == START + 1;
        let baseline = (!first).then_some(Tick(tick));
        let checksum = (tick % 5 == 0).then_some(0);
        let bytes = story.snapshot(Manner { full_tick: first, epoch: 1, baseline, checksum });
        let outcome = story.tell(&bytes);
        assert_eq!(outcome, if checksum.is_some() { "applied, checksum equal" } else { "applied" });
        story.expect_truth();
    }
    story
}

/// Datagrams: some are lost, one comes late, acknowledgements take four ticks.
fn datagrams() -> Story {
    let mut story = Story::new("datagrams, some lost, one late");
    let mut late = None;
    let mut sent = Vec::new();
    let mut applied = Vec::new();
    for tick in START + 1..=START + 30 {
        story.world.step();
        let baseline = applied.iter().rev().copied().find(|&acked: &u32| acked + 4 <= tick).map(Tick);
        let since = sent.iter().filter(|&&earlier| baseline.is_none_or(|baseline| earlier > baseline.0)).count();
        let checksum = (tick % 3 == 0).then_some(since as u8);
        let manner = Manner { full_tick: baseline.is_none(), epoch: 1, baseline, checksum };
        let bytes = story.snapshot(manner);
        sent.push(tick);
        match tick - START {
            5 | 8 | 9 | 13 | 17 => {}
            20 => late = Some(bytes),
            _ => {
                let outcome = story.tell(&bytes);
                assert!(outcome.starts_with("applied"), "{outcome}");
                assert!(!outcome.ends_with("differs"));
                applied.push(tick);
                story.expect_truth();
            }
        }
        if tick == START + 22 {
            let late: Vec<u8> = late.take().expect("it was made before");
            assert_eq!(story.tell(&late), "dropped: not newer");
        }
    }
    story
}

/// A datagram comes so late that its short tick is nearest to a tick of the future.
fn far_too_late() -> Story {
    let mut story = Story::new("a datagram that is far too late");
    let manner = |full_tick, baseline| Manner { full_tick, epoch: 1, baseline, checksum: None };
    story.world.step();
    let first = story.snapshot(manner(true, None));
    assert_eq!(story.tell(&first), "applied");
    let mut late = Vec::new();
    for baseline in [START + 1, START + 2] {
        story.world.step();
        late.push(story.snapshot(manner(false, Some(Tick(baseline)))));
        if baseline == START + 1 {
            assert_eq!(story.tell(&late[0]), "applied");
        }
    }
    for (ticks, outcome) in [(64, "dropped: not newer"), (1, "dropped: far too late"), (31, "dropped: far too late")] {
        (0..ticks).for_each(|_| story.world.step());
        let now = story.snapshot(manner(true, None));
        assert_eq!(story.tell(&now), "applied");
        story.expect_truth();
        assert_eq!(story.tell(&late[1]), outcome);
    }
    story.world.step();
    let next = story.snapshot(manner(false, Some(Tick(story.world.tick - 1))));
    assert_eq!(story.tell(&next), "applied");
    story.expect_truth();
    story
}

/// The map changes; a snapshot of the old one arrives late; all states are sent whole again.
fn map_change() -> Story {
    let mut story = Story::new("a change of map");
    let mut old = None;
    for tick in START + 1..=START + 14 {
        story.world.step();
        if tick == START + 8 {
            let World { tick, own, .. } = story.world;
            story.world = World { tick, own, ..World::new(mirrored(30)) };
            story.tell_map(2);
            let old: Vec<u8> = old.take().expect("it was made before");
            assert_eq!(story.tell(&old), "dropped: another epoch");
        }
        let epoch = if tick < START + 8 { 1 } else { 2 };
        let first = tick == START + 1 || tick == START + 8;
        let baseline = (!first).then_some(Tick(tick));
        let bytes = story.snapshot(Manner { full_tick: first, epoch, baseline, checksum: Some(0) });
        if tick == START + 7 {
            old = Some(bytes);
        } else {
            assert_eq!(story.tell(&bytes), "applied, checksum equal");
            story.expect_truth();
        }
    }
    story
}

/// Eight changes of map later the epoch is the same: only the first tick shows that a snapshot of the earlier one is stale. Then
/// a client that lost track receives the tick to restart from, on the same map.
fn epochs_come_around() -> Story {
    let mut story = Story::new("epochs come around, and a restart");
    let whole = |epoch| Manner { full_tick: true, epoch, baseline: None, checksum: Some(0) };
    story.world.step();
    let late = story.snapshot(whole(1));
    for epoch in (2..8).chain(0..2) {
        story.world.step();
        story.tell_map(epoch);
    }
    assert_eq!(story.tell(&late), "dropped: not newer");
    let now = story.snapshot(whole(1));
    assert_eq!(story.tell(&now), "applied, checksum equal");
    story.expect_truth();
    story.world.step();
    let before = story.snapshot(Manner { full_tick: false, baseline: Some(Tick(story.world.tick)), ..whole(1) });
    story.world.step();
    story.tell(&encoded(&ServerMessage::Restart { epoch: 2, first_tick: Tick(story.world.tick) }));
    assert_eq!(story.tell(&before), "dropped: another epoch");
    let anew = story.snapshot(whole(2));
    assert_eq!(story.tell(&anew), "applied, checksum equal");
    story.expect_truth();
    story
}

/// Errors that a client must detect, such as a wrong checksum, and oddities that it must accept.
fn surprises() -> Story {
    let mut story = Story::new("surprises");
    let manner = |baseline, checksum| Manner { full_tick: false, epoch: 1, baseline, checksum };
    story.world.step();
    let first = Manner { full_tick: true, ..manner(None, Some(0)) };
    assert_eq!(story.tell(&story.snapshot(first)), "applied, checksum equal");
    // An entity is gone that the client never saw.
    story.world.step();
    let header = |tick: u32| SnapshotHeader::<OwnState> {
        tick: Tick(tick),
        full_tick: false,
        epoch: 1,
        reduced: true,
        baseline: Some(Tick(tick)),
        input_age: 127,
        margin: -128,
        own: None,
        checksum: None,
    };
    let gone = snapshot_bytes(kind::SNAPSHOT, |out| {
        header(START + 2).encode(out);
        [900, 0].into_iter().for_each(|value: i64| out.int(value));
    });
    assert_eq!(story.tell(&gone), "applied");
    // Twenty ticks without a snapshot: everything is run forward twenty times.
    (3..=22).for_each(|_| story.world.step());
    let after_a_pause = story.snapshot(manner(Some(Tick(START + 2)), Some(0)));
    assert_eq!(story.tell(&after_a_pause), "applied, checksum equal");
    story.expect_truth();
    // A checksum that counts a snapshot the client never got: nothing can be said.
    story.world.step();
    let gap = story.snapshot(manner(Some(Tick(START + 2)), Some(2)));
    assert_eq!(story.tell(&gap), "applied, checksum not comparable");
    // A checksum of another world.
    story.world.step();
    let wrong = snapshot_bytes(kind::SNAPSHOT, |out| {
        let checksum = Some(Checksum { sum: 1, since: 0 });
        SnapshotHeader { checksum, ..header(START + 24) }.encode(out);
    });
    assert_eq!(story.tell(&wrong), "applied, checksum differs");
    story
}

/// Every sequence.
pub(crate) fn stories() -> [Story; 6] {
    [reliable(), datagrams(), far_too_late(), map_change(), epochs_come_around(), surprises()]
}

#[test]
fn sequences() {
    vectors::check("sequences", &Json::list(stories().map(Story::vector)));
}
