//! `[accounts]`: players who prove their identity with a token of the host's own issuer.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Wrong;

/// Players who prove their identity with a token (JWT).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// File of the issuer's public keys (JWKS). Without it, every player is a guest.
    #[schemars(extend("value" = "FILE", "example" = "/etc/ricochet/jwks.json"))]
    pub jwks: Option<PathBuf>,
    /// The value that a token's `iss` must have.
    #[schemars(extend("value" = "TEXT", "example" = "https://accounts.example.org"))]
    pub issuer: Option<String>,
    /// A value that a token's `aud` must contain.
    #[schemars(extend("value" = "TEXT", "example" = "ricochet"))]
    pub audience: Option<String>,
    /// Refuse players without an account.
    pub required: bool,
    /// Show players by the name in their token (`preferred_username`, or `name`) if it is an allowed name.
    pub names: bool,
    /// Let an account play only once at a time: a second join takes over from the first.
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
            true => Err(Wrong::new("required", "true", "it needs accounts.jwks, the keys that verify tokens")),
            false => Ok(()),
        }
    }
}
