//! Chooses the addresses in answers to a player. A socket that listens on every interface does not know the address by which the
//! player reaches it, but the player's request names one.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header, request::Parts, uri::Authority},
};

use super::Lobby;
use crate::http::Approach;

/// The addresses by which a request reached the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reached {
    /// Host and port, as a URL writes them.
    authority: Authority,
    secure: bool,
    /// Clients verify the name in the host's own certificate, so UDP addresses need the name, too.
    by_name: bool,
    /// The host and port for UDP, if the settings name them.
    public_udp: Option<PublicUdp>,
}

/// The public address of UDP sockets, if it is not the host of HTTP.
#[derive(Clone, PartialEq, Eq, Debug)]
struct PublicUdp {
    authority: Authority,
    /// The port of the first shard's socket.
    first: u16,
}

impl Reached {
    /// Takes the host from a trusted proxy, or else from the request itself; `listening` if neither has one that can be used.
    pub(super) fn new(uri: &Uri, headers: &HeaderMap, approach: &Approach, listening: SocketAddr) -> Self {
        let own = || headers.get(header::HOST)?.to_str().ok()?.parse().ok();
        let said = approach.host.clone().or_else(own).or_else(|| uri.authority().cloned());
        // An authority with a user ("user@host") is not an address of this server.
        let said = said.filter(|authority| !authority.as_str().contains('@') && !authority.host().is_empty());
        let listening = || listening.to_string().parse().expect("a socket address is an authority");
        Self { authority: said.unwrap_or_else(listening), secure: approach.secure, by_name: false, public_udp: None }
    }

    /// Host and port as the client knows them.
    pub(super) fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// URL of WebSocket, without the number of a shard.
    pub(super) fn websocket(&self) -> String {
        format!("{}://{}/play", if self.secure { "wss" } else { "ws" }, self.authority)
    }

    /// Scheme and authority of WebSocket's URL.
    pub(super) fn websocket_origin(&self) -> (&'static str, &str) {
        (if self.secure { "wss" } else { "ws" }, self.authority.as_str())
    }

    /// URL of WebTransport on a UDP socket.
    pub(super) fn webtransport(&self, listening: SocketAddr) -> String {
        format!("https://{}/play", self.udp(listening))
    }

    /// `host:port` of a UDP socket.
    pub(super) fn udp(&self, listening: SocketAddr) -> String {
        if let Some(PublicUdp { authority, first }) = &self.public_udp {
            // Shards take consecutive ports, both on this machine and at the public address.
            let port = authority.port_u16().map(|port| port.saturating_add(listening.port().saturating_sub(*first)));
            return format!("{}:{}", authority.host(), port.unwrap_or(listening.port()));
        }
        let host = self.authority.host();
        let is_name = || host.trim_matches(['[', ']']).parse::<IpAddr>().is_err();
        match listening.ip().is_unspecified() || (self.by_name && is_name()) {
            true => format!("{host}:{}", listening.port()),
            false => listening.to_string(),
        }
    }
}

impl FromRequestParts<Arc<Lobby>> for Reached {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, lobby: &Arc<Lobby>) -> Result<Self, Infallible> {
        let approach = parts.extensions.get().cloned().unwrap_or_default();
        let reached = Self::new(&parts.uri, &parts.headers, &approach, lobby.http);
        let public_udp = lobby.config.load().public_udp.as_ref().and_then(|public| public.parse().ok());
        let public_udp = public_udp.map(|authority| PublicUdp { authority, first: lobby.udp[0].port() });
        Ok(Self { by_name: lobby.certificates.is_own(), public_udp, ..reached })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(host: &str) -> Reached {
        approached(host, &Approach::default())
    }

    fn approached(host: &str, approach: &Approach) -> Reached {
        let headers = HeaderMap::from_iter([
            (header::HOST, host.parse().unwrap()),
            // Headers of proxies that are not trusted were dropped earlier.
            ("x-forwarded-proto".parse().unwrap(), "https".parse().unwrap()),
        ]);
        Reached::new(&"/api/join".parse().unwrap(), &headers, approach, "0.0.0.0:8080".parse().unwrap())
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
    fn certificate_of_the_hosts_own_needs_the_name() {
        let by_name = |host| Reached { by_name: true, ..reached(host) };
        assert_eq!(by_name("play.example.org").udp("127.0.0.1:7777".parse().unwrap()), "play.example.org:7777");
        assert_eq!(by_name("[::1]:8080").udp("127.0.0.1:7777".parse().unwrap()), "127.0.0.1:7777");
    }

    #[test]
    fn public_address_of_the_settings_is_told_for_every_shard() {
        let told = |public: &str, listening: &str| {
            let public_udp = Some(PublicUdp { authority: public.parse().unwrap(), first: 7_777 });
            Reached { public_udp, ..reached("play.example.org") }.udp(listening.parse().unwrap())
        };
        assert_eq!(told("game.example.org", "0.0.0.0:7778"), "game.example.org:7778");
        assert_eq!(told("game.example.org:30000", "10.0.0.5:7777"), "game.example.org:30000");
        assert_eq!(told("game.example.org:30000", "10.0.0.5:7779"), "game.example.org:30002");
        assert_eq!(told("[2001:db8::1]", "10.0.0.5:7777"), "[2001:db8::1]:7777");
    }

    #[test]
    fn six_part_addresses_keep_their_brackets() {
        let reached = reached("[::1]:8080");
        assert_eq!(reached.websocket(), "ws://[::1]:8080/play");
        assert_eq!(reached.udp("[::]:7777".parse().unwrap()), "[::1]:7777");
    }

    #[test]
    fn proxy_with_tls_makes_addresses_secure() {
        let reached = approached("a.org", &Approach { secure: true, host: None });
        assert_eq!(reached.websocket(), "wss://a.org/play");
        let reached = approached("10.0.0.5:8080", &Approach { secure: true, host: Some("a.org".parse().unwrap()) });
        assert_eq!(reached.websocket(), "wss://a.org/play");
        assert_eq!(reached.udp("0.0.0.0:7777".parse().unwrap()), "a.org:7777");
    }

    #[test]
    fn useless_host_is_replaced_by_where_the_server_listens() {
        for host in ["", "user@evil.org", "a b"] {
            assert_eq!(reached(host).websocket(), "ws://0.0.0.0:8080/play", "{host:?}");
        }
    }
}
