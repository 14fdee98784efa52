//! The folders of ended matches. They are bounded in bytes and in age; the oldest files are deleted first.
//!
//! A match that cannot be moved to the folder of recordings stays in `rooms/` as `ended-…`, so that the next match of its room cannot
//! overwrite it, and is moved later.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use shared::RoomId;

use super::{ages::Ages, name::recording_name};
use crate::{
    base::files::relocate,
    config,
    storage::state::{ENDED, EXTENSION, StateDirectory, ended_of},
};

/// The folders of files that are no longer written to.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    rooms: PathBuf,
    recordings: PathBuf,
    damaged: PathBuf,
    keep: bool,
    bytes_max: u64,
    age_max: Duration,
}

/// The result for an ended match.
#[derive(Debug)]
pub(crate) enum Kept {
    /// It is in the folder of recordings.
    OnShelf(PathBuf),
    /// It cannot be moved there; it waits in `rooms/`.
    Waits {
        path: PathBuf,
        /// The reason why it cannot be moved.
        error: io::Error,
    },
    /// It was deleted, because matches are not kept, or no human played in it.
    Not,
}

/// The result of a clean-up.
#[derive(Debug, Default)]
pub(super) struct Tidied {
    /// Number of deleted files.
    pub(super) removed: usize,
    /// The first file that could not be read, deleted or moved, and the error.
    pub(super) fault: Option<(PathBuf, io::Error)>,
}

/// Most files of one second and room; more would be a fault of ours.
const COPIES_MAX: u32 = 100;

impl Shelf {
    pub(crate) fn new(state: &StateDirectory, settings: &config::Recording) -> Self {
        let config::Recording { keep, max_mib, max_days, checkpoint_secs: _ } = *settings;
        Self {
            rooms: state.rooms(),
            recordings: state.recordings(),
            damaged: state.damaged(),
            keep,
            bytes_max: u64::from(max_mib) * 1_048_576,
            age_max: Duration::from_secs(u64::from(max_days) * 86_400),
        }
    }

    /// Moves the file of an ended match to the folder of recordings if it has humans and matches are kept; else deletes it.
    pub(crate) fn take_in(&self, file: &Path, room: RoomId, began: SystemTime, humans: bool) -> io::Result<Kept> {
        if !self.keep || !humans {
            fs::remove_file(file)?;
            return Ok(Kept::Not);
        }
        match put(file, &self.recordings, "", room, began) {
            Ok(path) => Ok(Kept::OnShelf(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !file.exists() => Err(error),
            Err(error) => Ok(Kept::Waits { path: self.park(file, room, began)?, error }),
        }
    }

    /// Moves a file that cannot be read to its end to the folder of damaged ones; returns its new path.
    pub(crate) fn set_aside(&self, file: &Path, room: RoomId, began: SystemTime) -> io::Result<PathBuf> {
        put(file, &self.damaged, "", room, began)
    }

    /// Renames a file in `rooms/` so that its path is free; it waits there under the new name.
    pub(crate) fn park(&self, file: &Path, room: RoomId, began: SystemTime) -> io::Result<PathBuf> {
        put(file, &self.rooms, ENDED, room, began)
    }

    /// Moves waiting files to the folder of recordings, then deletes those that are too old or too much. `now` is the date, `running` the
    /// time since the start of the process.
    pub(super) fn tidy(&self, ages: &mut Ages, now: SystemTime, running: Duration) -> Tidied {
        let mut tidied = Tidied::default();
        self.move_on(ages, running, &mut tidied);
        self.tidy_folder(&self.recordings, ages, now, running, &mut tidied);
        self.tidy_folder(&self.damaged, ages, now, running, &mut tidied);
        tidied
    }

    fn move_on(&self, ages: &mut Ages, running: Duration, tidied: &mut Tidied) {
        let Some(entries) = tidied.note(&self.rooms, fs::read_dir(&self.rooms)) else { return };
        for entry in entries {
            let Some(entry) = tidied.note(&self.rooms, entry) else { continue };
            let name = entry.file_name();
            let Some(name) = name.to_str().and_then(ended_of) else { continue };
            let names = std::iter::once(name.to_owned()).chain((1..COPIES_MAX).map(|copy| format!("{copy}-{name}")));
            if let Some(path) = tidied.note(&entry.path(), relocate(&entry.path(), &self.recordings, names)) {
                ages.note(path, running);
            }
        }
    }

    fn tidy_folder(&self, folder: &Path, ages: &mut Ages, now: SystemTime, running: Duration, tidied: &mut Tidied) {
        let Some(entries) = tidied.note(folder, fs::read_dir(folder)) else { return };
        let mut files = Vec::new();
        for entry in entries {
            let Some(entry) = tidied.note(folder, entry) else { continue };
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != EXTENSION) {
                continue;
            }
            let about = entry.metadata().and_then(|about| Ok((about.modified()?, about.len())));
            if let Some((modified, length)) = tidied.note(&path, about) {
                files.push((ages.of(&path, modified, now, running), path, length));
            }
        }
        let there: BTreeSet<&Path> = files.iter().map(|(_, path, _)| path.as_path()).collect();
        ages.retain(folder, |path| there.contains(path));
        // The newest come first; those that do not fit are deleted. Names begin with the date, so of two with one age the later one stays.
        files.sort_unstable_by(|(age, path, _), (other_age, other, _)| age.cmp(other_age).then(other.cmp(path)));
        let mut bytes = 0;
        for (age, path, length) in files {
            bytes += length;
            let is_over = ages.is_over(&path, age > self.age_max, running);
            if bytes > self.bytes_max || is_over {
                let removed = tidied.note(&path, fs::remove_file(&path));
                tidied.removed += usize::from(removed.is_some());
            }
        }
    }
}

impl Tidied {
    /// Returns the value of a step. A failed step does not stop the others; the first error is kept for the report.
    fn note<T>(&mut self, path: &Path, outcome: io::Result<T>) -> Option<T> {
        match outcome {
            Ok(done) => Some(done),
            // Another process has deleted it already.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                self.fault.get_or_insert_with(|| (path.to_owned(), error));
                None
            }
        }
    }
}

fn put(file: &Path, folder: &Path, prefix: &str, room: RoomId, began: SystemTime) -> io::Result<PathBuf> {
    // A clock before 1970 was never set.
    let began = began.max(UNIX_EPOCH);
    relocate(file, folder, (0..COPIES_MAX).map(|copy| format!("{prefix}{}", recording_name(began, room, copy))))
}
