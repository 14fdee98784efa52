//! The server that is soaked: one with a state directory of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};

use super::sample::{Disk, Sample};
use crate::{
    live_server::{Addresses, LiveServer},
    played::{ARENA, Played},
    workspace,
};

/// A running server; killed when dropped without [`Server::end`].
pub(super) struct Server {
    server: LiveServer,
    state: PathBuf,
}

/// Room for few recordings, so that the oldest must go.
const SETTINGS: &str = "--seed 1 --recording-max-mib 64";
/// Short matches, so that many end and are recorded. Other games have matches of their own length, or none.
const ARENA_SETTINGS: &str = " --match-secs 60 --results-secs 3";

impl Server {
    pub(super) fn start(played: &Played) -> Result<Self> {
        let folder = workspace::target_dir().join("soak");
        let state = folder.join("state");
        if state.exists() {
            fs::remove_dir_all(&state).with_context(|| format!("cannot empty {}", state.display()))?;
        }
        fs::create_dir_all(&state)?;
        let more = if played.game == ARENA { ARENA_SETTINGS } else { "" };
        let mut arguments: Vec<&str> = SETTINGS.split_whitespace().chain(more.split_whitespace()).collect();
        let room_size = played.room_size.to_string();
        arguments.extend(played.server_flags());
        arguments.extend([
            "--room-size",
            &room_size,
            "--state",
            state.to_str().context("the folder has a name of odd bytes")?,
        ]);
        let server = LiveServer::start_anywhere(Addresses::free()?, &arguments, &folder.join("server.log"))?;
        Ok(Self { server, state })
    }

    /// Where players go.
    pub(super) fn page(&self) -> String {
        format!("http://{}", self.server.addresses.http)
    }

    /// Its figures and files now.
    pub(super) fn sample(&self, started: Instant) -> Result<Sample> {
        let text = self.server.metrics().context("the server does not tell its figures")?;
        let disk = Disk { rooms: files(&self.state.join("rooms")), recordings: files(&self.state.join("recordings")) };
        Ok(Sample::new(started.elapsed(), &text, disk))
    }

    /// Ends it as a host would; gives its exit code, if it has one.
    pub(super) fn end(self) -> Result<Option<i32>> {
        Ok(self.server.stop()?.and_then(|status| status.code()))
    }
}

/// Number and bytes of the files in a folder; one that is not there holds none.
fn files(folder: &Path) -> (u64, u64) {
    let Ok(entries) = fs::read_dir(folder) else { return (0, 0) };
    let sizes = entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len());
    sizes.fold((0, 0), |(count, bytes), size| (count + 1, bytes + size))
}
