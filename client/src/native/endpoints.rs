//! UDP sockets with stock quinn on them, from which connections go out to servers whose certificates are known.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use quinn::rustls::{
    self, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use quinn::{
    AckFrequencyConfig, ClientConfig, Connection, ConnectionError, Endpoint, EndpointConfig, TransportConfig, VarInt,
    crypto::rustls::QuicClientConfig,
};
use sha2::{Digest, Sha256};
use shared::wire::DisconnectReason;
use socket2::{Domain, Socket, Type};

use crate::native::link::LinkError;

/// A few UDP sockets that many players of one process share.
#[derive(Debug)]
pub struct QuicEndpoints {
    endpoints: Vec<Endpoint>,
    next: AtomicUsize,
    /// The configuration for the certificates met last, for each protocol; a fleet meets one.
    configs: [Mutex<Option<Known>>; 2],
}

/// SHA-256 of certificates, and the configuration that trusts them.
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

impl QuicEndpoints {
    /// Binds `count` sockets. Must be called within the async runtime that will drive them.
    ///
    /// # Errors
    /// When a socket cannot be bound.
    pub fn bind(count: usize) -> std::io::Result<Self> {
        let endpoints = (0..count.max(1)).map(|_| bind_endpoint()).collect::<Result<_, _>>()?;
        Ok(Self { endpoints, next: AtomicUsize::new(0), configs: Default::default() })
    }

    /// Connects to `host:port`, to a server that shows a certificate with one of the given SHA-256, in hexadecimal.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason, [`LinkError::Closed`] when the server refuses.
    pub(super) async fn connect(
        &self,
        protocol: Protocol,
        server: &str,
        certificate_hashes: &[String],
    ) -> Result<Connection, LinkError> {
        let pins = certificate_hashes.iter().map(|hash| parse_sha256(hash)).collect::<Option<Vec<_>>>();
        let pins =
            pins.ok_or_else(|| LinkError::Lost(format!("{certificate_hashes:?} are no SHA-256 in hexadecimal")))?;
        let config = self.config_for(pins, protocol).map_err(|error| LinkError::Lost(error.to_string()))?;
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.endpoints.len();
        let server = resolve(server).await?;
        let connecting = self.endpoints[turn]
            .connect_with(config, server, SERVER_NAME)
            .map_err(|error| LinkError::Lost(error.to_string()))?;
        connecting.await.map_err(link_error)
    }

    fn config_for(&self, pins: Vec<[u8; 32]>, protocol: Protocol) -> Result<ClientConfig, rustls::Error> {
        let mut held = self.configs[protocol as usize].lock().expect("no holder of this lock panics");
        match &*held {
            Some(known) if known.pins == pins => Ok(known.config.clone()),
            _ => {
                let config = client_config(pins.clone(), protocol)?;
                *held = Some(Known { pins, config: config.clone() });
                Ok(config)
            }
        }
    }
}

/// Trusts certificates known by their hash from the join answer, and no others. Their signature is still checked, so a
/// stranger who shows one without its key gets nowhere.
#[derive(Debug)]
struct Pinned {
    pins: Vec<[u8; 32]>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown = Sha256::digest(certificate);
        if self.pins.iter().any(|pin| pin == shown.as_slice()) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn client_config(pins: Vec<[u8; 32]>, protocol: Protocol) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned { pins, provider }))
        .with_no_client_auth();
    tls.alpn_protocols = vec![protocol.alpn().to_vec()];
    // Every player of a fleet is a stranger to the server, as players from different machines are.
    tls.resumption = rustls::client::Resumption::disabled();
    let tls = QuicClientConfig::try_from(tls).expect("TLS 1.3 offers a suite for QUIC's first packets");
    let mut config = ClientConfig::new(Arc::new(tls));
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
        .datagram_send_buffer_size(8 * 1_024)
        // A player that falls behind must not work through what is old: the oldest give way.
        .datagram_receive_buffer_size(Some(8 * 1_024))
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(protocol.server_streams()))
        .max_idle_timeout(Some(VarInt::from_u32(10_000).into()));
    transport
}

fn bind_endpoint() -> std::io::Result<Endpoint> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(socket2::Protocol::UDP))?;
    // Hundreds of players receive a packet each within a millisecond; the default holds some 200.
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)).into())?;
    let mut config = EndpointConfig::default();
    // Nothing of ours is longer, and the default makes the receive buffer a hundred megabytes wide.
    config.max_udp_payload_size(UDP_PAYLOAD_BYTES_MAX).expect("above the least QUIC allows");
    Endpoint::new(config, None, socket.into(), Arc::new(quinn::TokioRuntime))
}

async fn resolve(server: &str) -> Result<SocketAddr, LinkError> {
    let lost = |why: &dyn std::fmt::Display| LinkError::Lost(format!("{server}: {why}"));
    let mut addresses = tokio::net::lookup_host(server).await.map_err(|error| lost(&error))?;
    addresses.find(SocketAddr::is_ipv4).ok_or_else(|| lost(&"has no IPv4 address"))
}

/// What the end of a connection means.
pub(super) fn link_error(error: ConnectionError) -> LinkError {
    if let ConnectionError::ApplicationClosed(close) = &error {
        let code = u8::try_from(close.error_code.into_inner()).ok();
        if let Some(reason) = code.and_then(DisconnectReason::from_code) {
            return LinkError::Closed { reason, text: String::from_utf8_lossy(&close.reason).into_owned() };
        }
    }
    LinkError::Lost(error.to_string())
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

/// Only a formality: the certificate is known by its hash.
const SERVER_NAME: &str = "ricochet";
/// An Ethernet frame without its headers.
const UDP_PAYLOAD_BYTES_MAX: u16 = 1_472;
const SOCKET_BUFFER_BYTES: usize = 4 * 1_024 * 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_read_from_64_hexadecimal_digits_only() {
        let digits = "00ff".repeat(16);
        assert_eq!(parse_sha256(&digits).unwrap()[..4], [0, 255, 0, 255]);
        assert_eq!(parse_sha256(&digits[1..]), None);
        assert_eq!(parse_sha256(&digits.replace("ff", "fg")), None);
        assert_eq!(parse_sha256(&"é".repeat(32)), None);
    }
}
