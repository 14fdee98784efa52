//! What a host can set about a game.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

/// The description of one setting, for hosts: in `--help`, in the shipped file, and when a value is refused.
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
    /// A sentence with a full stop.
    pub about: &'static str,
    /// What `--help` calls its value.
    pub value: &'static str,
    /// The least and the greatest value of a number. The engine refuses any other before the game sees it.
    pub range: (i64, i64),
}

impl About {
    /// A setting that may have any value.
    pub const fn new(name: &'static str, about: &'static str) -> Self {
        Self { name, about, value: "VALUE", range: (i64::MIN, i64::MAX) }
    }

    /// Names its value.
    #[must_use]
    pub const fn value(self, value: &'static str) -> Self {
        Self { value, ..self }
    }

    /// Bounds a number, both ends in.
    #[must_use]
    pub const fn range(self, low: i64, high: i64) -> Self {
        Self { range: (low, high), ..self }
    }
}

/// The settings of a game: the section `[games.NAME]` of the configuration, and the flags and variables that go with it. `Default` gives
/// the values of what is not set. They stay the same as long as a room lives, and recordings hold them. `()` if there are none.
///
/// A plain struct that derives serde's traits: the engine asks those for the names of its fields. The kind of a setting (number, switch,
/// text, list) is that of its default value, so no field is an `Option`. None is called `map` or `maps`, which the engine has itself.
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
    /// The modes that can be played, each a word; the first one unless the host or a player asks for another. A room keeps its mode.
    const MODES: &'static [&'static str] = &["standard"];

    /// The descriptions of the fields, but for `mode`, which the engine describes itself. A field without one can be set as well.
    const ABOUT: &'static [About] = &[];

    /// The same settings for the mode with this index in [`Settings::MODES`]. A game with one mode keeps the default.
    #[must_use]
    fn with_mode(self, mode: usize) -> Self {
        let _ = mode;
        self
    }

    /// The index in [`Settings::MODES`] of the mode that these are for, as [`Settings::with_mode`] set it.
    fn mode(&self) -> usize {
        0
    }

    /// Checks what no [`About::range`] can say, such as two settings that exclude each other. Called when the server reads its
    /// configuration, and for settings out of a recording, which nothing has checked before.
    ///
    /// # Errors
    /// What is wrong, as a sentence for the host that names the setting and what is allowed: the server does not start.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Settings for () {}
