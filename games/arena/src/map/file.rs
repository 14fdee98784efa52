//! Map files: TOML around a drawing of tiles. An invalid file is refused with file, place and reason.
//!
//! ```toml
//! name = "pit"
//! tile_px = 64
//! interest_px = 1600
//! rows = """
//! ######
//! #s..s#
//! #.+#.#
//! #s..s#
//! ######
//! """
//! ```
//!
//! The text comes from the caller, since this crate reads no files. `games/arena/maps/README.md` explains the signs.

use std::{collections::VecDeque, fmt};

use serde::Deserialize;
use toml::Spanned;

use crate::event::Team;
use crate::rules::{Terrain, numbers::Rules};
use crate::{
    limits::{MAP_TILES_MAX, PICKUPS_MAX},
    map::{Map, PickupKind, PickupPlace, Spawn},
};
use shared::{
    TickRate,
    limits::TICK_HZ_MAX,
    limits::{MAP_NAME_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX},
    tick::Tick,
    wire::{MapMessage, ServerMessage},
};
use std::sync::Arc;

/// Parses the text of a map file. `file` is its name in errors.
///
/// # Errors
/// A [`MapError`], with the place in the file if there is one.
pub fn parse(file: &str, text: &str) -> Result<Map, MapError> {
    parse_text(text).map_err(|(place, fault)| MapError { file: file.to_owned(), place, fault })
}

/// Reason why a map file is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}{}: {fault}", Colon(*place))]
pub struct MapError {
    /// Name of the file, as the caller gave it.
    pub file: String,
    /// Place of the error, if there is one place.
    pub place: Option<Place>,
    /// The error.
    pub fault: MapFault,
}

/// A place in a file. Both count from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Errors of a map file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MapFault {
    /// Invalid TOML, a missing or unknown key, or a value of the wrong type.
    #[error("{reason}")]
    Syntax {
        /// Message of the parser.
        reason: String,
    },
    /// A name that clients would refuse.
    #[error("the name must have 1 to {MAP_NAME_BYTES_MAX} bytes and no control characters")]
    BadName,
    /// Tiles so small that crafts could skip one, or so large that the map exceeds its coordinates.
    #[error("tile_px is {found}, it must be {} to {}", Map::TILE_PX_MIN, Map::TILE_PX_MAX)]
    BadTileSize {
        /// Value in the file.
        found: i64,
    },
    /// A view distance that is too short or too long.
    #[error("interest_px is {found}, it must be {INTEREST_PX_MIN} to {INTEREST_PX_MAX}")]
    BadInterest {
        /// Value in the file.
        found: i64,
    },
    /// No drawing, or one that is too small or too large.
    #[error("the map has {columns} columns and {rows} rows, it must have {SIDE_MIN} to {MAP_TILES_MAX} of each")]
    BadSize {
        /// Number of characters of the first row.
        columns: usize,
        /// Number of rows.
        rows: usize,
    },
    /// A row whose length differs from the first.
    #[error("this row has {found} tiles, the first has {expected}")]
    Ragged {
        /// Length of this row.
        found: usize,
        /// Length of the first row.
        expected: usize,
    },
    /// A character that is not a tile.
    #[error("{found:?} is not a tile; allowed are # . s r b + * o !")]
    UnknownTile {
        /// The character.
        found: char,
    },
    /// More pickups than the entity ids that are reserved for them.
    #[error("one pickup too many: a map has at most {PICKUPS_MAX}")]
    TooManyPickups,
    /// No place where players can appear.
    #[error("there is no spawn (s, r or b)")]
    NoSpawn,
    /// One team has spawns, the other has none.
    #[error("{missing} has no spawn: draw spawns for both teams, or s for all players")]
    OneSided {
        /// The team without spawns.
        missing: &'static str,
    },
    /// A spawn or a pickup that cannot be reached.
    #[error("this {what} cannot be reached from the first spawn")]
    Unreachable {
        /// `spawn` or `pickup`.
        what: &'static str,
    },
    /// So many changes between wall and floor that the encoded map exceeds the largest message.
    #[error("the map takes {bytes} bytes to send, {limit} are allowed: draw larger pieces of wall and floor")]
    TooDetailed {
        /// Size of the encoded map.
        bytes: usize,
        /// Largest message.
        limit: usize,
    },
}

/// Content of a map file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: Spanned<String>,
    tile_px: Spanned<i64>,
    interest_px: Spanned<i64>,
    rows: Spanned<String>,
}

/// An error and its place.
type Fault = (Option<Place>, MapFault);

fn parse_text(text: &str) -> Result<Map, Fault> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let place = error.span().map(|span| place_of(text, span.start));
        (place, MapFault::Syntax { reason: error.message().trim_end().to_owned() })
    })?;
    let Document { name, tile_px, interest_px, rows } = document;
    let at = |start: usize, fault| (Some(place_of(text, start)), fault);

    let is_good_name = (1..=MAP_NAME_BYTES_MAX).contains(&name.get_ref().len());
    if !is_good_name || name.get_ref().chars().any(char::is_control) {
        return Err(at(name.span().start, MapFault::BadName));
    }
    let found = *tile_px.get_ref();
    let tile_size = u16::try_from(found).ok().filter(|size| (Map::TILE_PX_MIN..=Map::TILE_PX_MAX).contains(size));
    let tile_size = tile_size.ok_or_else(|| at(tile_px.span().start, MapFault::BadTileSize { found }))?;
    let found = *interest_px.get_ref();
    let interest = u32::try_from(found).ok().filter(|px| (INTEREST_PX_MIN..=INTEREST_PX_MAX).contains(px));
    let interest = interest.ok_or_else(|| at(interest_px.span().start, MapFault::BadInterest { found }))?;

    let first_line = first_line_of_drawing(text, rows.span().start);
    let drawing = Drawing::read(rows.get_ref()).map_err(|(tile, fault)| {
        let place = tile.map(|(column, row)| Place { line: first_line + row, column: column + 1 });
        (place.or_else(|| Some(place_of(text, rows.span().start))), fault)
    })?;
    let Drawing { width, height, walls, pickups, spawns } = drawing;
    let map = Map::new(name.into_inner(), tile_size, width, height, walls, pickups).with_server_side(spawns, interest);
    fits_its_message(&map)?;
    Ok(map)
}

/// Content of the drawing.
struct Drawing {
    width: u16,
    height: u16,
    walls: Vec<bool>,
    pickups: Vec<PickupPlace>,
    spawns: Vec<Spawn>,
}

/// An error and its tile (column, row, from 0).
type TileFault = (Option<(usize, usize)>, MapFault);

impl Drawing {
    fn read(rows: &str) -> Result<Self, TileFault> {
        let lines: Vec<&str> = rows.lines().collect();
        let expected = lines.first().map_or(0, |line| line.chars().count());
        let sides = SIDE_MIN..=usize::from(MAP_TILES_MAX);
        if !sides.contains(&expected) || !sides.contains(&lines.len()) {
            return Err((None, MapFault::BadSize { columns: expected, rows: lines.len() }));
        }
        let mut drawing = Self {
            width: expected as u16,
            height: lines.len() as u16,
            walls: Vec::with_capacity(expected * lines.len()),
            pickups: Vec::new(),
            spawns: Vec::new(),
        };
        for (row, line) in lines.iter().enumerate() {
            for (column, sign) in line.chars().enumerate().take(expected) {
                drawing.tile(sign, column as u16, row as u16).map_err(|fault| (Some((column, row)), fault))?;
            }
            let found = line.chars().count();
            if found != expected {
                return Err((Some((found.min(expected), row)), MapFault::Ragged { found, expected }));
            }
        }
        drawing.check_spawns()?;
        drawing.check_reach()?;
        Ok(drawing)
    }

    fn tile(&mut self, sign: char, column: u16, row: u16) -> Result<(), MapFault> {
        self.walls.push(sign == '#');
        let spawn = |team| Spawn { team, column, row };
        let kind = match sign {
            '#' | '.' => return Ok(()),
            's' => return self.spawn(spawn(Team::None)),
            'r' => return self.spawn(spawn(Team::Red)),
            'b' => return self.spawn(spawn(Team::Blue)),
            '+' => PickupKind::Health,
            '*' => PickupKind::Rapid,
            'o' => PickupKind::Shield,
            '!' => PickupKind::Rail,
            found => return Err(MapFault::UnknownTile { found }),
        };
        if self.pickups.len() == PICKUPS_MAX {
            return Err(MapFault::TooManyPickups);
        }
        self.pickups.push(PickupPlace { kind, column, row });
        Ok(())
    }

    fn spawn(&mut self, spawn: Spawn) -> Result<(), MapFault> {
        self.spawns.push(spawn);
        Ok(())
    }

    fn check_spawns(&self) -> Result<(), TileFault> {
        let has = |team| self.spawns.iter().any(|spawn| spawn.team == team);
        match (has(Team::None), has(Team::Red), has(Team::Blue)) {
            (false, false, false) => Err((None, MapFault::NoSpawn)),
            (false, true, false) => Err((None, MapFault::OneSided { missing: "blue" })),
            (false, false, true) => Err((None, MapFault::OneSided { missing: "red" })),
            _ => Ok(()),
        }
    }

    /// Flood fill from the first spawn; finds spawns and pickups that it does not reach.
    fn check_reach(&self) -> Result<(), TileFault> {
        let width = usize::from(self.width);
        let index = |column: u16, row: u16| usize::from(row) * width + usize::from(column);
        let mut reached = vec![false; self.walls.len()];
        let first = self.spawns[0];
        reached[index(first.column, first.row)] = true;
        let mut open = VecDeque::from([(first.column, first.row)]);
        while let Some((column, row)) = open.pop_front() {
            let around =
                [(column.wrapping_sub(1), row), (column + 1, row), (column, row.wrapping_sub(1)), (column, row + 1)];
            for (column, row) in around.into_iter().filter(|&(column, row)| column < self.width && row < self.height) {
                let tile = index(column, row);
                if !self.walls[tile] && !reached[tile] {
                    reached[tile] = true;
                    open.push_back((column, row));
                }
            }
        }
        let spawns = self.spawns.iter().map(|spawn| ("spawn", spawn.column, spawn.row));
        let pickups = self.pickups.iter().map(|place| ("pickup", place.column, place.row));
        match spawns.chain(pickups).find(|&(_, column, row)| !reached[index(column, row)]) {
            Some((what, column, row)) => Err((Some((column.into(), row.into())), MapFault::Unreachable { what })),
            None => Ok(()),
        }
    }
}

fn fits_its_message(map: &Map) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    // The tick rate changes only a few numbers, so any will do.
    let rules = Rules::new(TickRate::new(TICK_HZ_MAX).expect("within the limits"));
    let terrain = Terrain { map: Arc::new(map.clone()), rules };
    ServerMessage::Map(MapMessage::new(0, Tick(u32::MAX), &terrain)).encode(&mut bytes);
    if bytes.len() <= SERVER_MESSAGE_BYTES_MAX {
        return Ok(());
    }
    Err((None, MapFault::TooDetailed { bytes: bytes.len(), limit: SERVER_MESSAGE_BYTES_MAX }))
}

/// Converts a byte offset into line and column.
fn place_of(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

/// The line of the first row of a drawing whose string begins at `start`: the next line if the opening quotes end their
/// line, as in every map drawn by hand.
fn first_line_of_drawing(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let opening = rest.lines().next().unwrap_or_default().trim_end();
    place_of(text, start).line + usize::from(opening == "\"\"\"" || opening == "'''")
}

/// Formats a place after the name of a file.
struct Colon(Option<Place>);

impl fmt::Display for Colon {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Place { line, column }) => write!(out, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

/// Smallest number of columns and rows: two crafts can pass each other inside walls.
const SIDE_MIN: usize = 4;
/// Shortest view distance, px: half of a small screen.
const INTEREST_PX_MIN: u32 = 300;
/// Longest view distance, px: the whole of a large map.
const INTEREST_PX_MAX: u32 = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [&str; 5] = ["######", "#s..s#", "#.+#.#", "#s..s#", "######"];

    fn file(rows: &[&str]) -> String {
        file_with("name = \"box\"\ntile_px = 64\ninterest_px = 800\n", rows)
    }

    fn file_with(head: &str, rows: &[&str]) -> String {
        format!("{head}rows = \"\"\"\n{}\n\"\"\"\n", rows.join("\n"))
    }

    /// Checks that a file is refused with this text.
    fn check(text: &str, expected: &str) {
        let error = parse("maps/box.toml", text).expect_err("the map is broken");
        assert_eq!(error.to_string(), expected);
    }

    fn with_row(index: usize, row: &'static str) -> String {
        let mut rows = ROWS;
        rows[index] = row;
        file(&rows)
    }

    #[test]
    fn drawing_becomes_walls_spawns_and_pickups() {
        let map = parse("box.toml", &file(&ROWS)).unwrap();
        assert_eq!((map.width(), map.height(), map.tile_px(), map.interest_px()), (6, 5, 64, 800));
        assert!(map.is_wall(3, 2) && !map.is_wall(2, 2));
        assert_eq!(map.pickups(), [PickupPlace { kind: PickupKind::Health, column: 2, row: 2 }]);
        let spawns: Vec<_> = map.spawns.iter().map(|spawn| (spawn.column, spawn.row)).collect();
        assert_eq!(spawns, [(1, 1), (4, 1), (1, 3), (4, 3)]);
    }

    #[test]
    fn open_border_is_allowed() {
        assert!(parse("box.toml", &file(&["s...", "....", ".+..", "...s"])).is_ok());
    }

    #[test]
    fn unknown_tile_is_named_with_its_place() {
        check(&with_row(2, "#.+x.#"), "maps/box.toml:7:4: 'x' is not a tile; allowed are # . s r b + * o !");
    }

    #[test]
    fn ragged_row_is_named_with_its_place() {
        check(&with_row(3, "#s..s##"), "maps/box.toml:8:7: this row has 7 tiles, the first has 6");
        check(&with_row(3, "#s..s"), "maps/box.toml:8:6: this row has 5 tiles, the first has 6");
        check(&with_row(3, ""), "maps/box.toml:8:1: this row has 0 tiles, the first has 6");
    }

    #[test]
    fn size_is_checked_on_both_edges() {
        let square = |side: usize| {
            let mut rows = vec![".".repeat(side); side];
            rows[0].replace_range(0..1, "s");
            file(&rows.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let refusal = |side| {
            format!("maps/box.toml:4:8: the map has {side} columns and {side} rows, it must have 4 to 256 of each")
        };
        check(&square(3), &refusal(3));
        assert!(parse("box.toml", &square(4)).is_ok());
        assert!(parse("box.toml", &square(256)).is_ok());
        check(&square(257), &refusal(257));
    }

    #[test]
    fn tile_size_interest_and_name_are_checked() {
        let head = |name: &str, tile: i64, interest: i64| {
            file_with(&format!("name = \"{name}\"\ntile_px = {tile}\ninterest_px = {interest}\n"), &ROWS)
        };
        check(&head("box", 63, 800), "maps/box.toml:2:11: tile_px is 63, it must be 64 to 128");
        check(&head("box", 129, 800), "maps/box.toml:2:11: tile_px is 129, it must be 64 to 128");
        check(&head("box", 64, 299), "maps/box.toml:3:15: interest_px is 299, it must be 300 to 16384");
        let refusal = "maps/box.toml:1:8: the name must have 1 to 32 bytes and no control characters";
        check(&head("", 64, 800), refusal);
        check(&head(&"x".repeat(33), 64, 800), refusal);
        check(&head("a\\tb", 64, 800), refusal);
        assert!(parse("box.toml", &head(&"x".repeat(32), 128, 16_384)).is_ok());
    }

    #[test]
    fn map_without_spawns_is_refused() {
        let bare = ["######", "#....#", "#....#", "######"];
        check(&file(&bare), "maps/box.toml:4:8: there is no spawn (s, r or b)");
        let red = ["######", "#r...#", "#....#", "######"];
        let refusal = "maps/box.toml:4:8: blue has no spawn: draw spawns for both teams, or s for all players";
        check(&file(&red), refusal);
    }

    #[test]
    fn unreachable_spawn_or_pickup_is_refused() {
        let rows = ["#######", "#s.#.s#", "#..#..#", "#######"];
        check(&file(&rows), "maps/box.toml:6:6: this spawn cannot be reached from the first spawn");
        let rows = ["#######", "#s.#..#", "#..#.+#", "#######"];
        check(&file(&rows), "maps/box.toml:7:6: this pickup cannot be reached from the first spawn");
    }

    #[test]
    fn pickups_are_counted() {
        let rows = |last: &'static str| {
            let mut rows = vec!["++++++++++++++++"; 16];
            rows.push(last);
            file(&rows)
        };
        assert_eq!(parse("box.toml", &rows("s...............")).unwrap().pickups().len(), 256);
        check(&rows("s.+............."), "maps/box.toml:21:3: one pickup too many: a map has at most 256");
    }

    #[test]
    fn unknown_and_missing_keys_are_named() {
        let error = parse("box.toml", &format!("gravity = 3\n{}", file(&ROWS))).unwrap_err();
        assert_eq!(error.place, Some(Place { line: 1, column: 1 }));
        assert!(error.to_string().contains("gravity"), "{error}");
        let error = parse("box.toml", &file_with("name = \"box\"\ntile_px = 64\n", &ROWS)).unwrap_err();
        assert!(error.to_string().contains("interest_px"), "{error}");
        let error = parse("box.toml", "name = \"box\"\ntile_px = = 3").unwrap_err();
        assert_eq!(error.place.map(|place| place.line), Some(2));
    }

    #[test]
    fn map_that_is_too_large_for_a_message_is_refused() {
        // Alternating tiles: each run has one tile and takes a byte.
        let comb = ".#".repeat(128);
        let comb_with_spawn = format!("s{}", &comb[1..]);
        let open = format!("s{}", ".".repeat(255));
        let rows = |first| {
            let mut rows = vec![comb.as_str(); 256];
            rows[0] = first;
            file(&rows)
        };
        assert!(parse("box.toml", &rows(&open)).is_ok());
        let refusal = "maps/box.toml: the map takes 65572 bytes to send, 65536 are allowed: \
                       draw larger pieces of wall and floor";
        check(&rows(&comb_with_spawn), refusal);
    }
}
