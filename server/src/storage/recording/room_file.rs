//! The file of one room's running match: append-only, and continued after the last whole chunk when a write has failed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use shared::Tick;

use crate::games::Hosted;

/// The file of a match.
#[derive(Debug)]
pub(crate) struct RoomFile {
    game: &'static dyn Hosted,
    path: PathBuf,
    /// `None` after a failed write, and before the first one.
    file: Option<File>,
    /// Length of the whole chunks; part of a torn chunk may follow.
    good: u64,
    /// The match, or this part of it, starts after this tick.
    began: Tick,
    began_at: SystemTime,
    /// The compressed start chunk, to start the file again if it has vanished.
    start: Vec<u8>,
    /// A human has played in it.
    humans: bool,
    /// A write has failed since the last written checkpoint.
    torn: bool,
    synced: Instant,
}

/// Checkpoints within this time after a sync are not synced, to spare the disk.
const SYNC_SPACING: Duration = Duration::from_secs(5);

impl RoomFile {
    /// A file that does not exist yet.
    pub(crate) fn new(game: &'static dyn Hosted, path: PathBuf, began: Tick, now: SystemTime) -> Self {
        Self {
            game,
            path,
            file: None,
            good: 0,
            began,
            began_at: now,
            start: Vec::new(),
            humans: false,
            torn: false,
            synced: Instant::now(),
        }
    }

    /// A recovered file, of which the first `good` bytes are kept. Later chunks belong to the match that began after the tick
    /// `began`.
    pub(crate) fn recovered(
        game: &'static dyn Hosted,
        path: PathBuf,
        good: u64,
        began: Tick,
        began_at: SystemTime,
        humans: bool,
    ) -> Self {
        Self { file: None, good, began_at, humans, ..Self::new(game, path, began, began_at) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn began(&self) -> Tick {
        self.began
    }

    pub(crate) fn began_at(&self) -> SystemTime {
        self.began_at
    }

    pub(crate) fn has_humans(&self) -> bool {
        self.humans
    }

    pub(crate) fn note_humans(&mut self, humans: bool) {
        self.humans |= humans;
    }

    /// True if it can be appended to; false if it waits for a checkpoint.
    pub(crate) fn is_open(&self) -> bool {
        self.file.is_some()
    }

    /// Sets the compressed start chunk of its match.
    pub(crate) fn set_start(&mut self, start: Vec<u8>) {
        self.start = start;
    }

    /// Appends a whole chunk.
    pub(crate) fn append(&mut self, chunk: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::NotConnected.into()) };
        if let Err(error) = file.write_all(chunk) {
            self.file = None;
            return Err(error);
        }
        self.good += chunk.len() as u64;
        Ok(())
    }

    /// Sets whether the end of the file is missing because a write has failed.
    pub(crate) fn set_torn(&mut self, torn: bool) {
        self.torn = torn;
    }

    /// True if its end is missing on disk.
    pub(crate) fn is_torn(&self) -> bool {
        self.torn
    }

    /// Closes the file if its path no longer leads to it; true if it did so. Somebody may have removed, replaced or cut the file:
    /// the system still accepts every byte, but nobody could read them.
    pub(crate) fn close_if_lost(&mut self) -> bool {
        let good = self.good;
        let is_lost = self.file.as_ref().is_some_and(|file| !is_whole_at(&self.path, file, good));
        if is_lost {
            self.file = None;
            self.good = 0;
        }
        is_lost
    }

    /// Opens the file after its last whole chunk, or creates it, so that a checkpoint can follow. Returns the bytes written.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when something else has the path, which is not changed: another match that could not be
    /// moved away, a file that somebody has cut, or not a file.
    pub(crate) fn open(&mut self) -> io::Result<u64> {
        match fs::symlink_metadata(&self.path) {
            Ok(about) if self.good > 0 && about.is_file() && about.len() >= self.good => {
                let mut file = OpenOptions::new().write(true).open(&self.path)?;
                file.set_len(self.good)?;
                file.seek(SeekFrom::Start(self.good))?;
                self.file = Some(file);
                Ok(0)
            }
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.begin(),
            Err(error) => Err(error),
        }
    }

    fn begin(&mut self) -> io::Result<u64> {
        let unix_ms = self.began_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let mut head = self.game.record_header(BUILD, unix_ms);
        head.extend_from_slice(&self.start);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&self.path)?;
        self.good = 0;
        if let Err(error) = file.write_all(&head) {
            // The file is ours and useless, and the next try needs the path.
            let _ = fs::remove_file(&self.path);
            return Err(error);
        }
        self.good = head.len() as u64;
        self.file = Some(file);
        Ok(self.good)
    }

    /// Syncs the file if the last sync is [`SYNC_SPACING`] ago. This is for a crash of the system; written data survives a crash of the
    /// process.
    pub(crate) fn sync_sometimes(&mut self) -> io::Result<()> {
        match self.synced.elapsed() >= SYNC_SPACING {
            true => self.sync(),
            false => Ok(()),
        }
    }

    /// Syncs the file.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.synced = Instant::now();
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }
}

/// True if the path leads to this open file, and the file still has `bytes`. An error counts as false; the next open reports it.
#[cfg(unix)]
fn is_whole_at(path: &Path, file: &File, bytes: u64) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |about: &fs::Metadata| (about.dev(), about.ino());
    let (Ok(there), Ok(here)) = (fs::symlink_metadata(path), file.metadata()) else { return false };
    id(&there) == id(&here) && here.len() >= bytes
}

/// On other systems an open file cannot be removed.
#[cfg(not(unix))]
fn is_whole_at(_path: &Path, file: &File, bytes: u64) -> bool {
    file.metadata().is_ok_and(|here| here.len() >= bytes)
}

/// The program's name in the header.
const BUILD: &str = concat!("ricochet-server ", env!("CARGO_PKG_VERSION"));
