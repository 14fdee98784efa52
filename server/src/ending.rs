//! The end of the data plane: what is recorded is sealed, then every shard says goodbye and ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::RecvTimeoutError;
use tokio::sync::oneshot;
use tracing::error;

use crate::{
    run::Outcome,
    shard::{SendError, ShardCommand, ShardHandle, ThreadEnd},
};

/// A checkpoint of every room takes milliseconds; a disk that takes longer than this is not waited for, since what it
/// holds is at most a second old.
const SEAL_PATIENCE: Duration = Duration::from_secs(5);
/// A full queue empties within a tick.
const QUEUE_PAUSE: Duration = Duration::from_millis(1);
/// Saying goodbye takes a second, and a turn of an overloaded shard a part of one.
const PART_PATIENCE: Duration = Duration::from_secs(4);
/// A shard that takes no command for so long is stuck.
const QUEUE_PATIENCE: Duration = Duration::from_secs(2);

/// Tells everyone a line; a shard too busy to hear it has none to spare.
pub(crate) fn announce(shards: &[ShardHandle], text: &str) {
    for shard in shards {
        let _ = shard.send(ShardCommand::Announce { room: None, text: text.to_owned() });
    }
}

/// Seals, says goodbye and waits for the threads.
pub(crate) async fn end_shards(shards: Arc<Vec<ShardHandle>>, goodbye: String) -> Outcome {
    // Shards are threads: waiting for them here would block the caller's runtime.
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

/// Brings what all shards record to disk. False if one did not manage.
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

/// False if a shard had panicked, or does not end.
fn part(shards: &[ShardHandle], goodbye: &str) -> bool {
    let drain = || ShardCommand::Drain { text: goodbye.to_owned() };
    for shard in shards {
        insist(shard, drain);
    }
    // One deadline for all, whether they took the command or not: a thread that is stuck never ends.
    let deadline = Instant::now() + PART_PATIENCE;
    let mut all = true;
    for (index, shard) in shards.iter().enumerate() {
        let said = match shard.join(deadline) {
            ThreadEnd::InOrder => continue,
            ThreadEnd::Panicked => "the shard had panicked",
            ThreadEnd::Stuck => "the shard does not end in order",
        };
        all = false;
        error!(shard = index, "{said}");
    }
    all
}

/// Queues a command, however busy the shard is. False if it has ended or is stuck.
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
