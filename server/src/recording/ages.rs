//! How old recordings are. The file system knows when a file was written by the clock of that moment, which may have been wrong.
//!
//! The age of a file that this process has put on the shelf is counted by the monotonic clock, and the file's timestamp is put right when the
//! two differ. A file is too old only after it has been so for [`TOO_OLD_FOR`]: a clock that is wrong for a moment, or at
//! the start, deletes nothing.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// See the module. A core but for the timestamps it mends: time is an argument.
#[derive(Debug, Default)]
pub(super) struct Ages {
    /// When this process put a file on the shelf, since its start.
    put: BTreeMap<PathBuf, Duration>,
    /// Since when a file is too old, since the start of the process.
    too_old: BTreeMap<PathBuf, Duration>,
}

/// How long a file must have been too old before it goes.
pub(super) const TOO_OLD_FOR: Duration = Duration::from_secs(3_600);
/// Two clocks that differ by less agree.
const TOLERANCE: Duration = Duration::from_secs(120);

impl Ages {
    /// A file was put on the shelf.
    pub(super) fn note(&mut self, path: PathBuf, running: Duration) {
        self.put.insert(path, running);
    }

    /// The age of a file that says it was `modified` then.
    pub(super) fn of(&self, path: &Path, modified: SystemTime, now: SystemTime, running: Duration) -> Duration {
        let told = now.duration_since(modified).unwrap_or_default();
        let Some(&put) = self.put.get(path) else { return told };
        let age = running.saturating_sub(put);
        let right = now.checked_sub(age).unwrap_or(modified);
        let off = right.duration_since(modified).unwrap_or_else(|error| error.duration());
        if off > TOLERANCE {
            // For the process after this one. If it cannot be written, that one keeps the file for longer or for less.
            let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(right));
        }
        age
    }

    /// Whether a file, which is older than is kept or not, has been so for long.
    pub(super) fn is_over(&mut self, path: &Path, is_old: bool, running: Duration) -> bool {
        if !is_old {
            self.too_old.remove(path);
            return false;
        }
        let since = *self.too_old.entry(path.to_owned()).or_insert(running);
        running.saturating_sub(since) >= TOO_OLD_FOR
    }

    /// Forgets the files of a folder that are gone.
    pub(super) fn retain(&mut self, folder: &Path, there: impl Fn(&Path) -> bool) {
        let keep = |path: &PathBuf| path.parent() != Some(folder) || there(path);
        self.put.retain(|path, _| keep(path));
        self.too_old.retain(|path, _| keep(path));
    }
}
