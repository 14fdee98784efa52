//! Which maps a server plays: read and checked once at start, then shared by all rooms.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arena::{
    event::Team,
    map::{
        Map,
        file::{self, MapError},
        shipped,
    },
    rules::Mode,
};

use crate::files::read_text;

/// The maps of each mode, in the order they are played; each mode has at least one.
#[derive(Clone, Debug)]
pub struct Rotation {
    deathmatch: Vec<Arc<Map>>,
    team_deathmatch: Vec<Arc<Map>>,
}

/// Why a server has nothing to play.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MapsError {
    /// A map is broken.
    #[error(transparent)]
    Broken(#[from] MapError),
    /// The folder or a file in it cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The folder has no map.
    #[error("{}: there is no map in this folder; a map is a file NAME.toml", path.display())]
    NoMaps {
        /// The folder.
        path: PathBuf,
    },
    /// Two files call their map the same.
    #[error("two maps are called \"{name}\"")]
    Twice {
        /// The name.
        name: String,
    },
    /// The map asked for is not there.
    #[error("there is no map \"{}\"; there are {}", name.escape_debug(), known.join(", "))]
    NoSuchMap {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
}

/// Rooms with more seats than this want a plain.
const ARENA_SEATS_MAX: u16 = 64;
/// A map at least this wide or high, tiles, is a plain.
const PLAIN_TILES_MIN: u16 = 100;

/// Reads the maps of `folder`, or the shipped ones.
///
/// # Errors
/// With file, place and reason when one is broken.
pub fn load(folder: Option<&Path>) -> Result<Vec<Map>, MapsError> {
    let Some(folder) = folder else {
        return shipped().map(|(name, text)| file::parse(name, text).map_err(MapsError::from)).collect();
    };
    let unreadable = |path: &Path, error: &std::io::Error| MapsError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut maps: Vec<Map> = Vec::with_capacity(paths.len());
    for path in paths {
        let text = read_text(&path).map_err(|error| unreadable(&path, &error))?;
        let map = file::parse(&path.display().to_string(), &text)?;
        if maps.iter().any(|other| other.name == map.name) {
            return Err(MapsError::Twice { name: map.name });
        }
        maps.push(map);
    }
    if maps.is_empty() { Err(MapsError::NoMaps { path: folder.to_owned() }) } else { Ok(maps) }
}

impl Rotation {
    /// The maps that suit each mode in rooms of `seats`, or the one called `only`. `maps` must not be empty.
    ///
    /// # Errors
    /// When `only` is not among them.
    pub fn new(maps: Vec<Map>, only: Option<&str>, seats: u16) -> Result<Self, MapsError> {
        let mut maps: Vec<Arc<Map>> = maps.into_iter().map(Arc::new).collect();
        if let Some(name) = only {
            let known = maps.iter().map(|map| map.name.clone()).collect();
            maps.retain(|map| map.name == name);
            if maps.is_empty() {
                return Err(MapsError::NoSuchMap { name: name.to_owned(), known });
            }
        }
        let sized = prefer(&maps, |map| is_plain(map) == (seats > ARENA_SEATS_MAX));
        Ok(Self { deathmatch: prefer(&sized, |map| !has_sides(map)), team_deathmatch: prefer(&sized, has_sides) })
    }

    /// The maps of `mode`.
    pub fn maps(&self, mode: Mode) -> &[Arc<Map>] {
        match mode {
            Mode::Deathmatch => &self.deathmatch,
            Mode::TeamDeathmatch => &self.team_deathmatch,
        }
    }

    /// The maps of `mode` in the order of a room's turn: each room begins with another, so that all are seen.
    pub fn turned(&self, mode: Mode, turn: usize) -> Vec<Arc<Map>> {
        let mut maps = self.maps(mode).to_vec();
        let count = maps.len();
        maps.rotate_left(turn % count);
        maps
    }
}

/// The maps that suit, or all where none does: any map can be played in any mode by any number.
fn prefer(maps: &[Arc<Map>], suits: impl Fn(&Map) -> bool) -> Vec<Arc<Map>> {
    let suitable: Vec<_> = maps.iter().filter(|map| suits(map)).cloned().collect();
    if suitable.is_empty() { maps.to_vec() } else { suitable }
}

/// Each team has places of its own to appear.
fn has_sides(map: &Map) -> bool {
    [Team::Red, Team::Blue].iter().all(|&team| map.spawns.iter().any(|spawn| spawn.team == team))
}

fn is_plain(map: &Map) -> bool {
    map.width().max(map.height()) >= PLAIN_TILES_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(only: Option<&str>, mode: Mode, seats: u16, expected: &[&str]) {
        let rotation = Rotation::new(load(None).unwrap(), only, seats).unwrap();
        let names: Vec<_> = rotation.maps(mode).iter().map(|map| map.name.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn shipped_maps_suit_mode_and_room_size() {
        check(None, Mode::Deathmatch, 16, &["foundry", "pit"]);
        check(None, Mode::Deathmatch, ARENA_SEATS_MAX, &["foundry", "pit"]);
        check(None, Mode::Deathmatch, ARENA_SEATS_MAX + 1, &["plain"]);
        check(None, Mode::TeamDeathmatch, 16, &["divide"]);
        check(None, Mode::TeamDeathmatch, 1_000, &["plain"]);
    }

    #[test]
    fn one_map_is_played_alone_whatever_mode_and_size() {
        check(Some("pit"), Mode::Deathmatch, 1_000, &["pit"]);
        check(Some("pit"), Mode::TeamDeathmatch, 16, &["pit"]);
        check(Some("divide"), Mode::Deathmatch, 16, &["divide"]);
    }

    #[test]
    fn unknown_map_is_told_what_there_is() {
        let error = Rotation::new(load(None).unwrap(), Some("moon"), 16).unwrap_err();
        assert_eq!(error.to_string(), "there is no map \"moon\"; there are foundry, divide, pit, plain");
    }

    #[test]
    fn rooms_begin_on_different_maps() {
        let rotation = Rotation::new(load(None).unwrap(), None, 16).unwrap();
        let first = |turn| rotation.turned(Mode::Deathmatch, turn)[0].name.clone();
        assert_eq!([first(0), first(1), first(2)], ["foundry", "pit", "foundry"]);
    }

    #[test]
    fn folder_without_maps_is_refused() {
        let folder = std::env::temp_dir().join(format!("ricochet-no-maps-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let outcome = load(Some(&folder));
        fs::remove_dir(&folder).unwrap();
        assert_eq!(outcome, Err(MapsError::NoMaps { path: folder }));
    }

    #[test]
    fn broken_map_in_a_folder_is_refused_with_its_file() {
        let folder = std::env::temp_dir().join(format!("ricochet-broken-map-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let path = folder.join("moon.toml");
        fs::write(&path, "name = 3").unwrap();
        let outcome = load(Some(&folder));
        fs::remove_dir_all(&folder).unwrap();
        let text = outcome.unwrap_err().to_string();
        assert!(text.starts_with(&path.display().to_string()), "{text}");
    }
}
