//! A room with what its shard knows about it: whose links play in it, how long its ticks take, what it publishes.

use std::{sync::Arc, time::Duration};

use room::RoomStats;
use shared::conditioner::ConditionerConfig;

use super::{members::Members, names::Names, recent::Recent, schedule::Phase};
use crate::{
    directory::{RoomHandle, room_view::RoomView},
    games::Guarded,
    storage::recording::Tape,
};

/// A room of this shard.
pub(super) struct HostedRoom {
    pub(super) handle: Arc<RoomHandle>,
    pub(super) room: Guarded,
    /// What it records goes there.
    pub(super) tape: Option<Tape>,
    pub(super) phase: Phase,
    /// The links that play here.
    pub(super) members: Members,
    pub(super) names: Names,
    /// Work per tick and lateness, µs.
    pub(super) work_us: Recent,
    pub(super) late_us: Recent,
    /// Payload since the last view.
    pub(super) down_bytes: u64,
    pub(super) up_bytes: u64,
    /// Counts that metrics already know.
    pub(super) told: RoomStats,
    /// What is done on purpose to the links of those who join.
    pub(super) condition: Option<ConditionerConfig>,
    published: Duration,
    /// Until then somebody may want to see each view.
    watched_until: Duration,
    /// Links when it was looked at last.
    members_seen: usize,
    /// Where the match was when it was looked at last.
    phase_seen: String,
}

/// Time between two views of a room that somebody looks at.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(250);
/// Time between two views of a room that nobody looks at. What a game says of its match may take long to collect, and no room needs it:
/// a room's view is for lists and pages. So the first look after a pause shows what was up to a second ago.
const PUBLISH_INTERVAL_UNSEEN: Duration = Duration::from_secs(1);
/// Pages ask every few seconds. Who has looked so lately is expected to look again.
const WATCHED: Duration = Duration::from_secs(5);
const _: () = assert!(PUBLISH_INTERVAL.as_millis() < PUBLISH_INTERVAL_UNSEEN.as_millis());

impl HostedRoom {
    pub(super) fn new(handle: Arc<RoomHandle>, room: Guarded, tape: Option<Tape>, phase: Phase, now: Duration) -> Self {
        Self {
            names: Names::new(handle.played.game.opponent_names()),
            handle,
            room,
            tape,
            phase,
            members: Members::default(),
            work_us: Recent::default(),
            late_us: Recent::default(),
            down_bytes: 0,
            up_bytes: 0,
            told: RoomStats::default(),
            condition: None,
            published: now,
            watched_until: Duration::ZERO,
            members_seen: 0,
            phase_seen: String::new(),
        }
    }

    /// Notes where the match is.
    fn note_match(&mut self, view: &RoomView) {
        if self.phase_seen != view.phase {
            self.phase_seen.clone_from(&view.phase);
            let RoomHandle { id, shard, .. } = *self.handle;
            let RoomView { map, phase, humans, .. } = view;
            tracing::debug!(shard, room = id.0, map, humans, phase, "the match is in another phase");
        }
    }

    /// Hands on what the room has recorded.
    pub(super) fn collect_record(&mut self, now: Duration) {
        if let Some(tape) = &mut self.tape {
            tape.collect(&mut self.room, now);
        }
    }

    /// Publishes a view if the last one has become old.
    pub(super) fn publish(&mut self, rung: u8, now: Duration) {
        let elapsed = now.saturating_sub(self.published);
        if elapsed < PUBLISH_INTERVAL {
            return;
        }
        if self.handle.take_looked_at() {
            self.watched_until = now + WATCHED;
        }
        // Who is there decides whether a drain waits.
        let is_changed = self.members.len() != self.members_seen;
        if now > self.watched_until && !is_changed && elapsed < PUBLISH_INTERVAL_UNSEEN {
            return;
        }
        self.members_seen = self.members.len();
        let per_sec = |bytes: u64| bytes as f64 / elapsed.as_secs_f64();
        let view = RoomView {
            tick_ms: self.work_us.percentiles_ms(),
            late_ms: self.late_us.percentiles_ms(),
            down_bytes_per_s: per_sec(self.down_bytes),
            up_bytes_per_s: per_sec(self.up_bytes),
            overload_rung: rung,
            ..RoomView::of(&self.room)
        };
        self.note_match(&view);
        self.handle.publish(view);
        self.down_bytes = 0;
        self.up_bytes = 0;
        self.published = now;
    }
}
