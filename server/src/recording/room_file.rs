//! The file of one room's running match: appended to, and after a fault written on from where it is still good.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use shared::Tick;

use crate::games::Hosted;

/// A file of a match.
#[derive(Debug)]
pub(crate) struct RoomFile {
    game: &'static dyn Hosted,
    path: PathBuf,
    /// `None` after a fault.
    file: Option<File>,
    /// Bytes that are whole chunks; behind them may be the torn rest of one.
    good: u64,
    /// The tick the match, or this part of it, began after.
    began: Tick,
    began_at: SystemTime,
    /// The packed start, to begin the file again if it has vanished.
    start: Vec<u8>,
    /// Somebody played in it.
    humans: bool,
    /// The disk has refused something since the last checkpoint that it took.
    torn: bool,
    synced: Instant,
}

/// Checkpoints of a file that come sooner after the last sync than this are not synced: it is the disk that is spared.
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

    /// A file that was recovered: `good` bytes of it count, and what comes next belongs to the match that is told to have
    /// begun after `began`.
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

    /// Whether it can be appended to, or waits for a checkpoint.
    pub(crate) fn is_open(&self) -> bool {
        self.file.is_some()
    }

    /// The start of its match, packed.
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

    /// Notes whether the disk took a chunk.
    pub(crate) fn set_torn(&mut self, torn: bool) {
        self.torn = torn;
    }

    /// Whether its end is missing on disk.
    pub(crate) fn is_torn(&self) -> bool {
        self.torn
    }

    /// Closes the file when what is written no longer goes where the path leads; says whether it did. Somebody may have removed the file,
    /// put another in its place or cut it: the system goes on taking every byte, and nobody would find them.
    pub(crate) fn close_if_lost(&mut self) -> bool {
        let good = self.good;
        let is_lost = self.file.as_ref().is_some_and(|file| !is_whole_at(&self.path, file, good));
        if is_lost {
            self.file = None;
            self.good = 0;
        }
        is_lost
    }

    /// Opens the file where it is good, or begins it, to go on with a checkpoint. Gives the bytes written.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when something else is at its path, which is not touched: another match that could not be
    /// moved away, a file that somebody has cut, or no file at all.
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
            // It is ours and holds nothing; the next try needs the path.
            let _ = fs::remove_file(&self.path);
            return Err(error);
        }
        self.good = head.len() as u64;
        self.file = Some(file);
        Ok(self.good)
    }

    /// Brings it to disk now and then; it is the system that dies then, since what was written outlives the process.
    pub(crate) fn sync_sometimes(&mut self) -> io::Result<()> {
        match self.synced.elapsed() >= SYNC_SPACING {
            true => self.sync(),
            false => Ok(()),
        }
    }

    /// Brings it to disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.synced = Instant::now();
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }
}

/// Whether a path leads to this open file, which still has `bytes`. An error is for whoever opens it next.
#[cfg(unix)]
fn is_whole_at(path: &Path, file: &File, bytes: u64) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |about: &fs::Metadata| (about.dev(), about.ino());
    let (Ok(there), Ok(here)) = (fs::symlink_metadata(path), file.metadata()) else { return false };
    id(&there) == id(&here) && here.len() >= bytes
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn is_whole_at(_path: &Path, file: &File, bytes: u64) -> bool {
    file.metadata().is_ok_and(|here| here.len() >= bytes)
}

/// What the header says has written it.
const BUILD: &str = concat!("ricochet-server ", env!("CARGO_PKG_VERSION"));
