//! `[games.NAME]`: what is set about each game, and the game and mode that rooms play where a join does not ask.

use std::path::Path;

use toml::{Table, Value};

use super::{Config, error::Wrong};
use crate::games::{Games, Hosted, Played, mode_named};

/// The section of all games.
pub(super) const GAMES: &str = "games";
/// What the engine asks about every game that has a choice.
pub(super) const MODE: &str = "mode";
pub(super) const MAP: &str = "map";
pub(super) const MAPS: &str = "maps";

/// What is set about one game.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct GameConfig<'a> {
    /// Index of the mode that is played where a join does not ask.
    pub(crate) mode: usize,
    /// Play this map only.
    pub(crate) map: Option<&'a str>,
    /// Read maps from this folder.
    pub(crate) maps: Option<&'a Path>,
    /// The game's own settings, those that are given.
    pub(crate) settings: Table,
}

impl Config {
    /// The same with a setting of a game.
    #[must_use]
    pub fn with_game_setting(mut self, game: &str, name: &str, value: impl Into<Value>) -> Self {
        self.games.entry(game.to_owned()).or_default().insert(name.to_owned(), value.into());
        self
    }

    /// What is set about a game.
    pub(crate) fn of_game(&self, game: &dyn Hosted) -> GameConfig<'_> {
        let given = self.games.get(game.name());
        let text = |name: &str| given.and_then(|given| given.get(name)).and_then(Value::as_str);
        let mut settings = given.cloned().unwrap_or_default();
        settings.retain(|name, _| ![MODE, MAP, MAPS].contains(&name));
        let mode = text(MODE).and_then(|mode| mode_named(game.modes(), mode).ok());
        GameConfig { mode: mode.unwrap_or_default(), map: text(MAP), maps: text(MAPS).map(Path::new), settings }
    }

    /// The game that rooms play where a join does not ask.
    pub(crate) fn default_game(&self, games: Games) -> &'static dyn Hosted {
        self.game.as_ref().and_then(|name| games.named(name).ok()).unwrap_or_else(|| games.first())
    }

    /// What rooms play where a join does not ask.
    pub(crate) fn played(&self, games: Games) -> Played {
        self.played_of(self.default_game(games))
    }

    /// What rooms of a game play where a join asks for nothing else.
    pub(crate) fn played_of(&self, game: &'static dyn Hosted) -> Played {
        Played { game, mode: self.of_game(game).mode }
    }

    /// Checks what is set about the games, each as a whole.
    pub(super) fn check_games(&self, games: Games) -> Result<(), Wrong> {
        for (name, given) in &self.games {
            let game = games.named(name).map_err(|allowed| Wrong::new(GAMES, format!("\"{name}\""), allowed))?;
            for (field, value) in given {
                // A file says more of what it does not know; this one comes from a program.
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
