//! One WebSocket of a player: every message is one binary frame, and the messages of a turn leave in one write.

use std::io::{self, ErrorKind};

use bytes::Bytes;
use mio::net::TcpStream;
use net::{Corked, READS_MAX, TcpSocket};
use shared::{
    limits::SERVER_MESSAGE_BYTES_MAX,
    rng::Rng,
    wire::{DecodeError, DisconnectReason},
};
use tokio_tungstenite::tungstenite::{
    Error, Message, WebSocket,
    protocol::{
        Role,
        frame::{
            Frame, FrameHeader,
            coding::{Data, OpCode},
        },
    },
};

use crate::{
    native::{LinkError, websocket},
    told::Channel,
};

/// See the module.
#[derive(Debug)]
pub(super) struct WebSocketLink {
    socket: WebSocket<Corked<TcpSocket>>,
    /// Random numbers for frame masks.
    rng: Rng,
    more: bool,
    /// The last flush left unsent bytes.
    blocked: bool,
    ended: Option<LinkError>,
}

/// Read buffer: room for a few snapshots. It is small because `tungstenite` zeroes it at each read and keeps one per link.
const READ_BYTES: usize = 1_024;

impl WebSocketLink {
    /// Takes over a socket after its upgrade. `chance` is the seed of the frame masks.
    ///
    /// # Errors
    /// Errors of the system.
    pub(super) fn adopt(stream: std::net::TcpStream, chance: u64) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let config = websocket::config().read_buffer_size(READ_BYTES).max_write_buffer_size(SERVER_MESSAGE_BYTES_MAX);
        let corked = Corked::new(TcpSocket::new(stream));
        let socket = WebSocket::from_raw_socket(corked, Role::Client, Some(config));
        Ok(Self { socket, rng: Rng::new(chance), more: false, blocked: false, ended: None })
    }

    /// The socket, to register it for readiness.
    pub(super) fn source(&mut self) -> &mut TcpStream {
        self.socket.get_mut().stream.source()
    }

    /// Records that the socket is readable, or that the peer has closed it.
    pub(super) fn handle_readable(&mut self, hung_up: bool) {
        self.socket.get_mut().stream.handle_readable(hung_up);
    }

    /// Returns true if the last [`WebSocketLink::poll_message`] stopped before the socket was empty.
    pub(super) fn has_more(&mut self) -> bool {
        std::mem::take(&mut self.more)
    }

    /// Returns true if bytes wait for the socket.
    pub(super) fn is_blocked(&self) -> bool {
        !self.socket.get_ref().outbox.is_empty()
    }

    /// The next message, if one has arrived.
    ///
    /// # Errors
    /// When the WebSocket has ended; the same error again at each later call.
    pub(super) fn poll_message(&mut self) -> Result<Option<Bytes>, LinkError> {
        loop {
            if let Some(error) = &self.ended {
                return Err(error.clone());
            }
            let message = self.socket.read();
            let reads = self.socket.get_mut().stream.take_reads();
            self.ended = Some(match message {
                Ok(Message::Binary(bytes)) => return Ok(Some(bytes)),
                Ok(Message::Close(frame)) => websocket::closed(frame),
                Ok(Message::Text(_)) => {
                    LinkError::Framing(DecodeError::WrongType { field: "the frame", expected: "binary" })
                }
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => continue,
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    self.more = reads >= READS_MAX;
                    return Ok(None);
                }
                Err(error) => websocket::failed(error),
            });
        }
    }

    /// Returns true if the last flush wrote everything.
    pub(super) fn has_room(&self) -> bool {
        !self.blocked
    }

    /// Queues a message, which leaves with the next [`WebSocketLink::flush`]. When the queue is full an unreliable message is dropped,
    /// because the next input replaces it.
    ///
    /// # Errors
    /// When there is no room for a reliable message.
    pub(super) fn send(&mut self, channel: Channel, message: &[u8]) -> Result<(), LinkError> {
        let has_room = self.socket.get_ref().outbox.has_room();
        match channel {
            _ if has_room => self.append(OpCode::Data(Data::Binary), message),
            Channel::Unreliable => {}
            Channel::Reliable => {
                return Err(LinkError::Lost("the server reads nothing: the queue of reliable messages is full".into()));
            }
        }
        Ok(())
    }

    /// Writes as many queued bytes as the socket takes.
    ///
    /// # Errors
    /// When the connection is lost.
    pub(super) fn flush(&mut self) -> Result<(), LinkError> {
        let Corked { stream, outbox } = self.socket.get_mut();
        stream.send(outbox).map_err(websocket::lost)?;
        self.blocked = !outbox.is_empty();
        Ok(())
    }

    /// Queues a close frame with the reason's code.
    pub(super) fn finish(&mut self, reason: DisconnectReason) {
        let mut close = Frame::close(Some(websocket::close_frame(reason)));
        close.header_mut().mask = Some(self.mask());
        close.format(self.socket.get_mut().outbox.tail()).expect("a vector takes everything");
    }

    fn append(&mut self, opcode: OpCode, message: &[u8]) {
        let mask = self.mask();
        let header = FrameHeader { opcode, mask: Some(mask), ..FrameHeader::default() };
        let tail = self.socket.get_mut().outbox.tail();
        header.format(message.len() as u64, tail).expect("a vector takes everything");
        tail.extend(message.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    }

    /// The mask of the next frame. WebSocket masks frames so that a malicious page cannot send bytes that a proxy takes for HTTP. Here
    /// no untrusted code chooses the bytes, so the mask need not be unpredictable.
    fn mask(&mut self) -> [u8; 4] {
        (self.rng.next_u64() as u32).to_ne_bytes()
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, net::TcpListener};

    use shared::limits::RELIABLE_BACKLOG_BYTES_MAX;
    use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

    use super::*;

    /// A link and its server with blocking I/O.
    fn connected() -> (WebSocketLink, WebSocket<std::net::TcpStream>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = WebSocket::from_raw_socket(listener.accept().unwrap().0, Role::Server, None);
        (WebSocketLink::adopt(stream, 7).unwrap(), server)
    }

    /// Polls until a message has arrived: delivery on loopback takes some time.
    fn received(link: &mut WebSocketLink) -> Result<Bytes, LinkError> {
        loop {
            link.handle_readable(false);
            if let Some(bytes) = link.poll_message()? {
                return Ok(bytes);
            }
        }
    }

    #[test]
    fn messages_arrive_as_they_were_sent_both_ways() {
        let (mut link, mut server) = connected();
        let long: Vec<u8> = (0..60_000_u32).map(|n| (n % 251) as u8).collect();
        for message in [&b"hello"[..], b"", &[9; 200], &long] {
            link.send(Channel::Reliable, message).unwrap();
            while link.is_blocked() {
                link.flush().unwrap();
            }
            assert_eq!(server.read().unwrap(), Message::Binary(message.to_vec().into()));
            server.send(Message::Binary(message.to_vec().into())).unwrap();
            assert_eq!(received(&mut link).unwrap(), message);
        }
    }

    #[test]
    fn close_tells_its_reason_both_ways_and_is_told_again_to_whoever_asks() {
        let (mut link, mut server) = connected();
        link.finish(DisconnectReason::Left);
        link.flush().unwrap();
        let Message::Close(Some(frame)) = server.read().unwrap() else { panic!("no close") };
        assert_eq!(u16::from(frame.code), 4_000 + u16::from(DisconnectReason::Left.code()));
        let (mut link, mut server) = connected();
        let code = CloseCode::from(4_000 + u16::from(DisconnectReason::Kicked.code()));
        server.close(Some(CloseFrame { code, reason: "no".into() })).unwrap();
        server.flush().unwrap();
        let closed = Err(LinkError::Closed { reason: DisconnectReason::Kicked, text: "no".into() });
        assert_eq!(received(&mut link), closed);
        assert_eq!(received(&mut link), closed);
    }

    #[test]
    fn inputs_for_a_server_that_takes_nothing_are_dropped_and_what_must_arrive_ends_the_link() {
        let (mut link, _server) = connected();
        link.send(Channel::Reliable, &vec![0; RELIABLE_BACKLOG_BYTES_MAX]).unwrap();
        let waiting = link.socket.get_ref().outbox.unsent().len();
        link.send(Channel::Unreliable, b"input").unwrap();
        assert_eq!(link.socket.get_ref().outbox.unsent().len(), waiting);
        assert!(matches!(link.send(Channel::Reliable, b"chat"), Err(LinkError::Lost(_))));
    }

    #[test]
    fn message_that_is_too_long_breaks_the_framing_as_it_does_on_a_stream() {
        let (mut link, mut server) = connected();
        let header = FrameHeader { opcode: OpCode::Data(Data::Binary), ..FrameHeader::default() };
        let mut head = Vec::new();
        header.format(SERVER_MESSAGE_BYTES_MAX as u64 + 1, &mut head).unwrap();
        server.get_mut().write_all(&head).unwrap();
        assert!(matches!(received(&mut link), Err(LinkError::Framing(DecodeError::TooLong { .. }))));
    }

    #[test]
    fn text_breaks_the_framing() {
        let (mut link, mut server) = connected();
        server.send(Message::text("hello")).unwrap();
        assert!(matches!(received(&mut link), Err(LinkError::Framing(_))));
    }
}
