//! The work with the state directory: restores the rooms that were running, records the running ones, and at the end waits
//! until everything is written.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use shared::TickRate;
use tokio::sync::oneshot;
use tracing::error;

use crate::{
    config::{Config, Games},
    storage::{
        recording::{DiskHealth, RecordingThread, Recordings, Shelf, WriterEnd},
        recovery::{RestoredRoom, recover_rooms},
        state::StateDirectory,
    },
};

/// The state directory of a running server.
#[derive(Debug)]
pub(crate) struct Disk {
    recordings: Recordings,
    thread: RecordingThread,
    /// Rooms that were read from disk and do not run yet.
    rooms: Vec<RestoredRoom>,
}

/// Time that the end of the server waits for the disk. Normally the unwritten data is a second old at most.
const END_PATIENCE: Duration = Duration::from_secs(5);
/// The same for a disk that is behind: the server has already waited for it when it sealed the recordings.
const BEHIND_PATIENCE: Duration = Duration::from_secs(1);

impl Disk {
    /// Reads the rooms that were running, and starts the thread that writes.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub(crate) fn start(state: StateDirectory, games: Games, config: &Config) -> anyhow::Result<Self> {
        let state = Arc::new(state);
        let shelf = Shelf::new(&state, &config.recording);
        let tick_rate: TickRate = config.tick_rate();
        let rooms = recover_rooms(&state, &shelf, games, tick_rate)
            .context("cannot read the rooms that were running (--state)")?;
        let (recordings, thread) = Recordings::start(state, shelf, games, tick_rate, config.recording.checkpoint_secs)?;
        Ok(Self { recordings, thread, rooms })
    }

    /// The handle that shards send their recordings to.
    pub(crate) fn recordings(&self) -> Recordings {
        self.recordings.clone()
    }

    /// The rooms that were running, for their shards. From here on they are recorded.
    pub(crate) fn take_rooms(&mut self) -> Vec<RestoredRoom> {
        let mut rooms = std::mem::take(&mut self.rooms);
        for room in &mut rooms {
            // The writer must know its file before the shard sends the first chunk.
            if let Some(file) = room.take_file() {
                self.recordings.go_on(room.room, file);
            }
        }
        rooms
    }

    /// The measurements of the disk.
    pub(crate) fn health(&self) -> &Arc<DiskHealth> {
        self.recordings.health()
    }

    /// Waits until everything is written, for a limited time. False if something is not written; that is logged.
    pub(crate) async fn end(self) -> bool {
        // Waiting on this thread would block the caller's runtime, which must still handle a third signal.
        let (ended, end) = oneshot::channel();
        std::thread::spawn(move || {
            let _ = ended.send(self.wait());
        });
        end.await.unwrap_or(false)
    }

    fn wait(self) -> bool {
        let Self { recordings, thread, rooms: _ } = self;
        let health = Arc::clone(recordings.health());
        let patience = if health.is_behind() { BEHIND_PATIENCE } else { END_PATIENCE };
        match thread.join(&recordings, Instant::now() + patience) {
            WriterEnd::InOrder => {}
            WriterEnd::Panicked => {
                error!("the recording thread had panicked");
                return false;
            }
            WriterEnd::Hangs => {
                let (bytes, secs) = (health.waiting_bytes(), health.lag().as_secs());
                error!(bytes, secs, "the disk does not answer: the end of the recordings is lost");
                return false;
            }
        }
        let lost = health.lost();
        if lost > 0 {
            error!(matches = lost, "some matches are not completely on disk");
        }
        lost == 0
    }
}
