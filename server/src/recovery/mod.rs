//! Rooms of the server that ran before: brought back from the files of their running matches, before anybody is let in.
//!
//! ```text
//! rooms/room-N.rrec ──> newest checkpoint + ticks after it ──> world ──> room, with its number and its shard
//!     whole, or torn at its end        the torn end is cut off, and the file goes on
//!     damaged, but some of it is good  set aside; the room goes on from what is good, in a new file
//!     not readable at all              set aside; the room is lost
//!     ended, or of other rules         kept as an ended match; the room goes on in a new file
//! ```

mod restored;

use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use metrics::counter;
use room::record::{self, Ended, Fault, RecordError, Recovered};
use shared::{RoomId, TickRate, limits::RECORD_FILE_BYTES_MAX};
use tracing::{error, info, warn};

pub use self::restored::RestoredRoom;
use crate::{
    recording::{RoomFile, Shelf},
    state::{self, StateDirectory},
};

/// Why a file gives no room.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Record(#[from] RecordError),
    #[error("reading it made the reader fail; this is a fault of the program")]
    Panic,
}

/// Reads every running match. What cannot be used is set aside and reported; nothing in a file keeps a server from
/// starting.
///
/// # Errors
/// When the folder itself cannot be read.
pub(crate) fn recover_rooms(
    state: &StateDirectory,
    shelf: &Shelf,
    tick_rate: TickRate,
) -> io::Result<Vec<RestoredRoom>> {
    let mut rooms = Vec::new();
    for entry in fs::read_dir(state.rooms())? {
        let entry = entry?;
        if let Some(room) = entry.file_name().to_str().and_then(state::room_of) {
            rooms.push((room, entry.path()));
        }
    }
    rooms.sort_unstable();
    let restored = rooms.into_iter().filter_map(|(room, path)| recover_room(room, &path, shelf, tick_rate));
    Ok(restored.collect())
}

fn recover_room(room: RoomId, path: &Path, shelf: &Shelf, tick_rate: TickRate) -> Option<RestoredRoom> {
    let shown = path.display();
    let recovered = match read(path) {
        Ok(recovered) => recovered,
        Err(reason) => {
            counter!("ricochet_recordings_damaged_total").increment(1);
            error!(room = room.0, path = %shown, %reason, "a running match cannot be read; its room is lost");
            set_aside(room, path, shelf, SystemTime::now());
            return None;
        }
    };
    let began_at = UNIX_EPOCH + Duration::from_millis(recovered.info.header.started_unix_ms.min(UNIX_MS_MAX));
    let humans = recovered.world.roster().any(|info| !info.opponent);
    // What a killed process leaves behind is torn. Anything else was done to the file.
    let is_damaged = recovered.diverged || recovered.info.damage.iter().any(|damage| damage.fault != Fault::Torn);
    let has_ended = recovered.info.end.is_some();
    let other_rules = !recovered.info.header.is_of_these_rules();
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
        if let Err(error) = shelf.take_in(path, room, began_at, true) {
            warn!(path = %shown, %error, "cannot keep the recording of a match");
        }
        None
    } else {
        let good = recovered.good_bytes as u64;
        Some(RoomFile::recovered(path.to_owned(), good, recovered.tick(), began_at, humans))
    };
    let is_over = recovered.info.end.as_ref().is_some_and(|end| end.ended == Ended::RoomClosed);
    if is_over {
        return None;
    }
    if other_rate {
        let (was, is) = (recovered.info.start.tick_rate.hz(), tick_rate.hz());
        warn!(room = room.0, "the room played at {was} Hz and the server does at {is}: it cannot go on");
        return None;
    }
    if other_rules {
        warn!(room = room.0, "the rules have changed since: the room goes on from its last checkpoint");
    }
    counter!("ricochet_rooms_recovered_total").increment(1);
    info!(
        room = room.0,
        tick = recovered.tick().0,
        replayed = recovered.replayed,
        players = recovered.sessions.len(),
        "the room goes on"
    );
    Some(RestoredRoom::new(room, recovered, file))
}

fn read(path: &Path) -> Result<Recovered, Unreadable> {
    if fs::metadata(path)?.len() > RECORD_FILE_BYTES_MAX as u64 {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "no recording is that large").into());
    }
    let bytes = fs::read(path)?;
    // The reader is fuzzed, and yet: one file must not keep a whole server down.
    let recovered = std::panic::catch_unwind(move || record::recover(bytes)).map_err(|_| Unreadable::Panic)?;
    Ok(recovered?)
}

fn set_aside(room: RoomId, path: &Path, shelf: &Shelf, began_at: SystemTime) {
    match shelf.set_aside(path, room, began_at) {
        Ok(kept) => error!(room = room.0, kept = %kept.display(), "set aside"),
        Err(error) => error!(room = room.0, path = %path.display(), %error, "cannot be set aside either"),
    }
}

/// The year 3000: a header may say anything.
const UNIX_MS_MAX: u64 = 32_503_680_000_000;
