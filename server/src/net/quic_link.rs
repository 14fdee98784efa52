//! One QUIC connection: datagrams for messages that may be lost, one bidirectional stream for those that must arrive.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use ::net::MessageStream;
use bytes::Bytes;
use quinn_proto::{
    Connection, ConnectionError, ConnectionEvent, ConnectionHandle, Dir, Event, StreamEvent, VarInt,
    crypto::rustls::HandshakeData,
};
use room::Channel;
use shared::{
    limits::{CLIENT_MESSAGE_BYTES_MAX, DATAGRAM_BYTES_MAX},
    wire::DisconnectReason,
};

use crate::{
    base::{origin::Origins, token_bucket::Bucket},
    net::{
        Ended, LinkStats, Received, Transport,
        link_state::Goodbye,
        quic::{ALPN_HTTP3, ALPN_RICOCHET, DATAGRAM_BUFFER_BYTES, Quic},
        webtransport::{PREFIX_BYTES_MAX, Progress, WebTransport},
    },
};

/// A connection with its message stream.
pub(crate) struct QuicLink {
    connection: Connection,
    handle: ConnectionHandle,
    stage: Stage,
    /// WebTransport over HTTP/3, if the client negotiated that.
    web: Option<Box<WebTransport>>,
    messages: MessageStream,
    /// The peer's last validated address.
    address: SocketAddr,
    origins: Arc<Origins>,
    /// Datagrams without a session since the last [`QuicLink::take_strays`].
    strays: u64,
    /// Rate limit of its packets, and the start of the limit's time.
    packets: (Bucket, Instant),
    /// Packets dropped by the rate limit since the last [`QuicLink::take_excess`].
    excess: u64,
    ended: Option<Ended>,
    /// The handshake is complete.
    shaken: bool,
    /// The link is already in the list of links to poll.
    touched: bool,
    drained: bool,
}

/// The state of a connection.
#[derive(Debug)]
enum Stage {
    /// The handshake is not complete.
    Handshaking,
    /// `ricochet/1` or HTTP/3 is negotiated, and messages flow.
    Open,
    /// The goodbye is in the stream; the connection closes when it is acknowledged, or a moment later.
    Parting { goodbye: Goodbye, until: Option<Instant> },
    /// The close is sent, and nothing after it.
    Closed,
}

/// Most packets passed to the kernel in one call.
const SEGMENTS_MAX: usize = 10;
/// Free space of the send buffer when no datagram waits, minus the library's overhead for one.
const DATAGRAMS_FREE: usize = DATAGRAM_BUFFER_BYTES - 64;
/// Time that a goodbye in the stream may take to be acknowledged. The close after it repeats the goodbye.
const PARTING: Duration = Duration::from_millis(250);

impl QuicLink {
    pub(super) fn new(
        handle: ConnectionHandle,
        connection: Connection,
        origins: Arc<Origins>,
        packets: (Bucket, Instant),
    ) -> Self {
        Self {
            address: connection.remote_address(),
            connection,
            handle,
            stage: Stage::Handshaking,
            web: None,
            messages: MessageStream::new(CLIENT_MESSAGE_BYTES_MAX),
            origins,
            strays: 0,
            packets,
            excess: 0,
            ended: None,
            shaken: false,
            touched: false,
            drained: false,
        }
    }

    /// WebTransport is known from the end of the handshake on; before it, this is QUIC.
    pub(crate) fn transport(&self) -> Transport {
        if self.web.is_some() { Transport::WebTransport } else { Transport::Quic }
    }

    pub(super) fn handle(&self) -> ConnectionHandle {
        self.handle
    }

    /// True if the endpoint holds no state of it any more.
    pub(crate) fn is_drained(&self) -> bool {
        self.drained
    }

    /// True if the close is sent.
    pub(crate) fn has_parted(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }

    /// True once the handshake was completed, even if the connection has ended since.
    pub(crate) fn has_shaken(&self) -> bool {
        self.shaken
    }

    /// The peer's address. After a migration this is the new one only when the peer has answered there, because anybody can send
    /// a packet with a forged address. The handshake validates the first one.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn rtt(&self) -> Duration {
        self.connection.rtt()
    }

    /// Takes a packet from the rate limit. False drops it, which is cheaper than decrypting it.
    pub(super) fn admit_packet(&mut self, now: Instant) -> bool {
        let (packets, since) = &mut self.packets;
        let admitted = packets.take(now.saturating_duration_since(*since));
        self.excess += u64::from(!admitted);
        admitted
    }

    /// Adds `time` to the rate limit: the shard did not read packets for so long, so they now come at once.
    pub(crate) fn credit(&mut self, time: Duration) {
        self.packets.0.credit(time);
    }

    /// Packets dropped by the rate limit since the last call.
    pub(crate) fn take_excess(&mut self) -> u64 {
        std::mem::take(&mut self.excess)
    }

    /// Share of our packets that were lost, 0 to 1.
    pub(crate) fn loss(&self) -> f64 {
        let path = self.connection.stats().path;
        if path.sent_packets == 0 { 0.0 } else { path.lost_packets as f64 / path.sent_packets as f64 }
    }

    /// Handles a packet. True if the link must be added to the list of links to poll.
    pub(super) fn handle_event(&mut self, event: ConnectionEvent) -> bool {
        self.connection.handle_event(event);
        !std::mem::replace(&mut self.touched, true)
    }

    /// The next message.
    ///
    /// # Errors
    /// The reason, if no more messages will come.
    pub(crate) fn poll_message(&mut self) -> Result<Option<Received>, Ended> {
        self.touched = false;
        self.poll_events();
        match self.stage {
            Stage::Handshaking => return self.ended.take().map_or(Ok(None), Err),
            Stage::Open => {}
            Stage::Parting { .. } | Stage::Closed => {
                while self.connection.datagrams().recv().is_some() {}
                self.find_messages();
                return self.ended.take().map_or(Ok(None), Err);
            }
        }
        loop {
            if let Some(progress) = self.web.as_mut().and_then(|web| web.poll(&mut self.connection)) {
                match progress {
                    Progress::Opened(stream, early) => self.messages.open(stream, &early),
                    Progress::Noise => return Ok(Some(Received::Control)),
                    // A client's library that shuts down may break rules of its streams; the close after that gives the true reason.
                    Progress::Left(code) => return Err(self.ended.take().unwrap_or_else(|| given_up(code.into()))),
                    Progress::Refused(text) => return Err(self.ended.take().unwrap_or(Ended::Unreadable(text))),
                }
                continue;
            }
            match self.messages.poll_message() {
                Ok(Some(bytes)) => return Ok(Some(Received::Message { channel: Channel::Reliable, bytes })),
                Ok(None) => {}
                Err(error) => return Err(Ended::Fault(error)),
            }
            if let Some(bytes) = self.connection.datagrams().recv() {
                let payload = match &self.web {
                    Some(web) => web.payload(bytes),
                    None => Some(bytes),
                };
                let Some(bytes) = payload else {
                    self.strays += 1;
                    return Ok(Some(Received::Control));
                };
                return Ok(Some(Received::Message { channel: Channel::Unreliable, bytes }));
            }
            if !self.messages.read(&mut self.connection) {
                break;
            }
        }
        if let Some(ended) = self.ended.take() {
            return Err(ended);
        }
        if self.messages.is_finished() { Err(Ended::Left) } else { Ok(None) }
    }

    /// Sends a message, or queues it until the next [`QuicLink::drive`].
    pub(crate) fn send(&mut self, channel: Channel, message: &[u8], quic: &mut Quic) {
        if !matches!(self.stage, Stage::Open) {
            return;
        }
        match channel {
            Channel::Unreliable => {
                let prefix = self.web.as_ref().map_or(&[][..], |web| web.prefix());
                let payload = quic.endpoint.payload(&[prefix, message]);
                // It always fits: the room keeps to DATAGRAM_BYTES_MAX, and the handshake checked that the path allows it.
                if let Err(error) = self.connection.datagrams().send(payload, true) {
                    tracing::debug!(%error, length = message.len(), "a datagram cannot be sent");
                }
            }
            Channel::Reliable => self.messages.send(message),
        }
    }

    /// True if there is no room for a whole snapshot, because the congestion window or the network delays the last ones.
    pub(crate) fn is_blocked(&mut self) -> bool {
        !self.messages.is_empty() || self.connection.datagrams().send_buffer_space() < DATAGRAM_BYTES_MAX
    }

    /// Datagrams without a session since the last call.
    pub(crate) fn take_strays(&mut self) -> u64 {
        std::mem::take(&mut self.strays)
    }

    /// True if reliable messages were dropped, and everything before them has been sent since.
    pub(crate) fn take_lost_reliable(&mut self) -> bool {
        self.messages.take_lost_reliable()
    }

    /// Sends a goodbye in the stream; the close follows.
    pub(crate) fn part(&mut self, goodbye: Goodbye) {
        if !matches!(self.stage, Stage::Open) {
            self.stage = Stage::Parting { goodbye, until: None };
            return;
        }
        let mut message = Vec::new();
        goodbye.encode(&mut message);
        self.messages.append(&message);
        self.stage = Stage::Parting { goodbye, until: None };
    }

    /// Handles timers that are due, and sends packets.
    pub(crate) fn drive(&mut self, quic: &mut Quic, stats: &mut LinkStats, now: Instant) {
        if self.connection.poll_timeout().is_some_and(|due| due <= now) {
            self.connection.handle_timeout(now);
        }
        self.messages.write(&mut self.connection);
        self.part_when_due(now);
        // A datagram that did not fit into the packets still waits.
        let has_more = |connection: &mut Connection| connection.datagrams().send_buffer_space() < DATAGRAMS_FREE;
        let challenges = self.challenges_to_new_address();
        let driven = quic.endpoint.drive(self.handle, &mut self.connection, SEGMENTS_MAX, now, has_more);
        if driven.on_path && challenges.is_some() && challenges == self.challenges_to_new_address() {
            self.address = self.connection.remote_address();
        }
        self.drained |= driven.drained;
        stats.down.packets += driven.sends;
        if self.web.is_some() {
            quic.count_web_packets_down(driven.packets);
        }
    }

    /// Counts the challenges sent to a peer that seems to have moved to a new address; `None` if it has not moved. The library does not
    /// report when the address is validated, but until then every packet to it has a PATH_CHALLENGE. So the address is validated when
    /// a packet goes there without one. If nobody answers, the library returns to the old address.
    fn challenges_to_new_address(&self) -> Option<u64> {
        let moves = self.connection.remote_address() != self.address && !self.connection.is_closed();
        moves.then(|| self.connection.stats().frame_tx.path_challenge)
    }

    fn poll_events(&mut self) {
        while let Some(event) = self.connection.poll() {
            match event {
                Event::Connected => self.open(),
                Event::ConnectionLost { reason } => self.ended = Some(self.what_ended_it(&reason)),
                Event::Stream(event) => self.handle_stream_event(&event),
                Event::HandshakeDataReady | Event::DatagramReceived | Event::DatagramsUnblocked => {}
            }
        }
    }

    fn handle_stream_event(&mut self, event: &StreamEvent) {
        let Self { connection, web, messages, ended, .. } = self;
        match (web, event) {
            _ if messages.handle_event(event, connection) => {}
            (Some(web), event) => web.handle_event(event, connection),
            (None, &StreamEvent::Opened { dir }) => {
                while let Some(stream) = connection.streams().accept(dir) {
                    if dir == Dir::Bi && !messages.is_open() {
                        messages.open(stream, &[]);
                    } else {
                        ended.get_or_insert(Ended::Unreadable("only one bidirectional stream is allowed".to_owned()));
                    }
                }
            }
            (None, _) => {}
        }
    }

    fn what_ended_it(&self, reason: &ConnectionError) -> Ended {
        match reason {
            // For example a client that refuses our certificate.
            ConnectionError::ConnectionClosed(_) if !self.shaken => Ended::Lost,
            ConnectionError::ApplicationClosed(close) => {
                let code = close.error_code.into_inner();
                given_up(if self.web.is_some() { http3::session_code(code).map_or(0, u64::from) } else { code })
            }
            // We closed it ourselves.
            ConnectionError::ConnectionClosed(_) | ConnectionError::LocallyClosed => Ended::Left,
            ConnectionError::TimedOut => Ended::TimedOut,
            ConnectionError::VersionMismatch
            | ConnectionError::TransportError(_)
            | ConnectionError::Reset
            | ConnectionError::CidsExhausted => Ended::Lost,
        }
    }

    /// The handshake is complete; the negotiated protocol decides what the connection carries.
    fn open(&mut self) {
        self.shaken = true;
        if !matches!(self.stage, Stage::Handshaking) {
            return;
        }
        let handshake = self.connection.crypto_session().handshake_data();
        let handshake = handshake.and_then(|data| data.downcast::<HandshakeData>().ok());
        let protocol = handshake.and_then(|data| data.protocol);
        let prefix_bytes = match protocol.as_deref() {
            Some(ALPN_RICOCHET) => 0,
            Some(ALPN_HTTP3) => {
                self.web = WebTransport::begin(&mut self.connection, Arc::clone(&self.origins)).map(Box::new);
                if self.web.is_none() {
                    return self.turn_away("HTTP/3 needs streams of the server's own");
                }
                PREFIX_BYTES_MAX
            }
            _ => return self.turn_away("the protocol ricochet/1 or h3 must be negotiated"),
        };
        let needed = DATAGRAM_BYTES_MAX + prefix_bytes;
        let datagram_bytes = self.connection.datagrams().max_size().unwrap_or(0);
        if datagram_bytes < needed {
            return self.turn_away(format!("datagrams of {needed} bytes are needed, not {datagram_bytes}"));
        }
        self.stage = Stage::Open;
    }

    /// Looks for the message stream of a closing link: messages no longer count, but the goodbye needs the stream, which may arrive late.
    fn find_messages(&mut self) {
        let Some(web) = &mut self.web else { return };
        loop {
            match web.poll(&mut self.connection) {
                Some(Progress::Opened(stream, early)) => self.messages.open(stream, &early),
                Some(Progress::Noise) => {}
                Some(Progress::Left(_) | Progress::Refused(_)) | None => return,
            }
        }
    }

    fn turn_away(&mut self, text: impl Into<String>) {
        let goodbye = Goodbye::new(DisconnectReason::BadMessage, text);
        self.stage = Stage::Parting { goodbye, until: None };
    }

    fn part_when_due(&mut self, now: Instant) {
        let Self { connection, stage: Stage::Parting { goodbye, until }, web, messages, .. } = self else { return };
        // Without a stream there is nothing to wait for.
        let patience = if messages.is_open() { PARTING } else { Duration::ZERO };
        let until = *until.get_or_insert(now + patience);
        let heard = messages.finish(connection) || now >= until;
        let parted = match web {
            Some(web) if web.is_over() => true,
            // A browser drops unread data when the session closes, so the close waits until the goodbye is acknowledged.
            Some(web) => heard && web.part(goodbye, connection, now),
            None => heard,
        };
        if parted {
            self.close(now);
        }
    }

    /// Closes the connection; a goodbye that has not arrived is repeated by the close.
    pub(crate) fn close(&mut self, now: Instant) {
        let (code, text) = match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::Parting { goodbye, .. } => (goodbye.reason.code(), Bytes::from(goodbye.text)),
            Stage::Handshaking | Stage::Open | Stage::Closed => (DisconnectReason::Left.code(), Bytes::new()),
        };
        let code = self.web.as_ref().map_or_else(|| VarInt::from_u32(code.into()), |web| web.close_code(code));
        // A second close has no effect.
        self.connection.close(now, code, text);
    }
}

impl std::fmt::Debug for QuicLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuicLink").field("handle", &self.handle).field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// The meaning of a peer's close code.
fn given_up(code: u64) -> Ended {
    match u8::try_from(code).ok().and_then(DisconnectReason::from_code) {
        // The client has received nothing from us for too long.
        Some(DisconnectReason::TimedOut) => Ended::TimedOut,
        _ => Ended::Left,
    }
}
