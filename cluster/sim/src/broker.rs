//! The broker, its store, and the database, as the machines reach them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cluster::{Epoch, Event, Incarnation, Key, NodeId, Outcome, RequestId, Revision, RoomId, decode_room};

use crate::{
    invariants::Fact,
    item::{ForProcess, Item, Operation},
    machine::{Waiting, machine_of, node_id},
    network::MS,
    settings::CLUSTER,
    simulation::Simulation,
    store::{Saved, Time},
};

/// Messages that strangers may say again.
const RECORDED: usize = 64;

impl Simulation {
    /// Sends a message to one machine or to all others.
    pub(crate) fn publish(&mut self, from: usize, to: Option<NodeId>, bytes: &Bytes) {
        if !self.network.reaches_broker(from) {
            return;
        }
        if self.recorded.len() < RECORDED {
            self.recorded.push(bytes.clone());
        } else if self.rng.u8(..) == 0 {
            let place = self.rng.usize(..RECORDED);
            self.recorded[place] = bytes.clone();
        }
        let targets = match to {
            Some(node) => machine_of(node)..machine_of(node).saturating_add(1),
            None => 0..self.machines.len(),
        };
        let up = self.network.delay(&mut self.rng);
        for target in targets.filter(|&target| target != from) {
            let Some(process) = self.machines.get(target).and_then(|machine| machine.process.as_ref()) else {
                continue;
            };
            let incarnation = process.incarnation;
            if !self.network.reaches_broker(target) {
                continue;
            }
            if self.network.loses(&mut self.rng) {
                self.counts.lost += 1;
                continue;
            }
            let copies = if self.network.doubles(&mut self.rng) { 2 } else { 1 };
            self.counts.doubled += copies - 1;
            for _ in 0..copies {
                let at = self.now + up + self.network.delay(&mut self.rng);
                let event = ForProcess::Event(Event::Message(bytes.clone()), None);
                self.queue.push(at, Item::Process(target, incarnation, event));
            }
        }
    }

    /// Sends a request to the store.
    pub(crate) fn ask_store(&mut self, from: usize, request: RequestId, key: Key, operation: Operation) {
        let Some(process) = self.machines[from].process.as_ref() else { return };
        let incarnation = process.incarnation;
        if !self.network.reaches_broker(from) {
            return;
        }
        let (late, mute) = self.network.store_trouble(&mut self.rng);
        let at = self.now + self.network.delay(&mut self.rng) + late;
        self.queue.push(at, Item::Store { from, incarnation, request, key, operation, answers: !mute });
    }

    /// The store does what a request wants, and answers.
    pub(crate) fn store_request(&mut self, item: Item) {
        let Item::Store { from, incarnation, request, key, operation, answers } = item else { return };
        if !self.network.broker {
            return;
        }
        let written = match &operation {
            Operation::Write { value, .. } => value.clone(),
            Operation::Read => None,
        };
        let outcome = match operation {
            Operation::Read => self.store.read(&key),
            Operation::Write { expected, value, lives } => {
                let ends = lives.map(|lives| self.now + lives);
                let outcome = self.store.write(&key, expected, value.clone(), ends);
                if let Outcome::Written(revision) = outcome {
                    if let Some(ends) = ends {
                        self.queue.push(ends, Item::Expiry(key.clone(), revision));
                    }
                    self.changed(&key, revision, value);
                }
                outcome
            }
        };
        let proof = self.proof(from, incarnation, &key, &outcome, written);
        if answers && self.network.reaches_broker(from) {
            let at = self.now + self.network.delay(&mut self.rng);
            let event = ForProcess::Event(Event::Stored(request, outcome), proof);
            self.queue.push(at, Item::Process(from, incarnation, event));
        }
    }

    /// The proof in an answer: the machine owns the room in this epoch now.
    fn proof(
        &self,
        from: usize,
        incarnation: Incarnation,
        key: &Key,
        outcome: &Outcome,
        written: Option<Bytes>,
    ) -> Option<(RoomId, Epoch, Time)> {
        let Key::Room(room) = *key else { return None };
        let bytes = match outcome {
            Outcome::Found(_, bytes) => bytes.clone(),
            Outcome::Written(_) => written?,
            _ => return None,
        };
        let record = decode_room(CLUSTER, &bytes).ok()?;
        let is_owner = record.owner.node == node_id(from) && record.owner.incarnation == incarnation;
        is_owner.then_some((room, record.epoch, self.now))
    }

    /// Everyone who watches sees a change, in order.
    fn changed(&mut self, key: &Key, revision: Revision, value: Option<Bytes>) {
        if !matches!(key, Key::Node(_) | Key::Room(_)) {
            return;
        }
        if let (Key::Room(room), Some(bytes)) = (key, &value)
            && let Ok(record) = decode_room(CLUSTER, bytes)
        {
            self.owners.insert((record.owner, *room), (record.epoch, record.standby.is_some()));
        }
        if value.is_none() || !matches!(key, Key::Node(_)) {
            self.say(|| format!("store: {key} at {revision}: {}", describe(key, value.as_ref())));
        }
        for machine in 0..self.machines.len() {
            let Some(process) = self.machines[machine].process.as_ref() else { continue };
            if process.subscribed && self.network.reaches_broker(machine) {
                self.show(machine, key.clone(), revision, value.clone());
            }
        }
    }

    fn show(&mut self, machine: usize, key: Key, revision: Revision, value: Option<Bytes>) {
        let incarnation = self.machines[machine].process.as_ref().map(|process| process.incarnation);
        let proof = incarnation.and_then(|incarnation| {
            let outcome = Outcome::Found(revision, value.clone()?);
            self.proof(machine, incarnation, &key, &outcome, None)
        });
        self.deliver(machine, Event::Value { key, revision, value }, proof);
    }

    fn watch(&mut self, machine: usize, event: Event) {
        self.deliver(machine, event, None);
    }

    fn deliver(&mut self, machine: usize, event: Event, proof: Option<(RoomId, Epoch, Time)>) {
        let delay = self.network.delay(&mut self.rng);
        let at = self.now + delay;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        process.watch_at = process.watch_at.max(at);
        let item = Item::Process(machine, process.incarnation, ForProcess::Event(event, proof));
        self.queue.push(process.watch_at, item);
    }

    pub(crate) fn expire(&mut self, key: &Key, revision: Revision) {
        // The broker ends nothing while it does not run.
        if !self.network.broker {
            self.queue.push(self.now + 100 * MS, Item::Expiry(key.clone(), revision));
        } else if self.store.is_over(key, revision, self.now)
            && let Some(end) = self.store.expire(key, revision)
        {
            self.changed(key, end, None);
        }
    }

    /// A process finds out whether it reaches the broker, and if so the watch begins again.
    pub(crate) fn connection(&mut self, machine: usize, incarnation: Incarnation) {
        let reaches = self.network.reaches_broker(machine);
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        if process.incarnation != incarnation {
            return;
        }
        if !reaches {
            process.subscribed = false;
            if std::mem::take(&mut process.connected) {
                self.watch(machine, Event::Disconnected);
            }
            return;
        }
        if process.subscribed {
            return;
        }
        let was = std::mem::replace(&mut process.connected, true);
        process.subscribed = true;
        if was {
            self.watch(machine, Event::Disconnected);
        }
        self.watch(machine, Event::Connected);
        let watched: BTreeMap<Key, (Revision, Bytes)> = self
            .store
            .iter()
            .filter(|(key, _)| matches!(key, Key::Node(_) | Key::Room(_)))
            .map(|(key, value)| (key.clone(), (value.revision, value.bytes.clone())))
            .collect();
        for (key, (revision, value)) in watched {
            self.show(machine, key, revision, Some(value));
        }
        self.watch(machine, Event::Synced);
    }

    /// A direct request reaches a machine.
    pub(crate) fn direct(
        &mut self,
        from: usize,
        incarnation: Incarnation,
        request: RequestId,
        to: usize,
        bytes: Bytes,
    ) {
        if !self.network.reach(from, to) {
            return;
        }
        let Some(process) = self.machines.get_mut(to).and_then(|machine| machine.process.as_mut()) else {
            // Nobody listens there.
            let at = self.now + self.network.delay(&mut self.rng);
            let event = ForProcess::Event(Event::Reply(request, None), None);
            self.queue.push(at, Item::Process(from, incarnation, event));
            return;
        };
        let standing = match cluster::decode_request(CLUSTER, &bytes) {
            Ok((_, cluster::Request::Standing { room, .. })) => Some(room),
            _ => None,
        };
        process.next_reply += 1;
        let reply = cluster::ReplyId(process.next_reply);
        process.replies.insert(reply, Waiting { machine: from, incarnation, request, standing });
        let item = Item::Process(to, process.incarnation, ForProcess::Event(Event::Request(reply, bytes), None));
        self.queue.push(self.now, item);
    }

    /// A machine replies to another one.
    pub(crate) fn reply(&mut self, machine: usize, reply: cluster::ReplyId, bytes: Bytes) {
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        let Some(Waiting { machine: to, incarnation, request, standing }) = process.replies.remove(&reply) else {
            return;
        };
        if !self.network.reach(machine, to) {
            return;
        }
        let proof = standing.and_then(|room| match cluster::decode_reply(CLUSTER, &bytes) {
            Ok((_, cluster::Reply::Following { epoch, .. })) => Some((room, epoch, self.now)),
            _ => None,
        });
        let at = self.now + self.network.delay(&mut self.rng);
        let event = ForProcess::Event(Event::Reply(request, Some(bytes)), proof);
        self.queue.push(at, Item::Process(to, incarnation, event));
    }

    /// A result reaches the database.
    pub(crate) fn save(&mut self, from: usize, room: RoomId, epoch: Epoch, game: u64, result: u64) {
        let saved = self.database.save(room, epoch, game, result);
        self.say(|| format!("database: match {game} of {room:?} in {epoch:?} by machine {from}: {saved:?}"));
        if saved == Saved::Written {
            self.counts.results += 1;
            if let Some(process) = self.machines[from].process.as_ref() {
                let by = process.holder(from);
                self.facts.push(Fact::Saved { by, room, epoch, game, result });
            }
        }
    }
}

fn describe(key: &Key, value: Option<&Bytes>) -> String {
    match (key, value) {
        (_, None) => "gone".to_owned(),
        (Key::Room(_), Some(bytes)) => match decode_room(CLUSTER, bytes) {
            Ok(record) => {
                let standby = record.standby.map(|standby| standby.node);
                format!("{:?}, owner {:?}, standby {standby:?}, {:?}", record.state, record.owner.node, record.epoch)
            }
            Err(error) => error.to_string(),
        },
        _ => "renewed".to_owned(),
    }
}
