//! `[limits]`: how much one address may ask of the server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::network::Network;

/// How much one address may ask of the server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Networks that no limit per address holds for, unless a trusted proxy speaks for them.
    #[schemars(extend("value" = "NETWORKS", "live" = true))]
    pub exempt: Vec<Network>,
}

impl Default for Limits {
    fn default() -> Self {
        let exempt = ["127.0.0.0/8", "::1/128"].map(|network| network.parse().expect("loopback is a network"));
        Self { exempt: exempt.into() }
    }
}
