//! A queue of lines for a stream that may be read late or never. Threads that log only queue; one thread writes.
//!
//! ```text
//! shards, control, disk ── push ──> queue, bounded in lines and bytes ── thread ──> stderr
//!                            └── full: the line is dropped and counted; the count is logged when there is room again
//! ```
//!
//! A pipe takes 64 KiB and then blocks its writer until it is read; a terminal blocks at once on Ctrl-S. A tick must
//! wait for neither.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender};
use metrics::counter;
use shared::limits::{LOG_QUEUE_BYTES_MAX, LOG_QUEUE_LINES_MAX};
use tracing::warn;

/// The queue of one stream. Copies share one queue.
#[derive(Clone, Debug)]
pub struct LineQueue {
    items: Sender<Item>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Bytes of the lines in the queue, and of the one that is being written.
    bytes: AtomicUsize,
    /// Lines dropped since they were last reported.
    dropped: AtomicU64,
}

#[derive(Debug)]
enum Item {
    Line(Box<[u8]>),
    /// Answered when every earlier line is written.
    Flush(Sender<()>),
}

impl LineQueue {
    /// Starts the thread that writes to `stream`.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(name: &str, stream: impl Write + Send + 'static) -> io::Result<Self> {
        let (items, queue) = crossbeam_channel::bounded(LOG_QUEUE_LINES_MAX);
        let state = Arc::new(State::default());
        let of_thread = Arc::clone(&state);
        thread::Builder::new().name(name.to_owned()).spawn(move || write(&queue, &of_thread, stream))?;
        Ok(Self { items, state })
    }

    /// Queues a line, or drops it if the queue is full. Never blocks.
    pub fn push(&self, line: &[u8]) {
        let bytes = line.len();
        let before = self.state.bytes.fetch_add(bytes, Ordering::AcqRel);
        if before + bytes > LOG_QUEUE_BYTES_MAX || self.items.try_send(Item::Line(line.into())).is_err() {
            self.state.bytes.fetch_sub(bytes, Ordering::AcqRel);
            self.state.dropped.fetch_add(1, Ordering::AcqRel);
            count_dropped();
        }
    }

    /// Waits until every earlier line is written, at most for `patience`. False if it took longer.
    pub fn flush(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let (done, flushed) = crossbeam_channel::bounded(1);
        self.items.send_deadline(Item::Flush(done), deadline).is_ok() && flushed.recv_deadline(deadline).is_ok()
    }
}

/// Each write is one line, as the subscriber calls it.
impl Write for LineQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(queue: &Receiver<Item>, state: &State, mut stream: impl Write) {
    for item in queue {
        match item {
            Item::Line(line) => {
                // An error of the log itself cannot be logged. The line is not added to `dropped` either, because its report would fail,
                // too.
                if stream.write_all(&line).is_err() {
                    count_dropped();
                }
                if queue.is_empty() {
                    let _ = stream.flush();
                }
                state.bytes.fetch_sub(line.len(), Ordering::AcqRel);
            }
            Item::Flush(done) => {
                let _ = stream.flush();
                let _ = done.send(());
            }
        }
        // Report when half of the queue is free again, so that one stall gives one report.
        let flows =
            queue.len() < LOG_QUEUE_LINES_MAX / 2 && state.bytes.load(Ordering::Acquire) < LOG_QUEUE_BYTES_MAX / 2;
        if flows && state.dropped.load(Ordering::Acquire) > 0 {
            let lines = state.dropped.swap(0, Ordering::AcqRel);
            warn!(lines, "the log was not read: lines were dropped");
        }
    }
}

fn count_dropped() {
    counter!("ricochet_log_lines_dropped_total").increment(1);
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A stream that blocks until it is opened, then keeps what is written.
    #[derive(Clone)]
    struct Gate {
        open: Receiver<()>,
        kept: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // An error means that the sender is gone, which counts as open.
            let _ = self.open.recv();
            self.kept.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn gate() -> (LineQueue, Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (opener, open) = crossbeam_channel::unbounded();
        let kept = Arc::new(Mutex::default());
        let queue = LineQueue::start("gate", Gate { open, kept: Arc::clone(&kept) }).unwrap();
        (queue, opener, kept)
    }

    /// Longer than any step here takes on a slow machine.
    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn stream_that_nobody_reads_takes_no_more_lines_than_the_queue_and_blocks_nobody() {
        let (queue, opener, kept) = gate();
        let lines = LOG_QUEUE_LINES_MAX as u64 + 100;
        (0..lines).for_each(|_| queue.push(b"a\n"));
        let dropped = queue.state.dropped.load(Ordering::Acquire);
        // The thread may have taken one line from the queue before it blocked.
        assert!((99..=100).contains(&dropped), "{dropped}");
        assert!(!queue.flush(Duration::ZERO), "nothing flows");
        drop(opener);
        assert!(queue.flush(PATIENCE));
        assert_eq!(kept.lock().unwrap().len() as u64, 2 * (lines - dropped));
        assert_eq!(queue.state.dropped.load(Ordering::Acquire), 0, "they were reported");
    }

    #[test]
    fn queue_is_bounded_in_bytes_and_has_room_again_after_writing() {
        let (queue, opener, kept) = gate();
        let half = vec![b'a'; LOG_QUEUE_BYTES_MAX / 2];
        queue.push(&half);
        queue.push(&half);
        queue.push(b"a");
        assert_eq!(queue.state.dropped.load(Ordering::Acquire), 1);
        drop(opener);
        assert!(queue.flush(PATIENCE));
        queue.push(b"b");
        assert!(queue.flush(PATIENCE));
        assert_eq!(kept.lock().unwrap().last(), Some(&b'b'));
        assert_eq!(queue.state.bytes.load(Ordering::Acquire), 0);
    }
}
