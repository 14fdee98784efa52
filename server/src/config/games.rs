//! `[games.NAME]`: the settings of each game, and the game and mode of rooms if a join names none.

use std::path::Path;

use toml::{Table, Value};

use super::{
    Config,
    error::Wrong,
    game_keys::{GAMES, MAP, MAPS, MODE},
};
use crate::{
    config::Games,
    games::{Hosted, Played, mode_named},
};

/// The settings of one game.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct GameConfig<'a> {
    /// Index of the mode that is played if a join names none.
    pub(crate) mode: usize,
    /// If set, the only map that is played.
    pub(crate) map: Option<&'a str>,
    /// If set, the folder that maps are read from.
    pub(crate) maps: Option<&'a Path>,
    /// The game's own settings; those at their default may be missing.
    pub(crate) settings: Table,
}

impl Config {
    /// A copy with one setting of a game changed.
    #[must_use]
    pub fn with_game_setting(mut self, game: &str, name: &str, value: impl Into<Value>) -> Self {
        self.games.entry(game.to_owned()).or_default().insert(name.to_owned(), value.into());
        self
    }

    /// The settings of `game`.
    pub(crate) fn of_game(&self, game: &dyn Hosted) -> GameConfig<'_> {
        let given = self.games.get(game.name());
        let text = |name: &str| given.and_then(|given| given.get(name)).and_then(Value::as_str);
        let mut settings = given.cloned().unwrap_or_default();
        settings.retain(|name, _| ![MODE, MAP, MAPS].contains(&name));
        let mode = text(MODE).and_then(|mode| mode_named(game.modes(), mode).ok());
        GameConfig { mode: mode.unwrap_or_default(), map: text(MAP), maps: text(MAPS).map(Path::new), settings }
    }

    /// The game of rooms if a join names none.
    pub(crate) fn default_game(&self, games: Games) -> &'static dyn Hosted {
        self.game.as_ref().and_then(|name| games.named(name).ok()).unwrap_or_else(|| games.first())
    }

    /// Game and mode of rooms if a join names none.
    pub(crate) fn played(&self, games: Games) -> Played {
        self.played_of(self.default_game(games))
    }

    /// The same for joins that name this game but no mode.
    pub(crate) fn played_of(&self, game: &'static dyn Hosted) -> Played {
        Played { game, mode: self.of_game(game).mode }
    }

    /// Checks the settings of each game, all of a game together.
    pub(super) fn check_games(&self, games: Games) -> Result<(), Wrong> {
        for (name, given) in &self.games {
            let game = games.named(name).map_err(|allowed| Wrong::new(GAMES, format!("\"{name}\""), allowed))?;
            for (field, value) in given {
                // Unknown keys of a file were refused earlier, with a better hint; this one comes from a program.
                let key = format!("{GAMES}.{name}.{field}");
                if games.table().key(&key).is_none() {
                    return Err(Wrong::new(&key, value, format!("{name} has no such setting")));
                }
            }
            let allowed = game.check_settings(&self.of_game(game).settings);
            allowed.map_err(|allowed| Wrong::new(&format!("{GAMES}.{name}"), "not allowed", allowed))?;
        }
        Ok(())
    }
}
