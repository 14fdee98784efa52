//! `[proxies]`: the reverse proxies that are trusted to name a player's address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::network::Network;

/// Reverse proxies in front of the HTTP listener.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Proxies {
    /// Networks of proxies that are trusted to name the client's address, the host it asked for, and whether it came by https.
    #[schemars(extend("value" = "NETWORKS", "live" = true))]
    pub trusted: Vec<Network>,
    /// The header that the proxies write: X-Forwarded-For, -Host and -Proto, or Forwarded (RFC 7239). Only this one is
    /// read, because a proxy may pass on the other one as a client wrote it.
    #[schemars(extend("value" = "HEADER", "live" = true))]
    pub header: ForwardedHeader,
}

/// The headers that name the client.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Proto`.
    #[default]
    XForwardedFor,
    /// `Forwarded`.
    Forwarded,
}
