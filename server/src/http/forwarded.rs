//! The client's address and scheme, from the socket or from a trusted proxy.
//!
//! ```text
//! X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.0.0.2      the socket: 10.0.0.1
//!                  anybody's   <- the client  <- trusted    <- trusted
//! ```
//!
//! Each proxy appends the address it got the request from. So the list is read from its end, through the entries of our proxies; the
//! first address that is not a trusted proxy is the client, and entries before it are only the client's claims.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, uri::Authority};

use crate::{
    config::{ForwardedHeader, Network, Proxies},
    security::guard::Caller,
};

/// The client of a request; an extension of every request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientAddress {
    /// Its address; the port is 0 if a proxy does not give it.
    pub address: SocketAddr,
    /// True if a trusted proxy gave the address, false if it is the socket's.
    pub forwarded: bool,
}

/// Scheme and host by which the client reached us; an extension of every request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Approach {
    /// The client used TLS, with us or with a trusted proxy.
    pub secure: bool,
    /// The host in the client's request, if a trusted proxy gave it.
    pub host: Option<Authority>,
}

impl ClientAddress {
    /// The other end of a socket.
    pub fn of_socket(address: SocketAddr) -> Self {
        Self { address: canonical(address), forwarded: false }
    }
}

impl From<ClientAddress> for Caller {
    fn from(ClientAddress { address, forwarded }: ClientAddress) -> Self {
        Self::new(address, forwarded)
    }
}

/// Reads the headers of a request from `peer`; `secure` if it came over our own TLS.
pub(super) fn read(
    headers: &HeaderMap,
    peer: SocketAddr,
    secure: bool,
    proxies: &Proxies,
) -> (ClientAddress, Approach) {
    let socket = ClientAddress::of_socket(peer);
    let trusted = |address: IpAddr| Network::any_contains(&proxies.trusted, address);
    if !trusted(socket.address.ip()) {
        return (socket, Approach { secure, host: None });
    }
    let hops = match proxies.header {
        ForwardedHeader::XForwardedFor => x_forwarded_for(headers),
        ForwardedHeader::Forwarded => forwarded(headers),
    };
    let mut client = socket;
    let mut said = Hop::default();
    for hop in hops.into_iter().rev() {
        // This proxy hides the address it got the request from, so the proxy itself counts as the client.
        let Some(address) = hop.address else { break };
        client = ClientAddress { address: canonical(address), forwarded: true };
        said = hop;
        if !trusted(client.address.ip()) {
            break;
        }
    }
    if proxies.header == ForwardedHeader::XForwardedFor {
        let first = |name| list(headers, name).next().map(str::to_owned);
        said = Hop { address: None, proto: first("x-forwarded-proto"), host: first("x-forwarded-host") };
    }
    let secure = said.proto.map_or(secure, |proto| proto.eq_ignore_ascii_case("https"));
    (client, Approach { secure, host: said.host.and_then(|host| host.parse().ok()) })
}

/// The entry of one proxy.
#[derive(Default)]
struct Hop {
    address: Option<SocketAddr>,
    proto: Option<String>,
    host: Option<String>,
}

fn x_forwarded_for(headers: &HeaderMap) -> Vec<Hop> {
    list(headers, "x-forwarded-for").map(|part| Hop { address: address(part), ..Hop::default() }).collect()
}

/// RFC 7239: `for=192.0.2.60;proto=https;host=a.example, for="[2001:db8::1]:4711"`.
fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let hop = |part: &str| {
        let mut hop = Hop::default();
        for pair in part.split(';') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "for" => hop.address = address(value),
                "proto" => hop.proto = Some(value.to_owned()),
                "host" => hop.host = Some(value.to_owned()),
                _ => {}
            }
        }
        hop
    };
    list(headers, "forwarded").map(hop).collect()
}

/// The items of a header with a comma-separated list, over all its lines.
fn list<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter();
    // A line that is not text still counts as one entry, so that entries before it are not attributed to the next proxy.
    lines.flat_map(|line| line.to_str().unwrap_or("?").split(',')).map(str::trim)
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn address(text: &str) -> Option<SocketAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let alone = bare.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address, 0));
    alone.or_else(|| text.parse().ok())
}

/// Converts an IPv4 address from an IPv6 socket to IPv4.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn proxies(header: ForwardedHeader) -> Proxies {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"].map(|network| network.parse().unwrap());
        Proxies { trusted: trusted.into(), header }
    }

    fn read_of(peer: &str, header: ForwardedHeader, lines: &[(&'static str, &str)]) -> (ClientAddress, Approach) {
        let mut headers = HeaderMap::new();
        for &(name, value) in lines {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        read(&headers, peer.parse().unwrap(), false, &proxies(header))
    }

    #[track_caller]
    fn check(peer: &str, x_forwarded_for: &[&str], client: &str, forwarded: bool) {
        let lines: Vec<_> = x_forwarded_for.iter().map(|&line| ("x-forwarded-for", line)).collect();
        let expected = ClientAddress { address: client.parse().unwrap(), forwarded };
        assert_eq!(read_of(peer, ForwardedHeader::XForwardedFor, &lines).0, expected, "{x_forwarded_for:?}");
    }

    #[test]
    fn client_is_the_last_that_no_proxy_of_ours_is() {
        check("10.0.0.1:9", &["203.0.113.9, 198.51.100.7, 10.0.0.2"], "198.51.100.7:0", true);
        check("10.0.0.1:9", &["203.0.113.9", "198.51.100.7"], "198.51.100.7:0", true);
        check("10.0.0.1:9", &["198.51.100.7:4000"], "198.51.100.7:4000", true);
        check("10.0.0.1:9", &["[2001:db8::7]:4000, 2001:db8:1::2"], "[2001:db8::7]:4000", true);
        check("10.0.0.1:9", &["2001:db8::7"], "[2001:db8::7]:0", true);
        check("[::ffff:10.0.0.1]:9", &["::ffff:198.51.100.7"], "198.51.100.7:0", true);
    }

    #[test]
    fn word_of_a_stranger_is_not_taken() {
        check("198.51.100.7:9", &["10.0.0.1, 203.0.113.9"], "198.51.100.7:9", false);
        let said = [("x-forwarded-proto", "https"), ("x-forwarded-host", "evil.example")];
        let (_, approach) = read_of("198.51.100.7:9", ForwardedHeader::XForwardedFor, &said);
        assert_eq!(approach, Approach::default());
    }

    #[test]
    fn only_proxies_of_ours_leave_the_first_of_them() {
        check("10.0.0.1:9", &["10.0.0.3, 10.0.0.2"], "10.0.0.3:0", true);
        check("10.0.0.1:9", &[], "10.0.0.1:9", false);
    }

    #[test]
    fn what_is_no_address_ends_the_list_where_it_stands() {
        check("10.0.0.1:9", &["203.0.113.9, unknown"], "10.0.0.1:9", false);
        check("10.0.0.1:9", &["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2:0", true);
        for junk in ["", ",,,", "1.2.3", "[::1", "a, b", "[]", "\u{fc}"] {
            check("10.0.0.1:9", &[junk], "10.0.0.1:9", false);
        }
    }

    #[test]
    fn host_and_scheme_are_the_proxys() {
        let said =
            [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "HTTPS"), ("x-forwarded-host", "a.org:1")];
        let (_, approach) = read_of("10.0.0.1:9", ForwardedHeader::XForwardedFor, &said);
        assert_eq!(approach, Approach { secure: true, host: Some("a.org:1".parse().unwrap()) });
    }

    #[test]
    fn standard_header_is_read_where_it_is_asked_for_and_only_there() {
        let line =
            "for=203.0.113.9;proto=http, For=\"[2001:db8::7]:4711\";proto=https;host=a.org;by=10.0.0.2, for=10.0.0.2";
        let lines = [("forwarded", line), ("x-forwarded-for", "192.0.2.1"), ("x-forwarded-host", "evil.example")];
        let (client, approach) = read_of("10.0.0.1:9", ForwardedHeader::Forwarded, &lines);
        assert_eq!(client, ClientAddress { address: "[2001:db8::7]:4711".parse().unwrap(), forwarded: true });
        assert_eq!(approach, Approach { secure: true, host: Some("a.org".parse().unwrap()) });
        let (client, _) = read_of("10.0.0.1:9", ForwardedHeader::XForwardedFor, &lines);
        assert_eq!(client.address, "192.0.2.1:0".parse().unwrap());
        let (client, _) = read_of("10.0.0.1:9", ForwardedHeader::Forwarded, &[("forwarded", "for=_hidden")]);
        assert!(!client.forwarded);
    }
}
