//! The cells of one player: what an input does to them, on both ends.

use shared::game::IVec2;

use crate::{
    entity::{Cell, PACE_MAX},
    input::Wish,
    limits::CELLS_MAX,
    plate::Plate,
};

/// The cells of one player by slot.
pub(crate) type Herd = [Option<Cell>; CELLS_MAX];

/// The centre of the cells' mass, position units.
pub(crate) fn centre(cells: &Herd) -> Option<IVec2> {
    let (mut sum, mut mass) = ([0i64; 2], 0);
    for cell in cells.iter().flatten() {
        let weight = i64::from(cell.mass.max(1));
        sum = [sum[0] + weight * i64::from(cell.position.x), sum[1] + weight * i64::from(cell.position.y)];
        mass += weight;
    }
    (mass > 0).then(|| IVec2::new((sum[0] / mass) as i32, (sum[1] / mass) as i32))
}

/// One tick of a player's cells.
pub(crate) fn live(cells: &mut Herd, wish: Wish, plate: &Plate) {
    let Some(centre) = centre(cells) else { return };
    let point = centre + wish.point();
    for cell in cells.iter_mut().flatten() {
        steer(cell, point);
        shared::game::Entity::step(cell, plate);
    }
}

/// Turns a cell to a point. Near it the cell slows down, so that it does not tremble there.
fn steer(cell: &mut Cell, point: IVec2) {
    let way = point - cell.position;
    let distance = (i64::from(way.x).pow(2) + i64::from(way.y).pow(2)).isqrt();
    cell.pace = (distance / SLOWS_PER_PACE).min(PACE_MAX.into()) as u8;
    if cell.pace > 0 {
        cell.heading = ((shared::trig::angle_of(way) + 2) / 4) as u8;
    }
}

/// Position units from the point at which a cell has one more step of its pace: full at 75 px.
const SLOWS_PER_PACE: i64 = 5 * 16;
