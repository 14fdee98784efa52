//! Reads the map files of a host's folder. The game parses their contents.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    base::files::read_text,
    games::{MapFile, PrepareError},
};

/// Reads every map file of `folder`, sorted by name.
///
/// # Errors
/// When a file cannot be read, or there is none.
pub(crate) fn read(folder: &Path) -> Result<Vec<MapFile>, PrepareError> {
    let unreadable = |path: &Path, error: &std::io::Error| PrepareError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let text = read_text(&path).map_err(|error| unreadable(&path, &error))?;
        files.push(MapFile { path, text });
    }
    if files.is_empty() { Err(PrepareError::NoMaps { path: folder.to_owned() }) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("ricochet-maps-{name}-{}", std::process::id()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn folder_without_maps_is_refused() {
        let folder = Folder::new("none");
        fs::write(folder.0.join("moon.txt"), "").unwrap();
        assert_eq!(read(&folder.0), Err(PrepareError::NoMaps { path: folder.0.clone() }));
    }

    #[test]
    fn maps_come_in_the_order_of_their_files() {
        let folder = Folder::new("some");
        for (name, text) in [("b.toml", "2"), ("a.toml", "1")] {
            fs::write(folder.0.join(name), text).unwrap();
        }
        let texts: Vec<_> = read(&folder.0).unwrap().into_iter().map(|file| file.text).collect();
        assert_eq!(texts, ["1", "2"]);
    }

    #[test]
    fn file_that_cannot_be_read_is_named() {
        let folder = Folder::new("bad");
        let path = folder.0.join("moon.toml");
        fs::create_dir(&path).unwrap();
        let text = read(&folder.0).unwrap_err().to_string();
        assert!(text.starts_with(&path.display().to_string()), "{text}");
    }
}
