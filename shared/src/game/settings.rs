//! What a host can set about a game.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

/// The settings of a game: the section `[games.NAME]` of the configuration. `Default` is what counts where nothing is set. Recordings
/// keep them, since the rules depend on them.
pub trait Settings: Clone + PartialEq + Debug + Default + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What can be played, each in a word; the first one unless somebody asks for another. A room keeps its mode.
    const MODES: &'static [&'static str] = &["standard"];

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
