//! Decides which pages may play here: pages of the host by which the page knows this server, and pages of the origins in the settings.
//!
//! A browser lets any page open a WebSocket or WebTransport, and sends the page's origin. Without a check, a foreign page could
//! play with its visitor's browser and address. Programs other than browsers can send any origin.

use std::{net::IpAddr, sync::Arc};

use arc_swap::ArcSwap;
use axum::http::uri::Authority;

/// The allowed origins, for WebSocket and WebTransport alike.
#[derive(Debug, Default)]
pub struct Origins {
    named: ArcSwap<Vec<String>>,
}

impl Origins {
    /// Allows our own host's pages, and those of `named` (`https://play.example.org`).
    pub fn new(named: &[String]) -> Self {
        let origins = Self::default();
        origins.set(named);
        origins
    }

    /// Replaces the named origins.
    pub fn set(&self, named: &[String]) {
        self.named.store(Arc::new(named.iter().map(|origin| origin.to_ascii_lowercase()).collect()));
    }

    /// True if a page of `origin` may talk to this server, which it knows as `authority`. Ports and schemes differ
    /// between transports, so only the hosts are compared; all names of this machine are one host.
    pub fn admit(&self, origin: &str, authority: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        if self.named.load().contains(&origin) {
            return true;
        }
        let Some(theirs) = host_of_origin(&origin) else { return false };
        let Some(ours) = host(&authority.to_ascii_lowercase()) else { return false };
        theirs == ours || (is_this_machine(&theirs) && is_this_machine(&ours))
    }
}

/// True for an origin: `http` or `https`, a host, and perhaps a port.
pub(crate) fn is_origin(text: &str) -> bool {
    host_of_origin(&text.to_ascii_lowercase()).is_some()
}

/// True for a host, perhaps with a port, as in a URL.
pub(crate) fn is_host(text: &str) -> bool {
    host(text).is_some()
}

fn host_of_origin(origin: &str) -> Option<String> {
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))?;
    host(authority)
}

fn host(authority: &str) -> Option<String> {
    let authority: Authority = authority.parse().ok()?;
    let host = authority.host();
    // `Authority` accepts an empty or too large port, and a user before the host.
    let port = authority.as_str().strip_prefix(host)?;
    let is_port = |port: &str| !port.starts_with('+') && port.parse::<u16>().is_ok_and(|port| port > 0);
    let is_fine = !host.is_empty() && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    is_fine.then(|| host.to_owned())
}

/// True for loopback names and addresses of this machine.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(origin: &str, authority: &str, admitted: bool) {
        let origins = Origins::new(&["https://Other.example".to_owned()]);
        assert_eq!(origins.admit(origin, authority), admitted, "{origin} to {authority}");
    }

    #[test]
    fn own_pages_are_admitted_whatever_the_port() {
        check("https://play.example.org", "play.example.org:7777", true);
        check("http://Play.Example.org:8080", "play.example.org", true);
        check("http://192.0.2.1:8080", "192.0.2.1:7777", true);
        check("http://[2001:db8::1]:8080", "[2001:db8::1]:7777", true);
    }

    #[test]
    fn names_of_this_machine_are_one_host() {
        check("http://localhost:8080", "127.0.0.1:7777", true);
        check("http://127.0.0.1:8080", "[::1]:7777", true);
        check("http://game.localhost", "localhost:7777", true);
        check("http://localhost:8080", "192.0.2.1:7777", false);
    }

    #[test]
    fn other_pages_are_not_unless_they_are_named() {
        check("https://evil.example", "play.example.org:7777", false);
        check("https://play.example.org.evil.example", "play.example.org:7777", false);
        check("https://play.example.org@evil.example", "play.example.org:7777", false);
        check("https://other.example", "play.example.org:7777", true);
        check("https://other.example:444", "play.example.org:7777", false);
    }

    #[test]
    fn what_is_no_origin_is_not_admitted() {
        for origin in [
            "null",
            "",
            "file://",
            "https://",
            "play.example.org",
            "ftp://play.example.org",
            "https:///",
            "https://play.example.org:",
            "https://play.example.org:65536",
        ] {
            check(origin, "play.example.org:7777", false);
            assert!(!is_origin(origin), "{origin}");
        }
        check("https://play.example.org", "", false);
    }

    #[test]
    fn host_has_a_port_that_exists_or_none() {
        for host in ["game.example.org", "game.example.org:1", "game.example.org:65535", "[2001:db8::1]", "[::1]:7777"]
        {
            assert!(is_host(host), "{host}");
        }
        for text in ["", ":", ":7777", "a:", "a:0", "a:65536", "a:+1", "a:b", "a b", "user@a", "[::1", "[::1]7777"] {
            assert!(!is_host(text), "{text}");
        }
    }
}
