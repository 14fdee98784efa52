//! `[admin]`: the admin page and API.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{error::Wrong, secret::Secret};

/// The admin page and API on the ops listener.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// The token that admins log in with. Several, each `NAME:TOKEN`, are separated by commas, or by lines in the file. If there is none, a
    /// random one is made at each start if ops listens on loopback; on other addresses nobody is admitted.
    #[schemars(extend("value" = "TOKEN", "secret" = true, "live" = true))]
    pub token: Option<Secret>,
    /// File of the token or tokens, to keep them out of the configuration.
    #[schemars(extend("value" = "FILE", "example" = "/etc/ricochet/admin-token", "live" = true))]
    pub token_file: Option<PathBuf>,
}

/// Allowed lengths of a token; a short one could be guessed.
const TOKEN_BYTES: std::ops::RangeInclusive<usize> = 16..=256;
/// Names are in every line of the audit log.
const NAME_BYTES_MAX: usize = 32;
/// The name for a token without one.
const NAMELESS: &str = "admin";

impl Admin {
    /// The tokens, each as a pair of the admin's name and the token.
    pub fn tokens(&self) -> Vec<(&str, &str)> {
        let text = self.token.as_ref().map_or("", Secret::reveal);
        let entries = text.split([',', '\n', '\r']).map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(|entry| entry.split_once(':').unwrap_or((NAMELESS, entry))).collect()
    }

    pub(super) fn check(&self) -> Result<(), Wrong> {
        let tokens = self.tokens();
        let graphic = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let is_good = |&(name, token): &(&str, &str)| {
            let is_named = (1..=NAME_BYTES_MAX).contains(&name.len()) && graphic(name);
            is_named && TOKEN_BYTES.contains(&token.len()) && graphic(token) && !token.contains(':')
        };
        let (least, most) = (TOKEN_BYTES.start(), TOKEN_BYTES.end());
        if self.token.is_some() && tokens.is_empty() || !tokens.iter().all(is_good) {
            let allowed = format!("allowed are {least} to {most} printable ASCII characters, or NAME:TOKEN");
            return Err(Wrong::new("token", "", allowed));
        }
        let mut names: Vec<&str> = tokens.iter().map(|&(name, _)| name).collect();
        names.sort_unstable();
        match names.windows(2).any(|pair| pair[0] == pair[1]) {
            true => Err(Wrong::new("token", "", "several tokens need a name each: NAME:TOKEN")),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admin(token: &str) -> Admin {
        Admin { token: Some(Secret::new(token)), token_file: None }
    }

    #[test]
    fn tokens_have_names() {
        let long = "a-token-of-some-length";
        assert_eq!(Admin::default().tokens(), []);
        assert_eq!(admin(long).tokens(), [("admin", long)]);
        let two = admin("ann:anns-own-long-token\r\n\nbob:bobs-own-long-token\n");
        assert_eq!(two.tokens(), [("ann", "anns-own-long-token"), ("bob", "bobs-own-long-token")]);
        assert!(two.check().is_ok());
    }

    #[test]
    fn token_that_can_be_guessed_is_refused() {
        for (token, is_good) in [
            ("0123456789abcdef", true),
            ("0123456789abcde", false),
            ("ann:0123456789abcdef", true),
            (":0123456789abcdef", false),
            ("ann:0123:456789abcdef", false),
            ("with a space in it", false),
            ("", false),
            ("0123456789abcdef,fedcba9876543210", false),
            ("a:0123456789abcdef,b:fedcba9876543210", true),
        ] {
            assert_eq!(admin(token).check().is_ok(), is_good, "{token:?}");
        }
    }
}
