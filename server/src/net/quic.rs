//! The QUIC endpoint of a shard: hands packets to links, and begins handshakes as the budget allows.
//!
//! ```text
//! socket ──> endpoint ──> connection        (receive)
//! connection ──> socket                     (QuicLink::drive, once per tick and whenever there is something to say)
//! ```
//!
//! Playing connections are driven by their tick and need no timers in between: everything that QUIC wants to do (acks,
//! probes, losses) may wait those few milliseconds, and is then part of a packet that leaves anyway.

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
    net::{Transport, congestion::GameCongestion, quic_link::QuicLink},
    origin::Origins,
    session::{Bucket, Timeouts},
};

/// What a native client speaks.
pub(crate) const ALPN_RICOCHET: &[u8] = b"ricochet/1";
/// What a browser speaks, for WebTransport.
pub(crate) const ALPN_HTTP3: &[u8] = b"h3";

/// An arrived datagram's effect.
#[derive(Debug)]
pub(crate) enum Arrived {
    /// A connection has something to look at.
    Touched(usize),
    /// Somebody wants in; answer with [`Quic::accept`], [`Quic::retry`] or [`Quic::refuse`].
    Incoming(Box<Incoming>),
}

/// What makes a restarted server tell the clients of its predecessor at once that their connections are gone, by stateless
/// resets: it must have the same secrets, and so the same key. No two endpoints may share them: an endpoint resets what it
/// does not know, and a reset with the secret of another one ends that one's connection (RFC 9000, 21.11).
#[derive(Clone, Copy)]
pub(crate) struct QuicSecrets {
    /// Signs the resets.
    pub(crate) reset: [u8; 32],
    /// Signs the tokens with which clients prove their address.
    pub(crate) retry: [u8; 32],
    /// Marks connection ids as ours: a packet with another is not answered, not even by a reset.
    pub(crate) connection_ids: u64,
}

/// Endpoint and socket.
#[derive(Debug)]
pub(crate) struct Quic {
    pub(super) endpoint: QuicEndpoint,
    /// Whose pages may open WebTransport.
    origins: Arc<Origins>,
    web: Packets,
    /// Time between two ticks.
    tick: Duration,
}

/// Packets of WebTransport; all others are QUIC's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Packets {
    pub(crate) down: u64,
    pub(crate) up: u64,
}

/// Two snapshots: a third means that the first is worthless.
pub(super) const DATAGRAM_BUFFER_BYTES: usize = 2 * (DATAGRAM_BYTES_MAX + 64);
/// Transport's patience beyond the session's.
const IDLE_GRACE: Duration = Duration::from_secs(2);
/// Payload blocks: a snapshot each for some fifty players.
const BLOCK_BYTES: usize = 16 * 1024;

impl Quic {
    /// Binds to `address` and serves with `tls`, whose protocols are replaced; playing links are driven every `tick`.
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
        // A restarted server tells the players of its predecessor at once, not one every 20 ms.
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

    /// Takes the datagrams that wait, within a budget, hands those of connections to `links`, and tells each effect. True when there may be
    /// more: readiness is told of once, so whoever leaves some must come back.
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

    /// First packets that were dropped because there were too many at once, since this was asked last.
    pub(crate) fn take_newcomers_dropped(&mut self) -> u64 {
        self.endpoint.take_newcomers_dropped()
    }

    /// Begins a handshake; the link gets the given key. `None` when the client's first packet was no good.
    pub(crate) fn accept(&mut self, incoming: Incoming, key: usize, now: Instant) -> Option<QuicLink> {
        let (handle, connection) = self.endpoint.accept(incoming, key, now)?;
        let packets_per_sec = (f64::from(PACKETS_PER_TICK_MAX) / self.tick.as_secs_f64()) as u32;
        let packets = Bucket::new(packets_per_sec, packets_per_sec * MESSAGE_BURST_SECS);
        Some(QuicLink::new(handle, connection, Arc::clone(&self.origins), (packets, now)))
    }

    /// Asks a client to prove its address.
    pub(crate) fn retry(&mut self, incoming: Incoming) {
        self.endpoint.retry(incoming);
    }

    /// Does not answer a client at all.
    pub(crate) fn ignore(&mut self, incoming: Incoming) {
        self.endpoint.ignore(incoming);
    }

    /// Turns a client away.
    pub(crate) fn refuse(&mut self, incoming: Incoming) {
        self.endpoint.refuse(incoming);
    }

    /// Forgets the connection of a link that ends, drained or not.
    pub(crate) fn forget(&mut self, link: &QuicLink, key: usize) {
        self.endpoint.forget(link.handle(), key, link.is_drained());
    }

    /// For registering readiness.
    pub(crate) fn source(&mut self) -> &mut mio::net::UdpSocket {
        self.endpoint.source()
    }
}

/// Where quinn's defaults are for bulk transfer and ours for a game; see also [`GameCongestion`].
fn server_config(tls: &rustls::ServerConfig, timeouts: &Timeouts, tick: Duration) -> anyhow::Result<ServerConfig> {
    let mut tls = tls.clone();
    tls.alpn_protocols = [ALPN_RICOCHET, ALPN_HTTP3].map(<[u8]>::to_vec).into();
    tls.max_early_data_size = 0;
    // Sessions are not resumed by TLS, so tickets would only cost a signature's worth of work and memory.
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
    // An ack may wait for the next input, which travels anyway. The library asks for no more than the round trip or
    // 25 ms, whichever is longer, so near players at low rates send acks of their own, a packet more per tick.
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
        // A lost first packet is repeated after 300 ms and not after a second.
        .initial_rtt(Duration::from_millis(100))
        // We never send more than 1,200 bytes, so there is nothing to discover.
        .mtu_discovery_config(None)
        .ack_frequency_config(Some(ack_frequency))
        // The session's own time-out comes first, so that a silent player hears why.
        .max_idle_timeout(Some((timeouts.idle + IDLE_GRACE).try_into()?));
    Ok(transport)
}
