//! The ages of recordings. A file's modification time comes from the clock of that moment, which may have been wrong.
//!
//! The age of a file that this process has shelved is measured by the monotonic clock, and the file's timestamp is corrected if the
//! two differ. A file is deleted for its age only after it has been too old for [`TOO_OLD_FOR`], so a clock that is wrong for a moment,
//! or at the start, deletes nothing.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Times of the files on the shelf. A core, except for the timestamps it corrects: time is an argument.
#[derive(Debug, Default)]
pub(super) struct Ages {
    /// Time when this process shelved a file, since its start.
    put: BTreeMap<PathBuf, Duration>,
    /// Time when a file was first too old, since the start of the process.
    too_old: BTreeMap<PathBuf, Duration>,
}

/// Time that a file must have been too old before it is deleted.
pub(super) const TOO_OLD_FOR: Duration = Duration::from_secs(3_600);
/// Differences up to this are not corrected.
const TOLERANCE: Duration = Duration::from_secs(120);

impl Ages {
    /// Notes that a file was shelved.
    pub(super) fn note(&mut self, path: PathBuf, running: Duration) {
        self.put.insert(path, running);
    }

    /// The age of a file with this modification time.
    pub(super) fn of(&self, path: &Path, modified: SystemTime, now: SystemTime, running: Duration) -> Duration {
        let told = now.duration_since(modified).unwrap_or_default();
        let Some(&put) = self.put.get(path) else { return told };
        let age = running.saturating_sub(put);
        let right = now.checked_sub(age).unwrap_or(modified);
        let off = right.duration_since(modified).unwrap_or_else(|error| error.duration());
        if off > TOLERANCE {
            // This is for the next process. If the write fails, that one keeps the file longer or shorter.
            let _ = File::options().write(true).open(path).and_then(|file| file.set_modified(right));
        }
        age
    }

    /// True if the file has been too old for [`TOO_OLD_FOR`]; `is_old` says whether it is now.
    pub(super) fn is_over(&mut self, path: &Path, is_old: bool, running: Duration) -> bool {
        if !is_old {
            self.too_old.remove(path);
            return false;
        }
        let since = *self.too_old.entry(path.to_owned()).or_insert(running);
        running.saturating_sub(since) >= TOO_OLD_FOR
    }

    /// Drops the entries of files in `folder` that no longer exist.
    pub(super) fn retain(&mut self, folder: &Path, there: impl Fn(&Path) -> bool) {
        let keep = |path: &PathBuf| path.parent() != Some(folder) || there(path);
        self.put.retain(|path, _| keep(path));
        self.too_old.retain(|path, _| keep(path));
    }
}
