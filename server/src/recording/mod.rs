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
//! next checkpoint that can be written.

mod name;
mod room_file;
mod shelf;
mod tape;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use room::record::ChunkKind;
use shared::{
    RoomId, Tick,
    limits::{RECORD_QUEUE_BYTES_MAX, RECORD_QUEUE_CHUNKS_MAX},
};

use self::writer::Writer;
pub(crate) use self::{room_file::RoomFile, shelf::Shelf, tape::Tape};
use crate::state::StateDirectory;

/// Where shards send what their rooms record; clones share the queue.
#[derive(Clone, Debug)]
pub struct Recordings {
    queue: Sender<Work>,
    queued_bytes: Arc<AtomicUsize>,
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
    /// Bring everything to disk and say so.
    Seal { done: Sender<()> },
}

/// A chunk on its way.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) room: RoomId,
    pub(crate) kind: ChunkKind,
    pub(crate) ticks: u8,
    pub(crate) tick: Tick,
    /// Somebody plays, not only computers.
    pub(crate) humans: bool,
    pub(crate) body: Vec<u8>,
}

/// How long the end of a server waits for the queue to take its last chunks.
const SEAL_PATIENCE: Duration = Duration::from_secs(2);

impl Recordings {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(
        state: Arc<StateDirectory>,
        shelf: Shelf,
        checkpoint_secs: u32,
    ) -> io::Result<(Self, RecordingThread)> {
        let (queue, work) = bounded(RECORD_QUEUE_CHUNKS_MAX);
        let (returned, spare) = bounded(RECORD_QUEUE_CHUNKS_MAX);
        let queued_bytes = Arc::new(AtomicUsize::new(0));
        let writer = Writer::new(state, shelf, returned, Arc::clone(&queued_bytes));
        let thread = thread::Builder::new().name("recording".to_owned()).spawn(move || writer.run(&work))?;
        let recordings = Self { queue, queued_bytes, spare, checkpoint_secs };
        Ok((recordings, RecordingThread { thread }))
    }

    /// Seconds between checkpoints.
    pub(crate) fn checkpoint_secs(&self) -> u32 {
        self.checkpoint_secs
    }

    /// Goes on with a file that was recovered.
    pub(crate) fn go_on(&self, room: RoomId, file: RoomFile) {
        // Before anything runs the queue is empty; if the thread is gone, nothing is written anyway.
        let _ = self.queue.send(Work::Continue { room, file: Box::new(file) });
    }

    /// Queues a chunk. False if it does not fit: then it is lost.
    fn offer(&self, chunk: Chunk) -> bool {
        let bytes = chunk.body.len();
        let before = self.queued_bytes.fetch_add(bytes, Ordering::AcqRel);
        let fits = before + bytes <= RECORD_QUEUE_BYTES_MAX && self.queue.try_send(Work::Chunk(chunk)).is_ok();
        if !fits {
            self.queued_bytes.fetch_sub(bytes, Ordering::AcqRel);
        }
        fits
    }

    /// Queues a chunk that nothing will follow, waiting a little if it must: the server ends.
    fn insist(&self, chunk: Chunk) -> bool {
        self.queued_bytes.fetch_add(chunk.body.len(), Ordering::AcqRel);
        self.queue.send_timeout(Work::Chunk(chunk), SEAL_PATIENCE).is_ok()
    }

    /// Asks for everything to be on disk; `done` is told when it is.
    pub(crate) fn seal(&self, done: Sender<()>) {
        let _ = self.queue.send_timeout(Work::Seal { done }, SEAL_PATIENCE);
    }

    /// Whether there is room for a checkpoint and what follows.
    fn has_room(&self) -> bool {
        self.queued_bytes.load(Ordering::Acquire) < RECORD_QUEUE_BYTES_MAX / 2
    }

    /// An empty buffer.
    fn buffer(&self) -> Vec<u8> {
        self.spare.try_recv().unwrap_or_default()
    }
}

impl RecordingThread {
    /// Waits until everything is written and the thread has ended, which it does when no [`Recordings`] is left.
    pub(crate) fn join(self) -> bool {
        self.thread.join().is_ok()
    }
}
