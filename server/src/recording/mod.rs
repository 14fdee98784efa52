//! Matches on disk: what rooms record goes through a bounded queue to one thread that packs and writes it.
//!
//! ```text
//! shard   Room ──poll_record──> Tape ──try_send──┐ bytes bounded; what does not fit is dropped and counted,
//!                                ^               │ and a second later the tape begins anew with a checkpoint
//!                                └──empty buffers┤
//! writer                                  RoomFile (pack, write, sync) ──match over──> shelf (bounded in size and age)
//! ```
//!
//! A shard never waits for a disk. A full disk is reported once and counted; rooms play on, and their files go on with the
//! next checkpoint that can be written. A disk that hangs is noticed by those who wait for it, see `health`.

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
    games::{Games, Hosted},
    recovery::RestoredRoom,
    state::StateDirectory,
};

/// Where shards send what their rooms record; clones share the queue.
#[derive(Clone, Debug)]
pub struct Recordings {
    queue: Sender<Work>,
    health: Arc<DiskHealth>,
    /// Until when the end of the server waits for the queue to take last chunks: one moment for all rooms of all shards.
    seal_until: Arc<OnceLock<Instant>>,
    /// Buffers that were written and can be filled again.
    spare: Receiver<Vec<u8>>,
    checkpoint_secs: u32,
}

/// The thread that writes.
#[derive(Debug)]
pub struct RecordingThread {
    thread: JoinHandle<()>,
}

/// What the writer is asked to do.
#[derive(Debug)]
pub(crate) enum Work {
    /// Write this.
    Chunk(Chunk),
    /// Go on with a file that was recovered.
    Continue { room: RoomId, file: Box<RoomFile> },
    /// Give up the files of these rooms, whose shard has panicked, and answer with what they hold.
    Recover(Recover),
    /// Bring everything to disk and end the thread.
    End,
    /// Bring everything to disk and say so.
    Seal { done: Sender<()> },
}

/// Rooms to be read back from their files.
#[derive(Debug)]
pub(crate) struct Recover {
    pub(crate) rooms: Vec<RoomId>,
    /// One of them that is set aside instead.
    pub(crate) without: Option<RoomId>,
    pub(crate) answer: Sender<Vec<RestoredRoom>>,
}

/// Why rooms could not be read back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum RecoverError {
    #[error("the thread that records has ended")]
    Ended,
    #[error("the disk is too slow")]
    Slow,
}

/// A chunk on its way.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) game: &'static dyn Hosted,
    pub(crate) room: RoomId,
    pub(crate) kind: ChunkKind,
    pub(crate) ticks: u8,
    pub(crate) tick: Tick,
    /// Somebody plays, not only computers.
    pub(crate) humans: bool,
    pub(crate) body: Vec<u8>,
    /// A timestamp of [`DiskHealth::queued`].
    queued_ms: u64,
}

/// How long the end of a server waits for the queue to take its last chunks.
const SEAL_PATIENCE: Duration = Duration::from_secs(2);
/// How often a shard that ends looks whether the queue takes more bytes.
const SEAL_PAUSE: Duration = Duration::from_millis(5);
/// How often it is looked whether the thread has ended.
const JOIN_PAUSE: Duration = Duration::from_millis(5);

impl Recordings {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
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

    /// How the disk keeps up.
    pub(crate) fn health(&self) -> &Arc<DiskHealth> {
        &self.health
    }

    /// Goes on with a file that was recovered.
    pub(crate) fn go_on(&self, room: RoomId, file: RoomFile) {
        // Before anything runs the queue is empty; if the thread is gone, nothing is written anyway.
        let _ = self.queue.send(Work::Continue { room, file: Box::new(file) });
    }

    /// Reads rooms back whose shard has panicked, after everything that it has recorded was written. Their files go on
    /// with what is recorded next.
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

    /// Queues a chunk. False if it does not fit: then it is lost.
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

    /// Queues a chunk that nothing will follow, waiting a little if it must: the server ends. All that wait have one deadline, so that
    /// a disk that hangs keeps the goodbyes of hundreds of rooms for no longer than those of one.
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

    /// Asks for everything to be on disk; `done` is told when it is.
    pub(crate) fn seal(&self, done: Sender<()>) {
        let _ = self.queue.send_timeout(Work::Seal { done }, self.seal_patience());
    }

    /// What is left of the time that the end of the server waits for the queue; it begins with the first chunk that does.
    fn seal_patience(&self) -> Duration {
        let now = Instant::now();
        self.seal_until.get_or_init(|| now + SEAL_PATIENCE).saturating_duration_since(now)
    }

    /// Whether there is room for a checkpoint and what follows.
    fn has_room(&self) -> bool {
        self.health.waiting_bytes() < RECORD_QUEUE_BYTES_MAX / 2
    }

    /// An empty buffer.
    fn buffer(&self) -> Vec<u8> {
        self.spare.try_recv().unwrap_or_default()
    }
}

/// How the thread that writes has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WriterEnd {
    /// Everything that was queued is written, as far as the disk took it.
    InOrder,
    /// It had panicked.
    Panicked,
    /// It hangs in the disk.
    Hangs,
}

impl RecordingThread {
    /// Waits until everything that is queued is written and the thread has ended, at most until `deadline`. What is queued later is lost.
    pub(crate) fn join(self, recordings: &Recordings, deadline: Instant) -> WriterEnd {
        let Self { thread } = self;
        // Whether the queue is full or the thread gone shows in the thread's end.
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
