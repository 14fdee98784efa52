//! Asks the tests' allocation budget what a steady tick allocates.

use anyhow::Result;

use crate::process::{cargo, watch};

/// What the budget's test prints before its figure.
const MARK: &str = "allocations per player-tick:";

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
        "--test=allocations",
        "--",
        "--nocapture",
    ]);
    watch(&mut command, |line| figure = value(line).or(figure))?;
    Ok(figure)
}

fn value(line: &str) -> Option<f64> {
    line.split_once(MARK)?.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figure_behind_the_mark_is_found() {
        assert_eq!(value("steady allocations per player-tick: 0.25 (64 players)"), Some(0.25));
        assert_eq!(value("test steady_tick_allocates_nothing ... ok"), None);
    }
}
