//! Does nothing: what a room full of spectators costs.

use arena::input::Input;

/// Always the same.
pub(super) fn decide() -> Input {
    Input::default()
}
