//! The settings of a game that a host can change.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

/// The description of one setting, for hosts: in `--help`, in the shipped configuration file, and in errors.
///
/// ```
/// use shared::game::About;
///
/// const ABOUT: &[About] = &[About::new("round_secs", "Seconds of a round.").value("SECONDS").range(1, 3_600)];
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// The field of the [`Settings`] struct.
    pub name: &'static str,
    /// The description, a sentence with a full stop.
    pub about: &'static str,
    /// The name of its value in `--help`.
    pub value: &'static str,
    /// The least and the greatest value of a number. The engine refuses values outside of it.
    pub range: (i64, i64),
}

impl About {
    /// A setting that may have any value.
    pub const fn new(name: &'static str, about: &'static str) -> Self {
        Self { name, about, value: "VALUE", range: (i64::MIN, i64::MAX) }
    }

    /// Sets the name of the value.
    #[must_use]
    pub const fn value(self, value: &'static str) -> Self {
        Self { value, ..self }
    }

    /// Sets the bounds of a number, both allowed.
    #[must_use]
    pub const fn range(self, low: i64, high: i64) -> Self {
        Self { range: (low, high), ..self }
    }
}

/// The settings of a game: the section `[games.NAME]` of the configuration, with its flags and environment variables. `Default` gives
/// the values of settings that are not set. They stay the same as long as a room lives, and recordings hold them. `()` if there are none.
///
/// Use a plain struct that derives serde's traits; from these the engine gets the names of the fields. The kind of a setting (number,
/// switch, text, list) is the kind of its default value, so no field may be an `Option`. No field may be named `map` or `maps`, because
/// the engine has those settings itself.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use shared::game::{About, Settings};
///
/// #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
/// struct Rounds {
///     /// Not described below: the engine has a setting for it.
///     mode: Mode,
///     round_secs: u32,
///     goals_to_win: u16,
/// }
///
/// #[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
/// #[serde(rename_all = "kebab-case")]
/// enum Mode {
///     Duel,
///     Doubles,
/// }
///
/// impl Default for Rounds {
///     fn default() -> Self {
///         Self { mode: Mode::Duel, round_secs: 180, goals_to_win: 5 }
///     }
/// }
///
/// impl Settings for Rounds {
///     const MODES: &'static [&'static str] = &["duel", "doubles"];
///     const ABOUT: &'static [About] = &[
///         About::new("round_secs", "Seconds of a round, 0 for no limit.").value("SECONDS").range(0, 3_600),
///         About::new("goals_to_win", "Goals that end a round, 0 for no limit.").value("GOALS").range(0, 99),
///     ];
///
///     fn with_mode(self, mode: usize) -> Self {
///         Self { mode: if mode == 1 { Mode::Doubles } else { Mode::Duel }, ..self }
///     }
///
///     fn mode(&self) -> usize {
///         self.mode as usize
///     }
///
///     fn check(&self) -> Result<(), String> {
///         match (self.round_secs, self.goals_to_win) {
///             (0, 0) => Err("round_secs or goals_to_win must be above 0: a round would never end".to_owned()),
///             _ => Ok(()),
///         }
///     }
/// }
/// #
/// # for (index, name) in Rounds::MODES.iter().enumerate() {
/// #     let rounds = Rounds::default().with_mode(index);
/// #     assert_eq!((rounds.mode(), serde_json::to_value(rounds.mode).unwrap().as_str()), (index, Some(*name)));
/// #     assert_eq!(rounds.check(), Ok(()));
/// # }
/// ```
pub trait Settings: Clone + PartialEq + Debug + Default + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The names of the modes, each a word. The first one is played unless the host or a player chooses another. A room keeps its mode.
    const MODES: &'static [&'static str] = &["standard"];

    /// The descriptions of the fields, except `mode`, which the engine describes itself. A field without a description can be set too.
    const ABOUT: &'static [About] = &[];

    /// The same settings for the mode with this index in [`Settings::MODES`]. A game with one mode keeps the default.
    #[must_use]
    fn with_mode(self, mode: usize) -> Self {
        let _ = mode;
        self
    }

    /// The mode of these settings, an index into [`Settings::MODES`], as [`Settings::with_mode`] set it.
    fn mode(&self) -> usize {
        0
    }

    /// Checks what [`About::range`] cannot express, such as two settings that exclude each other. Called when the server reads its
    /// configuration, and for settings from a recording, which were not checked before.
    ///
    /// # Errors
    /// A sentence for the host that names the setting and the allowed values. The server does not start.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Settings for () {}
