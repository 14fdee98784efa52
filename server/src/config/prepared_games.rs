//! All games of a program, with the settings and maps that the configuration gives them.

use std::sync::Arc;

use super::{Config, GameConfig};
use crate::{
    config::Games,
    games::{Hosted, PrepareError, PreparedGame, maps},
};

/// All games of the program, prepared.
#[derive(Clone, Debug)]
pub struct PreparedGames(Vec<(&'static dyn Hosted, Arc<dyn PreparedGame>)>);

impl PreparedGames {
    /// Reads the settings and the maps of each game.
    ///
    /// # Errors
    /// When the settings or maps of a game are not valid; the first such game ends the reading.
    pub fn new(games: Games, config: &Config) -> Result<Self, PrepareError> {
        let prepare = |game: &'static dyn Hosted| {
            let GameConfig { mode: _, map, maps, settings } = config.of_game(game);
            let files = maps.map(maps::read).transpose()?;
            let prepared = game.prepare(&settings, files.as_deref(), map, config.room_size, config.tick_rate())?;
            Ok((game, prepared))
        };
        games.iter().map(prepare).collect::<Result<_, _>>().map(Self)
    }

    /// The prepared form of `game`.
    ///
    /// # Panics
    /// When the program does not have this game.
    pub fn of(&self, game: &dyn Hosted) -> &Arc<dyn PreparedGame> {
        let found = self.0.iter().find(|(other, _)| *other == game);
        &found.expect("every game of the program is prepared").1
    }
}
