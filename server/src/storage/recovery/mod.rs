//! Restores the rooms of the server's previous run from the files of their running matches, before players are admitted.
//!
//! ```text
//! rooms/room-N.rrec ──> newest checkpoint + ticks after it ──> match ──> room, with its number and its shard
//!     whole, or torn at its end            the torn end is cut off, and the file is continued
//!     damaged, but some of it is good      set aside; the room continues from the good part, in a new file
//!     not readable at all                  set aside; the room is lost
//!     its match has ended, or other rules  kept as an ended match; the room continues in a new file
//!     its room has ended                   kept as an ended match
//!     another format, game or tick rate    kept as an ended match; the room is lost
//!     the disk cannot read it              it stays, and the server does not start
//! ```
//!
//! Only the content of a file counts as damage. A failing disk, missing file descriptors or missing permissions are temporary: if they
//! counted as damage, a good match would be lost.

mod restored;

use std::{
    fs, io,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use metrics::counter;
use room::record::{Fault, RecordError};
use shared::{RoomId, TickRate, limits::RECORD_FILE_BYTES_MAX};
use tracing::{error, info, warn};

pub use self::restored::RestoredRoom;
use crate::{
    base::calendar,
    config::Games,
    games::RecoveredRoom,
    storage::{
        recording::{Kept, RoomFile, Shelf},
        state::{self, StateDirectory},
    },
};

/// Reasons why a server cannot read the running matches.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecoveryError {
    /// The folder cannot be listed.
    #[error("{}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A file exists and cannot be read.
    #[error(
        "{}: this running match cannot be read: {source}; it stays as it is: start again when it can be read, or move it away to go on without it",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

/// The fault of a file's content.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("this is no file")]
    NoFile,
    #[error("it has {0} bytes, and no recording is that large")]
    TooLarge(u64),
    #[error("{0}")]
    Record(#[from] RecordError),
    #[error("{0}")]
    UnknownGame(String),
    #[error("reading it made the reader fail; this is a fault of the program")]
    Panic,
}

/// Tries to read before the start fails: a descriptor may become free, or a network file system come back.
const TRIES: u32 = 3;
const TRY_PAUSE: Duration = Duration::from_millis(200);

/// Reads every running match. A file that cannot be used is set aside and reported; no content of a file keeps a server from
/// starting.
///
/// # Errors
/// When the folder or a file cannot be read. Then every file is where it was.
pub(crate) fn recover_rooms(
    state: &StateDirectory,
    shelf: &Shelf,
    games: Games,
    tick_rate: TickRate,
) -> Result<Vec<RestoredRoom>, RecoveryError> {
    let folder = state.rooms();
    let unlisted = |source| RecoveryError::Folder { path: folder.clone(), source };
    let mut rooms = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unlisted)? {
        let entry = entry.map_err(unlisted)?;
        if let Some(room) = entry.file_name().to_str().and_then(state::room_of) {
            rooms.push((room, entry.path()));
        }
    }
    rooms.sort_unstable();
    // All files are probed before one is moved or cut, so that a start that fails has changed nothing.
    for (_, path) in &rooms {
        probe(path).map_err(|source| RecoveryError::File { path: path.clone(), source })?;
    }
    let mut restored = Vec::new();
    for (room, path) in rooms {
        let outcome = recover_room(room, &path, shelf, games, tick_rate);
        restored.extend(outcome.map_err(|source| RecoveryError::File { path, source })?);
    }
    Ok(restored)
}

/// Reads one running match, as [`recover_rooms`] does.
///
/// # Errors
/// When the disk cannot read it; then it stays where it is.
pub(crate) fn recover_room(
    room: RoomId,
    path: &Path,
    shelf: &Shelf,
    games: Games,
    tick_rate: TickRate,
) -> io::Result<Option<RestoredRoom>> {
    let shown = path.display();
    let recovered = match insist(|| read(path, games)) {
        Ok(Ok(recovered)) => recovered,
        Ok(Err(Unreadable::Record(RecordError::OtherFormat { theirs, ours }))) => {
            warn!(
                room = room.0,
                path = %shown,
                theirs,
                ours,
                "a running match was written by a version with another format; it is kept, and its room cannot go on"
            );
            keep(room, path, shelf, calendar::now());
            return Ok(None);
        }
        Ok(Err(reason @ Unreadable::UnknownGame(_))) => {
            warn!(room = room.0, path = %shown, %reason, "a running match is kept, and its room cannot go on");
            keep(room, path, shelf, calendar::now());
            return Ok(None);
        }
        Ok(Err(reason)) => {
            counter!("ricochet_recordings_damaged_total").increment(1);
            error!(room = room.0, path = %shown, %reason, "a running match cannot be read; its room is lost");
            set_aside(room, path, shelf, calendar::now());
            return Ok(None);
        }
        // Somebody has just removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let began_at = UNIX_EPOCH + Duration::from_millis(recovered.info.header.started_unix_ms.min(UNIX_MS_MAX));
    let humans = !recovered.humans.is_empty();
    // A killed process leaves a torn file. Any other fault has another cause.
    let is_damaged = recovered.diverged || recovered.info.damage.iter().any(|damage| damage.fault != Fault::Torn);
    let has_ended = recovered.info.end.is_some();
    let other_rules = !recovered.info.same_rules;
    let other_rate = recovered.info.start.tick_rate != tick_rate;
    let file = if is_damaged {
        counter!("ricochet_recordings_damaged_total").increment(1);
        for damage in &recovered.info.damage {
            error!(room = room.0, path = %shown, "{damage}");
        }
        if recovered.diverged {
            error!(room = room.0, path = %shown, "its ticks do not play again as they were recorded");
        }
        set_aside(room, path, shelf, began_at);
        None
    } else if has_ended || other_rules || other_rate {
        keep(room, path, shelf, began_at);
        None
    } else {
        let good = recovered.good_bytes as u64;
        let game = recovered.played.game;
        Some(RoomFile::recovered(game, path.to_owned(), good, recovered.tick, began_at, humans))
    };
    let is_over = recovered.info.end.as_ref().is_some_and(|end| end.ended.ends_room());
    if is_over {
        return Ok(None);
    }
    if other_rate {
        let (was, is) = (recovered.info.start.tick_rate.hz(), tick_rate.hz());
        warn!(room = room.0, "the room played at {was} Hz and the server does at {is}: it cannot go on");
        return Ok(None);
    }
    if other_rules {
        warn!(room = room.0, "the rules have changed since: the room goes on from its last checkpoint");
    }
    counter!("ricochet_rooms_recovered_total").increment(1);
    info!(
        room = room.0,
        tick = recovered.tick.0,
        replayed = recovered.replayed,
        players = recovered.sessions.len(),
        "the room goes on"
    );
    Ok(Some(RestoredRoom::new(room, recovered, file)))
}

/// Repeats a read that fails, because the fault may be temporary.
fn insist<T>(read: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let mut tries = 1;
    loop {
        match read() {
            Err(error) if error.kind() != io::ErrorKind::NotFound && tries < TRIES => {
                thread::sleep(TRY_PAUSE);
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Checks that the disk can read the first byte of a file. A missing file is no error.
fn probe(path: &Path) -> io::Result<()> {
    use io::Read as _;
    let probed = insist(|| {
        if fs::metadata(path)?.is_file() {
            // One byte only, because reading a thousand matches takes time, and each is read whole later.
            fs::File::open(path)?.take(1).read_to_end(&mut Vec::new())?;
        }
        Ok(())
    });
    match probed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// Reads and recovers a file. The outer error is a fault of the machine, the inner one a fault of the content.
fn read(path: &Path, games: Games) -> io::Result<Result<RecoveredRoom, Unreadable>> {
    let about = fs::metadata(path)?;
    // A read of a pipe could wait for ever.
    if !about.is_file() {
        return Ok(Err(Unreadable::NoFile));
    }
    if about.len() > RECORD_FILE_BYTES_MAX as u64 {
        return Ok(Err(Unreadable::TooLarge(about.len())));
    }
    let bytes = fs::read(path)?;
    // The reader is fuzzed, but should it panic nevertheless, one file must not keep the server from starting.
    let recovered = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let game = games.of_recording(&bytes)?.map_err(Unreadable::UnknownGame)?;
        Ok(game.recover(bytes)?)
    }));
    Ok(recovered.unwrap_or(Err(Unreadable::Panic)))
}

/// Moves an ended match to the shelf. If that fails it stays where it is, and is not overwritten.
fn keep(room: RoomId, path: &Path, shelf: &Shelf, began_at: SystemTime) {
    match shelf.take_in(path, room, began_at, true) {
        Ok(Kept::OnShelf(_) | Kept::Not) => {}
        Ok(Kept::Waits { path, error }) => {
            warn!(path = %path.display(), %error, "the recording of a match cannot be put on the shelf yet; it waits there");
        }
        Err(error) => warn!(path = %path.display(), %error, "cannot move the recording of a match; it stays"),
    }
}

/// Moves a file that cannot be continued to the folder of damaged ones.
pub(crate) fn set_aside(room: RoomId, path: &Path, shelf: &Shelf, began_at: SystemTime) {
    match shelf.set_aside(path, room, began_at) {
        Ok(kept) => error!(room = room.0, kept = %kept.display(), "set aside"),
        Err(error) => {
            error!(room = room.0, path = %path.display(), %error, "cannot be set aside; it stays, and nobody writes over it");
        }
    }
}

/// The year 3000, because a header may contain any time.
const UNIX_MS_MAX: u64 = 32_503_680_000_000;
