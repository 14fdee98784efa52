//! One QUIC connection: datagrams for what is worthless when late, one bidirectional stream for what must arrive.

use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn_proto::{
    Connection, ConnectionError, ConnectionEvent, ConnectionHandle, Dir, Event, ReadError, StreamEvent, StreamId,
    VarInt, WriteError, crypto::rustls::HandshakeData,
};
use room::Channel;
use shared::{limits::DATAGRAM_BYTES_MAX, wire::DisconnectReason};

use crate::{
    net::{
        Ended, LinkStats, Received,
        deframer::{Deframer, PREFIX_BYTES},
        outbox::Outbox,
        quic::{ALPN_RICOCHET, DATAGRAM_BUFFER_BYTES, Quic},
    },
    session::Goodbye,
};

/// A connection and what its stream holds.
pub(crate) struct QuicLink {
    connection: Connection,
    handle: ConnectionHandle,
    stage: Stage,
    stream: Option<StreamId>,
    readable: bool,
    /// The client's end of the stream is closed: it has nothing more to say.
    finished: bool,
    /// Our end of the stream is closed.
    ending: bool,
    /// And the client has all of it.
    delivered: bool,
    deframer: Deframer,
    outbox: Outbox,
    lost_reliable: bool,
    ended: Option<Ended>,
    /// Already in the list of links to be looked at.
    touched: bool,
    drained: bool,
}

/// What a connection is for.
#[derive(Debug)]
enum Stage {
    /// The handshake goes on.
    Handshaking,
    /// The client speaks `ricochet/1`.
    Open,
    /// The goodbye is in the stream; the connection closes with it when it arrived, or a moment later.
    Parting { goodbye: Goodbye, until: Option<Instant> },
    /// Nothing more is sent but the close itself.
    Closed,
}

/// Packets handed to the kernel at once.
const SEGMENTS_MAX: usize = 10;
/// Half of what a packet may have.
const SMALL_PACKET_BYTES: usize = 600;
/// Space in the send buffer when no datagram waits, less what the library keeps for one.
const DATAGRAMS_FREE: usize = DATAGRAM_BUFFER_BYTES - 64;
/// How long a goodbye in the stream may take to be acknowledged. The close behind it says the same.
const PARTING: Duration = Duration::from_millis(250);

impl QuicLink {
    pub(super) fn new(handle: ConnectionHandle, connection: Connection) -> Self {
        Self {
            connection,
            handle,
            stage: Stage::Handshaking,
            stream: None,
            readable: false,
            finished: false,
            ending: false,
            delivered: false,
            deframer: Deframer::default(),
            outbox: Outbox::default(),
            lost_reliable: false,
            ended: None,
            touched: false,
            drained: false,
        }
    }

    pub(super) fn handle(&self) -> ConnectionHandle {
        self.handle
    }

    /// The endpoint holds nothing of it any more.
    pub(crate) fn is_drained(&self) -> bool {
        self.drained
    }

    /// The close is on its way.
    pub(crate) fn has_parted(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }

    pub(crate) fn is_handshaking(&self) -> bool {
        matches!(self.stage, Stage::Handshaking)
    }

    pub(crate) fn rtt(&self) -> Duration {
        self.connection.rtt()
    }

    /// A packet came. True if the link was not yet marked for being looked at.
    pub(super) fn handle_event(&mut self, event: ConnectionEvent) -> bool {
        self.connection.handle_event(event);
        !std::mem::replace(&mut self.touched, true)
    }

    /// The next message.
    ///
    /// # Errors
    /// Why there will be none any more.
    pub(crate) fn poll_message(&mut self) -> Result<Option<Received>, Ended> {
        self.touched = false;
        self.poll_events();
        match self.stage {
            Stage::Handshaking => return self.ended.take().map_or(Ok(None), Err),
            Stage::Open => {}
            Stage::Parting { .. } | Stage::Closed => {
                while self.connection.datagrams().recv().is_some() {}
                return self.ended.take().map_or(Ok(None), Err);
            }
        }
        loop {
            match self.deframer.poll_message() {
                Ok(Some(bytes)) => return Ok(Some(Received::Message { channel: Channel::Reliable, bytes })),
                Ok(None) => {}
                Err(error) => return Err(Ended::Fault(error)),
            }
            if let Some(bytes) = self.connection.datagrams().recv() {
                return Ok(Some(Received::Message { channel: Channel::Unreliable, bytes }));
            }
            if !self.read_stream() {
                break;
            }
        }
        if let Some(ended) = self.ended.take() {
            return Err(ended);
        }
        if self.finished { Err(Ended::Left) } else { Ok(None) }
    }

    /// Sends a message, or keeps it until the next [`QuicLink::drive`].
    pub(crate) fn send(&mut self, channel: Channel, message: &[u8], quic: &mut Quic) {
        if !matches!(self.stage, Stage::Open) {
            return;
        }
        match channel {
            Channel::Unreliable => {
                let payload = quic.payload(message);
                // Never too large: the room keeps to DATAGRAM_BYTES_MAX, and the handshake made sure that this fits.
                if let Err(error) = self.connection.datagrams().send(payload, true) {
                    tracing::debug!(%error, length = message.len(), "a datagram cannot be sent");
                }
            }
            Channel::Reliable if self.outbox.has_room() => self.append(message),
            Channel::Reliable => self.lost_reliable = true,
        }
    }

    /// Whether there is no room for a whole snapshot: the congestion window or the network holds the last ones back.
    pub(crate) fn is_blocked(&mut self) -> bool {
        !self.outbox.is_empty() || self.connection.datagrams().send_buffer_space() < DATAGRAM_BYTES_MAX
    }

    /// Whether reliable messages were dropped and everything before them has left since.
    pub(crate) fn take_lost_reliable(&mut self) -> bool {
        self.outbox.is_empty() && std::mem::take(&mut self.lost_reliable)
    }

    /// Says goodbye in the stream; the close follows.
    pub(crate) fn part(&mut self, goodbye: Goodbye) {
        if !matches!(self.stage, Stage::Open) {
            self.stage = Stage::Parting { goodbye, until: None };
            return;
        }
        let mut message = Vec::new();
        goodbye.encode(&mut message);
        self.append(&message);
        self.stage = Stage::Parting { goodbye, until: None };
    }

    /// Lets the connection do what is due and sends its packets.
    pub(crate) fn drive(&mut self, quic: &mut Quic, stats: &mut LinkStats, now: Instant) {
        if self.connection.poll_timeout().is_some_and(|due| due <= now) {
            self.connection.handle_timeout(now);
        }
        self.write_stream();
        self.part_when_due(now);
        loop {
            let segments_max = quic.socket.segments_max().min(SEGMENTS_MAX);
            quic.transmit.clear();
            let Some(transmit) = self.connection.poll_transmit(now, segments_max, &mut quic.transmit) else { break };
            stats.down.packets += 1;
            let Quic { socket, transmit: bytes, .. } = quic;
            socket.send(&transmit, bytes);
            // A packet takes all that fits, so after a small one there is nothing left but a datagram that did not.
            if transmit.size < SMALL_PACKET_BYTES && self.connection.datagrams().send_buffer_space() >= DATAGRAMS_FREE {
                break;
            }
        }
        while let Some(event) = self.connection.poll_endpoint_events() {
            self.drained |= event.is_drained();
            if let Some(answer) = quic.handle_endpoint_event(self.handle, event) {
                self.connection.handle_event(answer);
            }
        }
    }

    fn poll_events(&mut self) {
        while let Some(event) = self.connection.poll() {
            match event {
                Event::Connected => self.open(),
                Event::ConnectionLost { reason } => self.ended = Some(ended(&reason)),
                Event::Stream(StreamEvent::Opened { dir: Dir::Bi }) => {
                    if let Some(stream) = self.connection.streams().accept(Dir::Bi) {
                        self.stream = Some(stream);
                        self.readable = true;
                    }
                }
                Event::Stream(StreamEvent::Readable { .. }) => self.readable = true,
                Event::Stream(StreamEvent::Finished { .. }) => self.delivered = true,
                Event::Stream(StreamEvent::Stopped { .. }) => self.finished = true,
                Event::Stream(StreamEvent::Writable { .. }) => self.write_stream(),
                Event::Stream(StreamEvent::Opened { dir: Dir::Uni } | StreamEvent::Available { .. })
                | Event::HandshakeDataReady
                | Event::DatagramReceived
                | Event::DatagramsUnblocked => {}
            }
        }
    }

    /// The handshake is done; what the client negotiated decides what the connection is.
    fn open(&mut self) {
        if !matches!(self.stage, Stage::Handshaking) {
            return;
        }
        let handshake = self.connection.crypto_session().handshake_data();
        let handshake = handshake.and_then(|data| data.downcast::<HandshakeData>().ok());
        let protocol = handshake.and_then(|data| data.protocol);
        let datagram_bytes = self.connection.datagrams().max_size().unwrap_or(0);
        self.stage = match protocol.as_deref() {
            Some(ALPN_RICOCHET) if datagram_bytes >= DATAGRAM_BYTES_MAX => Stage::Open,
            Some(ALPN_RICOCHET) => {
                let text = format!("datagrams of {DATAGRAM_BYTES_MAX} bytes are needed, not {datagram_bytes}");
                Stage::Parting { goodbye: Goodbye::new(DisconnectReason::BadMessage, text), until: None }
            }
            _ => {
                let goodbye = Goodbye::new(DisconnectReason::BadMessage, "the protocol ricochet/1 must be negotiated");
                Stage::Parting { goodbye, until: None }
            }
        };
    }

    /// Takes what the stream holds, at most until the next message is whole. False if there was nothing.
    fn read_stream(&mut self) -> bool {
        let Some(stream) = self.stream.filter(|_| self.readable) else { return false };
        let mut receiver = self.connection.recv_stream(stream);
        let Ok(mut chunks) = receiver.read(true) else {
            self.readable = false;
            self.finished = true;
            return false;
        };
        let read = match chunks.next(usize::MAX) {
            Ok(Some(chunk)) => {
                self.deframer.push(&chunk.bytes);
                true
            }
            Err(ReadError::Blocked) => {
                self.readable = false;
                false
            }
            Ok(None) | Err(ReadError::Reset(_)) => {
                self.readable = false;
                self.finished = true;
                false
            }
        };
        // A window that opens again travels with the next packet of the tick.
        let _ = chunks.finalize();
        read
    }

    fn append(&mut self, message: &[u8]) {
        let tail = self.outbox.tail();
        tail.reserve(PREFIX_BYTES + message.len());
        tail.extend_from_slice(&(message.len() as u32).to_be_bytes());
        tail.extend_from_slice(message);
    }

    fn write_stream(&mut self) {
        let Some(stream) = self.stream else { return };
        while !self.outbox.is_empty() {
            match self.connection.send_stream(stream).write(self.outbox.unsent()) {
                Ok(count) => self.outbox.advance(count),
                Err(WriteError::Blocked) => break,
                Err(WriteError::Stopped(_) | WriteError::ClosedStream) => {
                    let rest = self.outbox.unsent().len();
                    self.outbox.advance(rest);
                    self.finished = true;
                }
            }
        }
    }

    fn part_when_due(&mut self, now: Instant) {
        let Stage::Parting { until, .. } = &mut self.stage else { return };
        // Nothing can be said in a stream that was never opened.
        let patience = if self.stream.is_some() { PARTING } else { Duration::ZERO };
        let until = *until.get_or_insert(now + patience);
        if let Some(stream) = self.stream.filter(|_| self.outbox.is_empty() && !self.ending) {
            self.ending = true;
            let _ = self.connection.send_stream(stream).finish();
        }
        if now >= until || self.delivered {
            self.close(now);
        }
    }

    /// Closes the connection; a goodbye that is still on its way is said by the close.
    pub(crate) fn close(&mut self, now: Instant) {
        let (code, text) = match std::mem::replace(&mut self.stage, Stage::Closed) {
            Stage::Parting { goodbye, .. } => (goodbye.reason.code(), Bytes::from(goodbye.text)),
            Stage::Handshaking | Stage::Open | Stage::Closed => (DisconnectReason::Left.code(), Bytes::new()),
        };
        // Does nothing where it is closed already.
        self.connection.close(now, VarInt::from_u32(code.into()), text);
    }
}

impl std::fmt::Debug for QuicLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuicLink").field("handle", &self.handle).field("stage", &self.stage).finish_non_exhaustive()
    }
}

fn ended(reason: &ConnectionError) -> Ended {
    match reason {
        ConnectionError::ApplicationClosed(_) | ConnectionError::ConnectionClosed(_) => Ended::Left,
        ConnectionError::TimedOut => Ended::TimedOut,
        // Our own close is no news.
        ConnectionError::LocallyClosed => Ended::Left,
        ConnectionError::VersionMismatch
        | ConnectionError::TransportError(_)
        | ConnectionError::Reset
        | ConnectionError::CidsExhausted => Ended::Lost,
    }
}
