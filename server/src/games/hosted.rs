//! A game as a value, and what a room plays of it.

use std::{fmt, sync::Arc};

use room::record::{RecordError, ReplayInfo, Verified};
use shared::TickRate;
use toml::Value;

use super::{MapFile, PackedPage, PrepareError, PreparedGame, RecoveredRoom};

/// A game that a server can host, made by [`super::game`] from a type that implements [`shared::game::Game`].
pub trait Hosted: fmt::Debug + Send + Sync + 'static {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Version of its rules and layouts.
    fn version(&self) -> u16;

    /// Names of its modes, the default first.
    fn modes(&self) -> &'static [&'static str];

    /// Its page, if it has one.
    fn page(&self) -> Option<&'static PackedPage>;

    /// The names of the maps that come with it. Where there are several, hosts may bring others.
    fn shipped_maps(&self) -> Vec<&'static str>;

    /// The names of its computer opponents, without numbers.
    fn opponent_names(&self) -> &'static [&'static str];

    /// Its settings, in the order of their declaration, without mode and maps.
    fn settings(&self) -> Vec<GameSetting>;

    /// Checks some of its settings, the others at their defaults.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    fn check_settings(&self, settings: &toml::Table) -> Result<(), String>;

    /// Reads its settings and maps, so that rooms can open: those of `files`, or those that come with it; `only` the one of this name.
    /// In rooms of `seats` those maps are played that suit best.
    ///
    /// # Errors
    /// When there is nothing to play.
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
    /// An event that a page cannot tell from one of the engine's, as a sentence.
    fn types(&self) -> Result<String, String>;

    /// The first bytes of a recording of it. `build` says what writes.
    fn record_header(&self, build: &str, started_unix_ms: u64) -> Vec<u8>;

    /// The match that a recording of it leads to.
    ///
    /// # Errors
    /// When nothing of it can be played.
    fn recover(&'static self, file: Vec<u8>) -> Result<RecoveredRoom, RecordError>;

    /// Describes a recording of it without playing it.
    ///
    /// # Errors
    /// When nothing of it can be played.
    fn inspect(&self, file: Vec<u8>) -> Result<ReplayInfo, RecordError>;

    /// Plays a recording of it and compares every tick.
    ///
    /// # Errors
    /// When nothing of it can be played.
    fn verify(&self, file: Vec<u8>) -> Result<Verified, RecordError>;
}

/// Something that a host can set about a game.
#[derive(Clone, PartialEq, Debug)]
pub struct GameSetting {
    /// The field.
    pub name: &'static str,
    /// A sentence.
    pub about: String,
    /// Name of its value in `--help`.
    pub value_name: Option<&'static str>,
    /// The default, if it can be written down.
    pub default: Option<Value>,
    /// Range of a number.
    pub range: (i64, i64),
}

/// Games differ by their names.
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

/// The mode of a name, by its index; the first word of a name is short for it where no other begins with that.
///
/// # Errors
/// A sentence that names what is allowed.
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
