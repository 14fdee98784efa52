//! `[accounts]`: players that show who they are with a token of the host's own issuer.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Wrong;

/// Players that show who they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// The issuer's public keys (JWKS). Without them everybody is a guest.
    #[schemars(extend("value" = "FILE", "example" = "/etc/ricochet/jwks.json"))]
    pub jwks: Option<PathBuf>,
    /// What a token's `iss` must be.
    #[schemars(extend("value" = "TEXT", "example" = "https://accounts.example.org"))]
    pub issuer: Option<String>,
    /// What a token's `aud` must hold.
    #[schemars(extend("value" = "TEXT", "example" = "ricochet"))]
    pub audience: Option<String>,
    /// Whether nobody plays without an account.
    pub required: bool,
    /// Whether players are called what their token says (`preferred_username`, or `name`) where that can be shown.
    pub names: bool,
    /// Whether an account plays once at a time: a second join takes over from the first.
    pub once: bool,
}

impl Default for Accounts {
    fn default() -> Self {
        Self { jwks: None, issuer: None, audience: None, required: false, names: true, once: true }
    }
}

impl Accounts {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        match self.required && self.jwks.is_none() {
            true => Err(Wrong::new("required", "true", "it needs accounts.jwks, the keys to know accounts by")),
            false => Ok(()),
        }
    }
}
