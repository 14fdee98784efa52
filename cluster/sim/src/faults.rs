//! Faults and their repair, and how processes start and end.

use bytes::Bytes;
use cluster::{Event, Fence, Holder, Incarnation, Node, RoomId};

use crate::{
    invariants::Fact,
    item::{ForPlayer, ForProcess, Item},
    machine::{Process, Room, machine_of, node_id},
    network::MS,
    plan::Fault,
    settings::{self, CLUSTER},
    simulation::Simulation,
    store::Time,
    world::World,
};

/// How often a process writes its rooms to its disk.
const SAVE: Time = 700 * MS;

impl Simulation {
    /// A process starts.
    pub(crate) fn start(&mut self, index: usize, disk: bool) {
        let incarnation = Incarnation(self.rng.u64(..));
        let (now, freeze, mutation) = (self.now, self.plan.freeze, self.mutation);
        let machine = &mut self.machines[index];
        if machine.process.is_some() {
            return;
        }
        if machine.lives > 0 {
            *(if disk { &mut self.counts.restarts_with_disk } else { &mut self.counts.restarts_without_disk }) += 1;
        }
        machine.lives += 1;
        let config = settings::config(index, &machine.zone, incarnation, freeze, mutation);
        let node = Node::new(config, std::time::Duration::ZERO);
        let mut process = Process::new(node, incarnation, now, machine.drift);
        if !disk {
            machine.disk.clear();
        }
        let restored: Vec<_> = machine.disk.iter().map(|(&room, world)| (room, world.clone())).collect();
        for (room, world) in &restored {
            process.rooms.insert(*room, Room::copy(world.clone()));
        }
        machine.process = Some(process);
        self.say(|| format!("machine {index} starts, with {} rooms on its disk", restored.len()));
        for (room, world) in restored {
            self.event(index, Event::Restored { room, tick: cluster::Tick(world.tick) });
        }
        let connects = now + MS * self.rng.u64(5..120);
        self.queue.push(connects, Item::Connection(index, incarnation));
        self.queue.push(now + SAVE, Item::Process(index, incarnation, ForProcess::Save));
        self.event(index, Event::Load(cluster::Load::default()));
    }

    pub(crate) fn write_disk(&mut self, machine: usize) {
        let now = self.now;
        let owner = &mut self.machines[machine];
        let Some(process) = owner.process.as_ref() else { return };
        for (&room, here) in process.rooms.iter().filter(|(_, here)| here.owned) {
            owner.disk.insert(room, here.world.clone());
        }
        self.queue.push(now + SAVE, Item::Process(machine, process.incarnation, ForProcess::Save));
    }

    /// A process goes on. It finds its clock ahead, and everything that came meanwhile.
    pub(crate) fn wake(&mut self, machine: usize) {
        let now = self.now;
        let turns_first = self.rng.bool();
        let rooms = self.machines[machine].process.iter().flat_map(|process| process.node.owned());
        let doubtful = rooms.filter_map(|(room, _)| Some((room, self.allowed_pause(machine, room)?))).collect();
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        if process.paused.is_none_or(|until| until > now) {
            return;
        }
        process.paused = None;
        process.woke.0 = now;
        process.doubtful = doubtful;
        let mut found: Vec<Item> = process.backlog.drain(..).collect();
        if turns_first {
            found.sort_by_key(|item| !matches!(item, Item::Process(_, _, ForProcess::Turn(..))));
        }
        for item in found {
            self.queue.push(now, item);
        }
        self.say(|| format!("machine {machine} goes on"));
    }

    /// A process ends without a word.
    fn kill(&mut self, machine: usize) {
        self.owner_lost(machine);
        let Some(process) = self.machines[machine].process.take() else { return };
        for (link, gone) in process.links {
            if self.rng.bool() {
                let at = self.now + self.network.player_delay(&mut self.rng);
                self.queue.push(at, Item::Player(gone.player, ForPlayer::Broken(link)));
            }
        }
    }

    /// Rooms that a machine owns need another owner now. Their failover is measured if nothing else is wrong.
    fn owner_lost(&mut self, machine: usize) {
        let others_well = self.processes().count() == self.machines.len()
            && self.processes().all(|(_, process)| process.paused.is_none() && process.subscribed);
        if !others_well || !self.network.is_whole() || self.network.badness > 0.0 {
            self.facts.push(Fact::Disturbed);
            return;
        }
        let Some(process) = self.machines[machine].process.as_ref() else { return };
        let mut lost = Vec::new();
        for (&room, here) in process.rooms.iter().filter(|(_, here)| here.owned) {
            let Some(epoch) = process.node.epoch(room) else { continue };
            let Some(standby) = self.standby_of(room) else { continue };
            let index = machine_of(standby.node);
            let Some(other) = self.machines[index].process.as_ref() else { continue };
            if other.holder(index) != standby {
                continue;
            }
            let held = other.node.held(room).map_or(0, |tick| tick.0);
            if held > 0 && held + 2 >= here.world.tick {
                lost.push(Fact::OwnerLost { room, epoch });
            }
        }
        self.facts.extend(lost);
    }

    /// The standby, as the store says.
    pub(crate) fn standby_of(&self, room: RoomId) -> Option<Holder> {
        let value = self.store.get(&cluster::Key::Room(room))?;
        let record = cluster::decode_room(CLUSTER, &value.bytes).ok()?;
        record.standby
    }

    /// Something breaks, or is asked for.
    pub(crate) fn fault(&mut self, fault: Fault) {
        if self.healed && !matches!(fault, Fault::Open { .. }) {
            return;
        }
        self.say(|| format!("{fault:?}"));
        let now = self.now;
        match fault {
            Fault::Crash { machine, down, disk } => {
                if self.machines[machine].process.is_some() {
                    self.counts.crashes += 1;
                    self.kill(machine);
                    self.queue.push(now + down, Item::Start { machine, disk });
                }
            }
            Fault::Pause { machine, long } => {
                if long > 250 * MS {
                    self.owner_lost(machine);
                }
                let Some(process) = self.machines[machine].process.as_mut() else { return };
                self.counts.pauses += 1;
                // A pause in a pause makes one of both.
                let since = process.paused.map_or(now, |until| until - process.woke.1);
                let until = process.paused.unwrap_or(now).max(now + long);
                process.woke.1 = until - since;
                process.paused = Some(until);
                self.queue.push(until, Item::Process(machine, process.incarnation, ForProcess::Wake));
            }
            Fault::Move { pick, to } => self.begin_move(pick, to),
            Fault::Drain { machine, grace } => {
                let Some(process) = self.machines[machine].process.as_mut().filter(|process| process.paused.is_none())
                else {
                    return;
                };
                process.drains = true;
                self.counts.drains += 1;
                self.event(machine, Event::Drain);
                self.queue.push(now + grace, Item::Mend(fault));
            }
            Fault::Close { pick } => {
                if let Some((machine, room)) = self.pick(pick) {
                    self.event(machine, Event::Close(room));
                }
            }
            Fault::Open { machine } => self.open(machine),
            Fault::Foreign { count } => self.foreigners(count),
            Fault::OffBroker { long, .. }
            | Fault::Apart { long, .. }
            | Fault::Isolated { long, .. }
            | Fault::NoBroker { long }
            | Fault::OffPlayers { long, .. } => {
                self.facts.push(Fact::Disturbed);
                if matches!(fault, Fault::NoBroker { .. }) {
                    self.counts.broker_absences += 1;
                } else {
                    self.counts.partitions += 1;
                }
                self.cut(fault, true);
                self.queue.push(now + long, Item::Mend(fault));
            }
        }
    }

    /// Ends a fault; a drained process is replaced.
    pub(crate) fn mend(&mut self, fault: Fault) {
        if let Fault::Drain { machine, grace } = fault {
            // The end of the grace period, or the end of the drain: the later one of the two finds another process.
            let process = self.machines[machine].process.as_ref();
            if process.is_some_and(|process| process.drains && (process.drained || grace > 0)) {
                self.kill(machine);
                let at = self.now + MS * self.rng.u64(100..800);
                self.queue.push(at, Item::Start { machine, disk: false });
            }
            return;
        }
        self.cut(fault, false);
    }

    /// Cuts or joins the network.
    fn cut(&mut self, fault: Fault, cut: bool) {
        let machines = self.machines.len();
        let network = &mut self.network;
        let set = |set: &mut std::collections::BTreeSet<usize>, machine: usize| {
            if cut {
                set.insert(machine)
            } else {
                set.remove(&machine)
            };
        };
        match fault {
            Fault::OffBroker { machine, .. } => set(&mut network.off_broker, machine),
            Fault::OffPlayers { machine, .. } => set(&mut network.off_players, machine),
            Fault::Apart { a, b, .. } => {
                let pair = (a.min(b), a.max(b));
                if cut {
                    network.apart.insert(pair)
                } else {
                    network.apart.remove(&pair)
                };
            }
            Fault::Isolated { machine, .. } => {
                set(&mut network.off_broker, machine);
                set(&mut network.off_players, machine);
                for other in (0..machines).filter(|&other| other != machine) {
                    let pair = (machine.min(other), machine.max(other));
                    if cut {
                        network.apart.insert(pair)
                    } else {
                        network.apart.remove(&pair)
                    };
                }
            }
            Fault::NoBroker { .. } => network.broker = !cut,
            _ => {}
        }
        self.notice_connections();
    }

    /// Processes find out, after a while, what became of their links to the broker. What the watch would have shown meanwhile is lost.
    fn notice_connections(&mut self) {
        for machine in 0..self.machines.len() {
            let reaches = self.network.reaches_broker(machine);
            let Some(process) = self.machines[machine].process.as_mut() else { continue };
            process.subscribed &= reaches;
            let incarnation = process.incarnation;
            let wait = if reaches { self.rng.u64(10..400) } else { self.rng.u64(50..1_500) };
            self.queue.push(self.now + MS * wait, Item::Connection(machine, incarnation));
        }
    }

    /// Everything is mended.
    pub(crate) fn heal(&mut self) {
        self.healed = true;
        self.facts.push(Fact::Disturbed);
        self.network.heal();
        self.say(|| "everything is mended".to_owned());
        for machine in 0..self.machines.len() {
            let disk = self.rng.bool();
            let at = self.now + MS * self.rng.u64(20..900);
            match self.machines[machine].process.as_mut() {
                None => self.queue.push(at, Item::Start { machine, disk }),
                Some(process) if process.paused.is_some() => {
                    process.woke.1 -= process.paused.unwrap_or(self.now).saturating_sub(self.now);
                    process.paused = Some(self.now);
                    self.queue.push(self.now, Item::Process(machine, process.incarnation, ForProcess::Wake));
                }
                Some(_) => {}
            }
        }
        self.notice_connections();
        self.queue.push(self.now + 400 * MS, Item::Look);
    }

    /// A room is opened.
    fn open(&mut self, machine: usize) {
        let now = self.now;
        let spec = settings::room(&mut self.rng);
        let Some(process) = self.machines[machine].process.as_mut().filter(|process| process.paused.is_none()) else {
            return;
        };
        self.rooms_opened += 1;
        let room = RoomId(self.rooms_opened);
        let mut here = Room::copy(World::default());
        here.owned = true;
        here.fence = Fence::open(process.local(now));
        here.ticked_at = now;
        process.rooms.insert(room, here);
        let turn = Item::Process(machine, process.incarnation, ForProcess::Turn(room, 0));
        self.queue.push(now + MS * self.rng.u64(..50), turn);
        self.seats.insert(room, usize::from(spec.seats));
        self.say(|| format!("machine {machine} opens {room:?} with {} seats", spec.seats));
        self.event(machine, Event::Open(room, spec));
    }

    fn begin_move(&mut self, pick: u64, to: usize) {
        if let Some((machine, room)) = self.pick(pick) {
            self.event(machine, Event::Move { room, to: node_id(to) });
        }
    }

    /// One of the rooms that are owned by a process that runs.
    fn pick(&mut self, pick: u64) -> Option<(usize, RoomId)> {
        let running = self.processes().filter(|(_, process)| process.paused.is_none());
        let rooms: Vec<_> =
            running.flat_map(|(machine, process)| process.node.owned().map(move |(room, _)| (machine, room))).collect();
        let count = u64::try_from(rooms.len()).ok().filter(|&count| count > 0)?;
        rooms.get(usize::try_from(pick % count).ok()?).copied()
    }

    /// Strangers speak: noise, another cluster, another version, and old messages once more.
    fn foreigners(&mut self, count: u32) {
        for _ in 0..count {
            let machine = self.rng.usize(..self.machines.len());
            let Some(incarnation) = self.machines[machine].process.as_ref().map(|process| process.incarnation) else {
                continue;
            };
            let old = self.rng.choice(&self.recorded).cloned().unwrap_or_default();
            let what = match self.rng.u8(..4) {
                0 => {
                    let length = self.rng.usize(..64);
                    ForProcess::Foreign((0..length).map(|_| self.rng.u8(..)).collect())
                }
                1 if !old.is_empty() => {
                    let end = self.rng.usize(..old.len());
                    ForProcess::Foreign(old.slice(..end))
                }
                2 if !old.is_empty() => match cluster::decode_message(CLUSTER, &old) {
                    Ok((by, message)) => {
                        ForProcess::Foreign(self.of_another(&cluster::encode_message(CLUSTER + 1, by, &message), &old))
                    }
                    Err(_) => continue,
                },
                _ if !old.is_empty() => ForProcess::Event(Event::Message(old), None),
                _ => continue,
            };
            let at = self.now + MS * self.rng.u64(..300);
            self.queue.push(at, Item::Process(machine, incarnation, what));
        }
    }

    /// A message of another cluster, or of another version: the version is the byte behind the cluster's number.
    fn of_another(&mut self, of_another_cluster: &Bytes, old: &Bytes) -> Bytes {
        if self.rng.bool() {
            return of_another_cluster.clone();
        }
        let mut bytes = old.to_vec();
        bytes[3] = bytes[3].wrapping_add(1);
        bytes.into()
    }
}
