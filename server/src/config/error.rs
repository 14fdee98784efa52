//! Why there is no valid configuration: each refusal names the value, its place and what is allowed.

use std::path::PathBuf;

use super::place::Place;

/// Why there is no valid configuration.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{}: cannot read {what}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: String,
        /// Why.
        reason: String,
    },
    /// The file is no TOML.
    #[error("{place}: {reason}")]
    Malformed {
        /// The file and its line.
        place: Place,
        /// What is wrong.
        reason: String,
    },
    /// A key or variable that we do not know.
    #[error("{place}: there is no {what}; {hint}")]
    Unknown {
        /// Where it stands.
        place: Place,
        /// What we do not know.
        what: String,
        /// What was meant, perhaps.
        hint: String,
    },
    /// A value that is not allowed.
    #[error("{subject} is {value}; {allowed}")]
    NotAllowed {
        /// The flag, the variable, or the file, its line and the key.
        subject: String,
        /// What was given.
        value: String,
        /// What would be accepted.
        allowed: String,
    },
    /// The settings are fine, but what they name cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The server was started by a program, not from flags, environment and file.
    #[error("this server was started without a configuration to read again")]
    NothingToReload,
}

/// What a section's own check found; the loader adds the place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    /// The key, as it stands within its section.
    pub(super) key: String,
    /// Its value.
    pub(super) value: String,
    /// What would be accepted.
    pub(super) allowed: String,
}

impl Wrong {
    /// A value of `key` that is not allowed, and what is.
    pub(super) fn new(key: &str, value: impl ToString, allowed: impl Into<String>) -> Self {
        Self { key: key.to_owned(), value: value.to_string(), allowed: allowed.into() }
    }

    /// The same, seen from outside of a section.
    pub(super) fn within(self, section: &str) -> Self {
        Self { key: format!("{section}.{}", self.key), ..self }
    }
}
