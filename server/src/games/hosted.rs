//! A game as a value, and the game and mode that a room plays.

use std::{fmt, sync::Arc};

use room::record::{RecordError, ReplayInfo, Verified};
use shared::TickRate;
use toml::Value;

use super::{MapFile, PackedPage, PrepareError, PreparedGame, RecoveredRoom};

/// A game that a server can host, made by [`super::game`] from a type that implements [`shared::game::Game`].
pub trait Hosted: fmt::Debug + Send + Sync + 'static {
    /// Its name, as in `[games.NAME]` and in a join.
    fn name(&self) -> &'static str;

    /// Version of its rules and layouts.
    fn version(&self) -> u16;

    /// Names of its modes, the default first.
    fn modes(&self) -> &'static [&'static str];

    /// Its page, if it has one.
    fn page(&self) -> Option<&'static PackedPage>;

    /// The names of the maps that come with it. If there are several, hosts may add others.
    fn shipped_maps(&self) -> Vec<&'static str>;

    /// The names of its computer opponents, without numbers.
    fn opponent_names(&self) -> &'static [&'static str];

    /// Its settings, in the order of their declaration, without mode and maps.
    fn settings(&self) -> Vec<GameSetting>;

    /// Checks some of its settings, the others at their defaults.
    ///
    /// # Errors
    /// A sentence that names the allowed values.
    fn check_settings(&self, settings: &toml::Table) -> Result<(), String>;

    /// Reads its settings and maps, so that rooms can open. The maps are those of `files`, or else those that come with it; `only`
    /// restricts them to the one of this name. For each mode, the maps that suit rooms of `seats` best are kept.
    ///
    /// # Errors
    /// When a setting is not allowed, a map is broken, two maps have one name, or no map is named `only`.
    fn prepare(
        &self,
        settings: &toml::Table,
        files: Option<&[MapFile]>,
        only: Option<&str>,
        seats: u16,
        tick_rate: TickRate,
    ) -> Result<Arc<dyn PreparedGame>, PrepareError>;

    /// The types of its page, as TypeScript.
    ///
    /// # Errors
    /// A sentence that names the event, when an event of the game has the name of one of the engine's.
    fn types(&self) -> Result<String, String>;

    /// The first bytes of a recording of it. `build` names the program that writes it.
    fn record_header(&self, build: &str, started_unix_ms: u64) -> Vec<u8>;

    /// Restores the match at the end of a recording of it.
    ///
    /// # Errors
    /// When no part of the recording can be played, or the game panics in it.
    fn recover(&'static self, file: Vec<u8>) -> Result<RecoveredRoom, RecordError>;

    /// Describes a recording of it without playing it.
    ///
    /// # Errors
    /// When no part of the recording could be played, or the game panics while it is read.
    fn inspect(&self, file: Vec<u8>) -> Result<ReplayInfo, RecordError>;

    /// Plays a recording of it and compares every tick.
    ///
    /// # Errors
    /// When no part of the recording can be played, or the game panics in it.
    fn verify(&self, file: Vec<u8>) -> Result<Verified, RecordError>;
}

/// One setting of a game.
#[derive(Clone, PartialEq, Debug)]
pub struct GameSetting {
    /// The field.
    pub name: &'static str,
    /// Its description, a sentence.
    pub about: String,
    /// Name of its value in `--help`.
    pub value_name: Option<&'static str>,
    /// The default, if it can be written as TOML.
    pub default: Option<Value>,
    /// Range of a number, with both ends.
    pub range: (i64, i64),
}

/// Games are compared by their names.
impl PartialEq for dyn Hosted {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for dyn Hosted {}

/// A game in one of its modes: the choice of a room, which keeps it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Played {
    /// The game.
    pub game: &'static dyn Hosted,
    /// Index of one of [`Hosted::modes`].
    pub mode: usize,
}

impl Played {
    /// The name of the mode.
    pub fn mode_name(self) -> &'static str {
        self.game.modes().get(self.mode).copied().unwrap_or_default()
    }
}

/// The index of the mode with this name. The first word of a mode's name is enough if no other mode begins with it.
///
/// # Errors
/// A sentence that lists the allowed names.
pub(crate) fn mode_named(modes: &[&str], text: &str) -> Result<usize, String> {
    let starts = |mode: &str| mode.strip_prefix(text).is_some_and(|rest| rest.starts_with('-'));
    let exact = modes.iter().position(|&mode| mode == text);
    let mut short =
        modes.iter().enumerate().filter(|(_, mode)| !text.is_empty() && starts(mode)).map(|(index, _)| index);
    let only = short.next().filter(|_| short.next().is_none());
    exact
        .or(only)
        .ok_or_else(|| format!("there is no mode \"{}\"; allowed are {}", text.escape_debug(), modes.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODES: [&str; 4] = ["free", "team-race", "race-a", "race-b"];

    #[test]
    fn mode_has_a_name_and_sometimes_a_short_one() {
        for (index, mode) in MODES.iter().enumerate() {
            assert_eq!(mode_named(&MODES, mode), Ok(index));
        }
        assert_eq!(mode_named(&MODES, "team"), Ok(1));
    }

    #[test]
    fn unknown_mode_is_refused_with_what_is_allowed() {
        for text in ["race", "", "tea", "FREE"] {
            let refusal = format!("there is no mode \"{text}\"; allowed are free, team-race, race-a, race-b");
            assert_eq!(mode_named(&MODES, text), Err(refusal));
        }
    }
}
