//! The settings of a running server, which may change while it runs.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{Config, ConfigError, Loaded};

/// The settings of a running server.
#[derive(Debug)]
pub struct LiveConfig {
    config: ArcSwap<Config>,
}

impl LiveConfig {
    /// Settings to start with.
    pub fn new(loaded: Loaded) -> Self {
        Self { config: ArcSwap::from_pointee(loaded.config) }
    }

    /// Settings that were put together in code.
    ///
    /// # Errors
    /// When one is not allowed.
    pub fn from_program(config: Config) -> Result<Self, ConfigError> {
        Loaded::from_program(config).map(Self::new)
    }

    /// The settings of this moment: ask again for each use, and keep them no longer than that.
    pub fn load(&self) -> Arc<Config> {
        self.config.load_full()
    }
}
