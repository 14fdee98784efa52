//! The shell of a simulated process: it carries out its node's actions, and serves its players.

use cluster::{Action, Event, Fence, Joined, LinkId, Notice, Refusal, RoomId, SessionId};

use crate::{
    invariants::Fact,
    item::{ForPlayer, ForProcess, FromPlayer, Item, Operation},
    machine::{Link, Room, machine_of},
    network::MS,
    plan::Fault,
    settings::CLUSTER,
    simulation::Simulation,
    store::Time,
    world::{Input, World},
};

impl Simulation {
    /// Carries out what a node wants, in order.
    pub(crate) fn perform(&mut self, machine: usize, actions: Vec<Action>) {
        for action in actions {
            if self.machines[machine].process.is_none() {
                return;
            }
            match action {
                Action::Publish(to, bytes) => {
                    self.note_feed(&bytes);
                    self.publish(machine, to, &bytes);
                }
                Action::Read(request, key) => self.ask_store(machine, request, key, Operation::Read),
                Action::Write { request, key, expected, value, ttl } => {
                    self.note_claim(machine, &key, value.as_ref());
                    let lives = ttl.map(|ttl| u64::try_from(ttl.as_nanos()).unwrap_or(Time::MAX));
                    self.ask_store(machine, request, key, Operation::Write { expected, value, lives });
                }
                Action::Request(request, node, bytes) => {
                    let to = machine_of(node);
                    let Some(process) = self.machines[machine].process.as_ref() else { return };
                    let incarnation = process.incarnation;
                    let at = self.now + self.network.delay(&mut self.rng);
                    self.queue.push(at, Item::Direct { from: machine, incarnation, request, to, bytes });
                }
                Action::Reply(reply, bytes) => self.reply(machine, reply, bytes),
                Action::Notice(notice) => self.notice(machine, notice),
                Action::Refuse(link, refusal) => self.refuse(machine, link, refusal),
                Action::Admit { link, room, session, joins } => self.admit(machine, link, room, session, joins),
                Action::Joined(session, joined) => self.joined(machine, session, joined),
                Action::Store { room, epoch, game, result } => {
                    let result = result.0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                    if let Some(process) = self.machines[machine].process.as_ref() {
                        self.facts.push(Fact::Writes { by: process.holder(machine), room, epoch });
                    }
                    let at = self.now + self.network.delay(&mut self.rng) * 4;
                    self.queue.push(at, Item::Database { from: machine, room, epoch, game, result });
                }
                Action::Drained => {
                    if let Some(process) = self.machines[machine].process.as_mut() {
                        process.drained = true;
                    }
                    self.queue.push(self.now + 50 * MS, Item::Mend(Fault::Drain { machine, grace: 0 }));
                }
                action => self.perform_on_room(machine, action),
            }
        }
    }

    /// Actions for a room's shard.
    fn perform_on_room(&mut self, machine: usize, action: Action) {
        let now = self.now;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        match action {
            Action::Promote { room, epoch, tick, stale, sure_at } => {
                let by = process.holder(machine);
                let Some(here) = process.rooms.get_mut(&room) else {
                    let what = format!("promotes {room:?}, of which it has no copy");
                    self.facts.push(Fact::Obeyed { machine, what });
                    return;
                };
                here.owned = true;
                here.fence = Fence::claimed(epoch, sure_at);
                here.inputs.clear();
                here.links.clear();
                here.absent = here.world.sessions.keys().map(|&session| (session, now)).collect();
                here.standby = None;
                here.turns += 1;
                here.ticked_at = now;
                let (digest, at) = (here.world.digest(), here.world.tick);
                let sessions = here.world.sessions.keys().copied().collect();
                let results = here.world.results.clone();
                let turn = Item::Process(machine, process.incarnation, ForProcess::Turn(room, here.turns));
                self.queue.push(now + 10_000, turn);
                self.counts.claims += 1;
                self.counts.stale_claims += u64::from(stale);
                let tick = if at == tick.0 { at } else { Time::MAX };
                self.facts.push(Fact::Promoted { by, machine, room, epoch, tick, digest, stale });
                self.say(|| format!("machine {machine} owns {room:?} in {epoch:?} from tick {tick}, stale {stale}"));
                self.event(machine, Event::Promoted { room, sessions });
                // The old owner may not have saved these.
                for (game, result) in results {
                    let result = result.to_le_bytes().to_vec().into();
                    self.event(machine, Event::Result { room, game, result });
                }
            }
            Action::Guard { room, epoch, pause } => {
                let pause = pause.filter(|_| self.mutation != Some(cluster::Mutation::NoPauseCheck));
                if let Some(here) = process.rooms.get_mut(&room) {
                    here.fence.guard(epoch, pause);
                }
            }
            Action::Clear { room, question } => {
                if let Some(here) = process.rooms.get_mut(&room) {
                    here.fence.clear(question);
                }
            }
            Action::Seal(room) => {
                if let Some(here) = process.rooms.get_mut(&room) {
                    here.fence.seal();
                    let last = cluster::Tick(here.world.tick);
                    self.event(machine, Event::Sealed { room, last });
                }
            }
            Action::Unseal(room) => {
                if let Some(here) = process.rooms.get_mut(&room) {
                    here.fence.unseal();
                }
            }
            Action::Freeze(room, frozen) => {
                if let Some(here) = process.rooms.get_mut(&room) {
                    here.fence.freeze(frozen);
                }
            }
            Action::Retire { room, to } => {
                let Some(here) = process.rooms.get_mut(&room) else { return };
                here.owned = false;
                here.fence.shut();
                here.inputs.clear();
                let links = std::mem::take(&mut here.links);
                self.say(|| format!("machine {machine} retires from {room:?}"));
                for link in links.into_values() {
                    self.close_link(machine, link, ForPlayer::Moved(link, to));
                }
            }
            Action::Discard(room) => {
                if let Some(here) = process.rooms.remove(&room) {
                    let why = Refusal::NoRoom;
                    for link in here.links.into_values() {
                        self.close_link(machine, link, ForPlayer::Refused(link, why));
                        self.say_to_player(machine, link, ForPlayer::Broken(link));
                    }
                }
                self.machines[machine].disk.remove(&room);
            }
            Action::Checkpoint(room, reply) => {
                let Some(here) = process.rooms.get(&room).filter(|here| here.owned) else { return };
                let (tick, world) = (cluster::Tick(here.world.tick), here.world.encode().into());
                let event = ForProcess::Event(Event::CheckpointTaken { reply, tick, world }, None);
                let at = now + MS * self.rng.u64(1..15);
                self.queue.push(at, Item::Process(machine, process.incarnation, event));
            }
            Action::Restore { room, tick, world } => {
                let world = World::decode(&world.0);
                if world.tick != tick.0 {
                    self.facts.push(Fact::Obeyed { machine, what: format!("restores {room:?} at another tick") });
                }
                process.rooms.insert(room, Room::copy(world));
                self.counts.checkpoints += 1;
            }
            Action::Play(room, entry) => {
                let Some(here) = process.rooms.get_mut(&room) else { return };
                if here.owned || here.world.tick + 1 != entry.tick.0 {
                    let what = format!("plays {:?} of {room:?} upon {}", entry.tick, here.world.tick);
                    self.facts.push(Fact::Obeyed { machine, what });
                    return;
                }
                here.world.step(&entry.record.0);
                let hash = here.world.digest();
                if entry.hash.is_some() {
                    self.event(machine, Event::Played { room, tick: entry.tick, hash });
                }
            }
            Action::Standby(room, node) => {
                if let Some(here) = process.rooms.get_mut(&room) {
                    here.standby = node;
                }
            }
            Action::OpenLinks(room, node) => {
                let links = process.rooms.get(&room).map(|here| here.links.values().copied().collect::<Vec<_>>());
                for link in links.unwrap_or_default() {
                    self.say_to_player(machine, link, ForPlayer::OpenLink(link, node));
                }
            }
            Action::CodeTaken(room, _) => self.event(machine, Event::Close(room)),
            _ => {}
        }
    }

    fn admit(&mut self, machine: usize, link: LinkId, room: RoomId, session: SessionId, joins: bool) {
        let seats = self.seats.get(&room).copied().unwrap_or(0);
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        let (by, epoch) = (process.holder(machine), process.node.epoch(room));
        let Some(here) = process.rooms.get_mut(&room).filter(|here| here.owned) else { return };
        let known = here.has(session);
        if joins {
            here.inputs.push(Input::Join(session));
        }
        here.absent.remove(&session);
        let old = here.links.insert(session, link).filter(|&old| old != link);
        let sessions = here.sessions();
        let lives = process.links.get_mut(&link).map(|link| link.admitted = true).is_some();
        if !lives {
            // The player hung up meanwhile.
            here.links.remove(&session);
            here.absent.insert(session, self.now);
        }
        if let Some(epoch) = epoch {
            self.facts.push(Fact::Admitted { by, room, epoch, session, joins, known, sessions, seats });
        }
        *(if joins { &mut self.counts.joins } else { &mut self.counts.returns }) += 1;
        if let Some(old) = old {
            self.close_link(machine, old, ForPlayer::Broken(old));
        }
        self.say_to_player(machine, link, ForPlayer::Admitted(link));
    }

    fn refuse(&mut self, machine: usize, link: LinkId, refusal: Refusal) {
        self.counts.sessions_lost += u64::from(refusal == Refusal::NoSession);
        self.close_link(machine, link, ForPlayer::Refused(link, refusal));
    }

    fn joined(&mut self, machine: usize, session: SessionId, joined: Joined) {
        self.counts.full += u64::from(matches!(joined, Joined::NoSeat(_)));
        if let Joined::NoSeat(Some(node)) = joined
            && self.open_rooms() < self.plan.rooms_max
            && self.rng.bool()
        {
            self.queue.push(self.now + MS, Item::Fault(Fault::Open { machine: machine_of(node) }));
        }
        let player = usize::try_from(session.0 >> 32).unwrap_or(0) - 1;
        self.to(machine, player, ForPlayer::Joined(session, joined));
    }

    /// Closes a link with a last word.
    fn close_link(&mut self, machine: usize, link: LinkId, word: ForPlayer) {
        self.say_to_player(machine, link, word);
        if let Some(process) = self.machines[machine].process.as_mut() {
            process.links.remove(&link);
        }
    }

    pub(crate) fn say_to_player(&mut self, machine: usize, link: LinkId, message: ForPlayer) {
        let process = self.machines[machine].process.as_ref();
        if let Some(link) = process.and_then(|process| process.links.get(&link)) {
            self.to(machine, link.player, message);
        }
    }

    fn to(&mut self, machine: usize, player: usize, message: ForPlayer) {
        if !self.network.off_players.contains(&machine) {
            let at = self.now + self.network.player_delay(&mut self.rng);
            self.queue.push(at, Item::Player(player, message));
        }
    }

    /// A player's message reaches a machine.
    pub(crate) fn hear_player(&mut self, player: usize, machine: usize, message: FromPlayer) {
        if self.network.off_players.contains(&machine) {
            return;
        }
        let Some(process) = self.machines.get_mut(machine).and_then(|machine| machine.process.as_mut()) else {
            if let FromPlayer::Hello { link, .. } = message {
                self.queue.push(self.now + 5 * MS, Item::Player(player, ForPlayer::Broken(link)));
            }
            return;
        };
        if process.paused.is_some() {
            // It lies in the socket's buffer.
            self.queue.push(self.now + 20 * MS, Item::FromPlayer(player, machine, message));
            return;
        }
        match message {
            FromPlayer::Join(session, want) => self.event(machine, Event::Join { session, want }),
            FromPlayer::Hello { link, room, session, returns } => {
                process.links.insert(link, Link { player, room, session, admitted: false });
                self.event(machine, Event::Hello { link, room, session, returns });
            }
            FromPlayer::Act(link, value) => {
                let Some(&Link { room, session, admitted: true, .. }) = process.links.get(&link) else { return };
                if let Some(here) = process.rooms.get_mut(&room).filter(|here| here.owned) {
                    here.inputs.push(Input::Act(session, value));
                }
            }
            FromPlayer::Leave(link) => {
                let Some(&Link { room, session, admitted: true, .. }) = process.links.get(&link) else { return };
                if let Some(here) = process.rooms.get_mut(&room).filter(|here| here.owned) {
                    here.inputs.push(Input::Leave(session));
                    here.links.remove(&session);
                    here.absent.remove(&session);
                    self.event(machine, Event::Left { room, session });
                }
            }
            FromPlayer::Gone(link) => {
                let now = self.now;
                let Some(gone) = process.links.remove(&link) else { return };
                if let Some(here) = process.rooms.get_mut(&gone.room)
                    && here.links.get(&gone.session) == Some(&link)
                {
                    here.links.remove(&gone.session);
                    here.absent.insert(gone.session, now);
                }
                self.event(machine, Event::LinkGone(link));
            }
        }
    }

    fn notice(&mut self, machine: usize, notice: Notice) {
        match notice {
            Notice::Gap(_) => self.counts.gaps += 1,
            Notice::ClaimLost(_) => self.counts.claims_lost += 1,
            Notice::Retired(..) => self.counts.retired += 1,
            Notice::InDoubt(_) => self.counts.doubts += 1,
            Notice::MoveBegan(..) => self.counts.moves_begun += 1,
            Notice::Moved(..) => self.counts.moves += 1,
            Notice::MoveFailed(..) => self.counts.moves_failed += 1,
            Notice::Orphan(_) => self.counts.orphans += 1,
            Notice::Registered(_) => self.counts.opened_again += 1,
            Notice::Mismatch(room, tick) => {
                let what = format!("its copy of {room:?} differs at {tick:?}");
                self.facts.push(Fact::Differs { machine, what });
            }
            Notice::Repeated | Notice::Lost(..) => return,
            Notice::AtBound(what) => {
                self.facts.push(Fact::Obeyed { machine, what: format!("the bound of {what} was reached") });
            }
            _ => {}
        }
        self.say(|| format!("machine {machine}: {notice:?}"));
    }

    /// Notes the epochs of a feed, for the first invariant.
    fn note_feed(&mut self, bytes: &bytes::Bytes) {
        let Ok((by, cluster::Message::Feed(feed))) = cluster::decode_message(CLUSTER, bytes) else { return };
        for tick in feed.ticks {
            self.facts.push(Fact::Fed { by, room: tick.room, epoch: tick.epoch });
        }
    }

    /// A claim on its way to the store, for the fourth invariant.
    fn note_claim(&mut self, machine: usize, key: &cluster::Key, value: Option<&bytes::Bytes>) {
        let cluster::Key::Room(room) = *key else { return };
        let Some(record) = value.and_then(|bytes| cluster::decode_room(CLUSTER, bytes).ok()) else { return };
        let Some(process) = self.machines[machine].process.as_ref() else { return };
        // A node that is not the standby claims only when nobody else has a copy, and calls that stale.
        let is_standby = self.standby_of(room) == Some(process.holder(machine));
        if process.node.epoch(room).is_none() && is_standby {
            let from = cluster::Epoch(record.epoch.0 - 1);
            let held = process.node.held(room).map(|tick| tick.0);
            self.facts.push(Fact::Claims { machine, room, from, held });
        }
    }
}
