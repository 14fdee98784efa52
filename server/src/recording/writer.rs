//! The thread that writes: packs chunks, appends them to the files of their rooms, and puts ended matches on the shelf.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use metrics::{counter, gauge};
use room::record::{ChunkKind, Packer, RawChunk};
use shared::RoomId;
use tracing::{error, info, warn};

use super::{Chunk, RoomFile, Shelf, Work};
use crate::state::{StateDirectory, room_file};

/// All files of running matches.
pub(super) struct Writer {
    /// Locked as long as somebody writes into it.
    state: Arc<StateDirectory>,
    shelf: Shelf,
    files: BTreeMap<RoomId, RoomFile>,
    /// Buffers on their way back.
    returned: Sender<Vec<u8>>,
    queued_bytes: Arc<AtomicUsize>,
    packer: Packer,
    packed: Vec<u8>,
    /// The disk took nothing the last time it was asked.
    failing: bool,
}

/// Buffers larger than this are not kept: a checkpoint of a crowd is rare.
const SPARE_BYTES_MAX: usize = 256 * 1024;
/// How often the shelf is looked at when no match ends.
const TIDY_PERIOD: Duration = Duration::from_secs(600);

impl Writer {
    pub(super) fn new(
        state: Arc<StateDirectory>,
        shelf: Shelf,
        returned: Sender<Vec<u8>>,
        queued_bytes: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            state,
            shelf,
            files: BTreeMap::new(),
            returned,
            queued_bytes,
            packer: Packer::new(),
            packed: Vec::new(),
            failing: false,
        }
    }

    /// Works until nobody can ask for anything any more.
    pub(super) fn run(mut self, work: &Receiver<Work>) {
        self.tidy();
        let mut next_tidy = Instant::now() + TIDY_PERIOD;
        loop {
            match work.recv_deadline(next_tidy) {
                Ok(Work::Chunk(chunk)) => self.handle_chunk(chunk),
                Ok(Work::Continue { room, file }) => drop(self.files.insert(room, *file)),
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
    }

    fn handle_chunk(&mut self, chunk: Chunk) {
        let Chunk { room, kind, ticks, tick, humans, mut body } = chunk;
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        self.packer.pack(&RawChunk { kind, ticks, tick, body: &body }, &mut packed);
        let waiting = self.queued_bytes.fetch_sub(body.len(), Ordering::AcqRel) - body.len();
        gauge!("ricochet_recording_queue_bytes").set(waiting as f64);
        if kind == ChunkKind::Start && self.files.get(&room).is_none_or(|file| file.began() != tick) {
            // Only now, so that a server killed between two matches finds at least the one before.
            self.shelve(room);
            self.files.insert(room, RoomFile::new(self.path(room), tick, SystemTime::now()));
        }
        if let Some(file) = self.files.get_mut(&room) {
            file.note_humans(humans);
            let outcome = write(file, kind, &packed);
            self.note(&outcome, room);
        }
        if kind == ChunkKind::End && is_room_closed(&body) {
            self.shelve(room);
        }
        self.packed = packed;
        body.clear();
        if body.capacity() <= SPARE_BYTES_MAX {
            let _ = self.returned.try_send(body);
        }
    }

    /// Counts what was written, or reports the first fault of an outage.
    fn note(&mut self, outcome: &io::Result<u64>, room: RoomId) {
        match outcome {
            Ok(bytes) => {
                counter!("ricochet_recording_bytes_total").increment(*bytes);
                if *bytes > 0 && std::mem::replace(&mut self.failing, false) {
                    info!("matches are recorded again");
                }
            }
            Err(error) => {
                counter!("ricochet_recording_errors_total").increment(1);
                if !std::mem::replace(&mut self.failing, true) {
                    let path = self.path(room);
                    error!(path = %path.display(), %error, "cannot record matches; they go on, and recording with the next checkpoint");
                }
            }
        }
    }

    /// The match of a room is over.
    fn shelve(&mut self, room: RoomId) {
        let Some(mut file) = self.files.remove(&room) else { return };
        let synced = file.sync();
        let kept = synced.and_then(|()| self.shelf.take_in(file.path(), room, file.began_at(), file.has_humans()));
        match kept {
            // It never could be written.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => warn!(path = %file.path().display(), %error, "cannot keep the recording of a match"),
            Ok(()) => self.tidy(),
        }
    }

    fn path(&self, room: RoomId) -> PathBuf {
        room_file(&self.state.rooms(), room)
    }

    fn tidy(&self) {
        match self.shelf.tidy(SystemTime::now()) {
            Ok(0) => {}
            Ok(removed) => info!(removed, "removed the oldest recordings"),
            Err(error) => warn!(%error, "cannot look after recordings"),
        }
    }

    fn sync_all(&mut self) {
        for (room, file) in &mut self.files {
            if let Err(error) = file.sync() {
                counter!("ricochet_recording_errors_total").increment(1);
                error!(room = room.0, %error, "cannot bring a recording to disk");
            }
        }
    }
}

/// Writes a chunk if the file can take it: behind a gap only a checkpoint leads on. Gives the bytes written.
fn write(file: &mut RoomFile, kind: ChunkKind, packed: &[u8]) -> io::Result<u64> {
    match kind {
        // The start of a file is written together with its first checkpoint.
        ChunkKind::Start => {
            file.set_start(packed.to_vec());
            return Ok(0);
        }
        ChunkKind::Checkpoint => {}
        ChunkKind::Ticks | ChunkKind::End if file.is_open() => {}
        ChunkKind::Ticks | ChunkKind::End => return Ok(0),
    }
    let mut written = 0;
    if !file.is_open() {
        written += file.open()?;
    }
    file.append(packed)?;
    written += packed.len() as u64;
    if kind == ChunkKind::Checkpoint {
        file.sync_sometimes()?;
    }
    Ok(written)
}

/// Whether the end of a match is that of its room, too.
fn is_room_closed(body: &[u8]) -> bool {
    room::record::Ended::of(body) == Some(room::record::Ended::RoomClosed)
}
