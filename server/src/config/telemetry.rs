//! `[telemetry]`: lines of the log for an OpenTelemetry collector.

use std::path::PathBuf;

use axum::http::{HeaderName, HeaderValue, Uri, uri::Scheme};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{error::Wrong, secret::Secret};

/// Lines of the log for an OpenTelemetry collector.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// URL of a collector that takes OTLP over HTTP; `/v1/logs` is added. If it is not set or empty, nothing is sent.
    #[schemars(extend("value" = "URL", "example" = "http://127.0.0.1:4318"))]
    pub otlp_endpoint: Option<String>,
    /// Headers of each request, each `NAME=VALUE`, separated by commas, or by lines in the file: most often the credentials that
    /// the collector asks for.
    #[schemars(extend("value" = "HEADERS", "secret" = true))]
    pub headers: Option<Secret>,
    /// File of the headers, to keep them out of the configuration.
    #[schemars(extend("value" = "FILE", "example" = "/etc/ricochet/telemetry-headers"))]
    pub headers_file: Option<PathBuf>,
    /// The server's name at the collector: `service.name`.
    #[schemars(extend("value" = "NAME"))]
    pub service_name: String,
    /// The name of this server among several: `service.instance.id`. Without it, a random one is made at each start.
    #[schemars(extend("value" = "NAME", "example" = "east-1"))]
    pub instance: Option<String>,
    /// More attributes of the server, each `NAME=VALUE`, as in `deployment.environment.name=production`.
    #[schemars(extend("value" = "ATTRIBUTES", "allowed" = "an attribute is NAME=VALUE"))]
    pub attributes: Vec<String>,
    /// Seconds between two requests.
    #[schemars(range(min = 1, max = INTERVAL_SECS_MAX), extend("value" = "SECONDS"))]
    pub interval_secs: u32,
    /// Send events of each player and each match, too, besides all lines from `info` on.
    pub players: bool,
}

/// A longer delay would be useless; the log itself is faster then.
const INTERVAL_SECS_MAX: u32 = 300;
/// Most attributes; they are sent with every request.
const ATTRIBUTES_MAX: usize = 32;
const TEXT_BYTES: std::ops::RangeInclusive<usize> = 1..=256;

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            headers: None,
            headers_file: None,
            service_name: "ricochet".to_owned(),
            instance: None,
            attributes: Vec::new(),
            interval_secs: 5,
            players: true,
        }
    }
}

impl Telemetry {
    /// The URL that lines of the log are sent to, if there is one.
    pub fn logs_url(&self) -> Option<Uri> {
        let base = self.endpoint()?.trim_end_matches('/');
        let url: Uri = format!("{base}/v1/logs").parse().ok()?;
        let is_http = [Scheme::HTTP, Scheme::HTTPS].iter().any(|scheme| url.scheme() == Some(scheme));
        let authority = url.authority()?;
        // A name and password in the URL would be printed with it.
        let is_plain = !authority.as_str().contains('@') && !authority.host().is_empty() && url.query().is_none();
        (is_http && is_plain).then_some(url)
    }

    /// The headers; `None` if one of them is not a valid header.
    pub fn headers(&self) -> Option<Vec<(&str, &str)>> {
        let text = self.headers.as_ref().map_or("", Secret::reveal);
        let lines = text.split([',', '\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
        let can_be_sent = |&(name, value): &(&str, &str)| {
            HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok()
        };
        lines.map(|line| pair(line).filter(can_be_sent)).collect()
    }

    /// The attributes besides name and instance.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().filter_map(|attribute| pair(attribute))
    }

    fn endpoint(&self) -> Option<&str> {
        self.otlp_endpoint.as_deref().filter(|endpoint| !endpoint.is_empty())
    }

    pub(super) fn check(&self) -> Result<(), Wrong> {
        if let Some(endpoint) = self.endpoint()
            && self.logs_url().is_none()
        {
            let allowed = "write http://HOST:PORT or https://HOST:PORT, without a name and password in it";
            return Err(Wrong::new("otlp_endpoint", quoted(endpoint), allowed));
        }
        if self.headers().is_none() {
            return Err(Wrong::new("headers", "", "a header is NAME=VALUE, several are separated by commas or lines"));
        }
        let fits = |text: &str| TEXT_BYTES.contains(&text.len()) && !text.contains(char::is_control);
        let (least, most) = (TEXT_BYTES.start(), TEXT_BYTES.end());
        for (key, text) in [("service_name", Some(&self.service_name)), ("instance", self.instance.as_ref())] {
            if let Some(text) = text.filter(|text| !fits(text)) {
                let allowed = format!("allowed are {least} to {most} bytes without control characters");
                return Err(Wrong::new(key, quoted(text), allowed));
            }
        }
        if let Some(bad) = self.attributes.iter().find(|attribute| pair(attribute).is_none() || !fits(attribute)) {
            let allowed = format!("an attribute is NAME=VALUE, {most} bytes at most");
            return Err(Wrong::new("attributes", quoted(bad), allowed));
        }
        match self.attributes.len() > ATTRIBUTES_MAX {
            true => {
                let allowed = format!("allowed are {ATTRIBUTES_MAX} at most");
                Err(Wrong::new("attributes", format!("{} long", self.attributes.len()), allowed))
            }
            false => Ok(()),
        }
    }
}

/// Splits `NAME=VALUE`.
fn pair(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    (!name.is_empty() && !value.is_empty()).then_some((name, value))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(endpoint: &str) -> Option<String> {
        let telemetry = Telemetry { otlp_endpoint: Some(endpoint.to_owned()), ..Telemetry::default() };
        assert_eq!(telemetry.check().is_ok(), endpoint.is_empty() || telemetry.logs_url().is_some(), "{endpoint}");
        telemetry.logs_url().map(|url| url.to_string())
    }

    #[test]
    fn endpoint_is_the_start_of_a_url() {
        assert_eq!(Telemetry::default().logs_url(), None);
        assert_eq!(url("http://127.0.0.1:4318").unwrap(), "http://127.0.0.1:4318/v1/logs");
        assert_eq!(url("https://otlp.example.org/team/").unwrap(), "https://otlp.example.org/team/v1/logs");
        assert_eq!(url("http://[::1]:4318").unwrap(), "http://[::1]:4318/v1/logs");
        for bad in [
            "",
            "127.0.0.1:4318",
            "grpc://a.example",
            "http://",
            "http://a b",
            "https://me:secret@a.example",
            "http://a/?b",
        ] {
            assert_eq!(url(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn headers_are_pairs() {
        let headers = |text: &str| Telemetry { headers: Some(Secret::new(text)), ..Telemetry::default() };
        assert_eq!(Telemetry::default().headers(), Some(vec![]));
        let two = headers("authorization=Basic dXNlcjpwYXNz==\r\nx-scope = arena\n");
        assert_eq!(two.headers(), Some(vec![("authorization", "Basic dXNlcjpwYXNz=="), ("x-scope", "arena")]));
        for bad in ["authorization", "authorization: Basic", "=a", "a=", "a b=c", "x=\u{1}"] {
            assert!(headers(bad).check().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn attributes_are_pairs_and_not_many() {
        let telemetry =
            |count: usize, text: &str| Telemetry { attributes: vec![text.to_owned(); count], ..Telemetry::default() };
        assert!(telemetry(ATTRIBUTES_MAX, "a=b").check().is_ok());
        assert!(telemetry(ATTRIBUTES_MAX + 1, "a=b").check().is_err());
        assert!(telemetry(1, "a").check().is_err());
        assert!(telemetry(1, &format!("a={}", "b".repeat(TEXT_BYTES.end() - 2))).check().is_ok());
        assert!(telemetry(1, &format!("a={}", "b".repeat(TEXT_BYTES.end() - 1))).check().is_err());
        let nameless = Telemetry { service_name: String::new(), ..Telemetry::default() };
        assert!(nameless.check().is_err());
    }
}
