//! What a host can set about a game.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

/// What hosts are told of a setting: in `--help`, in the shipped file, and when a value is refused.
///
/// ```
/// use shared::game::About;
///
/// const ABOUT: &[About] = &[About::new("round_secs", "Seconds of a round.").value("SECONDS").range(1, 3_600)];
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// The field.
    pub name: &'static str,
    /// A sentence with a full stop.
    pub about: &'static str,
    /// What `--help` calls its value.
    pub value: &'static str,
    /// The least and the greatest value of a number.
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

/// The settings of a game: the section `[games.NAME]` of the configuration. `Default` is what counts where nothing is set. Recordings
/// keep them, since the rules depend on them.
pub trait Settings: Clone + PartialEq + Debug + Default + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What can be played, each in a word; the first one unless somebody asks for another. A room keeps its mode.
    const MODES: &'static [&'static str] = &["standard"];

    /// What hosts are told of the settings, one entry for each field they may set but `mode`, which the engine describes itself.
    const ABOUT: &'static [About] = &[];

    /// The same settings for one of [`Settings::MODES`].
    #[must_use]
    fn with_mode(self, mode: usize) -> Self {
        let _ = mode;
        self
    }

    /// Which of [`Settings::MODES`] these are for.
    fn mode(&self) -> usize {
        0
    }

    /// What is wrong with them, as a sentence that names the setting and what is allowed.
    ///
    /// # Errors
    /// When no match can be played by them.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Settings for () {}
