//! Which file means what: rules, which are compiled, or the page, which is packed as it is.

use std::path::{Path, PathBuf};

/// The part that a source belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Rust, for the server, for the page's module, or for both.
    Rules,
    /// Scripts, styles and pictures of the page.
    Page,
}

/// The folders that are watched.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sources {
    roots: Vec<Root>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Root {
    path: PathBuf,
    part: Part,
    /// True if everything below counts. If not, only the files that describe a package do: others are notes, or written by cargo.
    recursive: bool,
}

/// Folders that nothing of a game is made of, wherever they are.
const SKIPPED: &[&str] = &["target", "tests", "benches", "docs", "node_modules", "state"];
/// Files that describe a package. Cargo writes `Cargo.lock` itself, in the middle of a build.
const PACKAGE: &[&str] = &["Cargo.toml", "build.rs"];

impl Sources {
    /// Adds everything below a folder.
    pub fn add(&mut self, path: impl Into<PathBuf>, part: Part) {
        self.roots.push(Root { path: path.into(), part, recursive: true });
    }

    /// Adds the files that describe the package in a folder.
    pub fn add_package(&mut self, path: impl Into<PathBuf>) {
        self.roots.push(Root { path: path.into(), part: Part::Rules, recursive: false });
    }

    /// Adds a package that lies in a folder, its page below `page` and everything else in it that can be part of the game.
    pub fn add_game(&mut self, folder: &Path) {
        self.add_package(folder);
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()).filter(|path| path.is_dir()) {
            match name(&path) {
                "page" => self.add(path, Part::Page),
                name if is_skipped(name) => {}
                _ => self.add(path, Part::Rules),
            }
        }
    }

    /// The folders to watch, and whether with the folders in them.
    pub(crate) fn folders(&self) -> impl Iterator<Item = (&Path, bool)> {
        self.roots.iter().map(|root| (root.path.as_path(), root.recursive))
    }

    /// The part that a changed file belongs to, if it is a source.
    pub fn part(&self, path: &Path) -> Option<Part> {
        let inside = |root: &&Root| {
            let Ok(inner) = path.strip_prefix(&root.path) else { return false };
            let mut parts = inner.iter().map(|part| part.to_str().unwrap_or_default());
            match root.recursive {
                true => parts.all(|part| !is_skipped(part)),
                false => inner.iter().count() == 1 && parts.all(|part| PACKAGE.contains(&part)),
            }
        };
        if is_temporary(name(path)) {
            return None;
        }
        // The innermost one: a page lies in the folder of its game.
        self.roots.iter().filter(inside).max_by_key(|root| root.path.as_os_str().len()).map(|root| root.part)
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || SKIPPED.contains(&name)
}

/// True for a name that editors give to files while they save: `main.rs~`, `#main.rs#`, `4913`, `main.rs.tmp`.
fn is_temporary(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    name.is_empty()
        || name.ends_with('~')
        || name.starts_with(['.', '#'])
        || name.bytes().all(|byte| byte.is_ascii_digit())
        || ["tmp", "swp", "swx", "bak", "orig", "part"].contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        let mut sources = Sources::default();
        sources.add_package("/game");
        sources.add("/game/src", Part::Rules);
        sources.add("/game/page", Part::Page);
        sources.add("/engine/shared/src", Part::Rules);
        sources
    }

    #[test]
    fn sources_are_rules_or_page() {
        for (path, part) in [
            ("/game/src/lib.rs", Part::Rules),
            ("/game/src/maps/small.toml", Part::Rules),
            ("/game/Cargo.toml", Part::Rules),
            ("/game/build.rs", Part::Rules),
            ("/game/page/main.js", Part::Page),
            ("/game/page/draw/icon.svg", Part::Page),
            ("/engine/shared/src/rng.rs", Part::Rules),
        ] {
            assert_eq!(sources().part(Path::new(path)), Some(part), "{path}");
        }
    }

    #[test]
    fn what_no_build_is_made_of_starts_none() {
        for path in [
            "/game/Cargo.lock",
            "/game/README.md",
            "/game/target/debug/build.rs",
            "/game/tests/kit.rs",
            "/game/page/tests/a.mjs",
            "/game/page/node_modules/x/index.js",
            "/game/src/.lib.rs.swp",
            "/game/src/lib.rs~",
            "/game/src/4913",
            "/game/src/#lib.rs#",
            "/game/src/lib.rs.tmp",
            "/elsewhere/lib.rs",
        ] {
            assert_eq!(sources().part(Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn page_in_the_folder_of_its_game_is_the_page() {
        let mut sources = Sources::default();
        sources.add("/games/pond", Part::Rules);
        sources.add("/games/pond/page", Part::Page);
        assert_eq!(sources.part(Path::new("/games/pond/page/main.js")), Some(Part::Page));
        assert_eq!(sources.part(Path::new("/games/pond/src/lib.rs")), Some(Part::Rules));
    }
}
