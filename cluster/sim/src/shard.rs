//! A room's turns: the fence is asked, the tick is made, players see it.

use cluster::{Event, RoomId, Tick, Turn};

use crate::{
    invariants::Fact,
    item::{ForPlayer, ForProcess, Item},
    network::MS,
    settings::{SESSION, TICK, timing},
    simulation::Simulation,
    store::Time,
    world::{Input, record},
};

impl Simulation {
    /// A turn of a room.
    pub(crate) fn turn(&mut self, machine: usize, room: RoomId, number: u64) {
        let now = self.now;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        let local = process.local(now);
        let next = process.global(local + std::time::Duration::from_nanos(TICK));
        let Some(here) = process.rooms.get_mut(&room).filter(|here| here.owned && here.turns == number) else { return };
        self.queue.push(next, Item::Process(machine, process.incarnation, ForProcess::Turn(room, number)));
        match here.fence.turn(local) {
            Turn::Tick(epoch) => self.tick(machine, room, epoch),
            Turn::Ask(question) => self.event(machine, Event::StoodStill { room, question }),
            Turn::Wait => {}
        }
    }

    fn tick(&mut self, machine: usize, room: RoomId, epoch: cluster::Epoch) {
        let now = self.now;
        let Some(process) = self.machines[machine].process.as_mut() else { return };
        let (by, woke) = (process.holder(machine), process.woke);
        let allowed = process.doubtful.get(&room).copied();
        let Some(here) = process.rooms.get_mut(&room) else { return };
        let over: Vec<_> =
            here.absent.iter().filter(|(_, since)| now > **since + SESSION).map(|(&session, _)| session).collect();
        for &session in &over {
            here.absent.remove(&session);
            here.inputs.push(Input::Leave(session));
        }
        let bytes = record(&std::mem::take(&mut here.inputs));
        let result = here.world.step(&bytes);
        here.ticked_at = now;
        let (tick, digest) = (here.world.tick, here.world.digest());
        let (links, standby) = (here.links.values().copied().collect::<Vec<_>>(), here.standby);
        self.counts.ticks += 1;
        self.facts.push(Fact::Ticked { by, room, epoch, tick, digest, woke, allowed });
        for session in over {
            self.event(machine, Event::Left { room, session });
        }
        self.event(machine, Event::Ticked { room, tick: Tick(tick), hash: Some(digest), record: bytes.into() });
        for link in links {
            self.say_to_player(machine, link, ForPlayer::Snapshot { link, epoch, standby });
        }
        if let Some((game, result)) = result {
            let result = result.to_le_bytes().to_vec().into();
            self.event(machine, Event::Result { room, game, result });
        }
    }

    /// How long a machine may have stood still without a doubt about a room, by the last record in which the store named it as the owner;
    /// `None` if nobody else may own the room. A claim that was made before the pause is no matter of the pause.
    pub(crate) fn allowed_pause(&self, machine: usize, room: RoomId) -> Option<Time> {
        let by = self.machines[machine].process.as_ref()?.holder(machine);
        let &(epoch, followed) = self.owners.get(&(by, room))?;
        let timing = timing();
        let allowed = match followed {
            true => timing.pause,
            false if epoch > cluster::Epoch::FIRST => timing.pause_alone,
            false => return None,
        };
        // Clocks differ by 0.3 %.
        Some(u64::try_from(allowed.as_nanos()).unwrap_or(Time::MAX) + 5 * MS)
    }
}
