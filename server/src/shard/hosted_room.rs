//! A room with what its shard knows about it: whose links play in it, how long its ticks take, what it publishes.

use std::{sync::Arc, time::Duration};

use room::{Match, RoomStats};
use shared::conditioner::ConditionerConfig;

use super::{members::Members, names::Names, recent::Recent, schedule::Phase};
use crate::{directory::RoomHandle, recording::Tape, room_view::RoomView};

/// A room of this shard.
pub(super) struct HostedRoom {
    pub(super) handle: Arc<RoomHandle>,
    pub(super) room: Box<dyn Match>,
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
    /// Where the match was when it was looked at last, and whether there was one.
    phase_seen: String,
    was_in_match: bool,
    /// Matches that have ended since this was asked last.
    ended: u64,
}

/// Time between two views of a room.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(250);

impl HostedRoom {
    pub(super) fn new(
        handle: Arc<RoomHandle>,
        room: Box<dyn Match>,
        tape: Option<Tape>,
        phase: Phase,
        now: Duration,
    ) -> Self {
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
            phase_seen: String::new(),
            was_in_match: false,
            ended: 0,
        }
    }

    /// Matches that have ended since this was asked last.
    pub(super) fn take_ended(&mut self) -> u64 {
        std::mem::take(&mut self.ended)
    }

    /// Notes where the match is.
    fn note_match(&mut self, view: &RoomView) {
        self.ended += u64::from(self.was_in_match && !view.in_match);
        self.was_in_match = view.in_match;
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
            tape.collect(&mut *self.room, now);
        }
    }

    /// Publishes a view if the last one has become old.
    pub(super) fn publish(&mut self, rung: u8, now: Duration) {
        let elapsed = now.saturating_sub(self.published);
        if elapsed < PUBLISH_INTERVAL {
            return;
        }
        let per_sec = |bytes: u64| bytes as f64 / elapsed.as_secs_f64();
        let view = RoomView {
            tick_ms: self.work_us.percentiles_ms(),
            late_ms: self.late_us.percentiles_ms(),
            down_bytes_per_s: per_sec(self.down_bytes),
            up_bytes_per_s: per_sec(self.up_bytes),
            overload_rung: rung,
            ..RoomView::of(&*self.room)
        };
        self.note_match(&view);
        self.handle.view.store(Arc::new(view));
        self.down_bytes = 0;
        self.up_bytes = 0;
        self.published = now;
    }
}
