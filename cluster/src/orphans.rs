//! Rooms whose copies are all lost: their records say so after a while, so that players hear "no such room" instead of waiting.
//!
//! ```text
//! event                                                        what follows
//! a record names an owner that is no member in that life       note since when
//! the record changes, or the owner is a member                 forget it
//! 15 s                                                         the living node with the smallest number writes "lost", by
//!                                                              compare-and-set; seats are removed
//! ```
//! A node that finds itself the owner of a room that it does not have (it restarted without its disk, under the same record) counts as gone.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    cleanup,
    context::{Context, Purpose},
    event::Outcome,
    id::{RequestId, RoomId},
    limits::ORPHANS_PER_POLL,
    notice::Notice,
    record::{Key, Revision, RoomRecord, RoomState},
};

/// How often all rooms are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Rooms without a living owner.
#[derive(Debug, Default)]
pub(crate) struct Orphans {
    since: BTreeMap<RoomId, (Revision, Duration)>,
    removing: BTreeMap<RoomId, RequestId>,
    next_look: Duration,
}

impl Orphans {
    /// Looks at all rooms, once a second. `has` says which rooms of this node are really here.
    pub(crate) fn poll(&mut self, context: &mut Context, has: impl Fn(RoomId) -> bool) {
        if context.now < self.next_look || !context.synced {
            return;
        }
        self.next_look = context.now + LOOK;
        let gone = |room: RoomId, record: &RoomRecord| {
            !context.members.is_alive(record.owner) || record.owner == context.me() && !has(room)
        };
        let orphans: BTreeMap<RoomId, Revision> = context
            .directory
            .iter()
            .filter(|(room, listed)| gone(*room, &listed.record))
            .map(|(room, listed)| (room, listed.revision))
            .collect();
        self.since.retain(|room, (revision, _)| orphans.get(room) == Some(revision));
        for (&room, &revision) in &orphans {
            self.since.entry(room).or_insert((revision, context.now));
        }
        // One node does it, to spare the store; if two do, one of them fails.
        let first = context.members.iter().map(|(node, _)| node).next();
        if first != Some(context.config.node) {
            return;
        }
        let due = |since: Duration| context.now >= since + context.config.timing.orphan;
        let ripe = self.since.iter().filter(|(room, (_, since))| due(*since) && !self.removing.contains_key(room));
        let ripe: Vec<(RoomId, Revision)> =
            ripe.map(|(&room, &(revision, _))| (room, revision)).take(ORPHANS_PER_POLL).collect();
        for (room, revision) in ripe {
            let Some(listed) = context.directory.get(room) else { continue };
            let record = RoomRecord { state: RoomState::Lost, standby: None, ..listed.record.clone() };
            let (purpose, ttl) = (Purpose::Orphan(room), Some(context.config.timing.ended));
            let request = context.write(Key::Room(room), Some(revision), Some(&record), ttl, purpose);
            self.removing.insert(room, request);
        }
    }

    /// The store answered a removal.
    pub(crate) fn answer(&mut self, context: &mut Context, room: RoomId, request: RequestId, outcome: &Outcome) {
        if self.removing.get(&room) != Some(&request) {
            return;
        }
        self.removing.remove(&room);
        if matches!(outcome, Outcome::Written(_)) {
            context.notice(Notice::Orphan(room));
            self.since.remove(&room);
            cleanup::after(context, room, None);
        }
    }
}
