//! A uniform grid over the map, rebuilt in each tick by counting sort.
//!
//! A rebuild takes a few microseconds for a thousand entities, and no state has to be kept consistent between ticks.

use glam::IVec2;
use shared::{EntityId, quantize::POSITION_PER_PX};

/// Entities, sorted by cell.
#[derive(Debug)]
pub(crate) struct Grid {
    cell: i32,
    columns: i32,
    rows: i32,
    /// The map has no end: distant cells share an entry.
    endless: bool,
    /// Index in `items` of each cell's first entity, plus one entry for the end.
    starts: Vec<u32>,
    items: Vec<(EntityId, IVec2)>,
}

impl Grid {
    /// A grid over a map of this size, position units, for searches with this `radius`: its cells are about half as wide. `None` is a map
    /// without an end.
    pub(crate) fn new(size: Option<IVec2>, radius: i32) -> Self {
        let cell = (radius / 2).max(CELL_MIN);
        let (columns, rows) =
            size.map_or((ENDLESS_CELLS, ENDLESS_CELLS), |size| (size.x / cell + 1, size.y / cell + 1));
        let starts = vec![0; (columns * rows) as usize + 1];
        Self { cell, columns, rows, endless: size.is_none(), starts, items: Vec::new() }
    }

    /// Sorts the entities into their cells.
    pub(crate) fn rebuild(&mut self, entities: impl Iterator<Item = (EntityId, IVec2)> + Clone) {
        self.starts.fill(0);
        let mut count = 0;
        for (_, position) in entities.clone() {
            let cell = self.cell_of(position);
            self.starts[cell + 1] += 1;
            count += 1;
        }
        for cell in 1..self.starts.len() {
            self.starts[cell] += self.starts[cell - 1];
        }
        self.items.clear();
        self.items.resize(count, (EntityId(0), IVec2::ZERO));
        // Filling moves each start to the end of its cell, which is the start of the next cell; the rotation below undoes this.
        for (id, position) in entities {
            let cell = self.cell_of(position);
            self.items[self.starts[cell] as usize] = (id, position);
            self.starts[cell] += 1;
        }
        self.starts.rotate_right(1);
        self.starts[0] = 0;
    }

    /// Calls `visit` with every entity in the cells that touch a circle; some of them are outside `radius`.
    #[inline]
    pub(crate) fn around(&self, center: IVec2, radius: i32, mut visit: impl FnMut(EntityId, IVec2)) {
        let reach = self.reach(center, radius);
        for row in 0..reach.rows {
            for &(id, position) in self.slice(&reach, row, reach.columns) {
                visit(id, position);
            }
            for &(id, position) in self.slice(&reach, row, reach.more_columns) {
                visit(id, position);
            }
        }
    }

    /// Like [`Grid::around`], as an iterator.
    pub(crate) fn near(&self, center: IVec2, radius: i32) -> impl Iterator<Item = (EntityId, IVec2)> {
        let reach = self.reach(center, radius);
        let spans = move |row| [reach.columns, reach.more_columns].map(|columns| self.slice(&reach, row, columns));
        (0..reach.rows).flat_map(spans).flatten().copied()
    }

    /// The cells that touch a circle's bounding box.
    fn reach(&self, center: IVec2, radius: i32) -> Reach {
        let low = self.cell_at(center.saturating_sub(IVec2::splat(radius)));
        let high = self.cell_at(center.saturating_add(IVec2::splat(radius)));
        let rows = (high.y - low.y + 1).min(self.rows);
        if !self.endless {
            return Reach { first_row: low.y, rows, columns: (low.x, high.x), more_columns: NO_COLUMNS };
        }
        let first_row = low.y.rem_euclid(self.rows);
        let all = (0, self.columns - 1);
        let (columns, more_columns) = match (low.x.rem_euclid(self.columns), high.x.rem_euclid(self.columns)) {
            _ if high.x - low.x >= self.columns => (all, NO_COLUMNS),
            (first, last) if first <= last => ((first, last), NO_COLUMNS),
            (first, last) => ((0, last), (first, all.1)),
        };
        Reach { first_row, rows, columns, more_columns }
    }

    /// The cells of a row are contiguous, so those of the box are one slice, or two where the row wraps around.
    #[inline]
    fn slice(&self, reach: &Reach, row: i32, (first, last): (i32, i32)) -> &[(EntityId, IVec2)] {
        if first > last {
            return &[];
        }
        let row = reach.first_row + row;
        let start = if row < self.rows { row } else { row - self.rows } * self.columns;
        let (first, last) = ((start + first) as usize, (start + last) as usize);
        &self.items[self.starts[first] as usize..self.starts[last + 1] as usize]
    }

    fn cell_of(&self, position: IVec2) -> usize {
        let cell = self.cell_at(position);
        let (row, column) = match self.endless {
            true => (cell.y.rem_euclid(self.rows), cell.x.rem_euclid(self.columns)),
            false => (cell.y, cell.x),
        };
        (row * self.columns + column) as usize
    }

    /// The cell of a position; positions outside the map belong to the nearest cell.
    fn cell_at(&self, position: IVec2) -> IVec2 {
        let cell = IVec2::new(position.x.div_euclid(self.cell), position.y.div_euclid(self.cell));
        if self.endless { cell } else { cell.clamp(IVec2::ZERO, IVec2::new(self.columns - 1, self.rows - 1)) }
    }
}

/// A rectangle of cells: rows from `first_row` on, which may wrap around, and one or two ranges of columns.
#[derive(Clone, Copy)]
struct Reach {
    first_row: i32,
    rows: i32,
    columns: (i32, i32),
    more_columns: (i32, i32),
}

const NO_COLUMNS: (i32, i32) = (1, 0);
/// Side of the smallest cell, position units: 64 px.
const CELL_MIN: i32 = 64 * POSITION_PER_PX;
/// Number of columns and of rows for a map without an end.
const ENDLESS_CELLS: i32 = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rng::Rng;

    #[test]
    fn grid_finds_what_brute_force_finds() {
        let size = IVec2::new(40, 30) * 64 * POSITION_PER_PX;
        for (size, radius) in
            [Some(size), None].into_iter().flat_map(|size| [100, 5_000, 20_000, 100_000].map(|radius| (size, radius)))
        {
            let mut rng = Rng::new(3);
            let reach = if size.is_some() { IVec2::new(41_500, 31_220) } else { IVec2::splat(3_000_000) };
            let mut point = || IVec2::new(rng.between(-500, reach.x), rng.between(-500, reach.y));
            let mut grid = Grid::new(size, radius);
            let entities: Vec<_> = (0..300).map(|id| (EntityId(id), point())).collect();
            grid.rebuild(entities.iter().copied());
            for _ in 0..50 {
                let center = point();
                // Also with a radius larger than the grid was made for.
                for radius in [radius, 5 * radius] {
                    let within = |position: IVec2| (position - center).as_vec2().length() <= radius as f32;
                    let mut found: Vec<_> =
                        grid.near(center, radius).filter(|&(_, position)| within(position)).map(|(id, _)| id).collect();
                    found.sort_unstable();
                    let expected: Vec<_> =
                        entities.iter().filter(|(_, position)| within(*position)).map(|&(id, _)| id).collect();
                    assert_eq!(found, expected, "{size:?}, {radius}");
                }
            }
        }
    }
}
