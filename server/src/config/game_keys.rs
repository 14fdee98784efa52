//! Names of the keys that the engine adds to the section of a game.

/// The section of all games.
pub(super) const GAMES: &str = "games";
/// Settings that the engine adds to every game that has a choice of modes or maps.
pub(super) const MODE: &str = "mode";
pub(super) const MAP: &str = "map";
pub(super) const MAPS: &str = "maps";
