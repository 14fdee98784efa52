//! Sends queries and commands to shards, and waits for their answers for a limited time.

use std::{sync::Arc, time::Duration};

use tokio::sync::oneshot;

use super::refusal::Refusal;
use crate::{
    directory::RoomHandle,
    shard::{Ask, Reply, Second, ShardCommand, ShardHandle, ShardLook},
};

/// All shards.
pub(super) struct Shards {
    handles: Arc<Vec<ShardHandle>>,
}

/// Time-out for an answer. A shard answers in its next turn, within milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);

impl Shards {
    pub(super) fn new(handles: Arc<Vec<ShardHandle>>) -> Self {
        Self { handles }
    }

    /// Commands in the queue of a shard.
    pub(super) fn waiting(&self, shard: usize) -> usize {
        self.handles[shard].waiting()
    }

    /// The state of each shard; none for a shard that does not answer.
    pub(super) async fn look(&self) -> Vec<Option<ShardLook>> {
        self.ask_all(|reply| Ask::Look { reply }).await
    }

    /// The measured seconds of each shard from a number on; none for a shard that does not answer.
    pub(super) async fn seconds(&self, since: u32) -> Vec<Option<Vec<Second>>> {
        self.ask_all(|reply| Ask::Seconds { since, reply }).await
    }

    async fn ask_all<T>(&self, ask: impl Fn(Reply<T>) -> Ask) -> Vec<Option<T>> {
        // All queries are sent before the first answer is awaited.
        let asked: Vec<_> = (0..self.handles.len()).map(|shard| self.send(shard, &ask)).collect();
        let mut answers = Vec::with_capacity(asked.len());
        for (shard, answer) in asked.into_iter().enumerate() {
            answers.push(receive(shard, answer).await.ok());
        }
        answers
    }

    /// Asks the shard of a room.
    pub(super) async fn ask<T>(&self, room: &RoomHandle, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, Refusal> {
        receive(room.shard, self.send(room.shard, ask)).await
    }

    /// Asks one shard after the other, until one has an answer.
    pub(super) async fn ask_any<T>(&self, ask: impl Fn(Reply<Option<T>>) -> Ask) -> Result<Option<T>, Refusal> {
        for shard in 0..self.handles.len() {
            if let Some(answer) = receive(shard, self.send(shard, &ask)).await? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// Sends a command to every shard; stops at a shard with a full queue, which is stuck.
    pub(super) fn tell(&self, command: impl Fn() -> ShardCommand) -> Result<(), Refusal> {
        for (shard, handle) in self.handles.iter().enumerate() {
            handle.send(command()).map_err(|_| Refusal::Silent { shard })?;
        }
        Ok(())
    }

    /// Sends a command to one shard.
    #[cfg(feature = "fault-injection")]
    pub(super) fn send_to(&self, shard: usize, command: ShardCommand) -> Result<(), Refusal> {
        let handle = self.handles.get(shard).ok_or(Refusal::Silent { shard })?;
        handle.send(command).map_err(|_| Refusal::Silent { shard })
    }

    fn send<T>(&self, shard: usize, ask: impl FnOnce(Reply<T>) -> Ask) -> oneshot::Receiver<T> {
        let (reply, answer) = oneshot::channel();
        // If the queue is full, the query is dropped with its channel, and the receiver gets an error.
        let _ = self.handles[shard].send(ShardCommand::Ask(ask(reply)));
        answer
    }
}

async fn receive<T>(shard: usize, answer: oneshot::Receiver<T>) -> Result<T, Refusal> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) | Err(_) => Err(Refusal::Silent { shard }),
    }
}
