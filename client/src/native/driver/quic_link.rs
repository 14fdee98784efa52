//! One QUIC connection of a player: datagrams for unreliable messages, one stream for reliable ones.

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
    /// Number of the driver's socket that it uses.
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

    /// Returns true if the handshake is done and the stream is open.
    pub(super) fn is_open(&self) -> bool {
        self.messages.is_open()
    }

    /// The reason why the connection has ended, if it has.
    pub(super) fn ended(&self) -> Option<&LinkError> {
        self.ended.as_ref()
    }

    /// Returns true if the endpoint has freed the connection's state.
    pub(super) const fn is_drained(&self) -> bool {
        self.drained
    }

    /// Handles a packet of this connection.
    pub(super) fn handle_event(&mut self, event: ConnectionEvent) {
        self.connection.handle_event(event);
    }

    /// Processes the events that packets and timers have caused.
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

    /// The next message, if one has arrived. The end of the server's stream is not an error: the server is about to close with a
    /// reason.
    ///
    /// # Errors
    /// When the connection has ended and no message is left.
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

    /// Returns true if a datagram would probably leave with the next [`QuicLink::drive`].
    pub(super) fn has_room(&mut self) -> bool {
        has_datagram_room(self.connection.datagrams().send_buffer_space())
    }

    /// Queues a message, which leaves with the next [`QuicLink::drive`].
    ///
    /// # Errors
    /// When the datagram cannot be sent, or when there is no room for a reliable message.
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
            Channel::Reliable => {
                Err(LinkError::Lost("the server reads nothing: the queue of reliable messages is full".into()))
            }
        }
    }

    /// Time of the connection's next timer.
    pub(super) fn timer(&mut self) -> Option<Instant> {
        self.connection.poll_timeout()
    }

    /// Handles due timers and sends the connection's packets.
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

    /// Ends the stream after everything in it has left. An immediate close would discard data that is not delivered yet.
    pub(super) fn finish(&mut self) {
        self.finishing = true;
    }

    /// Closes the connection, with code 0 if there is no reason.
    pub(super) fn close(&mut self, reason: Option<DisconnectReason>, quic: &mut Quic, now: Instant) {
        let (code, text) = reason.map_or((0, ""), |reason| (reason.code(), reason.label()));
        // This does nothing if the connection is closed already.
        self.connection.close(now, VarInt::from_u32(code.into()), Bytes::from_static(text.as_bytes()));
        self.drive(quic, now);
    }
}

impl std::fmt::Debug for QuicLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QuicLink").field("handle", &self.handle).field("ended", &self.ended).finish_non_exhaustive()
    }
}
