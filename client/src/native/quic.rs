//! QUIC by stock quinn: unreliable messages in datagrams, reliable ones behind their length on one stream.
//!
//! ```text
//! stream, both ways:  u32 length, big endian | message
//! datagram:           message
//! ```

use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{StreamExt, stream::FuturesUnordered};
use quinn::rustls::{
    self, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use quinn::{
    AckFrequencyConfig, Chunk, ClientConfig, Connection, ConnectionError, Endpoint, EndpointConfig, ReadError,
    RecvStream, SendStream, TransportConfig, VarInt, crypto::rustls::QuicClientConfig,
};
use sha2::{Digest, Sha256};
use shared::{limits::SERVER_MESSAGE_BYTES_MAX, wire::DisconnectReason};
use socket2::{Domain, Protocol, Socket, Type};

use crate::{
    native::link::LinkError,
    told::{Channel, Output},
};

/// A few UDP sockets that many players of one process share.
#[derive(Debug)]
pub struct QuicEndpoints {
    endpoints: Vec<Endpoint>,
    next: AtomicUsize,
    /// The configuration for the certificate met last; a fleet meets one.
    config: Mutex<Option<([u8; 32], ClientConfig)>>,
}

type StreamRead = Pin<Box<dyn Future<Output = (RecvStream, Result<Option<Chunk>, ReadError>)> + Send>>;

/// One player's QUIC connection.
#[derive(Debug)]
pub struct QuicLink {
    connection: Connection,
    send: SendStream,
    /// The one read of the stream under way. In its own set it is polled when the stream has something, and not each
    /// time a datagram wakes the player.
    reading: FuturesUnordered<StreamRead>,
    /// Bytes of the stream that are no whole message yet.
    partial: BytesMut,
}

impl QuicEndpoints {
    /// Binds `count` sockets. Must be called within the async runtime that will drive them.
    ///
    /// # Errors
    /// When a socket cannot be bound.
    pub fn bind(count: usize) -> std::io::Result<Self> {
        let endpoints = (0..count.max(1)).map(|_| bind_endpoint()).collect::<Result<_, _>>()?;
        Ok(Self { endpoints, next: AtomicUsize::new(0), config: Mutex::new(None) })
    }

    /// Connects to `host:port`, to a server that shows the certificate with the given SHA-256, in hexadecimal, and
    /// opens the stream.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason, [`LinkError::Closed`] when the server refuses.
    pub async fn connect(&self, server: &str, certificate_sha256: &str) -> Result<QuicLink, LinkError> {
        let pin = parse_sha256(certificate_sha256)
            .ok_or_else(|| LinkError::Lost(format!("{certificate_sha256:?} is no SHA-256 in hexadecimal")))?;
        let config = self.config_for(pin).map_err(|error| LinkError::Lost(error.to_string()))?;
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.endpoints.len();
        let server = resolve(server).await?;
        let connecting = self.endpoints[turn]
            .connect_with(config, server, SERVER_NAME)
            .map_err(|error| LinkError::Lost(error.to_string()))?;
        let connection = connecting.await.map_err(link_error)?;
        let (send, receive) = connection.open_bi().await.map_err(link_error)?;
        let reading = FuturesUnordered::from_iter([read(receive)]);
        Ok(QuicLink { connection, send, reading, partial: BytesMut::new() })
    }

    fn config_for(&self, pin: [u8; 32]) -> Result<ClientConfig, rustls::Error> {
        let mut held = self.config.lock().expect("no holder of this lock panics");
        match &*held {
            Some((known, config)) if *known == pin => Ok(config.clone()),
            _ => {
                let config = client_config(pin)?;
                *held = Some((pin, config.clone()));
                Ok(config)
            }
        }
    }
}

impl QuicLink {
    /// The next message of either channel. May be cancelled without losing one.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn receive(&mut self) -> Result<(Channel, Bytes), LinkError> {
        loop {
            if let Some(message) = self.take_message()? {
                return Ok((Channel::Reliable, message));
            }
            tokio::select! {
                biased;
                datagram = self.connection.read_datagram() => {
                    return Ok((Channel::Unreliable, datagram.map_err(link_error)?));
                }
                Some((stream, chunk)) = self.reading.next() => match chunk {
                    Ok(Some(chunk)) => {
                        self.partial.extend_from_slice(&chunk.bytes);
                        self.reading.push(read(stream));
                    }
                    // A server that ends the stream is about to close and say why.
                    Ok(None) => return Err(link_error(self.connection.closed().await)),
                    Err(ReadError::ConnectionLost(error)) => return Err(link_error(error)),
                    Err(error) => return Err(LinkError::Lost(error.to_string())),
                },
            }
        }
    }

    /// Sends a message on its channel.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn send(&mut self, Output { channel, bytes }: Output) -> Result<(), LinkError> {
        match channel {
            Channel::Unreliable => self.connection.send_datagram(bytes.into()).map_err(|error| match error {
                quinn::SendDatagramError::ConnectionLost(error) => link_error(error),
                error => LinkError::Lost(error.to_string()),
            }),
            Channel::Reliable => {
                let length = u32::try_from(bytes.len()).expect("messages are far below 4 GiB");
                let mut framed = Vec::with_capacity(LENGTH_BYTES + bytes.len());
                framed.extend_from_slice(&length.to_be_bytes());
                framed.extend_from_slice(&bytes);
                self.send.write_all(&framed).await.map_err(|error| match error {
                    quinn::WriteError::ConnectionLost(error) => link_error(error),
                    error => LinkError::Lost(error.to_string()),
                })
            }
        }
    }

    /// Ends the stream, gives the server a moment to say goodbye, and closes with the reason's code.
    pub async fn close(mut self, reason: DisconnectReason) {
        // Closing at once would throw away what the stream has not delivered yet.
        drop(self.send.finish());
        drop(tokio::time::timeout(CLOSE_PATIENCE, self.connection.closed()).await);
        self.connection.close(VarInt::from_u32(reason.code().into()), reason.label().as_bytes());
    }

    fn take_message(&mut self) -> Result<Option<Bytes>, LinkError> {
        let Some(&head) = self.partial.first_chunk::<LENGTH_BYTES>() else { return Ok(None) };
        let length = u32::from_be_bytes(head) as usize;
        if length > SERVER_MESSAGE_BYTES_MAX {
            return Err(LinkError::Framing("a message on the stream is longer than any"));
        }
        if self.partial.len() < LENGTH_BYTES + length {
            return Ok(None);
        }
        self.partial.advance(LENGTH_BYTES);
        Ok(Some(self.partial.split_to(length).freeze()))
    }
}

fn read(mut stream: RecvStream) -> StreamRead {
    Box::pin(async move {
        let chunk = stream.read_chunk(STREAM_READ_BYTES, true).await;
        (stream, chunk)
    })
}

/// Trusts exactly one certificate, known by its hash from the join answer. Its signature is still checked, so a
/// stranger who shows it without its key gets nowhere.
#[derive(Debug)]
struct Pinned {
    sha256: [u8; 32],
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
        if Sha256::digest(certificate).as_slice() == self.sha256 {
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

fn client_config(sha256: [u8; 32]) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned { sha256, provider }))
        .with_no_client_auth();
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // Every player of a fleet is a stranger to the server, as players from different machines are.
    tls.resumption = rustls::client::Resumption::disabled();
    let tls = QuicClientConfig::try_from(tls).expect("TLS 1.3 offers a suite for QUIC's first packets");
    let mut config = ClientConfig::new(Arc::new(tls));
    config.transport_config(Arc::new(transport_config()));
    Ok(config)
}

fn transport_config() -> TransportConfig {
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
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .max_idle_timeout(Some(VarInt::from_u32(10_000).into()));
    transport
}

fn bind_endpoint() -> std::io::Result<Endpoint> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
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

fn link_error(error: ConnectionError) -> LinkError {
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

const ALPN: &[u8] = b"ricochet/1";
/// Only a formality: the certificate is known by its hash.
const SERVER_NAME: &str = "ricochet";
const LENGTH_BYTES: usize = 4;
const STREAM_READ_BYTES: usize = 64 * 1_024;
/// An Ethernet frame without its headers.
const UDP_PAYLOAD_BYTES_MAX: u16 = 1_472;
const SOCKET_BUFFER_BYTES: usize = 4 * 1_024 * 1_024;
/// A server answers a leave at its next tick.
const CLOSE_PATIENCE: Duration = Duration::from_millis(500);

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
