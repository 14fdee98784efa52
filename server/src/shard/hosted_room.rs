//! A room with the shard's state for it: its links, the duration of its ticks, its published view.

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
    /// The destination of its recording, if it is recorded.
    pub(super) tape: Option<Tape>,
    pub(super) phase: Phase,
    /// The links of its players and spectators.
    pub(super) members: Members,
    pub(super) names: Names,
    /// Work per tick, µs.
    pub(super) work_us: Recent,
    pub(super) late_us: Recent,
    /// Payload since the last view.
    pub(super) down_bytes: u64,
    pub(super) up_bytes: u64,
    /// The counts of the room at the last update of the metrics.
    pub(super) told: RoomStats,
    /// Conditions that degrade the links of new members on purpose.
    pub(super) condition: Option<ConditionerConfig>,
    published: Duration,
    /// Until this time, views are published at the shorter interval.
    watched_until: Duration,
    /// Number of links in the last view.
    members_seen: usize,
    /// Phase of the match in the last view.
    phase_seen: String,
}

/// Time between two views of a room whose view is read.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(250);
/// Time between two views of a room whose view is not read. A game may need long to collect its facts, and a view is only for lists
/// and pages. So the first reader after a pause gets a view that is up to a second old.
const PUBLISH_INTERVAL_UNSEEN: Duration = Duration::from_secs(1);
/// Time after a read in which the next one is expected: pages ask every few seconds.
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

    /// Logs a change of the match's phase.
    fn note_match(&mut self, view: &RoomView) {
        if self.phase_seen != view.phase {
            self.phase_seen.clone_from(&view.phase);
            let RoomHandle { id, shard, .. } = *self.handle;
            let RoomView { map, phase, humans, .. } = view;
            tracing::debug!(shard, room = id.0, map, humans, phase, "the match is in another phase");
        }
    }

    /// Passes new chunks of the recording to the disk.
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
        // A change of links is published soon, because a drain waits for rooms with humans.
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
