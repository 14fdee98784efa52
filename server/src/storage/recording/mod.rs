//! Recordings of matches on disk: rooms' chunks go through a bounded queue to one thread, which compresses and writes them.
//!
//! ```text
//! shard   Room ──poll_record──> Tape ──try_send──┐ bytes bounded; a chunk that does not fit is dropped and counted,
//!                                ^               │ and a second later the tape restarts with a checkpoint
//!                                └──empty buffers┤
//! writer                                  RoomFile (pack, write, sync) ──match over──> shelf (bounded in size and age)
//! ```
//!
//! A shard never waits for the disk. A full disk is logged once and counted; rooms play on, and their files continue with the
//! next checkpoint that can be written. A blocked disk is noticed by other threads, see `health`.

mod ages;
mod health;
mod name;
mod room_file;
mod shelf;
mod tape;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    io,
    sync::{Arc, OnceLock},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, SendTimeoutError, Sender, bounded};
use room::record::ChunkKind;
use shared::{
    RoomId, Tick, TickRate,
    limits::{RECORD_QUEUE_BYTES_MAX, RECORD_QUEUE_CHUNKS_MAX, RECORD_SPARE_BUFFERS_MAX},
};

pub use self::health::DiskHealth;
use self::writer::Writer;
pub(crate) use self::{
    room_file::RoomFile,
    shelf::{Kept, Shelf},
    tape::Tape,
};
use crate::{
    config::Games,
    games::Hosted,
    storage::{recovery::RestoredRoom, state::StateDirectory},
};

/// The handle by which shards record; clones share the queue.
#[derive(Clone, Debug)]
pub struct Recordings {
    queue: Sender<Work>,
    health: Arc<DiskHealth>,
    /// Deadline for the queue to take the last chunks at the end of the server: one for all rooms of all shards.
    seal_until: Arc<OnceLock<Instant>>,
    /// Written buffers, to be filled again.
    spare: Receiver<Vec<u8>>,
    checkpoint_secs: u32,
}

/// The thread that writes.
#[derive(Debug)]
pub struct RecordingThread {
    thread: JoinHandle<()>,
}

/// A task of the writer.
#[derive(Debug)]
pub(crate) enum Work {
    /// Write a chunk.
    Chunk(Chunk),
    /// Continue a file that was recovered.
    Continue { room: RoomId, file: Box<RoomFile> },
    /// Shelve the file of a room that has failed, if it has one.
    Shelve { room: RoomId },
    /// Close the files of these rooms, whose shard has panicked, and answer with their contents.
    Recover(Recover),
    /// Sync all files and end the thread.
    End,
    /// Sync all files and answer.
    Seal { done: Sender<()> },
}

/// A request to read rooms back from their files.
#[derive(Debug)]
pub(crate) struct Recover {
    pub(crate) rooms: Vec<RoomId>,
    /// A room to set aside instead.
    pub(crate) without: Option<RoomId>,
    pub(crate) answer: Sender<Vec<RestoredRoom>>,
}

/// Reasons why rooms could not be read back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum RecoverError {
    #[error("the recording thread has ended")]
    Ended,
    #[error("the disk is too slow")]
    Slow,
}

/// A chunk of a recording, not compressed yet.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) game: &'static dyn Hosted,
    pub(crate) room: RoomId,
    pub(crate) kind: ChunkKind,
    pub(crate) ticks: u8,
    pub(crate) tick: Tick,
    /// At least one human plays.
    pub(crate) humans: bool,
    pub(crate) body: Vec<u8>,
    /// A timestamp of [`DiskHealth::queued`].
    queued_ms: u64,
}

/// Time that the end of the server waits for the queue to take the last chunks.
const SEAL_PATIENCE: Duration = Duration::from_secs(2);
/// Pause between two checks of a shard that ends, until the queue takes more bytes.
const SEAL_PAUSE: Duration = Duration::from_millis(5);
/// Pause between two checks if the thread has ended.
const JOIN_PAUSE: Duration = Duration::from_millis(5);

impl Recordings {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub(crate) fn start(
        state: Arc<StateDirectory>,
        shelf: Shelf,
        games: Games,
        tick_rate: TickRate,
        checkpoint_secs: u32,
    ) -> io::Result<(Self, RecordingThread)> {
        let (queue, work) = bounded(RECORD_QUEUE_CHUNKS_MAX);
        let (returned, spare) = bounded(RECORD_SPARE_BUFFERS_MAX);
        let health = Arc::new(DiskHealth::new());
        let writer = Writer::new(state, shelf, games, tick_rate, returned, Arc::clone(&health));
        let thread = thread::Builder::new().name("recording".to_owned()).spawn(move || writer.run(&work))?;
        let recordings = Self { queue, health, seal_until: Arc::default(), spare, checkpoint_secs };
        Ok((recordings, RecordingThread { thread }))
    }

    /// Seconds between checkpoints.
    pub(crate) fn checkpoint_secs(&self) -> u32 {
        self.checkpoint_secs
    }

    /// The measurements of the disk.
    pub(crate) fn health(&self) -> &Arc<DiskHealth> {
        &self.health
    }

    /// Continues a file that was recovered.
    pub(crate) fn go_on(&self, room: RoomId, file: RoomFile) {
        // No room runs yet, so the queue is empty; and if the thread is gone, nothing is written anyway.
        let _ = self.queue.send(Work::Continue { room, file: Box::new(file) });
    }

    /// Reads back the rooms of a shard that has panicked, after all their queued chunks are written. Their files continue
    /// with the next chunks.
    pub(crate) fn recover(
        &self,
        rooms: Vec<RoomId>,
        without: Option<RoomId>,
        patience: Duration,
    ) -> Result<Vec<RestoredRoom>, RecoverError> {
        let deadline = Instant::now() + patience;
        let (answer, answered) = bounded(1);
        self.queue.send_deadline(Work::Recover(Recover { rooms, without, answer }), deadline).map_err(|error| {
            match error {
                SendTimeoutError::Timeout(_) => RecoverError::Slow,
                SendTimeoutError::Disconnected(_) => RecoverError::Ended,
            }
        })?;
        answered.recv_deadline(deadline).map_err(|error| match error {
            RecvTimeoutError::Timeout => RecoverError::Slow,
            RecvTimeoutError::Disconnected => RecoverError::Ended,
        })
    }

    /// Queues a chunk. False if it does not fit and is lost.
    fn offer(&self, mut chunk: Chunk) -> bool {
        let bytes = chunk.body.len();
        let (waiting, queued_ms) = self.health.queued(bytes);
        chunk.queued_ms = queued_ms;
        let fits = waiting <= RECORD_QUEUE_BYTES_MAX && self.queue.try_send(Work::Chunk(chunk)).is_ok();
        if !fits {
            self.health.done(bytes);
        }
        fits
    }

    /// Asks for the file of a room to be shelved. False if the queue is full.
    fn shelve(&self, room: RoomId) -> bool {
        self.queue.try_send(Work::Shelve { room }).is_ok()
    }

    /// Queues a last chunk at the end of the server, and waits a little if it must. All that wait share one deadline, so a blocked
    /// disk delays the goodbyes of hundreds of rooms no longer than those of one.
    fn insist(&self, mut chunk: Chunk) -> bool {
        while self.health.waiting_bytes() > RECORD_QUEUE_BYTES_MAX && !self.seal_patience().is_zero() {
            thread::sleep(SEAL_PAUSE);
        }
        let bytes = chunk.body.len();
        let (waiting, queued_ms) = self.health.queued(bytes);
        chunk.queued_ms = queued_ms;
        let fits = waiting <= 2 * RECORD_QUEUE_BYTES_MAX
            && self.queue.send_timeout(Work::Chunk(chunk), self.seal_patience()).is_ok();
        if !fits {
            self.health.done(bytes);
        }
        fits
    }

    /// Asks for all files to be synced; `done` gets a message then.
    pub(crate) fn seal(&self, done: Sender<()>) {
        let _ = self.queue.send_timeout(Work::Seal { done }, self.seal_patience());
    }

    /// Time left until the deadline for last chunks, which is set by the first one that waits.
    fn seal_patience(&self) -> Duration {
        let now = Instant::now();
        self.seal_until.get_or_init(|| now + SEAL_PATIENCE).saturating_duration_since(now)
    }

    /// True if there is room for a checkpoint and the chunks after it.
    fn has_room(&self) -> bool {
        self.health.waiting_bytes() < RECORD_QUEUE_BYTES_MAX / 2
    }

    /// An empty buffer.
    fn buffer(&self) -> Vec<u8> {
        self.spare.try_recv().unwrap_or_default()
    }
}

/// The end of the writer's thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WriterEnd {
    /// Everything that was queued is written, as far as the disk allowed it.
    InOrder,
    /// It had panicked.
    Panicked,
    /// It is blocked by the disk.
    Hangs,
}

impl RecordingThread {
    /// Waits until everything that is queued is written and the thread has ended, at most until `deadline`. Later chunks are lost.
    pub(crate) fn join(self, recordings: &Recordings, deadline: Instant) -> WriterEnd {
        let Self { thread } = self;
        // If this fails, the queue is full or the thread is gone, which the loop below finds out.
        let _ = recordings.queue.send_deadline(Work::End, deadline);
        while !thread.is_finished() {
            if Instant::now() >= deadline {
                return WriterEnd::Hangs;
            }
            thread::sleep(JOIN_PAUSE);
        }
        if thread.join().is_ok() { WriterEnd::InOrder } else { WriterEnd::Panicked }
    }
}
