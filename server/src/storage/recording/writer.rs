//! The writer's thread: compresses chunks, appends them to the files of their rooms, and shelves ended matches.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use metrics::counter;
use room::record::{ChunkKind, Ended, Packer, RawChunk};
use shared::{RoomId, TickRate, limits::RECORD_SPARE_BYTES_MAX};
use tracing::{error, info, warn};

use super::{Chunk, DiskHealth, Kept, Recover, RoomFile, Shelf, Work, ages::Ages};
use crate::{
    base::calendar,
    config::Games,
    storage::{
        recovery,
        state::{StateDirectory, room_file},
    },
};

/// The files of all running matches.
pub(super) struct Writer {
    /// Holds the lock of the state directory while this thread writes there.
    state: Arc<StateDirectory>,
    shelf: Shelf,
    games: Games,
    tick_rate: TickRate,
    files: BTreeMap<RoomId, RoomFile>,
    /// Returns written buffers to the shards.
    returned: Sender<Vec<u8>>,
    health: Arc<DiskHealth>,
    packer: Packer,
    packed: Vec<u8>,
    start: Instant,
    ages: Ages,
    /// A failed clean-up was logged.
    untidy: bool,
}

/// How often the shelf is cleaned up when no match ends.
const TIDY_PERIOD: Duration = Duration::from_secs(600);

impl Writer {
    pub(super) fn new(
        state: Arc<StateDirectory>,
        shelf: Shelf,
        games: Games,
        tick_rate: TickRate,
        returned: Sender<Vec<u8>>,
        health: Arc<DiskHealth>,
    ) -> Self {
        Self {
            state,
            shelf,
            games,
            tick_rate,
            files: BTreeMap::new(),
            returned,
            health,
            packer: Packer::new(),
            packed: Vec::new(),
            start: Instant::now(),
            ages: Ages::default(),
            untidy: false,
        }
    }

    /// Works until no sender is left.
    pub(super) fn run(mut self, work: &Receiver<Work>) {
        self.tidy();
        let mut next_tidy = Instant::now() + TIDY_PERIOD;
        loop {
            match work.recv_deadline(next_tidy) {
                Ok(Work::Chunk(chunk)) => self.handle_chunk(chunk),
                Ok(Work::Continue { room, file }) => drop(self.files.insert(room, *file)),
                Ok(Work::Shelve { room }) => self.shelve(room),
                Ok(Work::End) => break,
                Ok(Work::Recover(request)) => self.recover(request),
                Ok(Work::Seal { done }) => {
                    self.sync_all();
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.tidy();
                    next_tidy = Instant::now() + TIDY_PERIOD;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.sync_all();
        self.end();
    }

    /// Reads back the files of these rooms.
    fn recover(&mut self, Recover { rooms, without, answer }: Recover) {
        let mut restored = Vec::new();
        for room in rooms {
            // A room without a file has died before its first checkpoint.
            let Some(file) = self.files.remove(&room) else { continue };
            let (path, began_at) = (file.path().to_owned(), file.began_at());
            drop(file);
            if without == Some(room) {
                counter!("ricochet_recordings_damaged_total").increment(1);
                error!(room = room.0, "the room has made its shard panic twice; it is not restored");
                recovery::set_aside(room, &path, &self.shelf, began_at);
                continue;
            }
            let back = recovery::recover_room(room, &path, &self.shelf, self.games, self.tick_rate).unwrap_or_else(|error| {
                error!(room = room.0, path = %path.display(), %error, "cannot read a running match; its file stays");
                None
            });
            let Some(mut back) = back else { continue };
            if let Some(file) = back.take_file() {
                self.files.insert(room, file);
            }
            restored.push(back);
        }
        let _ = answer.send(restored);
    }

    fn handle_chunk(&mut self, chunk: Chunk) {
        let Chunk { game, room, kind, ticks, tick, humans, mut body, queued_ms } = chunk;
        self.health.taken(queued_ms);
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        self.packer.pack(&RawChunk { kind, ticks, tick, body: &body }, &mut packed);
        if kind == ChunkKind::Start && self.files.get(&room).is_none_or(|file| file.began() != tick) {
            // The earlier match is shelved only now, so that a server that is killed between two matches still finds it.
            self.shelve(room);
            self.files.insert(room, RoomFile::new(game, self.path(room), tick, calendar::now()));
        }
        if let Some(file) = self.files.get_mut(&room) {
            // The recording of a failure is kept, also if only computer opponents played.
            file.note_humans(humans || (kind == ChunkKind::End && Ended::of(&body) == Some(Ended::RoomFailed)));
            let outcome = write(file, kind, &packed, room, &self.shelf);
            self.note(&outcome, room);
        }
        if kind == ChunkKind::End && Ended::of(&body).is_some_and(Ended::ends_room) {
            self.shelve(room);
        }
        self.packed = packed;
        self.health.done(body.len());
        body.clear();
        if body.capacity() <= RECORD_SPARE_BYTES_MAX {
            let _ = self.returned.try_send(body);
        }
    }

    /// Counts the bytes written, or logs the first error of an outage.
    fn note(&self, outcome: &io::Result<u64>, room: RoomId) {
        match outcome {
            Ok(bytes) => {
                counter!("ricochet_recording_bytes_total").increment(*bytes);
                if *bytes > 0 && self.health.set_refuses(false) {
                    info!("matches are recorded again");
                }
            }
            Err(error) => {
                counter!("ricochet_recording_errors_total").increment(1);
                if !self.health.set_refuses(true) {
                    let path = self.path(room);
                    error!(path = %path.display(), %error, "cannot record matches; they go on, and recording continues with the next checkpoint");
                }
            }
        }
    }

    /// Shelves the file of a room's ended match.
    fn shelve(&mut self, room: RoomId) {
        let Some(mut file) = self.files.remove(&room) else { return };
        let synced = file.sync();
        // Even if the sync has failed, the next match needs the path.
        let kept = self.shelf.take_in(file.path(), room, file.began_at(), file.has_humans());
        let shown = file.path().display();
        match kept {
            Ok(Kept::OnShelf(path)) => self.ages.note(path, self.start.elapsed()),
            Ok(Kept::Waits { path, error }) => {
                counter!("ricochet_recording_errors_total").increment(1);
                warn!(path = %path.display(), %error, "the recording of a match cannot be moved to the folder of recordings yet; it waits here");
            }
            Ok(Kept::Not) => {}
            // Somebody has deleted it, or it could never be written.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                counter!("ricochet_recording_errors_total").increment(1);
                warn!(path = %shown, %error, "cannot move the recording of a match; it stays, and the next match gets another file");
            }
        }
        if file.is_torn() || synced.is_err() {
            self.health.count_lost(1);
            let error = synced.err().map(tracing::field::display);
            error!(path = %shown, error, "the end of a match was lost: the disk did not take it");
        }
        self.tidy();
    }

    /// At the end of the thread: counts the matches whose end is not on disk.
    fn end(&self) {
        let lost = self.files.values().filter(|file| file.is_torn()).count();
        if lost > 0 {
            self.health.count_lost(lost);
            error!(matches = lost, "the end of matches was lost: the disk did not take it");
        }
    }

    fn path(&self, room: RoomId) -> PathBuf {
        room_file(&self.state.rooms(), room)
    }

    fn tidy(&mut self) {
        let tidied = self.shelf.tidy(&mut self.ages, calendar::now(), self.start.elapsed());
        if tidied.removed > 0 {
            info!(removed = tidied.removed, "removed the oldest recordings");
        }
        let was_untidy = std::mem::replace(&mut self.untidy, tidied.fault.is_some());
        if let Some((path, error)) = tidied.fault
            && !was_untidy
        {
            warn!(path = %path.display(), %error, "cannot clean up this recording; the others are cleaned up");
        }
    }

    fn sync_all(&mut self) {
        for (room, file) in &mut self.files {
            if let Err(error) = file.sync() {
                file.set_torn(true);
                counter!("ricochet_recording_errors_total").increment(1);
                error!(room = room.0, %error, "cannot sync a recording");
            }
        }
    }
}

/// Writes a chunk if the file can take it: after a gap only a checkpoint can continue it. Returns the bytes written.
fn write(file: &mut RoomFile, kind: ChunkKind, packed: &[u8], room: RoomId, shelf: &Shelf) -> io::Result<u64> {
    if file.close_if_lost() {
        file.set_torn(true);
        counter!("ricochet_recording_errors_total").increment(1);
        let path = file.path().display();
        warn!(%path, "the file of a running match was removed, replaced or cut; it starts again with the next checkpoint");
    }
    match kind {
        // The start chunk is written together with the first checkpoint.
        ChunkKind::Start => {
            file.set_start(packed.to_vec());
            return Ok(0);
        }
        ChunkKind::Checkpoint => {}
        ChunkKind::Ticks | ChunkKind::End if file.is_open() => {}
        ChunkKind::Ticks | ChunkKind::End => return Ok(0),
    }
    let outcome = append(file, kind, packed, room, shelf);
    if outcome.is_err() || kind == ChunkKind::Checkpoint {
        file.set_torn(outcome.is_err());
    }
    outcome
}

fn append(file: &mut RoomFile, kind: ChunkKind, packed: &[u8], room: RoomId, shelf: &Shelf) -> io::Result<u64> {
    let mut written = 0;
    if !file.is_open() {
        written += match file.open() {
            // No file is overwritten: the one there is renamed, and this match gets a new file.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let kept = shelf.park(file.path(), room, file.began_at())?;
                warn!(path = %file.path().display(), kept = %kept.display(), "another file was where a match is recorded; it is kept");
                file.open()?
            }
            outcome => outcome?,
        };
    }
    file.append(packed)?;
    written += packed.len() as u64;
    if kind == ChunkKind::Checkpoint {
        file.sync_sometimes()?;
    }
    Ok(written)
}
