//! The QUIC endpoint of a shard: passes packets to links, and starts handshakes as the budget allows.
//!
//! ```text
//! socket ──> endpoint ──> connection        (receive)
//! connection ──> socket                     (QuicLink::drive, once per tick and when there is something to send)
//! ```
//!
//! Connections in play are driven by their tick and need no timers in between: everything that QUIC has to do (acks,
//! probes, retransmissions) may wait those few milliseconds, and then shares a packet that is sent anyway.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use ::net::{Budget, QuicEndpoint, Routed, UdpStats};
use quinn_proto::{
    AckFrequencyConfig, Endpoint, EndpointConfig, HashedConnectionIdGenerator, Incoming, ServerConfig, TransportConfig,
    ValidationTokenConfig, VarInt, crypto::rustls::QuicServerConfig,
};
use ring::{hkdf, hmac};
use shared::limits::{
    CLIENT_MESSAGE_BYTES_MAX, DATAGRAM_BYTES_MAX, HANDSHAKES_WAITING_MAX, MESSAGE_BURST_SECS, PACKETS_PER_TICK_MAX,
    STREAMS_BOTH_WAYS_MAX, STREAMS_ONE_WAY_MAX,
};
use slab::Slab;

use crate::{
    base::{origin::Origins, token_bucket::Bucket},
    net::{Transport, congestion::GameCongestion, link_state::Timeouts, quic_link::QuicLink},
};

/// ALPN of a native client.
pub(crate) const ALPN_RICOCHET: &[u8] = b"ricochet/1";
/// ALPN of a browser, for WebTransport.
pub(crate) const ALPN_HTTP3: &[u8] = b"h3";

/// The effect of a received datagram.
#[derive(Debug)]
pub(crate) enum Arrived {
    /// The connection with this key has events to poll.
    Touched(usize),
    /// A new client; answer with [`Quic::accept`], [`Quic::retry`], [`Quic::ignore`] or [`Quic::refuse`].
    Incoming(Box<Incoming>),
}

/// Secrets of an endpoint. With the same secrets, and so the same key, a restarted server can send stateless resets, which end the
/// connections of its previous run at once. No two endpoints may share them: an endpoint resets connections that it does not
/// know, and a reset with the secret of another endpoint ends that endpoint's connection (RFC 9000, 21.11).
#[derive(Clone, Copy)]
pub(crate) struct QuicSecrets {
    /// Key of the resets.
    pub(crate) reset: [u8; 32],
    /// Key of the tokens with which clients prove their address.
    pub(crate) retry: [u8; 32],
    /// Marks connection ids as ours: a packet with another one gets no answer, not even a reset.
    pub(crate) connection_ids: u64,
}

/// Endpoint and socket.
#[derive(Debug)]
pub(crate) struct Quic {
    pub(super) endpoint: QuicEndpoint,
    /// The origins whose pages may open WebTransport.
    origins: Arc<Origins>,
    web: Packets,
    /// Length of a tick.
    tick: Duration,
}

/// Packets of WebTransport only.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Packets {
    pub(crate) down: u64,
    pub(crate) up: u64,
}

/// Room for two snapshots: when a third one comes, the first is out of date.
pub(super) const DATAGRAM_BUFFER_BYTES: usize = 2 * (DATAGRAM_BYTES_MAX + 64);
/// The transport's time-out exceeds the session's by this much.
const IDLE_GRACE: Duration = Duration::from_secs(2);
/// Size of a block of payloads: a snapshot each for some fifty players.
const BLOCK_BYTES: usize = 16 * 1024;

impl Quic {
    /// Binds to `address` with the certificate of `tls`, whose ALPN is replaced; playing links are driven every `tick`.
    /// Pages of `origins` may open WebTransport.
    ///
    /// # Errors
    /// When the address cannot be bound, or `tls` lacks TLS 1.3.
    pub(crate) fn bind(
        address: SocketAddr,
        tls: &rustls::ServerConfig,
        timeouts: &Timeouts,
        tick: Duration,
        origins: Arc<Origins>,
        secrets: &QuicSecrets,
    ) -> anyhow::Result<Self> {
        let mut config = server_config(tls, timeouts, tick)?;
        config.token_key(Arc::new(hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&secrets.retry)));
        let mut endpoint = EndpointConfig::new(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &secrets.reset)));
        let connection_ids = secrets.connection_ids;
        endpoint.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(connection_ids)));
        // A restarted server resets the clients of its previous run at once, instead of one every 20 ms.
        endpoint.min_reset_interval(Duration::from_millis(1));
        let endpoint = Endpoint::new(Arc::new(endpoint), Some(Arc::new(config)), false, None);
        let endpoint = QuicEndpoint::bind(address, endpoint, BLOCK_BYTES)?;
        Ok(Self { endpoint, origins, web: Packets::default(), tick })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.endpoint.socket().address()
    }

    /// Packets of QUIC and WebTransport together.
    pub(crate) fn stats(&self) -> UdpStats {
        self.endpoint.socket().stats()
    }

    /// Packets of WebTransport.
    pub(crate) fn web_packets(&self) -> Packets {
        self.web
    }

    pub(super) fn count_web_packets_down(&mut self, packets: u64) {
        self.web.down += packets;
    }

    /// Receives waiting datagrams within a budget, passes them to their `links`, and adds their effects to `effects`. True if more may
    /// wait: mio reports readiness only once, so the caller must call again.
    pub(crate) fn receive<L>(
        &mut self,
        links: &mut Slab<L>,
        connection: impl Fn(&mut L) -> Option<&mut QuicLink>,
        budget: Budget,
        clock: impl Fn() -> Instant,
        effects: &mut Vec<Arrived>,
    ) -> bool {
        let Self { endpoint, web, .. } = self;
        endpoint.receive(budget, clock, |routed, now| match routed {
            Routed::Link(key, event) => {
                let Some(link) = links.get_mut(key).and_then(&connection) else { return };
                web.up += u64::from(link.transport() == Transport::WebTransport);
                if link.admit_packet(now) && link.handle_event(event) {
                    effects.push(Arrived::Touched(key));
                }
            }
            Routed::Incoming(incoming) => effects.push(Arrived::Incoming(incoming)),
        })
    }

    /// Initial packets dropped since the last call, because too many came at once.
    pub(crate) fn take_newcomers_dropped(&mut self) -> u64 {
        self.endpoint.take_newcomers_dropped()
    }

    /// Starts a handshake; the link gets the given key. `None` if the client's first packet is not valid.
    pub(crate) fn accept(&mut self, incoming: Incoming, key: usize, now: Instant) -> Option<QuicLink> {
        let (handle, connection) = self.endpoint.accept(incoming, key, now)?;
        let packets_per_sec = (f64::from(PACKETS_PER_TICK_MAX) / self.tick.as_secs_f64()) as u32;
        let packets = Bucket::new(packets_per_sec, packets_per_sec * MESSAGE_BURST_SECS);
        Some(QuicLink::new(handle, connection, Arc::clone(&self.origins), (packets, now)))
    }

    /// Asks a client to validate its address.
    pub(crate) fn retry(&mut self, incoming: Incoming) {
        self.endpoint.retry(incoming);
    }

    /// Drops a client's packet without an answer.
    pub(crate) fn ignore(&mut self, incoming: Incoming) {
        self.endpoint.ignore(incoming);
    }

    /// Refuses a client with an answer.
    pub(crate) fn refuse(&mut self, incoming: Incoming) {
        self.endpoint.refuse(incoming);
    }

    /// Removes the connection of a link that ends, drained or not.
    pub(crate) fn forget(&mut self, link: &QuicLink, key: usize) {
        self.endpoint.forget(link.handle(), key, link.is_drained());
    }

    /// The socket, to register it for readiness.
    pub(crate) fn source(&mut self) -> &mut mio::net::UdpSocket {
        self.endpoint.source()
    }
}

/// Changes quinn's defaults, which are for bulk transfer, to ones for a game; see also [`GameCongestion`].
fn server_config(tls: &rustls::ServerConfig, timeouts: &Timeouts, tick: Duration) -> anyhow::Result<ServerConfig> {
    let mut tls = tls.clone();
    tls.alpn_protocols = [ALPN_RICOCHET, ALPN_HTTP3].map(<[u8]>::to_vec).into();
    tls.max_early_data_size = 0;
    // TLS sessions are not resumed, so tickets would only cost the work and memory of making them.
    tls.send_tls13_tickets = 0;
    let mut config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    config.transport_config(Arc::new(transport_config(timeouts, tick)?));
    config.max_incoming(2 * HANDSHAKES_WAITING_MAX);
    config.incoming_buffer_size(8 * 1024);
    config.incoming_buffer_size_total(4 * 1024 * 1024);
    let mut tokens = ValidationTokenConfig::default();
    tokens.sent(0);
    config.validation_token_config(tokens);
    Ok(config)
}

fn transport_config(timeouts: &Timeouts, tick: Duration) -> anyhow::Result<TransportConfig> {
    let mut ack_frequency = AckFrequencyConfig::default();
    // An ack may wait for the next input, which is sent anyway. The library allows no more than the round trip or
    // 25 ms, whichever is longer, so near players at low rates send separate acks, one more packet per tick.
    ack_frequency.ack_eliciting_threshold(VarInt::from_u32(10)).max_ack_delay(Some(2 * tick));
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS_BOTH_WAYS_MAX))
        .max_concurrent_uni_streams(VarInt::from_u32(STREAMS_ONE_WAY_MAX))
        .stream_receive_window(VarInt::from_u32(4 * CLIENT_MESSAGE_BYTES_MAX as u32))
        .receive_window(VarInt::from_u32(8 * CLIENT_MESSAGE_BYTES_MAX as u32))
        .send_window(64 * 1024)
        .datagram_send_buffer_size(DATAGRAM_BUFFER_BYTES)
        .datagram_receive_buffer_size(Some(16 * 1024))
        .congestion_controller_factory(Arc::new(GameCongestion))
        // A lost first packet is repeated after 300 ms instead of a second.
        .initial_rtt(Duration::from_millis(100))
        // We never send more than 1,200 bytes, so a larger MTU would not be used.
        .mtu_discovery_config(None)
        .ack_frequency_config(Some(ack_frequency))
        // The session's own time-out comes first, so that a silent player gets a goodbye with the reason.
        .max_idle_timeout(Some((timeouts.idle + IDLE_GRACE).try_into()?));
    Ok(transport)
}
