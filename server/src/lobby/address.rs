//! Which addresses to tell a player: a socket that listens on every interface cannot say how it is reached, but the
//! request that just arrived can.

use std::net::SocketAddr;

use axum::http::{HeaderMap, Uri, header, uri::Authority};

/// How the server was reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reached {
    /// Host and port, as a URL writes them.
    authority: Authority,
    secure: bool,
}

impl Reached {
    /// From the request's own words; `listening` where it has none that can be used.
    pub(super) fn new(uri: &Uri, headers: &HeaderMap, listening: SocketAddr) -> Self {
        let said = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let said = said.and_then(|host| host.parse::<Authority>().ok()).or_else(|| uri.authority().cloned());
        // "user@host" is no address of ours.
        let said = said.filter(|authority| !authority.as_str().contains('@') && !authority.host().is_empty());
        let listening = || listening.to_string().parse().expect("a socket address is an authority");
        let secure = headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes() == b"https");
        Self { authority: said.unwrap_or_else(listening), secure }
    }

    /// URL of WebSocket, without its shard.
    pub(super) fn websocket(&self) -> String {
        format!("{}://{}/play", if self.secure { "wss" } else { "ws" }, self.authority)
    }

    /// The same without its path, as a policy names it.
    pub(super) fn websocket_source(&self) -> String {
        format!("{}://{}", if self.secure { "wss" } else { "ws" }, self.authority)
    }

    /// URL of WebTransport on a UDP socket.
    pub(super) fn webtransport(&self, listening: SocketAddr) -> String {
        format!("https://{}/play", self.udp(listening))
    }

    /// `host:port` of a UDP socket.
    pub(super) fn udp(&self, listening: SocketAddr) -> String {
        match listening.ip().is_unspecified() {
            true => format!("{}:{}", self.authority.host(), listening.port()),
            false => listening.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(host: &str) -> Reached {
        let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        Reached::new(&"/api/join".parse().unwrap(), &headers, "0.0.0.0:8080".parse().unwrap())
    }

    #[test]
    fn wildcard_listener_is_told_by_the_name_it_was_reached_by() {
        let reached = reached("play.example.org:8080");
        assert_eq!(reached.websocket(), "ws://play.example.org:8080/play");
        assert_eq!(reached.udp("0.0.0.0:7777".parse().unwrap()), "play.example.org:7777");
        assert_eq!(reached.udp("[::]:7777".parse().unwrap()), "play.example.org:7777");
        assert_eq!(reached.webtransport("0.0.0.0:7777".parse().unwrap()), "https://play.example.org:7777/play");
    }

    #[test]
    fn bound_address_is_told_as_it_is() {
        assert_eq!(reached("localhost:8080").udp("127.0.0.1:7777".parse().unwrap()), "127.0.0.1:7777");
    }

    #[test]
    fn six_part_addresses_keep_their_brackets() {
        let reached = reached("[::1]:8080");
        assert_eq!(reached.websocket(), "ws://[::1]:8080/play");
        assert_eq!(reached.udp("[::]:7777".parse().unwrap()), "[::1]:7777");
    }

    #[test]
    fn proxy_with_tls_makes_addresses_secure() {
        let headers = [
            (header::HOST, "a.org".parse().unwrap()),
            ("x-forwarded-proto".parse().unwrap(), "https".parse().unwrap()),
        ];
        let headers = HeaderMap::from_iter(headers);
        let reached = Reached::new(&"/".parse().unwrap(), &headers, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(reached.websocket(), "wss://a.org/play");
    }

    #[test]
    fn useless_host_is_replaced_by_where_the_server_listens() {
        for host in ["", "user@evil.org", "a b"] {
            assert_eq!(reached(host).websocket(), "ws://0.0.0.0:8080/play", "{host:?}");
        }
    }
}
