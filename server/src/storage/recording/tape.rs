//! A shard's end of one room's recording: moves chunks from the room to the queue, and restarts the recording after a
//! loss.

use std::time::Duration;

use metrics::counter;
use room::{Match, record::RawChunk};
use shared::RoomId;

use super::{Chunk, Recordings};
use crate::games::Hosted;

/// The recorder of one room.
#[derive(Debug)]
pub(crate) struct Tape {
    game: &'static dyn Hosted,
    room: RoomId,
    recordings: Recordings,
    /// After a loss: the time of the restart.
    torn: Option<Duration>,
}

/// Time for a slow writer to catch up before it gets an additional checkpoint.
const RETRY: Duration = Duration::from_secs(1);

impl Tape {
    pub(crate) fn new(game: &'static dyn Hosted, room: RoomId, recordings: Recordings) -> Self {
        Self { game, room, recordings, torn: None }
    }

    /// Moves the room's new chunks to the queue.
    pub(crate) fn collect(&mut self, room: &mut dyn Match, now: Duration) {
        if self.torn.is_some_and(|at| now >= at && self.recordings.has_room()) {
            self.torn = None;
            drain(room);
            room.record_again();
        }
        let humans = room.players() > 0;
        while let Some(chunk) = self.poll(humans, room) {
            if self.torn.is_some() || !self.recordings.offer(chunk) {
                counter!("ricochet_recording_chunks_dropped_total").increment(1);
                self.torn = Some(now + RETRY);
            }
        }
    }

    /// Moves the room's last chunks, and waits until the queue takes them.
    pub(crate) fn seal(&mut self, room: &mut dyn Match) {
        if self.torn.take().is_some() {
            drain(room);
            room.record_again();
        }
        room.suspend_record();
        let humans = room.players() > 0;
        let mut is_whole = true;
        while let Some(chunk) = self.poll(humans, room) {
            // After a gap, further chunks are useless.
            is_whole = is_whole && self.recordings.insist(chunk);
            if !is_whole {
                counter!("ricochet_recording_chunks_dropped_total").increment(1);
            }
        }
        if !is_whole {
            self.recordings.health.count_lost(1);
        }
    }

    /// Shelves the file of a room that has failed. It does nothing if the end of the recording is written already. If that was not
    /// possible, a restart would continue the file as a running match, which would fail again.
    pub(crate) fn shelve(&self) {
        if !self.recordings.shelve(self.room) {
            tracing::warn!(
                room = self.room.0,
                "the queue of the disk is full: the failed room's file stays, and a restart continues the room"
            );
        }
    }

    fn poll(&self, humans: bool, room: &mut dyn Match) -> Option<Chunk> {
        let chunk = room.poll_record()?;
        let mut body = self.recordings.buffer();
        body.extend_from_slice(chunk.body);
        let (game, room, RawChunk { kind, ticks, tick, .. }) = (self.game, self.room, chunk);
        Some(Chunk { game, room, kind, ticks, tick, humans, body, queued_ms: 0 })
    }
}

/// Drops chunks that follow a gap.
fn drain(room: &mut dyn Match) {
    while room.poll_record().is_some() {}
}
