//! What administrators did: the last of it in memory for the page, all of it in the log and, where there is a state
//! directory, in a file.

use std::{
    collections::VecDeque,
    fs::OpenOptions,
    io::Write,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use metrics::counter;
use serde::Serialize;
use tracing::{error, info};

/// One action.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Entry {
    /// When, milliseconds since 1970.
    pub(super) at_ms: u64,
    /// The name of the token.
    pub(super) who: String,
    /// What was done.
    pub(super) action: &'static str,
    /// To whom or what.
    pub(super) target: String,
    /// Why, in the administrator's words.
    pub(super) reason: String,
    /// What came of it: `done`, or why not.
    pub(super) outcome: String,
}

/// The list.
pub(super) struct Audit {
    entries: Mutex<VecDeque<Entry>>,
    /// Where lines of JSON are appended.
    file: Option<PathBuf>,
}

/// Entries kept in memory.
const ENTRIES_MAX: usize = 256;

impl Audit {
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        Self { entries: Mutex::default(), file }
    }

    /// The last entries, the newest last.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.lock().iter().cloned().collect()
    }

    /// Notes what was done.
    pub(super) fn note(&self, who: &str, action: &'static str, target: String, reason: &str, outcome: String) {
        counter!("ricochet_admin_actions_total", "action" => action).increment(1);
        info!(admin = who, action, target, reason, outcome, "an administrator acted");
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let entry = Entry { at_ms, who: who.to_owned(), action, target, reason: reason.to_owned(), outcome };
        // Written under the lock, so that lines are whole and in order. Administrators are few and act seldom.
        let mut entries = self.lock();
        if let Err(error) = self.append(&entry) {
            error!(%error, "cannot write audit.jsonl");
        }
        if entries.len() == ENTRIES_MAX {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    fn append(&self, entry: &Entry) -> std::io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        OpenOptions::new().create(true).append(true).open(path)?.write_all(&line)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        // Every change leaves it whole, so a panic elsewhere does not matter.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
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
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let reasons: Vec<_> =
            text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect();
        assert_eq!((reasons.len(), &reasons[0]["reason"]), (2, &"first\nof all".into()));
    }
}
