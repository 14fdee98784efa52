//! One run: what is due happens, in order, and after each step the invariants are checked.

use std::{collections::BTreeMap, fmt};

use bytes::Bytes;
use cluster::{Epoch, Event, Holder, Key, Mutation, RoomId, decode_room};
use fastrand::Rng;

use crate::{
    counts::Counts,
    invariants::{Fact, Invariants, Violation},
    item::{ForProcess, FromPlayer, Item},
    machine::{Machine, Process, machine_of},
    network::{MS, Network},
    plan::Plan,
    player::Player,
    queue::Queue,
    settings::{CLUSTER, want},
    store::{Database, KeyValues, Time},
};

/// How long everything may take to be well again after the last fault: the record of a dead node ends, an orphaned room is removed, a
/// session's time passes, a player tries again.
const LIVENESS: Time = 40_000 * MS;
/// How long all must be well before a run ends.
const WELL_FOR: u32 = 3;

/// A run that broke an invariant.
#[derive(Debug)]
pub struct Failure {
    /// The run's seed.
    pub seed: u64,
    /// When, in milliseconds of virtual time.
    pub at_ms: u64,
    /// The invariant that did not hold.
    pub violation: Violation,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, at_ms, violation } = self;
        write!(out, "seed {seed} at {at_ms} ms: {}: {}", violation.invariant, violation.what)
    }
}

/// How a run ended.
pub struct Outcome {
    /// Counts of its events.
    pub counts: Counts,
    /// Failovers in a network without other faults, in milliseconds.
    pub failovers_ms: Vec<u64>,
    /// The invariant that broke.
    pub failure: Option<Failure>,
    /// A trace of its events, if that was wanted.
    pub trace: Vec<String>,
}

/// Everything in a run.
pub(crate) struct Simulation {
    pub(crate) now: Time,
    pub(crate) rng: Rng,
    pub(crate) plan: Plan,
    pub(crate) queue: Queue<Item>,
    pub(crate) network: Network,
    pub(crate) store: KeyValues,
    pub(crate) database: Database,
    pub(crate) machines: Vec<Machine>,
    pub(crate) players: Vec<Player>,
    pub(crate) counts: Counts,
    pub(crate) facts: Vec<Fact>,
    pub(crate) mutation: Option<Mutation>,
    pub(crate) healed: bool,
    /// Messages that strangers say again.
    pub(crate) recorded: Vec<Bytes>,
    pub(crate) rooms_opened: u64,
    pub(crate) seats: BTreeMap<RoomId, usize>,
    /// The epoch of each owner's last record of a room, and whether that named a standby.
    pub(crate) owners: BTreeMap<(Holder, RoomId), (Epoch, bool)>,
    invariants: Invariants,
    well: u32,
    pub(crate) trace: Option<Vec<String>>,
}

/// Runs a seed.
#[must_use]
pub fn run(seed: u64, mutation: Option<Mutation>) -> Outcome {
    Simulation::new(seed, mutation, false).run(seed)
}

/// Runs a seed and says what happens.
#[must_use]
pub fn trace(seed: u64, mutation: Option<Mutation>) -> Outcome {
    Simulation::new(seed, mutation, true).run(seed)
}

impl Simulation {
    fn new(seed: u64, mutation: Option<Mutation>, traced: bool) -> Self {
        let plan = Plan::new(seed);
        let mut rng = Rng::with_seed(seed);
        let machines = (0..plan.machines)
            .map(|machine| Machine {
                process: None,
                lives: 0,
                disk: BTreeMap::new(),
                zone: format!("zone-{}", machine % plan.zones),
                drift: rng.i64(-3_000..3_000),
            })
            .collect();
        let players = (0..plan.players).map(|index| Player::new(index, &mut rng)).collect();
        let mut simulation = Self {
            now: 0,
            network: Network::new(plan.badness),
            queue: Queue::new(),
            store: KeyValues::default(),
            database: Database::default(),
            machines,
            players,
            counts: Counts::default(),
            facts: Vec::new(),
            mutation,
            healed: false,
            recorded: Vec::new(),
            rooms_opened: 0,
            seats: BTreeMap::new(),
            owners: BTreeMap::new(),
            invariants: Invariants::default(),
            well: 0,
            trace: traced.then(Vec::new),
            rng,
            plan,
        };
        simulation.begin();
        simulation
    }

    fn begin(&mut self) {
        for machine in 0..self.machines.len() {
            let at = MS * self.rng.u64(..200);
            self.queue.push(at, Item::Start { machine, disk: false });
        }
        for player in 0..self.players.len() {
            let at = MS * self.rng.u64(..50);
            self.queue.push(at, Item::PlayerTurn(player));
        }
        for (at, fault) in self.plan.faults.clone() {
            self.queue.push(at, Item::Fault(fault));
        }
        self.queue.push(self.plan.heal_at, Item::Heal);
    }

    fn run(mut self, seed: u64) -> Outcome {
        let mut failure = None;
        while let Some((time, item)) = self.queue.pop() {
            self.now = time;
            self.counts.steps += 1;
            let done = matches!(item, Item::Look) && self.look();
            self.step(item);
            let facts = std::mem::take(&mut self.facts);
            let mut verdict = self.invariants.check(&facts, time);
            if verdict.is_ok() && self.healed && time > self.plan.heal_at + LIVENESS {
                verdict = Err(self.what_is_not_well());
            }
            if let Err(violation) = verdict {
                failure = Some(Failure { seed, at_ms: time / MS, violation });
                break;
            }
            if done {
                break;
            }
        }
        self.counts.simulated_ms = self.now / MS;
        let failovers_ms: Vec<u64> = self.invariants.failovers.iter().map(|time| time / MS).collect();
        self.counts.failovers = failovers_ms.len() as u64;
        self.counts.failover_ms = failovers_ms.iter().sum();
        Outcome { counts: self.counts, failovers_ms, failure, trace: self.trace.unwrap_or_default() }
    }

    fn step(&mut self, item: Item) {
        match item {
            Item::Process(machine, incarnation, what) => self.process(machine, incarnation, what),
            Item::Store { .. } => self.store_request(item),
            Item::Expiry(key, revision) => self.expire(&key, revision),
            Item::Direct { from, incarnation, request, to, bytes } => {
                self.direct(from, incarnation, request, to, bytes);
            }
            Item::Database { from, room, epoch, game, result } => self.save(from, room, epoch, game, result),
            Item::Player(player, message) => {
                let sent = self.players[player].hear(message, self.now, &mut self.rng);
                self.send_from_player(player, sent);
            }
            Item::PlayerTurn(player) => {
                let (machines, restless) = (self.machines.len(), !self.healed);
                let sent = self.players[player].turn(self.now, machines, restless, want(), &mut self.rng);
                self.send_from_player(player, sent);
                self.queue.push(self.now + 50 * MS, Item::PlayerTurn(player));
            }
            Item::FromPlayer(player, machine, message) => self.hear_player(player, machine, message),
            Item::Start { machine, disk } => self.start(machine, disk),
            Item::Connection(machine, incarnation) => self.connection(machine, incarnation),
            Item::Fault(fault) => self.fault(fault),
            Item::Mend(fault) => self.mend(fault),
            Item::Heal => self.heal(),
            Item::Look => self.queue.push(self.now + 400 * MS, Item::Look),
        }
    }

    /// Something reaches a process, if it is still there; while it stands still, it waits.
    fn process(&mut self, machine: usize, incarnation: cluster::Incarnation, what: ForProcess) {
        let Some(process) =
            self.machines[machine].process.as_mut().filter(|process| process.incarnation == incarnation)
        else {
            return;
        };
        if process.paused.is_some() && !matches!(what, ForProcess::Wake) {
            process.backlog.push_back(Item::Process(machine, incarnation, what));
            return;
        }
        match what {
            ForProcess::Event(event, proof) => {
                if let Some((room, epoch, at)) = proof {
                    let by = process.holder(machine);
                    self.facts.push(Fact::Proved { by, room, epoch, at });
                }
                self.hear_feed(machine, &event);
                self.event(machine, event);
            }
            ForProcess::Foreign(bytes) => self.foreign(machine, bytes),
            ForProcess::Poll(number) if number == process.poll => self.poll(machine),
            ForProcess::Poll(_) => {}
            ForProcess::Turn(room, number) => self.turn(machine, room, number),
            ForProcess::Save => self.write_disk(machine),
            ForProcess::Wake => self.wake(machine),
        }
    }

    /// An event for a node; its actions are carried out.
    pub(crate) fn event(&mut self, machine: usize, event: Event) {
        let now = self.now;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        let local = process.local(now);
        let actions = process.node.handle(event, local);
        self.perform(machine, actions);
        self.schedule_poll(machine);
    }

    fn poll(&mut self, machine: usize) {
        let now = self.now;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        process.poll_at = Time::MAX;
        let local = process.local(now);
        let actions = process.node.poll(local);
        self.perform(machine, actions);
        self.schedule_poll(machine);
    }

    /// The next poll, at the node's deadline.
    fn schedule_poll(&mut self, machine: usize) {
        let now = self.now;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        let at = process.global(process.node.next_deadline()).max(now);
        if at < process.poll_at {
            process.poll += 1;
            process.poll_at = at;
            let item = Item::Process(machine, process.incarnation, ForProcess::Poll(process.poll));
            self.queue.push(at, item);
        }
    }

    /// The tick of a feed that reaches a machine, for the fourth invariant.
    fn hear_feed(&mut self, machine: usize, event: &Event) {
        let Event::Message(bytes) = event else { return };
        if let Ok((by, cluster::Message::Feed(feed))) = cluster::decode_message(CLUSTER, bytes) {
            for tick in feed.ticks {
                let (room, epoch, tick) = (tick.room, tick.epoch, tick.entry.tick.0);
                self.facts.push(Fact::Heard { machine, by, room, epoch, tick });
            }
        }
    }

    /// A message of a stranger must change nothing: all that follows is that it is counted.
    fn foreign(&mut self, machine: usize, bytes: Bytes) {
        let now = self.now;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        // Timers that are due anyway run first.
        let local = process.local(now);
        let before = process.node.poll(local);
        let actions = process.node.handle(Event::Message(bytes), local);
        let obeyed = !matches!(&actions[..], [cluster::Action::Notice(cluster::Notice::Ignored(_))]);
        if obeyed {
            self.facts.push(Fact::Obeyed { machine, what: format!("{actions:?}") });
        }
        self.counts.foreign += 1;
        self.perform(machine, before);
        self.perform(machine, actions);
        self.schedule_poll(machine);
    }

    /// A line of the trace.
    pub(crate) fn say(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>9.3}  {}", self.now as f64 / MS as f64, line()));
        }
    }

    pub(crate) fn send_from_player(&mut self, player: usize, sent: Vec<(usize, FromPlayer)>) {
        for (machine, message) in sent {
            let at = self.now + self.network.player_delay(&mut self.rng);
            if self.network.doubles(&mut self.rng) && matches!(message, FromPlayer::Hello { .. }) {
                // A player whose client lost the answer says hello again.
                let again = at + MS * self.rng.u64(..40);
                self.queue.push(again, Item::FromPlayer(player, machine, message.clone()));
            }
            self.queue.push(at, Item::FromPlayer(player, machine, message));
        }
    }

    /// True if the room of a session is where its record says, and more: see `what_is_not_well`.
    fn look(&mut self) -> bool {
        if !self.healed {
            return false;
        }
        self.well = if self.not_well().is_none() { self.well + 1 } else { 0 };
        self.well >= WELL_FOR
    }

    fn what_is_not_well(&self) -> Violation {
        let (invariant, what) = self.not_well().unwrap_or(("stays_well", "it was well at times".to_owned()));
        Violation { invariant, what }
    }

    /// The first thing that is not as it must be once all faults are mended.
    fn not_well(&self) -> Option<(&'static str, String)> {
        const OWNED: &str = "every_room_is_owned_in_the_end";
        const CONTENT: &str = "every_player_plays_or_knows_why_not";
        let mut owned = 0;
        for (key, value) in self.store.iter() {
            let Key::Room(room) = *key else { continue };
            let Ok(record) = decode_room(CLUSTER, &value.bytes) else {
                return Some((OWNED, format!("the record of {room:?} cannot be read")));
            };
            if record.state != cluster::RoomState::Open {
                continue;
            }
            let machine = machine_of(record.owner.node);
            let process = self.machines[machine].process.as_ref();
            let Some(process) = process.filter(|process| process.holder(machine) == record.owner) else {
                return Some((OWNED, format!("the owner of {room:?} is dead: {record:?}")));
            };
            let Some(here) = process.rooms.get(&room).filter(|here| here.owned) else {
                return Some((OWNED, format!("{room:?} is not at its owner: {record:?}")));
            };
            if self.now > here.ticked_at + 200 * MS {
                return Some((OWNED, format!("{room:?} does not tick: {record:?}")));
            }
            let covered = record.standby.is_some_and(|standby| self.is_current(machine_of(standby.node), room));
            if self.machines.len() > 1 && !covered {
                return Some(("every_room_is_followed_in_the_end", format!("{room:?}: {record:?}")));
            }
            for &(game, result) in &here.world.results {
                let late = here.world.tick > game * crate::world::MATCH_TICKS + 40;
                if late && !self.database.results.contains_key(&(room, game)) {
                    let what = format!("match {game} of {room:?} with {result:x} is not in the database");
                    return Some(("every_result_is_saved_in_the_end", what));
                }
            }
            owned += 1;
        }
        let here: usize =
            self.processes().map(|(_, process)| process.rooms.values().filter(|room| room.owned).count()).sum();
        if here != owned {
            return Some((OWNED, format!("{here} rooms tick, {owned} are in the directory")));
        }
        let sad = self.players.iter().find(|player| !player.is_content(self.now))?;
        Some((
            CONTENT,
            format!(
                "player {}: {:?}, {:?}, {:?}",
                sad.index,
                sad.state,
                sad.why,
                sad.seat.as_ref().map(|seat| (seat.room, seat.session, seat.active, seat.heard / MS))
            ),
        ))
    }

    /// Rooms that go on, as the store says.
    pub(crate) fn open_rooms(&self) -> usize {
        let records = self.store.iter().filter(|(key, _)| matches!(key, Key::Room(_)));
        let records = records.filter_map(|(_, value)| decode_room(CLUSTER, &value.bytes).ok());
        records.filter(|record| record.state == cluster::RoomState::Open).count()
    }

    /// True if a machine follows a room closely.
    pub(crate) fn is_current(&self, machine: usize, room: RoomId) -> bool {
        let process = self.machines[machine].process.as_ref();
        process.is_some_and(|process| process.node.held(room).is_some())
    }

    pub(crate) fn processes(&self) -> impl Iterator<Item = (usize, &Process)> {
        self.machines.iter().enumerate().filter_map(|(index, machine)| Some((index, machine.process.as_ref()?)))
    }
}
