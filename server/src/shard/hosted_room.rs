//! A room with what its shard knows about it: whose links play in it, how long its ticks take, what it publishes.

use std::{sync::Arc, time::Duration};

use arena::event::MatchPhase;
use room::{Room, RoomStats};
use shared::conditioner::ConditionerConfig;

use super::{members::Members, names::Names, recent::Recent, schedule::Phase};
use crate::{
    directory::RoomHandle,
    recording::Tape,
    room_view::{PlayerView, RoomView},
};

/// A room of this shard.
pub(super) struct HostedRoom {
    pub(super) handle: Arc<RoomHandle>,
    pub(super) room: Room,
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
    /// Where the match was when it was looked at last.
    match_phase: Option<MatchPhase>,
}

/// Time between two views of a room.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(250);

impl HostedRoom {
    pub(super) fn new(handle: Arc<RoomHandle>, room: Room, tape: Option<Tape>, phase: Phase, now: Duration) -> Self {
        Self {
            handle,
            room,
            tape,
            phase,
            members: Members::default(),
            names: Names::default(),
            work_us: Recent::default(),
            late_us: Recent::default(),
            down_bytes: 0,
            up_bytes: 0,
            told: RoomStats::default(),
            condition: None,
            published: now,
            match_phase: None,
        }
    }

    /// Notes where the match is; gives whether it has come to its results since this was asked last.
    pub(super) fn note_match(&mut self) -> bool {
        let phase = self.room.phase();
        if self.match_phase.replace(phase) == Some(phase) {
            return false;
        }
        let said = match phase {
            MatchPhase::WarmUp => "a match is about to begin",
            MatchPhase::Running => "a match runs",
            MatchPhase::Results => "a match has ended",
        };
        let RoomHandle { id, shard, .. } = *self.handle;
        tracing::debug!(shard, room = id.0, map = self.room.map_name(), humans = self.room.players(), "{said}");
        phase == MatchPhase::Results
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
        let per_sec = |bytes: u64| bytes as f64 / elapsed.as_secs_f64();
        let players = self.room.roster().into_iter().map(|info| PlayerView {
            name: info.name,
            team: info.team,
            opponent: info.opponent,
            away: self.room.is_held(info.player),
            score: info.score,
            deaths: info.deaths,
        });
        let players: Vec<_> = players.collect();
        let away = players.iter().filter(|player| player.away).count() as u32;
        self.handle.view.store(Arc::new(RoomView {
            tick: self.room.now().0,
            map: self.room.map_name().to_owned(),
            phase: self.room.phase(),
            players,
            humans: self.room.players() as u32,
            away,
            spectators: self.room.spectators() as u32,
            tick_ms: self.work_us.percentiles_ms(),
            late_ms: self.late_us.percentiles_ms(),
            down_bytes_per_s: per_sec(self.down_bytes),
            up_bytes_per_s: per_sec(self.up_bytes),
            overload_rung: rung,
        }));
        self.down_bytes = 0;
        self.up_bytes = 0;
        self.published = now;
    }
}
