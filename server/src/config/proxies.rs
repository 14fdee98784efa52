//! `[proxies]`: whose word on the address of a player is taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::network::Network;

/// Reverse proxies in front of the HTTP listener.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Proxies {
    /// Networks whose word is taken on who asks, by which host and whether by https. Nobody else's is.
    #[schemars(extend("value" = "NETWORKS", "live" = true))]
    pub trusted: Vec<Network>,
    /// Where the proxies say so: in X-Forwarded-For, -Host and -Proto, or in Forwarded (RFC 7239). Only the one they write
    /// themselves, because what they pass on of the other is what a client claims.
    #[schemars(extend("value" = "HEADER", "live" = true))]
    pub header: ForwardedHeader,
}

/// Where proxies say whom they speak for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Proto`.
    #[default]
    XForwardedFor,
    /// `Forwarded`.
    Forwarded,
}
