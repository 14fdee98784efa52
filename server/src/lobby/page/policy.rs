//! The Content-Security-Policy of a game's page: it may load its own files and reach its own server, and nothing else.

use std::net::SocketAddr;

use crate::{games::PackedPage, lobby::address::Reached};

/// The policy of a page that shows a recording: it may request the recording only. A file that is dropped onto the page needs no address.
pub(super) fn of_a_replay(page: &PackedPage) -> String {
    policy(page.import_map(), "'self'")
}

/// The policy of a page for players. WebTransport uses the addresses of the shards, which differ from that of HTTP.
pub(super) fn of_the_page(import_map: Option<&str>, reached: &Reached, shards: &[SocketAddr]) -> String {
    // Not every browser counts WebSocket of the same host as 'self'.
    let (websocket, authority) = reached.websocket_origin();
    let mut sources = vec![source(websocket, authority)];
    for &shard in shards {
        let source = source("https", &reached.udp(shard));
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    policy(import_map, &format!("'self' {}", sources.join(" ")))
}

/// The policy of a page that may reach these sources.
fn policy(import_map: Option<&str>, reached: &str) -> String {
    // The import map is the only inline script, because browsers load no import map from a file.
    let import_map = import_map.map(|hash| format!(" '{hash}'")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{import_map}; worker-src 'self'; style-src 'self'; \
         font-src 'self'; img-src 'self' data:; connect-src {reached}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// A host as a source of a policy. The grammar of policies has no literal IPv6 addresses, and browsers ignore a source with one,
/// so for IPv6 the source is the scheme alone.
fn source(scheme: &str, authority: &str) -> String {
    if authority.starts_with('[') { format!("{scheme}:") } else { format!("{scheme}://{authority}") }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use super::*;
    use crate::http::Approach;

    fn policy(host: &str) -> String {
        let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        let reached =
            Reached::new(&"/".parse().unwrap(), &headers, &Approach::default(), "0.0.0.0:8080".parse().unwrap());
        of_the_page(
            Some("sha256-abc="),
            &reached,
            &["0.0.0.0:7777", "0.0.0.0:7778"].map(|shard| shard.parse().unwrap()),
        )
    }

    #[test]
    fn page_reaches_its_server_and_the_shards() {
        let policy = policy("play.example.org:8080");
        let connect = "connect-src 'self' ws://play.example.org:8080 https://play.example.org:7777 \
                       https://play.example.org:7778;";
        assert!(policy.contains(connect), "{policy}");
    }

    #[test]
    fn address_of_ipv6_is_reached_by_its_scheme() {
        let policy = policy("[::1]:8080");
        assert!(policy.contains("connect-src 'self' ws: https:;"), "{policy}");
    }

    #[test]
    fn scripts_stand_in_files_of_this_server_but_for_the_import_map() {
        let policy = policy("a.org");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-abc=';"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
    }
}
