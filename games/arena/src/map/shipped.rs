//! The maps that come with Ricochet, embedded in the program.

/// Names and texts of the shipped maps, for [`super::file::parse`]. The first is the default.
pub fn shipped() -> impl Iterator<Item = (&'static str, &'static str)> {
    MAPS.into_iter()
}

const MAPS: [(&str, &str); 4] = [
    ("foundry", include_str!("../../maps/foundry.toml")),
    ("divide", include_str!("../../maps/divide.toml")),
    ("pit", include_str!("../../maps/pit.toml")),
    ("plain", include_str!("../../maps/plain.toml")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{Map, file};
    use shared::quantize::POSITION_PER_PX;

    #[test]
    fn shipped_maps_are_valid_and_bear_their_names() {
        for (name, text) in shipped() {
            let map = file::parse(name, text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(map.name, name);
        }
    }

    #[test]
    fn shipped_maps_are_the_same_from_both_sides() {
        for (name, text) in shipped() {
            let map: Map = file::parse(name, text).unwrap();
            let (width, height) = (i32::from(map.width()), i32::from(map.height()));
            for row in 0..height {
                for column in 0..width {
                    let opposite = map.is_wall(width - 1 - column, height - 1 - row);
                    assert_eq!(map.is_wall(column, row), opposite, "{name}: column {column}, row {row}");
                }
            }
        }
    }

    #[test]
    fn pit_is_seen_whole() {
        let (name, text) = shipped().find(|(name, _)| *name == "pit").unwrap();
        let map = file::parse(name, text).unwrap();
        let diagonal_px = map.size().as_vec2().length() / POSITION_PER_PX as f32;
        assert!(map.interest_px() as f32 >= diagonal_px, "{name} is {diagonal_px} px across");
    }
}
