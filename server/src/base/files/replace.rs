//! Replaces a file as a whole: the new one is written under another name, synced, and renamed over the old one; then the folder is synced.
//! If the machine dies at any moment, the old or the new file is there, complete.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{folder_of, sync_folder};

/// The permissions of the new file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    /// The default of the process.
    Shared,
    /// Only the owner may read it.
    Private,
}

/// Replaces or creates the file at `path`. A symbolic link stays; its target is replaced.
///
/// # Errors
/// When the disk fails; then the old file is complete.
pub(crate) fn replace(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = beside(&path)?;
    // A file that a crash left there may be readable by others.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let outcome = write(&beside, bytes, access).and_then(|()| fs::rename(&beside, &path));
    if outcome.is_err() {
        let _ = fs::remove_file(&beside);
    }
    outcome?;
    sync_folder(folder_of(&path))
}

fn write(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = access;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The temporary path, in the same folder and thus on the same file system, as a rename needs.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = name.to_owned();
    beside.push(".new");
    Ok(path.with_file_name(beside))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::folder, *};

    #[test]
    fn file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = folder("replace");
        let path = folder.join("bans.toml");
        for text in ["a long first text", "second"] {
            replace(&path, text.as_bytes(), Access::Shared).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn old_file_stays_whole_where_the_new_one_cannot_be_written() {
        let folder = folder("replace-fails");
        let path = folder.join("bans.toml");
        fs::write(&path, "old").unwrap();
        // A folder that is not empty cannot be removed, and nothing can be created in its place.
        fs::create_dir_all(folder.join("bans.toml.new/in the way")).unwrap();
        assert!(replace(&path, b"new", Access::Shared).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert!(replace(&folder.join("no folder/bans.toml"), b"new", Access::Shared).is_err());
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn private_file_is_private_even_where_a_crash_left_a_public_one_beside_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder("replace-private");
        let path = folder.join("key");
        fs::write(folder.join("key.new"), "half").unwrap();
        replace(&path, b"secret", Access::Private).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn link_stays_a_link_to_the_file_that_is_replaced() {
        let folder = folder("replace-link");
        fs::create_dir(folder.join("elsewhere")).unwrap();
        let target = folder.join("elsewhere/bans.toml");
        fs::write(&target, "old").unwrap();
        let link = folder.join("bans.toml");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        replace(&link, b"new", Access::Shared).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        fs::remove_dir_all(folder).unwrap();
    }
}
