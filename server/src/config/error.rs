//! Errors of the configuration: each names the value, its place and the allowed values.

use std::path::PathBuf;

use super::place::Place;

/// Reasons why there is no valid configuration.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{}: cannot read {what}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The expected content.
        what: String,
        /// The error of the system, or the reason in words.
        reason: String,
    },
    /// The file is not TOML, for this reason.
    #[error("{place}: {reason}")]
    Malformed {
        /// The file and its line.
        place: Place,
        /// The message of the parser.
        reason: String,
    },
    /// A key or variable of an unknown name.
    #[error("{place}: there is no {what}; {hint}")]
    Unknown {
        /// The file and its line, the flag or the variable.
        place: Place,
        /// The unknown thing, as in "key `fil`".
        what: String,
        /// A similar name, or the list of known names.
        hint: String,
    },
    /// A value that is not allowed.
    #[error("{subject} is {value}; {allowed}")]
    NotAllowed {
        /// The flag, the variable, or the file, its line and the key.
        subject: String,
        /// The value that was given.
        value: String,
        /// The values that are allowed.
        allowed: String,
    },
    /// The settings are valid, but a thing that they name, for example a file, cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// A program started the server, so there is no file, environment or command line to read again.
    #[error("this server was started without a configuration to read again")]
    NothingToReload,
}

/// The result of a section's own check; the loader adds the place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    /// The key, as it stands within its section.
    pub(super) key: String,
    /// Its value.
    pub(super) value: String,
    /// The accepted values.
    pub(super) allowed: String,
}

impl Wrong {
    /// A value of `key` that is not allowed, and the allowed values.
    pub(super) fn new(key: &str, value: impl ToString, allowed: impl Into<String>) -> Self {
        Self { key: key.to_owned(), value: value.to_string(), allowed: allowed.into() }
    }

    /// The same, seen from outside of a section.
    pub(super) fn within(self, section: &str) -> Self {
        Self { key: format!("{section}.{}", self.key), ..self }
    }
}
