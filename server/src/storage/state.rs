//! The directory of everything that outlives the process, and the lock that keeps a second server out.
//!
//! ```text
//! DIR/lock                  held by the server that runs
//! DIR/rooms/room-N.rrec     running matches, which recovery reads
//! DIR/rooms/ended-….rrec    ended matches that could not be moved to the folder of recordings yet
//! DIR/rooms/damaged/        running matches that could not be read to their end
//! DIR/recordings/           ended matches
//! ```

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use shared::RoomId;

/// The state directory of a running server, locked until this is dropped.
#[derive(Debug)]
pub struct StateDirectory {
    root: PathBuf,
    /// The system releases the lock with the file, however the process ends.
    _lock: File,
}

/// Reasons why a state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The directory, or a part of it, cannot be made or opened.
    #[error("{}: {source} (--state)", path.display())]
    Unusable {
        /// The folder or file that cannot be used.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// Another server uses it.
    #[error("{}: another server keeps its state there (--state)", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
}

impl StateDirectory {
    /// Makes missing folders and locks the directory.
    ///
    /// # Errors
    /// When it cannot be made or written to, or another server uses it.
    pub fn open(root: &Path) -> Result<Self, StateError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| StateError::Unusable { path, source }
        };
        for folder in Self::folders(root) {
            fs::create_dir_all(&folder).map_err(unusable(&folder))?;
        }
        let path = root.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(unusable(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root: root.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateError::InUse { path: root.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unusable(&path)(source)),
        }
    }

    /// Checks whether [`StateDirectory::open`] could make missing folders, and changes nothing. A server may be using the directory.
    ///
    /// # Errors
    /// When a file is where a folder should be.
    pub(crate) fn check(root: &Path) -> Result<(), StateError> {
        for folder in Self::folders(root) {
            // The nearest existing parent must be a folder.
            for path in folder.ancestors().filter(|path| !path.as_os_str().is_empty()) {
                let source = match fs::metadata(path) {
                    Ok(about) if about.is_dir() => break,
                    Ok(_) => io::ErrorKind::NotADirectory.into(),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => error,
                };
                return Err(StateError::Unusable { path: folder, source });
            }
        }
        Ok(())
    }

    fn folders(root: &Path) -> [PathBuf; 2] {
        [root.join("rooms/damaged"), root.join("recordings")]
    }

    /// Folder of running matches.
    pub fn rooms(&self) -> PathBuf {
        self.root.join("rooms")
    }

    /// Folder of matches that could not be read to their end.
    pub fn damaged(&self) -> PathBuf {
        self.root.join("rooms/damaged")
    }

    /// Folder of ended matches.
    pub fn recordings(&self) -> PathBuf {
        self.root.join("recordings")
    }
}

/// The file of a room's running match.
pub(crate) fn room_file(rooms: &Path, room: RoomId) -> PathBuf {
    rooms.join(format!("room-{}.{EXTENSION}", room.0))
}

/// The room whose running match has this name.
pub(crate) fn room_of(name: &str) -> Option<RoomId> {
    let number = name.strip_prefix("room-")?.strip_suffix(EXTENSION)?.strip_suffix('.')?;
    number.parse().ok().map(RoomId).filter(|room| format!("{}", room.0) == number)
}

/// The later name of an ended match that waits in the folder of running ones.
pub(crate) fn ended_of(name: &str) -> Option<&str> {
    name.strip_prefix(ENDED).filter(|name| name.strip_suffix(EXTENSION).is_some_and(|stem| stem.ends_with('.')))
}

/// Prefix of ended matches that wait in the folder of running ones.
pub(crate) const ENDED: &str = "ended-";
/// Extension of every recording.
pub const EXTENSION: &str = "rrec";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_server_is_kept_out_until_the_first_has_ended() {
        let root = std::env::temp_dir().join(format!("ricochet-state-{}", std::process::id()));
        let first = StateDirectory::open(&root).unwrap();
        assert!(first.rooms().is_dir() && first.recordings().is_dir() && first.damaged().is_dir());
        let error = StateDirectory::open(&root).unwrap_err();
        assert!(matches!(&error, StateError::InUse { path } if *path == root), "{error}");
        drop(first);
        assert!(StateDirectory::open(&root).is_ok());
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn only_files_of_rooms_are_taken_for_such() {
        assert_eq!(room_of("room-12.rrec"), Some(RoomId(12)));
        for name in ["room-012.rrec", "room-.rrec", "room-1.rrec.bak", "room--1.rrec", "lobby-1.rrec", "room-1"] {
            assert_eq!(room_of(name), None, "{name}");
        }
        assert_eq!(ended_of("ended-2026-room-1.rrec"), Some("2026-room-1.rrec"));
        assert_eq!(room_of("ended-2026-room-1.rrec"), None);
        assert_eq!((ended_of("ended-rrec"), ended_of("room-1.rrec")), (None, None));
        let path = room_file(Path::new("rooms"), RoomId(7));
        assert_eq!(room_of(path.file_name().unwrap().to_str().unwrap()), Some(RoomId(7)));
    }
}
