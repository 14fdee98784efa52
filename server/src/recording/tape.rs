//! A shard's end of one room's recording: takes the chunks out of the room and puts them into the queue, or notes that it
//! could not.

use std::time::Duration;

use metrics::counter;
use room::{Match, record::RawChunk};
use shared::RoomId;

use super::{Chunk, Recordings};
use crate::games::Hosted;

/// Of one room.
#[derive(Debug)]
pub(crate) struct Tape {
    game: &'static dyn Hosted,
    room: RoomId,
    recordings: Recordings,
    /// Something was lost: when to begin anew.
    torn: Option<Duration>,
}

/// A writer that is behind gets this long to catch up before it is given a checkpoint on top.
const RETRY: Duration = Duration::from_secs(1);

impl Tape {
    pub(crate) fn new(game: &'static dyn Hosted, room: RoomId, recordings: Recordings) -> Self {
        Self { game, room, recordings, torn: None }
    }

    /// Takes what the room has recorded.
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

    /// Takes the last of what the room records, and waits until there is space for it.
    pub(crate) fn seal(&mut self, room: &mut dyn Match) {
        if self.torn.take().is_some() {
            drain(room);
            room.record_again();
        }
        room.suspend_record();
        let humans = room.players() > 0;
        let mut is_whole = true;
        while let Some(chunk) = self.poll(humans, room) {
            // Behind a gap nothing more is of use.
            is_whole = is_whole && self.recordings.insist(chunk);
            if !is_whole {
                counter!("ricochet_recording_chunks_dropped_total").increment(1);
            }
        }
        if !is_whole {
            self.recordings.health.count_lost(1);
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

/// Throws away what leads nowhere.
fn drain(room: &mut dyn Match) {
    while room.poll_record().is_some() {}
}
