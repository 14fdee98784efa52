//! `[log]`: what the server says on stderr.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the server says on stderr.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Lines for people, or one JSON object a line.
    #[schemars(extend("value" = "FORMAT"))]
    pub format: LogFormat,
    /// What is logged: error, warn, info, debug or trace, or by module as in `info,server::lobby=debug`. RUST_LOG wins over it.
    #[schemars(extend("value" = "FILTER", "live" = true))]
    pub filter: String,
}

/// What a line of the log looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}
