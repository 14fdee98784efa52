//! One way for each task with files: replace a file so that a crash leaves the old or the new one, move a file to any folder, and
//! read a text file that a person may have saved with any editor.

mod relocate;
mod replace;
mod text;

pub(crate) use self::{
    relocate::relocate,
    replace::{Access, replace},
    text::{read_bytes, read_text},
};

use std::{io, path::Path};

/// Writes a folder's list of names to disk: without this, a loss of power can undo an earlier rename.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match std::fs::File::open(folder)?.sync_all() {
        // Some file systems cannot sync a folder.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        outcome => outcome,
    }
}

/// Other systems cannot open a folder, and write names to disk by themselves.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::PathBuf;

    /// An empty folder for one test.
    pub(crate) fn folder(test: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("ricochet-files-{test}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        path
    }
}
