//! `[admin]`: the admin page and API.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{error::Wrong, secret::Secret};

/// The admin page and API on the ops listener.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// What an admin must show. Without it there is no admin page and no API.
    #[schemars(extend("value" = "TOKEN", "secret" = true, "live" = true))]
    pub token: Option<Secret>,
    /// A file that holds the token, so that it stands in no configuration.
    #[schemars(extend("value" = "FILE", "example" = "/etc/ricochet/admin-token", "live" = true))]
    pub token_file: Option<PathBuf>,
}

/// A token that can be guessed is none.
const TOKEN_BYTES: std::ops::RangeInclusive<usize> = 16..=256;

impl Admin {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let Some(token) = &self.token else { return Ok(()) };
        let token = token.reveal();
        match TOKEN_BYTES.contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(()),
            false => {
                let (least, most) = (TOKEN_BYTES.start(), TOKEN_BYTES.end());
                Err(Wrong::new("token", "", format!("allowed are {least} to {most} printable ASCII characters")))
            }
        }
    }
}
