//! One WebSocket: every message is one binary frame; all are reliable and ordered.
//!
//! `tungstenite` reads frames and answers pings and closes. It writes into an outbox, which also takes our own frames, so
//! that a tick costs one write however many messages it sends. When a socket does not take all of it, the link is blocked: the
//! rest, which may begin in the middle of a frame, waits, and nothing is added until it has been sent.

use std::io::{self, ErrorKind};

use ::net::{Corked, Discarded, Outbox, READS_MAX};
use mio::net::TcpStream;
use room::Channel;
use rustls::ServerConnection;
use shared::{
    limits::{CLIENT_MESSAGE_BYTES_MAX, FOREIGN_HELLO_BYTES_MAX, RELIABLE_BACKLOG_BYTES_MAX},
    wire::{ClientMessage, DecodeError},
};
use tungstenite::{
    Error, Message, WebSocket,
    error::CapacityError,
    protocol::{
        CloseFrame, Role, WebSocketConfig,
        frame::{
            Frame, FrameHeader,
            coding::{CloseCode, Data, OpCode},
        },
    },
};

use crate::net::{
    Ended, LinkStats, Received,
    link_state::{Goodbye, cut},
    stream::Stream,
};

/// A socket with its frames.
#[derive(Debug)]
pub(crate) struct WebSocketLink {
    socket: WebSocket<Corked<Stream>>,
    lost_reliable: bool,
    parting: bool,
}

/// A connection after its HTTP upgrade.
#[derive(Debug)]
pub struct UpgradedSocket {
    /// The connection.
    pub stream: std::net::TcpStream,
    /// Its TLS state, after the handshake.
    pub tls: Option<Box<ServerConnection>>,
}

impl From<std::net::TcpStream> for UpgradedSocket {
    fn from(stream: std::net::TcpStream) -> Self {
        Self { stream, tls: None }
    }
}

/// Size of a read: some fifteen inputs. `tungstenite` clears the buffer at each read and keeps one per link, so its default of
/// 128 KiB would cost 20 µs a message.
const READ_BYTES: usize = 512;
/// Most unsent bytes in the kernel's buffer. By default it takes megabytes for a peer that has stopped
/// reading: seconds of snapshots that are out of date.
#[cfg(target_os = "linux")]
const UNSENT_BYTES_MAX: u32 = 16 * 1024;
/// A close frame has at most 125 bytes, two of them for the code.
const CLOSE_TEXT_BYTES_MAX: usize = 123;
/// Our close codes are 4000 plus the code of the reason.
const CLOSE_CODE_BASE: u16 = 4_000;

impl WebSocketLink {
    /// Takes over a socket after its upgrade; `read_ahead` are bytes that were read with the request.
    ///
    /// # Errors
    /// When an option of the socket cannot be set.
    pub(crate) fn adopt(socket: UpgradedSocket, read_ahead: Vec<u8>) -> io::Result<Self> {
        let UpgradedSocket { stream, tls } = socket;
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        // The session decides how long a peer may not read, not the kernel.
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&stream).set_tcp_user_timeout(None)?;
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT_BYTES_MAX)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(CLIENT_MESSAGE_BYTES_MAX)
            .max_message_size(Some(FOREIGN_HELLO_BYTES_MAX))
            .max_frame_size(Some(FOREIGN_HELLO_BYTES_MAX));
        let stream = Corked::new(Stream::new(stream, tls));
        let socket = WebSocket::from_partially_read(stream, read_ahead, Role::Server, Some(config));
        Ok(Self { socket, lost_reliable: false, parting: false })
    }

    /// The socket, to register it for readiness.
    pub(crate) fn source(&mut self) -> &mut TcpStream {
        self.socket.get_mut().stream.source()
    }

    /// The socket has data to read, or its peer has closed.
    pub(crate) fn handle_readable(&mut self, hung_up: bool) {
        self.socket.get_mut().stream.handle_readable(hung_up);
    }

    /// The next message.
    ///
    /// # Errors
    /// The reason, if no more messages will come.
    pub(crate) fn poll_message(&mut self, stats: &mut LinkStats) -> Result<Option<Received>, Ended> {
        if self.parting {
            return self.discard();
        }
        let message = self.socket.read();
        let reads = self.socket.get_mut().stream.take_reads();
        stats.up.packets += reads;
        match message {
            // An endless sequence of fragments gives no message, but must count against the rate.
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock && reads >= READS_MAX => {
                Ok(Some(Received::Control))
            }
            Ok(Message::Binary(bytes)) if bytes.len() > CLIENT_MESSAGE_BYTES_MAX => {
                let (length, limit) = (bytes.len(), CLIENT_MESSAGE_BYTES_MAX);
                let too_long = DecodeError::TooLong { field: "the message", length, limit };
                Err(Ended::Fault(ClientMessage::decode(&bytes).err().unwrap_or(too_long)))
            }
            Ok(Message::Binary(bytes)) => Ok(Some(Received::Message { channel: Channel::Reliable, bytes })),
            Ok(Message::Text(_)) => {
                Err(Ended::Fault(DecodeError::WrongType { field: "the frame", expected: "binary" }))
            }
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => Ok(Some(Received::Control)),
            Ok(Message::Close(_)) => Err(Ended::Left),
            Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(Error::Capacity(CapacityError::MessageTooLong { size, max_size })) => {
                Err(Ended::Fault(DecodeError::TooLong { field: "the message", length: size, limit: max_size }))
            }
            Err(Error::Utf8(_)) => Err(Ended::Fault(DecodeError::BadText { field: "the frame" })),
            Err(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => Err(Ended::Lost),
            Err(Error::Protocol(error)) => Err(Ended::Unreadable(error.to_string())),
            Err(_) => Err(Ended::Lost),
        }
    }

    /// Queues a message for the next [`WebSocketLink::flush`].
    pub(crate) fn send(&mut self, message: &[u8]) {
        if self.parting {
            return;
        }
        let outbox = &mut self.socket.get_mut().outbox;
        if outbox.has_room() {
            append(outbox, message);
        } else {
            self.lost_reliable = true;
        }
    }

    /// Writes as much as the socket takes.
    ///
    /// # Errors
    /// When the connection is broken.
    pub(crate) fn flush(&mut self, stats: &mut LinkStats) -> Result<(), Ended> {
        let Corked { stream, outbox } = self.socket.get_mut();
        stats.down.packets += stream.send(outbox).map_err(|_| Ended::Lost)?;
        if self.parting && outbox.is_empty() && !stream.is_blocked() {
            stream.finish().map_err(|_| Ended::Lost)?;
        }
        Ok(())
    }

    /// True if bytes wait for the socket.
    pub(crate) fn is_blocked(&self) -> bool {
        let Corked { stream, outbox } = self.socket.get_ref();
        !outbox.is_empty() || stream.is_blocked()
    }

    /// True if reliable messages were dropped, and everything before them has been sent since.
    pub(crate) fn take_lost_reliable(&mut self) -> bool {
        !self.is_blocked() && std::mem::take(&mut self.lost_reliable)
    }

    /// Sends a goodbye, as a message and as a close frame. From now on incoming data is dropped.
    pub(crate) fn part(&mut self, goodbye: &Goodbye) {
        let mut message = Vec::new();
        goodbye.encode(&mut message);
        let outbox = &mut self.socket.get_mut().outbox;
        append(outbox, &message);
        let code = CloseCode::from(CLOSE_CODE_BASE + u16::from(goodbye.reason.code()));
        let close = Frame::close(Some(CloseFrame { code, reason: cut(&goodbye.text, CLOSE_TEXT_BYTES_MAX).into() }));
        close.format(outbox.tail()).expect("a vector takes everything");
        self.parting = true;
    }

    fn discard(&mut self) -> Result<Option<Received>, Ended> {
        match self.socket.get_mut().stream.discard() {
            Ok(Discarded::All) => Ok(None),
            // It counts as an event, so that the shard polls again after the other links had their turns.
            Ok(Discarded::Some) => Ok(Some(Received::Control)),
            Ok(Discarded::End) => Err(Ended::Left),
            Err(_) => Err(Ended::Lost),
        }
    }
}

fn append(outbox: &mut Outbox, message: &[u8]) {
    let header = FrameHeader { opcode: OpCode::Data(Data::Binary), ..FrameHeader::default() };
    header.format(message.len() as u64, outbox.tail()).expect("a vector takes everything");
    outbox.tail().extend_from_slice(message);
}

const _: () = assert!(RELIABLE_BACKLOG_BYTES_MAX > CLIENT_MESSAGE_BYTES_MAX, "a blocked link may answer pings");

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use shared::wire::DisconnectReason;

    use shared::limits::PROTOCOL_VERSION;

    use super::*;

    /// A link and its blocking peer.
    fn connected(read_ahead: &[u8]) -> (WebSocketLink, std::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let socket = listener.accept().unwrap().0;
        (WebSocketLink::adopt(socket.into(), read_ahead.to_vec()).unwrap(), peer)
    }

    /// A binary frame with a mask of zeros.
    fn frame(message: &[u8]) -> Vec<u8> {
        let header = FrameHeader { opcode: OpCode::Data(Data::Binary), mask: Some([0; 4]), ..FrameHeader::default() };
        let mut bytes = Vec::new();
        header.format(message.len() as u64, &mut bytes).unwrap();
        bytes.extend_from_slice(message);
        bytes
    }

    /// Polls until there is a result; loopback may deliver late.
    fn received(link: &mut WebSocketLink) -> Result<Received, Ended> {
        loop {
            link.handle_readable(false);
            if let Some(received) = link.poll_message(&mut LinkStats::default())? {
                return Ok(received);
            }
        }
    }

    fn message(bytes: &[u8]) -> Result<Received, Ended> {
        Ok(Received::Message { channel: Channel::Reliable, bytes: bytes.to_vec().into() })
    }

    #[test]
    fn what_came_with_the_upgrade_is_read_before_anything_else() {
        let early = [frame(b"first"), frame(b"second")].concat();
        let (mut link, mut peer) = connected(&early[..9]);
        peer.write_all(&early[9..]).unwrap();
        assert_eq!(received(&mut link), message(b"first"));
        assert_eq!(received(&mut link), message(b"second"));
    }

    #[test]
    fn short_read_asks_for_nothing_until_readiness_is_told_again() {
        let (mut link, mut peer) = connected(&[]);
        let mut stats = LinkStats::default();
        peer.write_all(&frame(b"one")).unwrap();
        assert_eq!(received(&mut link), message(b"one"));
        link.poll_message(&mut stats).unwrap();
        peer.write_all(&frame(b"two")).unwrap();
        let reads = stats.up.packets;
        assert_eq!(link.poll_message(&mut stats), Ok(None));
        assert_eq!(stats.up.packets, reads, "the socket was not asked");
        assert_eq!(received(&mut link), message(b"two"));
    }

    #[test]
    fn messages_of_one_tick_leave_in_one_write() {
        let (mut link, mut peer) = connected(&[]);
        let mut stats = LinkStats::default();
        link.send(b"events");
        link.send(b"snapshot");
        link.flush(&mut stats).unwrap();
        assert_eq!(stats.down.packets, 1);
        let mut bytes = [0; 18];
        peer.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"\x82\x06events\x82\x08snapshot");
    }

    #[test]
    fn reader_that_stops_blocks_the_link_and_loses_what_the_backlog_does_not_hold() {
        let (mut link, mut peer) = connected(&[]);
        let mut stats = LinkStats::default();
        let large = vec![7; 32 * 1024];
        while !link.is_blocked() {
            link.send(&large);
            link.flush(&mut stats).unwrap();
        }
        for _ in 0..10 {
            link.send(&large);
        }
        assert!(link.socket.get_ref().outbox.unsent().len() < RELIABLE_BACKLOG_BYTES_MAX + large.len() + 10);
        assert!(!link.take_lost_reliable(), "not before what was kept has left");
        peer.set_nonblocking(true).unwrap();
        let mut scratch = vec![0; 64 * 1024];
        while link.is_blocked() {
            while peer.read(&mut scratch).is_ok() {}
            link.flush(&mut stats).unwrap();
        }
        assert!(link.take_lost_reliable());
        assert!(!link.take_lost_reliable(), "reported once");
    }

    #[test]
    fn who_reads_nothing_is_heard_all_the_same_and_costs_no_more() {
        let (mut link, mut peer) = connected(&[]);
        let large = vec![7; 32 * 1024];
        while link.socket.get_ref().outbox.has_room() {
            link.send(&large);
            link.flush(&mut LinkStats::default()).unwrap();
        }
        let full = link.socket.get_ref().outbox.unsent().len();
        peer.write_all(&b"\x89\x84\0\0\0\0ping".repeat(500)).unwrap();
        peer.write_all(&frame(b"still here")).unwrap();
        let mut heard = received(&mut link);
        while heard == Ok(Received::Control) {
            heard = received(&mut link);
        }
        assert_eq!(heard, message(b"still here"));
        assert_eq!(link.socket.get_ref().outbox.unsent().len(), full);
    }

    #[test]
    fn fragments_without_end_count_as_something() {
        let (mut link, mut peer) = connected(&[]);
        let mut first = frame(b"a");
        first[0] = 0x02;
        peer.write_all(&[first, b"\0\x80\0\0\0\0".repeat(10_000)].concat()).unwrap();
        assert_eq!(received(&mut link), Ok(Received::Control));
    }

    #[test]
    fn frames_against_the_rules_end_the_link_with_the_rule() {
        let unmasked = b"\x82\x01a".to_vec();
        let reserved_bit = b"\xf2\x81\0\0\0\0a".to_vec();
        let continuation_of_nothing = b"\x80\x81\0\0\0\0a".to_vec();
        for bytes in [unmasked, reserved_bit, continuation_of_nothing] {
            let (mut link, mut peer) = connected(&[]);
            peer.write_all(&bytes).unwrap();
            assert!(matches!(received(&mut link), Err(Ended::Unreadable(_))), "{bytes:x?}");
        }
        let endless = b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0".to_vec();
        let text_of_no_utf8 = b"\x81\x82\0\0\0\0\xff\xff".to_vec();
        for bytes in [endless, text_of_no_utf8] {
            let (mut link, mut peer) = connected(&[]);
            peer.write_all(&bytes).unwrap();
            assert!(matches!(received(&mut link), Err(Ended::Fault(_))), "{bytes:x?}");
        }
    }

    #[test]
    fn message_in_fragments_is_limited_as_a_whole() {
        let (mut link, mut peer) = connected(&[]);
        let part = vec![1; CLIENT_MESSAGE_BYTES_MAX / 2 + 1];
        let mut first = frame(&part);
        first[0] = 0x02;
        let mut last = frame(&part);
        last[0] = 0x80;
        peer.write_all(&[first, last].concat()).unwrap();
        assert!(matches!(received(&mut link), Err(Ended::Fault(DecodeError::TooLong { .. }))));
    }

    #[test]
    fn goodbye_of_a_flooder_is_not_thrown_away_by_a_reset() {
        let (mut link, mut peer) = connected(&[]);
        peer.write_all(&vec![7; 100_000]).unwrap();
        link.part(&Goodbye::new(DisconnectReason::TooFast, "no"));
        link.flush(&mut LinkStats::default()).unwrap();
        // Like a shard: poll while there is more, and drop the link a moment later.
        while link.poll_message(&mut LinkStats::default()) == Ok(Some(Received::Control)) {}
        drop(link);
        let mut bytes = Vec::new();
        peer.read_to_end(&mut bytes).unwrap();
        assert!(bytes.ends_with(b"no"), "{bytes:x?}");
    }

    #[test]
    fn longer_hello_of_another_version_is_named_and_other_long_messages_are_too_long() {
        for (version, length) in [(200, 2_000), (PROTOCOL_VERSION as u8, 2_000), (200, 70_000)] {
            let (mut link, mut peer) = connected(&[]);
            let mut hello = vec![0x93, 0, 0xcc, version, 0xda];
            hello.extend_from_slice(&(length as u16).to_be_bytes());
            hello.resize(length, b'x');
            peer.write_all(&frame(&hello)).unwrap();
            let Err(Ended::Fault(error)) = received(&mut link) else { panic!("{version} is taken") };
            let label = if version == 200 && length < 8_000 { "version_mismatch" } else { "too_long" };
            assert_eq!(error.label(), label, "{version}, {length}");
        }
    }

    #[test]
    fn goodbye_arrives_although_the_peer_goes_on_talking() {
        let (mut link, mut peer) = connected(&[]);
        peer.write_all(&frame(&[1; 1_000])).unwrap();
        link.part(&Goodbye::new(DisconnectReason::BadMessage, "no"));
        link.flush(&mut LinkStats::default()).unwrap();
        peer.write_all(&frame(&[2; 1_000])).unwrap();
        let mut bytes = Vec::new();
        peer.read_to_end(&mut bytes).unwrap();
        assert!(bytes.ends_with(b"\x88\x04\x0f\xa2no"), "a close frame with 4002: {bytes:x?}");
        drop(peer);
        assert_eq!(received(&mut link), Err(Ended::Left));
    }
}
