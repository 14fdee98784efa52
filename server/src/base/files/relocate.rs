//! Moves a file to another folder, on any file system, under a name that is free there.
//!
//! ```text
//! reserve a name (create_new) ──> rename over the reservation            same file system: one step
//!                             └─> copy to NAME.part, sync, rename over   another one: the old file goes when the new one
//!                                 it, sync the folder, remove the old    is on disk
//! ```
//!
//! If it fails or the machine dies at any moment, at least one of the two places has the whole file, and no other file was overwritten.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use super::{folder_of, sync_folder};

/// Moves `file` to `folder` under the first of `names` that is free there; returns its new path.
///
/// # Errors
/// When the disk fails, or none of the names is free. Then the file stays where it was.
pub(crate) fn relocate(file: &Path, folder: &Path, names: impl IntoIterator<Item = String>) -> io::Result<PathBuf> {
    let path = reserve(file, folder, names)?;
    let outcome = match fs::rename(file, &path) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copy_over(file, &path),
        // `file` is a folder where a file was expected; it cannot replace the reserved file.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            fs::remove_file(&path).and_then(|()| fs::rename(file, &path))
        }
        outcome => outcome,
    };
    if let Err(error) = outcome {
        // Remove the reservation, which is an empty file.
        let _ = fs::remove_file(&path);
        return Err(error);
    }
    sync_folder(folder)?;
    sync_folder(folder_of(file))?;
    Ok(path)
}

/// Reserves a free name with an empty file.
fn reserve(file: &Path, folder: &Path, names: impl IntoIterator<Item = String>) -> io::Result<PathBuf> {
    // Without this check, a missing `file` would leave a reservation for a moment.
    fs::symlink_metadata(file)?;
    for name in names {
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn copy_over(file: &Path, path: &Path) -> io::Result<()> {
    let part = part(path);
    let copy = || {
        let mut from = File::open(file)?;
        let modified = from.metadata()?.modified();
        let mut to = File::create(&part)?;
        io::copy(&mut from, &mut to)?;
        if let Ok(modified) = modified {
            to.set_modified(modified)?;
        }
        to.sync_all()?;
        fs::rename(&part, path)?;
        sync_folder(folder_of(path))
    };
    if let Err(error) = copy() {
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    // The file is where it belongs; an old copy that stays only costs space.
    if let Err(error) = fs::remove_file(file) {
        tracing::warn!(path = %file.display(), %error, "a file was copied to another file system and cannot be removed here");
    }
    Ok(())
}

/// Path of the copy in progress. Only such copies have this ending, so one that a crash left may be overwritten.
fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::folder, *};

    fn names() -> impl Iterator<Item = String> {
        (0..3).map(|copy| format!("{copy}.rrec"))
    }

    #[test]
    fn file_gets_the_first_free_name_and_no_other_is_touched() {
        let root = folder("relocate");
        let to = root.join("to");
        fs::create_dir(&to).unwrap();
        fs::write(to.join("0.rrec"), "other").unwrap();
        let from = root.join("room-1.rrec");
        fs::write(&from, "match").unwrap();
        let path = relocate(&from, &to, names()).unwrap();
        assert_eq!(path, to.join("1.rrec"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "match");
        assert_eq!(fs::read_to_string(to.join("0.rrec")).unwrap(), "other");
        assert!(!from.exists());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn file_stays_where_it_is_if_it_cannot_be_moved() {
        let root = folder("relocate-fails");
        let from = root.join("room-1.rrec");
        fs::write(&from, "match").unwrap();
        assert!(relocate(&from, &root.join("no folder"), names()).is_err());
        for name in names() {
            fs::write(root.join(name), "other").unwrap();
        }
        let error = relocate(&from, &root, names()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&from).unwrap(), "match");
        assert_eq!(relocate(&root.join("gone"), &root, names()).unwrap_err().kind(), io::ErrorKind::NotFound);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn folder_in_the_place_of_a_file_is_moved_as_well() {
        let root = folder("relocate-folder");
        let from = root.join("room-4.rrec");
        fs::create_dir(&from).unwrap();
        assert!(relocate(&from, &root, names()).unwrap().is_dir());
        fs::remove_dir_all(root).unwrap();
    }

    /// `/dev/shm` is a file system of its own on Linux.
    #[cfg(target_os = "linux")]
    #[test]
    fn file_is_moved_to_another_file_system() {
        let root = folder("relocate-other");
        let other = Path::new("/dev/shm").join(format!("ricochet-relocate-{}", std::process::id()));
        fs::create_dir_all(&other).unwrap();
        let from = root.join("room-1.rrec");
        fs::write(&from, "match").unwrap();
        fs::write(other.join("0.rrec.part"), "what a crash has left").unwrap();
        let before = fs::metadata(&from).unwrap().modified().unwrap();
        let direct = fs::rename(&from, other.join("direct")).map_err(|error| error.kind());
        assert_eq!(direct, Err(io::ErrorKind::CrossesDevices), "the test needs two file systems");
        let path = relocate(&from, &other, names()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "match");
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
        assert!(!from.exists());
        assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
        fs::remove_dir_all(root).unwrap();
        fs::remove_dir_all(other).unwrap();
    }
}
