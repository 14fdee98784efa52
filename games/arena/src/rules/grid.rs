//! Spatial index: points sorted into square cells, rebuilt every tick without allocating.
//!
//! Cells are in one array, row by row, as offsets into the sorted points (a counting sort), so that neighbours in a row
//! are neighbours in memory.

use glam::IVec2;

/// Points sorted into cells.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    columns: i32,
    rows: i32,
    /// Cell `c` holds `points[starts[c]..starts[c + 1]]`.
    starts: Vec<u32>,
    points: Vec<Point>,
}

/// A position with the caller's index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// Position units.
    pub position: IVec2,
    /// The caller's index.
    pub index: u16,
}

impl Grid {
    /// An empty grid over `size` position units.
    pub fn new(size: IVec2) -> Self {
        let (columns, rows) = ((size.x >> CELL_SHIFT) + 1, (size.y >> CELL_SHIFT) + 1);
        Self { columns, rows, starts: vec![0; (columns * rows + 1) as usize], points: Vec::new() }
    }

    /// Replaces all points. The order within a cell is that of `points`, reversed.
    pub fn rebuild(&mut self, points: impl Iterator<Item = Point> + Clone) {
        self.starts.fill(0);
        let mut total = 0;
        for point in points.clone() {
            let cell = self.cell(point.position);
            self.starts[cell] += 1;
            total += 1;
        }
        let mut end = 0;
        for start in &mut self.starts {
            end += *start;
            *start = end;
        }
        self.points.resize(total, Point { position: IVec2::ZERO, index: 0 });
        for point in points {
            let cell = self.cell(point.position);
            self.starts[cell] -= 1;
            self.points[self.starts[cell] as usize] = point;
        }
    }

    /// All points, in no particular order.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// True if there are no points.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// All points of the cells that the box from `low` to `high` touches: those in the box, and some around it.
    #[inline]
    pub fn in_box(&self, low: IVec2, high: IVec2) -> impl Iterator<Item = &Point> {
        let left = (low.x >> CELL_SHIFT).clamp(0, self.columns - 1);
        let right = (high.x >> CELL_SHIFT).clamp(0, self.columns - 1);
        let top = (low.y >> CELL_SHIFT).clamp(0, self.rows - 1);
        let bottom = (high.y >> CELL_SHIFT).clamp(0, self.rows - 1);
        (top..=bottom).flat_map(move |row| {
            let first = (row * self.columns + left) as usize;
            let last = (row * self.columns + right) as usize;
            // The cells of a row are contiguous, and so are their points.
            &self.points[self.starts[first] as usize..self.starts[last + 1] as usize]
        })
    }

    /// Points within `radius` of `center`.
    pub fn within(&self, center: IVec2, radius: i32) -> impl Iterator<Item = &Point> {
        let reach = IVec2::splat(radius);
        self.in_box(center - reach, center + reach)
            .filter(move |point| distance_squared(point.position, center) <= i64::from(radius) * i64::from(radius))
    }

    fn cell(&self, position: IVec2) -> usize {
        let column = (position.x >> CELL_SHIFT).clamp(0, self.columns - 1);
        let row = (position.y >> CELL_SHIFT).clamp(0, self.rows - 1);
        (row * self.columns + column) as usize
    }
}

/// Squared distance as `i64`, because it overflows 32 bits on any map.
#[inline]
pub fn distance_squared(a: IVec2, b: IVec2) -> i64 {
    let (x, y) = (i64::from(a.x - b.x), i64::from(a.y - b.y));
    x * x + y * y
}

/// Cells are 128 px wide (2^11 units): a hundred crafts crowded around one spot still share few cells, and a plain of
/// 160 x 160 tiles has 6,400 of them, which clear in well under a microsecond.
const CELL_SHIFT: i32 = 11;

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rng::Rng;

    #[test]
    fn finds_what_a_plain_search_finds() {
        let mut rng = Rng::new(3);
        let size = IVec2::new(40_000, 25_000);
        let points: Vec<_> = (0..500)
            .map(|index| Point { position: IVec2::new(rng.between(0, size.x - 1), rng.between(0, size.y - 1)), index })
            .collect();
        let mut grid = Grid::new(size);
        for count in [500, 0, 77] {
            let points = &points[..count];
            grid.rebuild(points.iter().copied());
            for _ in 0..200 {
                let center = IVec2::new(rng.between(-3_000, 43_000), rng.between(-3_000, 28_000));
                let radius = rng.between(0, 9_000);
                let mut found: Vec<_> = grid.within(center, radius).map(|point| point.index).collect();
                found.sort_unstable();
                let expected: Vec<_> = points
                    .iter()
                    .filter(|point| distance_squared(point.position, center) <= i64::from(radius).pow(2))
                    .map(|point| point.index)
                    .collect();
                assert_eq!(found, expected);
            }
        }
    }
}
