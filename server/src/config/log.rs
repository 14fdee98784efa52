//! `[log]`: what the server says on stderr.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Wrong;

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
    /// How much of players' addresses is logged: none, their network (203.0.113.0/24, 2001:db8:1::/48), or full.
    #[schemars(extend("value" = "HOW", "live" = true))]
    pub addresses: LogAddresses,
    /// Whether players' names are logged. A session's number is on every line about a player either way.
    #[schemars(extend("live" = true))]
    pub names: bool,
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

/// How much of an address is logged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum LogAddresses {
    /// Nothing.
    None,
    /// The network: enough to see where trouble comes from, and nobody in particular.
    #[default]
    Network,
    /// All of it, with the port.
    Full,
}

impl Log {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        match tracing_subscriber::EnvFilter::try_new(&self.filter) {
            Ok(_) => Ok(()),
            Err(_) => {
                let value = format!("\"{}\"", self.filter.escape_debug());
                Err(Wrong::new(
                    "filter",
                    value,
                    "write a level, as in info, or levels by module, as in info,server::lobby=debug",
                ))
            }
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned(), addresses: LogAddresses::default(), names: false }
    }
}
