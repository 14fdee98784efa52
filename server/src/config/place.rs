//! The place that a setting comes from.

use std::{fmt, path::PathBuf};

/// The place that a setting comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// It is not set.
    Default,
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
    },
    /// A file that holds this value only.
    WholeFile(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command line.
    Flag(String),
    /// The program that started the server.
    Program,
}

impl Place {
    /// The name of `key` at this place, for an error.
    pub(super) fn subject(&self, key: &str) -> String {
        match self {
            Self::Variable(name) => name.clone(),
            Self::Flag(flag) => flag.clone(),
            Self::File { .. } | Self::WholeFile(_) => format!("{self}: {key}"),
            Self::Default | Self::Program => key.to_owned(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::WholeFile(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(flag) => f.write_str(flag),
            Self::Program => f.write_str("the program"),
        }
    }
}
