//! A uniform grid of positions, rebuilt in each tick by counting sort.

use shared::{game::IVec2, quantize::POSITION_PER_PX};

use crate::plate::Plate;

/// Values sorted by square. Between ticks only its memory is reused.
#[derive(Clone, Debug)]
pub(super) struct Grid<T> {
    squares: i32,
    /// Index of the first value of each square; has one more entry than there are squares.
    starts: Vec<u32>,
    items: Vec<(IVec2, T)>,
}

impl<T> Default for Grid<T> {
    fn default() -> Self {
        Self { squares: 0, starts: Vec::new(), items: Vec::new() }
    }
}

impl<T: Copy> Grid<T> {
    /// Sorts all values into their squares.
    pub(super) fn rebuild(&mut self, plate: &Plate, values: impl Iterator<Item = (IVec2, T)> + Clone) {
        self.squares = plate.side() / SQUARE + 1;
        self.starts.clear();
        self.starts.resize((self.squares * self.squares) as usize + 1, 0);
        for (position, _) in values.clone() {
            let square = self.square(position);
            self.starts[square + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        self.items.clear();
        let Some((position, value)) = values.clone().next() else { return };
        self.items.resize(sum as usize, (position, value));
        // Filling moves each start to the end of its square; rotating by one restores the starts.
        for (position, value) in values {
            let square = self.square(position);
            self.items[self.starts[square] as usize] = (position, value);
            self.starts[square] += 1;
        }
        self.starts.rotate_right(1);
        self.starts[0] = 0;
    }

    /// All values in the squares that a circle touches; some are farther away than `radius`.
    pub(super) fn near(&self, centre: IVec2, radius: i32) -> impl Iterator<Item = (IVec2, T)> {
        let (low, high) = (self.at(centre - radius), self.at(centre + radius));
        (low.y..=high.y).flat_map(move |row| {
            let square = |column: i32| (row * self.squares + column) as usize;
            let items = self.starts[square(low.x)] as usize..self.starts[square(high.x) + 1] as usize;
            self.items[items].iter().copied()
        })
    }

    fn square(&self, position: IVec2) -> usize {
        let at = self.at(position);
        (at.y * self.squares + at.x) as usize
    }

    fn at(&self, position: IVec2) -> IVec2 {
        (position / SQUARE).clamp(IVec2::ZERO, IVec2::splat(self.squares - 1))
    }
}

/// Side of a square: 256 px.
const SQUARE: i32 = 256 * POSITION_PER_PX;

#[cfg(test)]
mod tests {
    use shared::{TickRate, rng::Rng};

    use super::*;
    use crate::rules::herd::length;

    #[test]
    fn it_finds_all_that_is_near() {
        let plate = Plate::new(2_000, TickRate::new(30).expect("allowed"));
        let mut rng = Rng::new(1);
        let mut point = || IVec2::new(rng.between(0, plate.side()), rng.between(0, plate.side()));
        let mut grid = Grid::default();
        for count in [0, 1, 400] {
            let items: Vec<_> = (0..count).map(|number| (point(), number)).collect();
            grid.rebuild(&plate, items.iter().copied());
            for radius in [0, 1_000, 9_000] {
                let centre = point();
                let within = |&(position, _): &(IVec2, i32)| length(position - centre) <= radius;
                let mut found: Vec<_> = grid.near(centre, radius).filter(within).map(|(_, number)| number).collect();
                found.sort_unstable();
                let expected: Vec<_> = items.iter().copied().filter(within).map(|(_, number)| number).collect();
                assert_eq!(found, expected);
            }
        }
    }
}
