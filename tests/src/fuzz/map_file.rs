//! A map file is read or refused with a place and a reason.

use arena::map::file;

/// `data` is the file.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match file::parse("fuzz.toml", text) {
        Ok(map) => {
            assert!(!map.spawns.is_empty(), "a map without spawns was let through");
            for spawn in &map.spawns {
                assert!(!map.is_wall(spawn.column.into(), spawn.row.into()), "a spawn inside a wall was let through");
            }
        }
        Err(error) => assert!(error.to_string().starts_with("fuzz.toml"), "no file is named: {error}"),
    }
}
