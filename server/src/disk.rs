//! What a server with a state directory does with it: brings back the rooms that were running, records those that run,
//! and at the end waits until everything is there.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use shared::{TickRate, limits::SHARD_COMMANDS_MAX};
use tracing::error;

use crate::{
    config::Config,
    lobby::Lobby,
    recording::{RecordingThread, Recordings, Shelf},
    recovery::{RestoredRoom, recover_rooms},
    state::StateDirectory,
};

/// The disk of a running server.
#[derive(Debug)]
pub(crate) struct Disk {
    recordings: Recordings,
    thread: RecordingThread,
    /// Read from the disk and not running yet.
    rooms: Vec<RestoredRoom>,
}

/// Rooms given to shards at once, and the pause between two such batches: a shard takes more in that time.
const BATCH: usize = SHARD_COMMANDS_MAX / 8;
const BATCH_PAUSE: Duration = Duration::from_millis(50);

impl Disk {
    /// Reads what was running and starts the thread that writes.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub(crate) fn start(state: StateDirectory, config: &Config) -> anyhow::Result<Self> {
        let state = Arc::new(state);
        let shelf = Shelf::new(&state, &config.recording);
        let tick_rate: TickRate = config.tick_rate();
        let rooms = recover_rooms(&state, &shelf, tick_rate).context("cannot read what was running (--state)")?;
        let (recordings, thread) = Recordings::start(state, shelf, config.recording.checkpoint_secs)?;
        Ok(Self { recordings, thread, rooms })
    }

    /// Where shards send what they record.
    pub(crate) fn recordings(&self) -> Recordings {
        self.recordings.clone()
    }

    /// Gives the rooms that were running to their shards, which run.
    pub(crate) fn restore_rooms(&mut self, lobby: &Lobby) {
        for (index, mut room) in std::mem::take(&mut self.rooms).into_iter().enumerate() {
            if index > 0 && index.is_multiple_of(BATCH) {
                std::thread::sleep(BATCH_PAUSE);
            }
            let id = room.room;
            // The writer must know its file before the shard sends the first chunk.
            if let Some(file) = room.take_file() {
                self.recordings.go_on(id, file);
            }
            if let Err(refusal) = lobby.matchmaker.restore_room(room) {
                error!(room = id.0, %refusal, "the room cannot go on; its file stays");
            }
        }
    }

    /// Waits until everything is written. False if the thread had panicked.
    pub(crate) fn end(self) -> bool {
        let Self { recordings, thread, rooms: _ } = self;
        drop(recordings);
        thread.join()
    }
}
