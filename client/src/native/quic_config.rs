//! How QUIC connections go out, from stock endpoints and from drivers: whom they trust, what they ask of the transport.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use quinn::{
    AckFrequencyConfig, ClientConfig, EndpointConfig, TransportConfig, VarInt, crypto::rustls::QuicClientConfig, rustls,
};

use crate::native::{link::LinkError, reach::addresses, trust::Trust};

/// Configurations for the servers met last.
#[derive(Debug, Default)]
pub(super) struct QuicConfigs {
    /// The configuration for the certificates met last, for each protocol; a fleet meets one.
    known: [Mutex<Option<Known>>; 2],
    /// For servers that tell no hashes.
    trust: Trust,
}

/// Where a connection goes, and how.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) config: ClientConfig,
    /// One of the host's.
    pub(super) address: SocketAddr,
    /// What the certificate must name.
    pub(super) name: String,
}

/// SHA-256 of certificates, and the configuration that trusts them; without any, the one that trusts as it is told.
#[derive(Debug)]
struct Known {
    pins: Vec<[u8; 32]>,
    config: ClientConfig,
}

/// What is spoken on a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Protocol {
    /// Messages on QUIC.
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

    /// Streams the server may open, one way: HTTP/3 has three.
    const fn server_streams(self) -> u32 {
        match self {
            Self::Ricochet => 0,
            Self::Http3 => 3,
        }
    }
}

impl QuicConfigs {
    /// These are trusted where a server tells no hashes.
    pub(super) fn new(trust: Trust) -> Self {
        Self { known: Default::default(), trust }
    }

    /// The ways to `host:port`, one for each of its addresses, to a server that shows a certificate with one of the given SHA-256, in hexadecimal; if none is
    /// given, to one whose certificate is of that name and of an authority that is trusted.
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
        let pins =
            pins.ok_or_else(|| LinkError::Lost(format!("{certificate_hashes:?} are no SHA-256 in hexadecimal")))?;
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

/// What all our sockets have in common.
pub(super) fn endpoint_config() -> EndpointConfig {
    let mut config = EndpointConfig::default();
    // Nothing of ours is longer, and the default makes the receive buffer a hundred megabytes wide.
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
    // An acknowledgement travels with the next tick's input instead of in a packet of its own.
    acks.ack_eliciting_threshold(VarInt::from_u32(10)).max_ack_delay(Some(Duration::from_millis(25)));
    let mut transport = TransportConfig::default();
    transport
        .initial_rtt(Duration::from_millis(100))
        .mtu_discovery_config(None)
        .ack_frequency_config(Some(acks))
        .datagram_send_buffer_size(DATAGRAM_SEND_BUFFER_BYTES)
        // A player that falls behind must not work through what is old: the oldest give way.
        .datagram_receive_buffer_size(Some(8 * 1_024))
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(protocol.server_streams()))
        .max_idle_timeout(Some(VarInt::from_u32(10_000).into()));
    transport
}

/// Whether a datagram leaves at once on a connection with so many bytes left for datagrams.
pub(super) const fn has_datagram_room(space: usize) -> bool {
    space + DATAGRAMS_OF_A_TURN_BYTES >= DATAGRAM_SEND_BUFFER_BYTES
}

/// The host of `host:port`, as a certificate names it.
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

/// Datagrams a connection may hold, for those who send without looking; the oldest give way.
const DATAGRAM_SEND_BUFFER_BYTES: usize = 8 * 1_024;
/// What the inputs and pings of one turn take of that. When more waits, the connection is held up.
const DATAGRAMS_OF_A_TURN_BYTES: usize = 512;
/// Only a formality: the certificate is known by its hash.
const SERVER_NAME: &str = "ricochet";
/// An Ethernet frame without its headers.
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
