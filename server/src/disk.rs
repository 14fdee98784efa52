//! What a server with a state directory does with it: brings back the rooms that were running, records those that run,
//! and at the end waits until everything is there.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use shared::TickRate;
use tokio::sync::oneshot;
use tracing::error;

use crate::{
    config::Config,
    games::Games,
    lobby::Lobby,
    recording::{DiskHealth, RecordingThread, Recordings, Shelf, WriterEnd},
    recovery::{RestoredRoom, hand_over, recover_rooms},
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

/// The end of the server waits for the disk for so long; what it holds then is on the way for a second at most.
const END_PATIENCE: Duration = Duration::from_secs(5);
/// The same for a disk that is behind already: it was waited for when everything was sealed.
const BEHIND_PATIENCE: Duration = Duration::from_secs(1);

impl Disk {
    /// Reads what was running and starts the thread that writes.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub(crate) fn start(state: StateDirectory, games: Games, config: &Config) -> anyhow::Result<Self> {
        let state = Arc::new(state);
        let shelf = Shelf::new(&state, &config.recording);
        let tick_rate: TickRate = config.tick_rate();
        let rooms =
            recover_rooms(&state, &shelf, games, tick_rate).context("cannot read what was running (--state)")?;
        let (recordings, thread) = Recordings::start(state, shelf, games, tick_rate, config.recording.checkpoint_secs)?;
        Ok(Self { recordings, thread, rooms })
    }

    /// Where shards send what they record.
    pub(crate) fn recordings(&self) -> Recordings {
        self.recordings.clone()
    }

    /// Gives the rooms that were running to their shards, which run.
    pub(crate) fn restore_rooms(&mut self, lobby: &Lobby) {
        let mut rooms = std::mem::take(&mut self.rooms);
        for room in &mut rooms {
            // The writer must know its file before the shard sends the first chunk.
            if let Some(file) = room.take_file() {
                self.recordings.go_on(room.room, file);
            }
        }
        hand_over(rooms, &lobby.matchmaker);
    }

    /// How it keeps up.
    pub(crate) fn health(&self) -> &Arc<DiskHealth> {
        self.recordings.health()
    }

    /// Waits until everything is written, but not for ever. False if something is not, which is logged.
    pub(crate) async fn end(self) -> bool {
        // Waiting here would block the caller's runtime, and a third signal with it.
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
                error!("the thread that records had panicked");
                return false;
            }
            WriterEnd::Hangs => {
                let (bytes, secs) = (health.waiting_bytes(), health.lag().as_secs());
                error!(bytes, secs, "the disk does not answer: what is recorded last is lost");
                return false;
            }
        }
        let lost = health.lost();
        if lost > 0 {
            error!(matches = lost, "not all of what was played is on disk");
        }
        lost == 0
    }
}
