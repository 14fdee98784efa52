//! The audit log, with the actions of administrators: the last ones in memory for the page, all of them in the log and, if there is a
//! state directory, in a file.

use std::{
    collections::VecDeque,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use metrics::counter;
use serde::Serialize;
use tracing::{error, info};

use crate::logging::LineQueue;

/// One action.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Entry {
    /// Time of the action, milliseconds since 1970.
    pub(super) at_ms: u64,
    /// The name of the administrator's token.
    pub(super) who: String,
    /// The name of the action.
    pub(super) action: &'static str,
    /// The session, room, network or setting that it concerns.
    pub(super) target: String,
    /// The reason in the administrator's words.
    pub(super) reason: String,
    /// The outcome: `done`, or the refusal.
    pub(super) outcome: String,
}

/// The entries in memory, and the way to the file.
pub(super) struct Audit {
    entries: Mutex<VecDeque<Entry>>,
    /// Queue of JSON lines for the file: the disk may be slow, and the ops listener does not wait for it.
    lines: Option<LineQueue>,
}

/// The current file; when it is full, it replaces the one before it.
struct RotatedFile {
    path: PathBuf,
    bytes: u64,
}

/// Most bytes of a file; then a new one is started, and one old file is kept.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Entries kept in memory.
const ENTRIES_MAX: usize = 256;

impl Audit {
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        let lines = file.and_then(|path| {
            let bytes = fs::metadata(&path).map_or(0, |file| file.len());
            let queue = LineQueue::start("audit", RotatedFile { path, bytes });
            queue.inspect_err(|error| error!(%error, "cannot write audit.jsonl")).ok()
        });
        Self { entries: Mutex::default(), lines }
    }

    /// Waits until all lines are written, at most for `patience`.
    pub(super) fn flush(&self, patience: Duration) {
        if let Some(lines) = &self.lines {
            lines.flush(patience);
        }
    }

    /// The last entries, the newest last.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.lock().iter().cloned().collect()
    }

    /// Adds an action to the list, the log, the metrics and the file.
    pub(super) fn note(&self, who: &str, action: &'static str, target: String, reason: &str, outcome: String) {
        counter!("ricochet_admin_actions_total", "action" => action).increment(1);
        info!(admin = who, action, target, reason, outcome, "an administrator acted");
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let entry = Entry { at_ms, who: who.to_owned(), action, target, reason: reason.to_owned(), outcome };
        // Queued under the lock, so that lines are in order.
        let mut entries = self.lock();
        if let Some(lines) = &self.lines {
            let mut line = serde_json::to_vec(&entry).expect("an entry can be written as JSON");
            line.push(b'\n');
            lines.push(&line);
        }
        if entries.len() == ENTRIES_MAX {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        // Each change leaves a valid state, so a poisoned lock does no harm.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RotatedFile {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.bytes > 0 && self.bytes + line.len() as u64 > FILE_BYTES_MAX {
            fs::rename(&self.path, self.path.with_extension("1.jsonl"))?;
            self.bytes = 0;
        }
        OpenOptions::new().create(true).append(true).open(&self.path)?.write_all(line)?;
        self.bytes += line.len() as u64;
        Ok(())
    }
}

/// Each write is a line.
impl Write for RotatedFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.append(line) {
            error!(%error, "cannot write audit.jsonl");
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(audit: &Audit, reason: &str) {
        audit.note("ann", "kick", "session 1".to_owned(), reason, "done".to_owned());
    }

    #[test]
    fn last_entries_are_kept_and_no_more() {
        let audit = Audit::new(None);
        (0..ENTRIES_MAX + 3).for_each(|number| note(&audit, &number.to_string()));
        let entries = audit.entries();
        assert_eq!((entries.len(), entries[0].reason.as_str()), (ENTRIES_MAX, "3"));
    }

    #[test]
    fn file_gets_a_line_for_each() {
        let path = std::env::temp_dir().join(format!("ricochet-audit-{}.jsonl", std::process::id()));
        let audit = Audit::new(Some(path.clone()));
        note(&audit, "first\nof all");
        note(&audit, "second");
        audit.flush(Duration::from_secs(20));
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let reasons: Vec<_> =
            text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect();
        assert_eq!((reasons.len(), &reasons[0]["reason"]), (2, &"first\nof all".into()));
    }

    #[test]
    fn full_file_makes_way_and_the_one_before_it_is_kept() {
        let path = std::env::temp_dir().join(format!("ricochet-audit-{}-rotated.jsonl", std::process::id()));
        let mut file = RotatedFile { path: path.clone(), bytes: 0 };
        for first in [b'a', b'b', b'c'] {
            let line = vec![first; FILE_BYTES_MAX as usize - 10];
            file.write_all(&line).unwrap();
        }
        let kept = [path.clone(), path.with_extension("1.jsonl")].map(|path| {
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(path).unwrap();
            bytes[0]
        });
        assert_eq!(kept, [b'c', b'b']);
    }
}
