//! The end of the data plane: recordings are sealed, then every shard sends goodbyes and ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::RecvTimeoutError;
use tokio::sync::oneshot;
use tracing::error;

use crate::{
    lifecycle::outcome::Outcome,
    shard::{SendError, ShardCommand, ShardHandle, ThreadEnd},
};

/// Time that a disk gets to seal. Checkpoints of all rooms take milliseconds, and a slower disk loses at most a second
/// of play.
const SEAL_PATIENCE: Duration = Duration::from_secs(5);
/// Pause before another try to send to a full queue, which empties within a tick.
const QUEUE_PAUSE: Duration = Duration::from_millis(1);
/// Time that a shard gets to end: the goodbyes take a second, and a turn of an overloaded shard less than one.
const PART_PATIENCE: Duration = Duration::from_secs(4);
/// A shard that accepts no command for this long is stuck.
const QUEUE_PATIENCE: Duration = Duration::from_secs(2);

/// Sends a line to everybody; a shard whose queue is full skips it.
pub(crate) fn announce(shards: &[ShardHandle], text: &str) {
    for shard in shards {
        let _ = shard.send(ShardCommand::Announce { room: None, text: text.to_owned() });
    }
}

/// Seals the recordings, sends the goodbyes and waits for the threads.
pub(crate) async fn end_shards(shards: Arc<Vec<ShardHandle>>, goodbye: String) -> Outcome {
    // Shards are threads: waiting for them on this thread would block the caller's runtime.
    let (ended, all_ended) = oneshot::channel();
    std::thread::spawn(move || {
        let sealed = seal(&shards);
        let parted = part(&shards, &goodbye);
        let _ = ended.send(sealed && parted);
    });
    match all_ended.await {
        Ok(true) => Outcome::InOrder,
        Ok(false) | Err(_) => Outcome::Damaged,
    }
}

/// Seals the recordings of all shards on disk. False if a shard has ended or is stuck, or the disk is too slow.
fn seal(shards: &[ShardHandle]) -> bool {
    let (done, sealed) = crossbeam_channel::bounded(shards.len());
    let told = shards.iter().filter(|shard| insist(shard, || ShardCommand::Seal { done: done.clone() })).count();
    drop(done);
    let deadline = Instant::now() + SEAL_PATIENCE;
    let mut left = told;
    while left > 0 {
        match sealed.recv_deadline(deadline) {
            Ok(()) => left -= 1,
            Err(RecvTimeoutError::Timeout) => {
                error!(shards = left, "the disk is too slow: the last second of some matches may be lost");
                return false;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    left == 0 && told == shards.len()
}

/// Ends all shards. False if one had panicked, or does not end.
fn part(shards: &[ShardHandle], goodbye: &str) -> bool {
    let drain = || ShardCommand::Drain { text: goodbye.to_owned() };
    for shard in shards {
        insist(shard, drain);
    }
    // One deadline for all, even for a shard that did not accept the command: a stuck thread never ends.
    let deadline = Instant::now() + PART_PATIENCE;
    let mut all = true;
    for (index, shard) in shards.iter().enumerate() {
        let said = match shard.join(deadline) {
            ThreadEnd::InOrder => continue,
            ThreadEnd::Panicked => "the shard had panicked",
            ThreadEnd::Stuck => "the shard does not end",
        };
        all = false;
        error!(shard = index, "{said}");
    }
    all
}

/// Queues a command, and waits if the shard is busy. False if it has ended or is stuck.
fn insist(shard: &ShardHandle, command: impl Fn() -> ShardCommand) -> bool {
    let deadline = Instant::now() + QUEUE_PATIENCE;
    loop {
        match shard.send(command()) {
            Ok(()) => return true,
            Err(SendError::Busy) if Instant::now() < deadline => std::thread::sleep(QUEUE_PAUSE),
            Err(SendError::Busy | SendError::Ended) => return false,
        }
    }
}
