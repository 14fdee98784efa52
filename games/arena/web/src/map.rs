//! The map as JSON, for drawing.

use arena::map::Map;
use serde::Serialize;
use shared::quantize::position_to_px;

#[derive(Serialize)]
struct MapTold<'a> {
    name: &'a str,
    tile_px: u16,
    width: u16,
    height: u16,
    /// Lengths of runs of equal tiles, row after row: floor, wall, floor, …
    runs: Vec<u32>,
    pickups: Vec<PlaceTold>,
}

#[derive(Serialize)]
struct PlaceTold {
    /// 0 health, 1 rapid fire, 2 shield, 3 rail.
    kind: u8,
    x: f32,
    y: f32,
}

pub(crate) fn json(map: &Map) -> String {
    let place = |(index, kind)| {
        let position = position_to_px(map.pickup_position(index as u8));
        PlaceTold { kind, x: position.x, y: position.y }
    };
    let told = MapTold {
        name: &map.name,
        tile_px: map.tile_px(),
        width: map.width(),
        height: map.height(),
        runs: map.wall_runs(),
        pickups: map.pickups().iter().map(|place| place.kind as u8).enumerate().map(place).collect(),
    };
    serde_json::to_string(&told).expect("numbers and texts are JSON")
}

#[cfg(test)]
mod tests {
    use arena::map::{PickupKind, PickupPlace};

    use super::*;

    #[test]
    fn map_is_told_in_pixels() {
        let place = PickupPlace { kind: PickupKind::Rail, column: 1, row: 0 };
        let map = Map::new("tiny".into(), 64, 3, 1, vec![true, false, true], vec![place]);
        assert_eq!(
            json(&map),
            r#"{"name":"tiny","tile_px":64,"width":3,"height":1,"runs":[0,1,1,1],"pickups":[{"kind":3,"x":96.0,"y":32.0}]}"#
        );
    }
}
