//! What the page may load and reach: its own files, its own server, and nothing else.

use std::net::SocketAddr;

use crate::lobby::address::Reached;

/// The same for a page that shows a recording: it asks for that and for nothing else. A file that is dropped onto it needs
/// no address.
pub(super) const OF_A_REPLAY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
     style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// The page's Content-Security-Policy. WebTransport goes to other addresses than HTTP, the shards'.
pub(super) fn of_the_page(reached: &Reached, shards: &[SocketAddr]) -> String {
    let connect: String = shards.iter().map(|&shard| format!(" https://{}", reached.udp(shard))).collect();
    // Not every browser takes WebSocket of the same host for 'self'.
    let websocket = reached.websocket_source();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; \
         font-src 'self'; img-src 'self' data:; connect-src 'self' {websocket}{connect}; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
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
        of_the_page(&reached, &["0.0.0.0:7777", "0.0.0.0:7778"].map(|shard| shard.parse().unwrap()))
    }

    #[test]
    fn page_reaches_its_server_and_the_shards() {
        let policy = policy("play.example.org:8080");
        let connect = "connect-src 'self' ws://play.example.org:8080 https://play.example.org:7777 \
                       https://play.example.org:7778;";
        assert!(policy.contains(connect), "{policy}");
    }

    #[test]
    fn scripts_stand_in_files_of_this_server() {
        let policy = policy("a.org");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
    }
}
