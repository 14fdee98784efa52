//! `[log]`: the log on stderr.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Wrong;

/// The log on stderr.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Lines for people, or one JSON object a line.
    #[schemars(extend("value" = "FORMAT"))]
    pub format: LogFormat,
    /// Level of lines: error, warn, info, debug or trace, or levels by module as in `info,server::lobby=debug`. RUST_LOG overrides it.
    #[schemars(extend("value" = "FILTER", "live" = true))]
    pub filter: String,
    /// Part of players' addresses in the log: none, their network (203.0.113.0/24, 2001:db8:1::/48), or full.
    #[schemars(extend("value" = "HOW", "live" = true))]
    pub addresses: LogAddresses,
    /// Log the names of players. Every line about a player has the number of the session either way.
    #[schemars(extend("live" = true))]
    pub names: bool,
}

/// Format of a line of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people to read.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Part of an address that is logged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum LogAddresses {
    /// No addresses.
    None,
    /// The network only: enough to locate the source of trouble, without identifying a person.
    #[default]
    Network,
    /// The whole address with the port.
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
