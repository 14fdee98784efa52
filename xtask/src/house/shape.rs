//! How the sources are divided: modules, cycles of imports, lines of files, files of folders.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::source::{
    File,
    cycles::{self, Cycle},
    modules::{Crate, package_of},
};

/// Files of a folder; one with more is hard to survey.
const FOLDER_FILES_MAX: usize = 12;
/// Entries of a folder; one with fewer is a detour.
const FOLDER_FILES_MIN: usize = 3;

#[derive(Serialize)]
pub(super) struct Shape {
    pub(super) modules: Vec<Modules>,
    pub(super) cycles: Vec<Cycle>,
    pub(super) lines: Vec<Lines>,
    pub(super) full_folders: Vec<Folder>,
    pub(super) small_folders: Vec<Folder>,
}

/// Modules of a crate.
#[derive(Serialize)]
pub(super) struct Modules {
    #[serde(rename = "crate")]
    pub(super) name: String,
    pub(super) top: usize,
    pub(super) all: usize,
}

/// Lines for each Rust file of a package, tests included.
#[derive(Serialize)]
pub(super) struct Lines {
    pub(super) package: String,
    pub(super) files: usize,
    pub(super) median: usize,
    pub(super) p90: usize,
    pub(super) max: usize,
    pub(super) longest: String,
}

/// A folder of Rust files.
#[derive(Serialize)]
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) files: usize,
    pub(super) folders: usize,
}

pub(super) fn measure(crates: &[Crate], files: &[File]) -> Shape {
    let modules = crates
        .iter()
        .map(|found| Modules {
            name: found.name.clone(),
            top: found.modules[0].children.len(),
            all: found.modules.len() - 1,
        })
        .collect();
    let folders = folders(files);
    let (full_folders, others) = folders.into_iter().partition(|folder| folder.files > FOLDER_FILES_MAX);
    let mut small_folders: Vec<Folder> = others;
    small_folders.retain(|folder| folder.files + folder.folders < FOLDER_FILES_MIN && is_division(folder));
    Shape {
        modules,
        cycles: crates.iter().flat_map(cycles::find).collect(),
        lines: lines(crates, files),
        full_folders,
        small_folders,
    }
}

/// Cargo prescribes the folders `src`, `tests` and so on, however little there is to put into them.
fn is_division(folder: &Folder) -> bool {
    let name = folder.path.rsplit('/').next().unwrap_or(&folder.path);
    !["src", "tests", "benches", "examples", "bin"].contains(&name)
}

fn lines(crates: &[Crate], files: &[File]) -> Vec<Lines> {
    let mut by_package: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let length = (file.text.lines().count(), file.path.as_str());
        by_package.entry(package_of(crates, &file.path)).or_default().push(length);
        by_package.entry("all").or_default().push(length);
    }
    let summed = |(package, mut lengths): (&str, Vec<(usize, &str)>)| {
        lengths.sort_unstable();
        // The nearest rank: `percent` of the files are no longer than this one.
        let rank = |percent: usize| lengths[(lengths.len() * percent).div_ceil(100) - 1].0;
        let (max, longest) = *lengths.last().expect("a package is listed for a file of its own");
        Lines {
            package: package.to_owned(),
            files: lengths.len(),
            median: rank(50),
            p90: rank(90),
            max,
            longest: longest.to_owned(),
        }
    };
    by_package.into_iter().map(summed).collect()
}

/// Folders with Rust files, and how many files and folders each holds.
fn folders(files: &[File]) -> Vec<Folder> {
    let mut found: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some((folder, _)) = file.path.rsplit_once('/') else { continue };
        found.entry(folder).or_default().0 += 1;
        let Some((above, name)) = folder.rsplit_once('/') else { continue };
        let folders = &mut found.entry(above).or_default().1;
        if !folders.contains(&name) {
            folders.push(name);
        }
    }
    found
        .into_iter()
        .filter(|(_, (files, _))| *files > 0)
        .map(|(path, (files, folders))| Folder { path: path.to_owned(), files, folders: folders.len() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::file;

    #[test]
    fn files_and_folders_of_a_folder_are_counted() {
        let files = ["a/src/b/c.rs", "a/src/b/d/e.rs", "a/src/b/d/f.rs", "a/src/b/g/h/i.rs"].map(|path| file(path, ""));
        let found: Vec<_> =
            folders(&files).into_iter().map(|folder| (folder.path, folder.files, folder.folders)).collect();
        assert_eq!(found, [("a/src/b".into(), 1, 1), ("a/src/b/d".into(), 2, 0), ("a/src/b/g/h".into(), 1, 0)]);
    }

    #[test]
    fn lines_are_of_the_nearest_rank() {
        let files: Vec<File> = (1..=10).map(|lines| file(&format!("{lines}.rs"), &"x\n".repeat(lines))).collect();
        let found = lines(&[], &files);
        assert_eq!((found[0].package.as_str(), found[0].files), ("all", 10));
        assert_eq!((found[0].median, found[0].p90, found[0].max, found[0].longest.as_str()), (5, 9, 10, "10.rs"));
    }
}
