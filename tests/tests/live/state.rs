//! A state directory for a server of a test. The server records by default, and the recordings must play again.

use arena::rules::World;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use room::record::verify;

/// A folder that is deleted at the end of the test.
#[derive(Debug)]
pub(crate) struct State(PathBuf);

impl State {
    /// An empty one.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("ricochet-live-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Plays all recordings again.
    ///
    /// # Panics
    /// A replay differs, or nothing was recorded.
    pub(crate) fn verify(&self) {
        let folders = ["rooms", "recordings"].map(|folder| self.0.join(folder));
        let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
        let files = entries.map(|entry| entry.expect("the folder can be read").path());
        let mut played = 0;
        for path in files.filter(|path| path.is_file()) {
            let shown = path.display();
            let verified = verify::<World>(fs::read(&path).expect("the file can be read"));
            let verified = verified.unwrap_or_else(|error| panic!("{shown}: {error}"));
            let (damage, first) = (&verified.info.damage, &verified.first_difference);
            assert!(damage.is_empty() && first.is_none(), "{shown}: {damage:?} {first:?}");
            played += 1;
        }
        assert!(played > 0, "a server records its first room");
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
