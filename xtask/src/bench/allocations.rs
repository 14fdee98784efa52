//! Asks the tests' allocation budget what a steady tick allocates.

use anyhow::Result;

use crate::process::{cargo, watch};

/// The text that the budget's test prints before its figures, one per size of room.
const MARK: &str = "allocations_per_player_tick";

/// Allocations per player in a steady tick; `None` when the test did not say.
///
/// # Errors
/// Cargo cannot be started.
pub(crate) fn per_player_tick() -> Result<Option<f64>> {
    let mut figure = None;
    let mut command = cargo(&[
        "test",
        "--locked",
        "--release",
        "--quiet",
        "--package=tests",
        "--test=allocation",
        "--",
        "--nocapture",
    ]);
    watch(&mut command, |line| figure = value(line).or(figure))?;
    Ok(figure)
}

/// The worst of the figures in a line like `allocations_per_player_tick room16=0.25 room1000=0.5`.
fn value(line: &str) -> Option<f64> {
    let figures = line.split_once(MARK)?.1.split_whitespace();
    figures.filter_map(|figure| figure.split_once('=')?.1.parse().ok()).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worst_figure_behind_the_mark_is_found() {
        assert_eq!(value("allocations_per_player_tick room16=0.25 room1000=0.5"), Some(0.5));
        assert_eq!(value("test steady_tick_allocates_nothing ... ok"), None);
    }
}
