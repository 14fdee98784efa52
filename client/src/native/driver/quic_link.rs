//! One QUIC connection of a player: datagrams for what is worthless when late, one stream for what must arrive.

use std::time::Instant;

use bytes::Bytes;
use net::MessageStream;
use quinn::VarInt;
use quinn_proto::{Connection, ConnectionEvent, ConnectionHandle, Dir, Event, SendDatagramError};
use shared::{limits::SERVER_MESSAGE_BYTES_MAX, wire::DisconnectReason};

use super::quic::Quic;
use crate::{
    native::{LinkError, endpoints::link_error, quic_config::has_datagram_room},
    told::Channel,
};

/// See the module.
pub(super) struct QuicLink {
    connection: Connection,
    handle: ConnectionHandle,
    /// Number of its endpoint.
    socket: usize,
    messages: MessageStream,
    finishing: bool,
    ended: Option<LinkError>,
    drained: bool,
}

impl QuicLink {
    pub(super) fn new(socket: usize, handle: ConnectionHandle, connection: Connection) -> Self {
        let messages = MessageStream::new(SERVER_MESSAGE_BYTES_MAX);
        Self { connection, handle, socket, messages, finishing: false, ended: None, drained: false }
    }

    pub(super) const fn socket(&self) -> usize {
        self.socket
    }

    pub(super) const fn handle(&self) -> ConnectionHandle {
        self.handle
    }

    /// Whether the handshake is done and the stream is there.
    pub(super) fn is_open(&self) -> bool {
        self.messages.is_open()
    }

    /// Why it is of no use any more, if so.
    pub(super) fn ended(&self) -> Option<&LinkError> {
        self.ended.as_ref()
    }

    /// The endpoint holds nothing of it any more.
    pub(super) const fn is_drained(&self) -> bool {
        self.drained
    }

    /// A packet came.
    pub(super) fn handle_event(&mut self, event: ConnectionEvent) {
        self.connection.handle_event(event);
    }

    /// Looks at what packets and timers have brought about.
    pub(super) fn poll_events(&mut self) {
        while let Some(event) = self.connection.poll() {
            match event {
                Event::Connected => match self.connection.streams().open(Dir::Bi) {
                    Some(stream) => self.messages.open(stream, &[]),
                    None => self.ended = Some(LinkError::Lost("the server allows no stream".into())),
                },
                Event::ConnectionLost { reason } => {
                    self.ended.get_or_insert(link_error(reason));
                }
                Event::Stream(event) => {
                    self.messages.handle_event(&event, &mut self.connection);
                }
                Event::HandshakeDataReady | Event::DatagramReceived | Event::DatagramsUnblocked => {}
            }
        }
    }

    /// The next message. A server that ends the stream is about to close and say why.
    ///
    /// # Errors
    /// Why there will be none any more.
    pub(super) fn poll_message(&mut self) -> Result<Option<(Channel, Bytes)>, LinkError> {
        self.poll_events();
        loop {
            if let Some(bytes) = self.messages.poll_message().map_err(LinkError::Framing)? {
                return Ok(Some((Channel::Reliable, bytes)));
            }
            if let Some(bytes) = self.connection.datagrams().recv() {
                return Ok(Some((Channel::Unreliable, bytes)));
            }
            if !self.messages.read(&mut self.connection) {
                break;
            }
        }
        self.ended.clone().map_or(Ok(None), Err)
    }

    /// Whether datagrams leave with the next [`QuicLink::drive`], as far as that can be seen.
    pub(super) fn has_room(&mut self) -> bool {
        has_datagram_room(self.connection.datagrams().send_buffer_space())
    }

    /// Takes a message; it leaves with the next [`QuicLink::drive`].
    ///
    /// # Errors
    /// When it cannot be sent.
    pub(super) fn send(&mut self, channel: Channel, bytes: &[u8], quic: &mut Quic) -> Result<(), LinkError> {
        match channel {
            Channel::Unreliable => {
                let sent = self.connection.datagrams().send(quic.endpoint.payload(&[bytes]), true);
                sent.map_err(|error: SendDatagramError| LinkError::Lost(error.to_string()))
            }
            Channel::Reliable if self.messages.has_room() => {
                self.messages.send(bytes);
                Ok(())
            }
            Channel::Reliable => Err(LinkError::Lost("the server takes nothing any more".into())),
        }
    }

    /// When one of its timers is due.
    pub(super) fn timer(&mut self) -> Option<Instant> {
        self.connection.poll_timeout()
    }

    /// Lets the connection do what is due and sends its packets.
    pub(super) fn drive(&mut self, quic: &mut Quic, now: Instant) {
        if self.connection.poll_timeout().is_some_and(|due| due <= now) {
            self.connection.handle_timeout(now);
        }
        self.messages.write(&mut self.connection);
        if self.finishing {
            self.messages.finish(&mut self.connection);
        }
        let open = self.is_open();
        let driven = quic.endpoint.drive(self.handle, &mut self.connection, 1, now, |_| !open);
        self.drained |= driven.drained;
    }

    /// Ends the stream once everything has left: closing at once would throw away what has not been delivered yet.
    pub(super) fn finish(&mut self) {
        self.finishing = true;
    }

    /// Closes the connection, without a reason if nobody cares any more.
    pub(super) fn close(&mut self, reason: Option<DisconnectReason>, quic: &mut Quic, now: Instant) {
        let (code, text) = reason.map_or((0, ""), |reason| (reason.code(), reason.label()));
        // Does nothing where it is closed already.
        self.connection.close(now, VarInt::from_u32(code.into()), Bytes::from_static(text.as_bytes()));
        self.drive(quic, now);
    }
}

impl std::fmt::Debug for QuicLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuicLink").field("handle", &self.handle).field("ended", &self.ended).finish_non_exhaustive()
    }
}
