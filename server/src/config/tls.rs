//! `[tls]`: the host's own certificate.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Wrong;

/// TLS with the host's own certificate.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those of its authorities up to the root (`fullchain.pem`), the server's own first. The file is read again when
    /// it changes.
    #[schemars(extend("value" = "FILE", "example" = "/etc/letsencrypt/live/play.example.org/fullchain.pem", "live" = true))]
    pub certificate: Option<PathBuf>,
    /// The private key of the certificate (`privkey.pem`).
    #[schemars(extend("value" = "FILE", "example" = "/etc/letsencrypt/live/play.example.org/privkey.pem", "live" = true))]
    pub key: Option<PathBuf>,
    /// Use the certificate for pages and WebSocket, too: auto if there is one; off behind a proxy that ends TLS itself.
    #[schemars(extend("value" = "WHEN"))]
    pub http: TlsHttp,
    /// Seconds that browsers must use https only (HSTS), if this server ends TLS itself; 0 sends no such header.
    #[schemars(range(max = HSTS_SECS_MAX), extend("value" = "SECONDS", "live" = true))]
    pub hsts_secs: u32,
}

/// Use of TLS by the HTTP listener.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TlsHttp {
    /// TLS if there is a certificate.
    #[default]
    Auto,
    /// Plain HTTP.
    Off,
}

/// Two years, as browsers' preload lists recommend.
const HSTS_SECS_MAX: u32 = 63_072_000;

impl Tls {
    /// The files of certificate and key, if they are set.
    pub fn files(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.certificate.as_ref().zip(self.key.as_ref())
    }

    /// True if the HTTP listener uses TLS.
    pub fn serves_http(&self) -> bool {
        self.http == TlsHttp::Auto && self.files().is_some()
    }

    pub(super) fn check(&self) -> Result<(), Wrong> {
        match (&self.certificate, &self.key) {
            (Some(_), None) => Err(Wrong::new("key", "not set", "tls.certificate needs its key")),
            (None, Some(_)) => Err(Wrong::new("certificate", "not set", "tls.key needs its certificate")),
            (Some(_), Some(_)) | (None, None) => Ok(()),
        }
    }
}
