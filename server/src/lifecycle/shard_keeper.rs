//! Restarts a shard whose thread has panicked: a new thread at the same address, with the rooms from their recordings.
//! If nothing is recorded, or the shard panics again and again, it ends the process, which a supervisor restarts.
//!
//! ```text
//! panic ──> rooms off the list, seats and tickets free ──> files read by the thread that writes them
//!       ──> shard started again ──> rooms handed to it ──> players resume with their tokens
//! ```

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use crossbeam_channel::{Receiver, Sender, bounded, select};
use metrics::counter;
use tracing::{error, info};

use super::shard_deaths::{Deaths, Verdict};
use crate::{
    directory::drain::Status,
    lobby::Lobby,
    shard::ShardHandle,
    storage::{recording::Recordings, recovery::RestoredRoom},
};

/// The thread that waits for panics.
#[derive(Debug)]
pub(crate) struct Keeper {
    thread: JoinHandle<()>,
    stop: Sender<()>,
}

/// The state of the thread.
struct Shop {
    lobby: Arc<Lobby>,
    shards: Arc<Vec<ShardHandle>>,
    recordings: Option<Recordings>,
    deaths: Deaths,
    started: Instant,
}

/// Reports of panics that may wait: more than [`Deaths`] answers with a restart.
pub(crate) const REPORTS_MAX: usize = 64;
/// Time-out for reading the rooms of a shard, which takes milliseconds each. If the disk takes longer, the server ends.
const READ_PATIENCE: Duration = Duration::from_secs(10);
/// Time-out for the first heartbeat of a shard, which comes within a tick of its start.
const START_PATIENCE: Duration = Duration::from_secs(5);
/// Pause between two checks for that heartbeat.
const START_PAUSE: Duration = Duration::from_millis(1);
/// The reason in the goodbye when the server cannot go on.
const FAILURE: &str = "a fault of the server";

impl Keeper {
    /// Starts the thread; `reports` gives the number of each shard that has panicked.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub(crate) fn start(
        lobby: Arc<Lobby>,
        shards: Arc<Vec<ShardHandle>>,
        recordings: Option<Recordings>,
        reports: Receiver<usize>,
    ) -> anyhow::Result<Self> {
        let (stop, stopped) = bounded(1);
        let shop = Shop { lobby, shards, recordings, deaths: Deaths::default(), started: Instant::now() };
        let thread = thread::Builder::new()
            .name("shard-keeper".to_owned())
            .spawn(move || shop.run(&reports, &stopped))
            .context("cannot start the thread that restarts shards")?;
        Ok(Self { thread, stop })
    }

    /// Restarts no shard from here on; returns when the thread has ended.
    pub(crate) fn stop(self) {
        let _ = self.stop.try_send(());
        let _ = self.thread.join();
    }
}

impl Shop {
    fn run(mut self, reports: &Receiver<usize>, stopped: &Receiver<()>) {
        loop {
            select! {
                recv(stopped) -> _ => return,
                recv(reports) -> report => match report {
                    Ok(shard) => self.handle_death(shard),
                    Err(_) => return,
                },
            }
        }
    }

    fn handle_death(&mut self, shard: usize) {
        let began = Instant::now();
        let rooms = self.lobby.directory.abandon_shard(shard);
        if self.lobby.drainer.status() == Status::Ending {
            return;
        }
        let culprit = self.lobby.directory.shard(shard).ticking();
        let verdict = self.deaths.handle_death(self.started.elapsed(), culprit);
        let restored = match (verdict, &self.recordings) {
            (Verdict::GiveUp, _) => Err(anyhow::anyhow!("it has panicked too often within a minute")),
            (_, None) => Err(anyhow::anyhow!("its rooms are not recorded; --state DIR would bring them back")),
            (Verdict::Restore { without }, Some(recordings)) => recordings
                .recover(rooms.clone(), without, READ_PATIENCE)
                .context("cannot read the recordings of its rooms")
                .and_then(|restored| self.restore(shard, restored)),
        };
        match restored {
            Ok(restored) => {
                counter!("ricochet_shard_restarts_total", "shard" => shard.to_string()).increment(1);
                let took_ms = began.elapsed().as_millis() as u64;
                info!(shard, rooms = restored, lost = rooms.len() - restored, took_ms, "the shard runs again");
            }
            Err(reason) => {
                error!(
                    shard,
                    reason = format!("{reason:#}"),
                    "the shard cannot be restarted: the server ends with code 1"
                );
                self.lobby.drainer.fail(FAILURE);
            }
        }
    }

    /// Starts the shard and gives it its rooms; returns the number of rooms that it took.
    fn restore(&self, shard: usize, rooms: Vec<RestoredRoom>) -> anyhow::Result<usize> {
        self.shards[shard].restart()?;
        let deadline = Instant::now() + START_PATIENCE;
        while !self.lobby.directory.shard(shard).is_alive(Instant::now(), START_PATIENCE) {
            ensure!(Instant::now() < deadline, "it does not start");
            if self.shards[shard].has_ended() {
                bail!("it has panicked again while it started");
            }
            thread::sleep(START_PAUSE);
        }
        let restored = self.lobby.matchmaker.restore_rooms(rooms);
        if self.lobby.directory.rooms().is_empty() {
            self.lobby.matchmaker.open_first_room().map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        }
        Ok(restored)
    }
}
