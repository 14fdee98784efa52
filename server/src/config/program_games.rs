//! The games of a program, and every setting that a host can give in it.

use std::fmt;

use room::record::{FileHeader, RecordError};

use super::KeyTable;
use crate::games::Hosted;

/// The games of a program, and the settings that a host can give in it.
#[derive(Clone, Copy)]
pub struct Games {
    games: &'static [&'static dyn Hosted],
    table: &'static KeyTable,
}

impl Games {
    /// These games; a room plays the first one if neither the join nor the settings name a game.
    ///
    /// # Panics
    /// Without a game, when a name is not allowed, when two games have the same name, or when two settings have the same flag.
    pub fn new(games: &[&'static dyn Hosted]) -> Self {
        assert!(!games.is_empty(), "a server needs a game");
        for (index, game) in games.iter().enumerate() {
            assert!(is_name(game.name()), "{:?} is no name of a game", game.name());
            assert!(!games[..index].contains(game), "two games are called {}", game.name());
        }
        // A program has its games once, and as long as it runs.
        let games: &'static [_] = Box::leak(games.into());
        Self { games, table: Box::leak(Box::new(KeyTable::new(games))) }
    }

    /// The game of rooms if neither the join nor the settings name one.
    pub fn first(&self) -> &'static dyn Hosted {
        self.games[0]
    }

    /// All games, the first one first.
    pub fn iter(&self) -> impl Iterator<Item = &'static dyn Hosted> + Clone {
        self.games.iter().copied()
    }

    /// Finds a game by its name.
    ///
    /// # Errors
    /// A sentence that lists the allowed names.
    pub fn named(&self, name: &str) -> Result<&'static dyn Hosted, String> {
        self.iter().find(|game| game.name() == name).ok_or_else(|| {
            let known: Vec<_> = self.iter().map(Hosted::name).collect();
            format!("there is no game \"{}\"; allowed are {}", name.escape_debug(), known.join(", "))
        })
    }

    /// The game of a recording; the inner error is a sentence that says that this program does not have it.
    ///
    /// # Errors
    /// When the file is not a recording.
    pub fn of_recording(&self, file: &[u8]) -> Result<Result<&'static dyn Hosted, String>, RecordError> {
        let header = FileHeader::peek(file)?;
        Ok(self.named(&header.game))
    }

    /// Every setting of the program.
    pub fn table(&self) -> &'static KeyTable {
        self.table
    }
}

/// True for a name that [`shared::game::Game::NAME`] allows.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl fmt::Debug for Games {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Hosted::name)).finish()
    }
}

impl PartialEq for Games {
    fn eq(&self, other: &Self) -> bool {
        self.games == other.games
    }
}

impl Eq for Games {}
