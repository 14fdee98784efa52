//! `[proxies]`: whose word on the address of a player is taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::network::Network;

/// Reverse proxies in front of the HTTP listener.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Proxies {
    /// Networks whose word is taken on who asks, by which host and whether by https (Forwarded, X-Forwarded-For, -Host and
    /// -Proto). Nobody else's is.
    #[schemars(extend("value" = "NETWORKS", "live" = true))]
    pub trusted: Vec<Network>,
}
