//! Where a setting came from.

use std::{fmt, path::PathBuf};

/// Where a setting came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Nobody set it.
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
    },
    /// A file that holds nothing but this value.
    WholeFile(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command line.
    Flag(String),
    /// The program that started the server.
    Program,
}

impl Place {
    /// How an error speaks of `key` at this place.
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
