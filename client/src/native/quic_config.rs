//! Configuration of outgoing QUIC connections, for stock endpoints and for drivers: trust and transport parameters.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use quinn::{
    AckFrequencyConfig, ClientConfig, EndpointConfig, TransportConfig, VarInt, crypto::rustls::QuicClientConfig, rustls,
};

use crate::native::{link_error::LinkError, reach::addresses, trust::Trust};

/// A cache of client configurations.
#[derive(Debug, Default)]
pub(super) struct QuicConfigs {
    /// The last configuration for each protocol. One is enough: a fleet of bots connects to one server.
    known: [Mutex<Option<Known>>; 2],
    /// Trust for servers without certificate hashes.
    trust: Trust,
}

/// A destination of a connection, with its configuration.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) config: ClientConfig,
    /// One of the host's addresses.
    pub(super) address: SocketAddr,
    /// The name that the certificate must contain.
    pub(super) name: String,
}

/// SHA-256 hashes of certificates, and the configuration that trusts those. Without hashes it uses [`QuicConfigs`]' trust.
#[derive(Debug)]
struct Known {
    pins: Vec<[u8; 32]>,
    config: ClientConfig,
}

/// The application protocol of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Protocol {
    /// Ricochet's messages directly on QUIC.
    Ricochet,
    /// HTTP/3, for WebTransport.
    Http3,
}

impl Protocol {
    const fn alpn(self) -> &'static [u8] {
        match self {
            Self::Ricochet => b"ricochet/1",
            Self::Http3 => b"h3",
        }
    }

    /// Unidirectional streams that the server may open: HTTP/3 needs three.
    const fn server_streams(self) -> u32 {
        match self {
            Self::Ricochet => 0,
            Self::Http3 => 3,
        }
    }
}

impl QuicConfigs {
    /// Configurations with `trust` for servers without certificate hashes.
    pub(super) fn new(trust: Trust) -> Self {
        Self { known: Default::default(), trust }
    }

    /// The targets for `host:port`, one for each address of the host. The server's certificate must have one of the given SHA-256
    /// hashes, in hexadecimal. Without hashes it must be valid for the host's name and signed by a trusted authority.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason.
    pub(super) async fn targets(
        &self,
        protocol: Protocol,
        server: &str,
        certificate_hashes: &[String],
    ) -> Result<Vec<Target>, LinkError> {
        let pins = certificate_hashes.iter().map(|hash| parse_sha256(hash)).collect::<Option<Vec<_>>>();
        let pins = pins.ok_or_else(|| {
            LinkError::Lost(format!("certificate hashes {certificate_hashes:?}: expected 64 hexadecimal digits each"))
        })?;
        let config = self.config_for(pins, protocol).map_err(|error| LinkError::Lost(error.to_string()))?;
        let name = match certificate_hashes {
            [] => host_of(server),
            _ => SERVER_NAME,
        };
        let target = |address| Target { config: config.clone(), address, name: name.to_owned() };
        Ok(addresses(server, server).await?.into_iter().map(target).collect())
    }

    fn config_for(&self, pins: Vec<[u8; 32]>, protocol: Protocol) -> Result<ClientConfig, rustls::Error> {
        let mut held = self.known[protocol as usize].lock().expect("no holder of this lock panics");
        match &*held {
            Some(known) if known.pins == pins => Ok(known.config.clone()),
            _ => {
                let hashes = || Trust::hashes(pins.clone());
                let trust = if pins.is_empty() { self.trust.clone() } else { hashes() };
                let config = client_config(&trust, protocol)?;
                *held = Some(Known { pins, config: config.clone() });
                Ok(config)
            }
        }
    }
}

/// The endpoint configuration of all sockets.
pub(super) fn endpoint_config() -> EndpointConfig {
    let mut config = EndpointConfig::default();
    // No packet of the server is longer. With the default the receive buffer would take a hundred megabytes.
    config.max_udp_payload_size(UDP_PAYLOAD_BYTES_MAX).expect("above the least QUIC allows");
    config
}

fn client_config(trust: &Trust, protocol: Protocol) -> Result<ClientConfig, rustls::Error> {
    let tls = QuicClientConfig::try_from(trust.tls(protocol.alpn())?);
    let mut config = ClientConfig::new(Arc::new(tls.expect("TLS 1.3 offers a suite for QUIC's first packets")));
    config.transport_config(Arc::new(transport_config(protocol)));
    Ok(config)
}

fn transport_config(protocol: Protocol) -> TransportConfig {
    let mut acks = AckFrequencyConfig::default();
    // With this delay an acknowledgement travels with the next input instead of in a packet of its own.
    acks.ack_eliciting_threshold(VarInt::from_u32(10)).max_ack_delay(Some(Duration::from_millis(25)));
    let mut transport = TransportConfig::default();
    transport
        .initial_rtt(Duration::from_millis(100))
        .mtu_discovery_config(None)
        .ack_frequency_config(Some(acks))
        .datagram_send_buffer_size(DATAGRAM_SEND_BUFFER_BYTES)
        // A player that falls behind must not work through old datagrams: a full buffer drops the oldest.
        .datagram_receive_buffer_size(Some(8 * 1_024))
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(protocol.server_streams()))
        .max_idle_timeout(Some(VarInt::from_u32(10_000).into()));
    transport
}

/// Returns true if a datagram would leave at once on a connection with `space` bytes left in its send buffer.
pub(super) const fn has_datagram_room(space: usize) -> bool {
    space + DATAGRAMS_OF_A_TURN_BYTES >= DATAGRAM_SEND_BUFFER_BYTES
}

/// The host of `host:port`, as a certificate names it: an IPv6 address without brackets.
fn host_of(server: &str) -> &str {
    server.rsplit_once(':').map_or(server, |(host, _)| host).trim_matches(['[', ']'])
}

fn parse_sha256(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if text.len() != 2 * hash.len() || !text.is_ascii() {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(hash)
}

/// Send buffer for datagrams. A full buffer drops the oldest.
const DATAGRAM_SEND_BUFFER_BYTES: usize = 8 * 1_024;
/// Bytes that the inputs and pings of one turn take. If more than this waits, the connection is blocked.
const DATAGRAMS_OF_A_TURN_BYTES: usize = 512;
/// The name in the TLS handshake when the certificate is verified by its hash; the name is not checked then.
const SERVER_NAME: &str = "ricochet";
/// Payload of an Ethernet frame without IPv4 and UDP headers.
const UDP_PAYLOAD_BYTES_MAX: u16 = 1_472;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_is_what_stands_before_the_port() {
        for (server, host) in [("a.org:7777", "a.org"), ("127.0.0.1:1", "127.0.0.1"), ("[::1]:1", "::1")] {
            assert_eq!(host_of(server), host);
        }
    }

    #[test]
    fn hash_is_read_from_64_hexadecimal_digits_only() {
        let digits = "00ff".repeat(16);
        assert_eq!(parse_sha256(&digits).unwrap()[..4], [0, 255, 0, 255]);
        assert_eq!(parse_sha256(&digits[1..]), None);
        assert_eq!(parse_sha256(&digits.replace("ff", "fg")), None);
        assert_eq!(parse_sha256(&"é".repeat(32)), None);
    }
}
