//! Where ended matches go, and how long they stay: so many bytes and so many days, the oldest go first.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use shared::RoomId;

use super::name::recording_name;
use crate::{
    config,
    state::{EXTENSION, StateDirectory},
};

/// The folders of files that nobody writes to any more.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    recordings: PathBuf,
    damaged: PathBuf,
    keep: bool,
    bytes_max: u64,
    age_max: Duration,
}

/// Files of one second and room; more are a fault of ours.
const COPIES_MAX: u32 = 100;

impl Shelf {
    pub(crate) fn new(state: &StateDirectory, settings: &config::Recording) -> Self {
        let config::Recording { keep, max_mib, max_days, checkpoint_secs: _ } = *settings;
        Self {
            recordings: state.recordings(),
            damaged: state.damaged(),
            keep,
            bytes_max: u64::from(max_mib) * 1_048_576,
            age_max: Duration::from_secs(u64::from(max_days) * 86_400),
        }
    }

    /// Puts the file of an ended match where it belongs: on the shelf if somebody played in it and matches are kept.
    pub(crate) fn take_in(&self, file: &Path, room: RoomId, began: SystemTime, humans: bool) -> io::Result<()> {
        if !self.keep || !humans {
            return fs::remove_file(file);
        }
        self.put(file, &self.recordings, room, began).map(drop)
    }

    /// Sets a file aside that cannot be read to its end; tells where it is now.
    pub(crate) fn set_aside(&self, file: &Path, room: RoomId, began: SystemTime) -> io::Result<PathBuf> {
        self.put(file, &self.damaged, room, began)
    }

    fn put(&self, file: &Path, folder: &Path, room: RoomId, began: SystemTime) -> io::Result<PathBuf> {
        let free = (0..COPIES_MAX).map(|copy| folder.join(recording_name(began, room, copy)));
        let free = free.into_iter().find(|path| !path.exists());
        let path = free.ok_or_else(|| io::Error::from(io::ErrorKind::AlreadyExists))?;
        fs::rename(file, &path)?;
        Ok(path)
    }

    /// Removes what is too old or too much; gives the number of files removed.
    pub(crate) fn tidy(&self, now: SystemTime) -> io::Result<usize> {
        Ok(self.tidy_folder(&self.recordings, now)? + self.tidy_folder(&self.damaged, now)?)
    }

    fn tidy_folder(&self, folder: &Path, now: SystemTime) -> io::Result<usize> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|extension| extension == EXTENSION) {
                let about = entry.metadata()?;
                files.push((about.modified()?, about.len(), entry.path()));
            }
        }
        // The newest first: what no longer fits goes.
        files.sort_unstable_by(|one, other| other.cmp(one));
        let (mut bytes, mut removed) = (0, 0);
        for (modified, length, path) in files {
            bytes += length;
            let is_old = now.duration_since(modified).is_ok_and(|age| age > self.age_max);
            if bytes > self.bytes_max || is_old {
                fs::remove_file(path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}
