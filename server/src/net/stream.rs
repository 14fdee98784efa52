//! The non-blocking socket under a WebSocket, plain or with TLS.
//!
//! ```text
//! in    socket -> ciphertext in rustls -> plaintext in rustls -> reader     readiness covers the first arrow only
//! out   outbox -> ciphertext in rustls -> socket
//! ```
//!
//! So a read tries the data in rustls before the socket. And the stream is blocked while rustls holds data that the socket
//! has not taken, even if the outbox is empty.

use std::io::{self, ErrorKind, Read, Write};

use ::net::{Discarded, Outbox, TcpSocket};
use mio::net::TcpStream;
use rustls::ServerConnection;

/// A socket with its optional TLS state.
#[derive(Debug)]
pub(crate) struct Stream {
    socket: TcpSocket,
    tls: Option<Box<ServerConnection>>,
    /// State of our direction.
    ended: End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Open,
    /// The close_notify of TLS is queued.
    Told,
    Shut,
}

/// Bound of rustls' send buffer. A full outbox takes several rounds, each when the socket has taken the last.
const TLS_BUFFER_BYTES_MAX: usize = 32 * 1024;

impl Stream {
    /// Takes over a non-blocking socket.
    pub(crate) fn new(stream: std::net::TcpStream, mut tls: Option<Box<ServerConnection>>) -> Self {
        if let Some(tls) = &mut tls {
            tls.set_buffer_limit(Some(TLS_BUFFER_BYTES_MAX));
        }
        Self { socket: TcpSocket::new(stream), tls, ended: End::Open }
    }

    /// The socket, to register it for readiness.
    pub(crate) fn source(&mut self) -> &mut TcpStream {
        self.socket.source()
    }

    /// The socket has data to read, or its peer has closed.
    pub(crate) fn handle_readable(&mut self, hung_up: bool) {
        self.socket.handle_readable(hung_up);
    }

    /// Reads of the socket since the last call.
    pub(crate) fn take_reads(&mut self) -> u64 {
        self.socket.take_reads()
    }

    /// True if TLS data waits for the socket.
    pub(crate) fn is_blocked(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.wants_write())
    }

    /// Writes as much of `outbox` as the socket takes; returns the number of successful writes.
    ///
    /// # Errors
    /// When the connection is broken.
    pub(crate) fn send(&mut self, outbox: &mut Outbox) -> io::Result<u64> {
        let Self { socket, tls, .. } = self;
        let Some(tls) = tls else { return socket.send(outbox) };
        let mut writes = 0;
        loop {
            writes += write_tls(tls, socket.source())?;
            if tls.wants_write() || outbox.is_empty() {
                return Ok(writes);
            }
            let taken = tls.writer().write(outbox.unsent())?;
            outbox.advance(taken);
        }
    }

    /// Closes our direction, once all data has been sent. Call it again until then.
    ///
    /// # Errors
    /// When the connection is broken.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if self.ended == End::Shut {
            return Ok(());
        }
        if let Some(tls) = &mut self.tls {
            if self.ended == End::Open {
                self.ended = End::Told;
                tls.send_close_notify();
            }
            write_tls(tls, self.socket.source())?;
            if tls.wants_write() {
                return Ok(());
            }
        }
        self.ended = End::Shut;
        self.socket.shut();
        Ok(())
    }

    /// Drops incoming data, see [`TcpSocket::discard`].
    ///
    /// # Errors
    /// When the connection is broken.
    pub(crate) fn discard(&mut self) -> io::Result<Discarded> {
        self.socket.discard()
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Self { socket, tls, .. } = self;
        let Some(tls) = tls else { return socket.read(buffer) };
        loop {
            match tls.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // A missing close_notify is allowed: WebSocket has its own close.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
                read => return read,
            }
            tls.read_tls(socket)?;
            let processed = tls.process_new_packets();
            // TLS answers some records by itself. If the socket is full now, readiness continues the write.
            let answered = write_tls(tls, socket.source());
            processed.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            answered?;
        }
    }
}

/// Writes the data of rustls until the socket is full. A write of several pieces may be short although the kernel has
/// room, so it must be repeated until it would block; only then is readiness reported again.
fn write_tls(tls: &mut ServerConnection, socket: &mut TcpStream) -> io::Result<u64> {
    let mut writes = 0;
    while tls.wants_write() {
        match tls.write_tls(socket) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(_) => writes += 1,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(writes)
}

#[cfg(test)]
mod tests {
    use std::{
        net::{Shutdown, TcpListener},
        sync::Arc,
        thread::{self, JoinHandle},
    };

    use rustls::{
        ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned,
        crypto::ring::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    };

    use super::*;

    type Client = StreamOwned<ClientConnection, std::net::TcpStream>;

    /// A stream with TLS and its blocking peer, after the handshake.
    fn connected() -> (Stream, Client) {
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
        let certificate = signed.cert.der().clone();
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let server = builder.unwrap().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let client = Arc::new(builder.unwrap().with_root_certificates(roots).with_no_client_auth());

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shaking: JoinHandle<Client> = thread::spawn(move || {
            let tls = ClientConnection::new(client, "localhost".try_into().unwrap()).unwrap();
            let mut client = StreamOwned::new(tls, std::net::TcpStream::connect(address).unwrap());
            client.conn.complete_io(&mut client.sock).unwrap();
            client
        });
        let mut socket = listener.accept().unwrap().0;
        let mut tls = Box::new(ServerConnection::new(Arc::new(server)).unwrap());
        tls.complete_io(&mut socket).unwrap();
        socket.set_nonblocking(true).unwrap();
        (Stream::new(socket, Some(tls)), shaking.join().unwrap())
    }

    fn is_would_block(outcome: io::Result<usize>) -> bool {
        outcome.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Reads until `count` bytes have arrived; loopback may deliver them in pieces.
    fn read_exactly(stream: &mut Stream, count: usize, piece: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut buffer = vec![0; piece];
        while bytes.len() < count {
            stream.handle_readable(false);
            match stream.read(&mut buffer) {
                Ok(0) => panic!("the peer has closed"),
                Ok(read) => bytes.extend_from_slice(&buffer[..read]),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
            }
        }
        bytes
    }

    #[test]
    fn what_tls_holds_is_read_without_another_readiness() {
        let (mut stream, mut client) = connected();
        let sent: Vec<u8> = (0..2_000_u32).map(|n| n as u8).collect();
        client.write_all(&sent).unwrap();
        let mut received = read_exactly(&mut stream, 1, 512);
        // The whole record has been read from the socket, so the rest of it needs no further readiness.
        let reads = stream.take_reads();
        let mut buffer = [0; 512];
        while received.len() < sent.len() {
            let count = stream.read(&mut buffer).unwrap();
            received.extend_from_slice(&buffer[..count]);
        }
        assert_eq!(received, sent);
        assert_eq!((reads, stream.take_reads()), (reads, 0));
        assert!(is_would_block(stream.read(&mut buffer)));
        let reads = stream.take_reads();
        assert!(is_would_block(stream.read(&mut buffer)));
        assert!(reads <= 1 && stream.take_reads() == 0, "a dry socket is not asked");
    }

    #[test]
    fn reader_that_stops_blocks_the_stream_and_gets_every_byte_when_it_goes_on() {
        let (mut stream, mut client) = connected();
        let mut outbox = Outbox::default();
        let mut sent = 0_u32;
        while !stream.is_blocked() {
            outbox.tail().extend((0..16 * 1024).map(|n: u32| ((sent * 16 * 1024 + n) % 251) as u8));
            sent += 1;
            stream.send(&mut outbox).unwrap();
        }
        let total = sent as usize * 16 * 1024;
        let reading = thread::spawn(move || {
            let mut received = vec![0; total];
            client.read_exact(&mut received).unwrap();
            (received, client)
        });
        while stream.is_blocked() || !outbox.is_empty() {
            stream.send(&mut outbox).unwrap();
        }
        let (received, _client) = reading.join().unwrap();
        assert!(received.iter().enumerate().all(|(at, &byte)| byte == (at % 251) as u8));
    }

    #[test]
    fn small_messages_leave_in_one_write() {
        let (mut stream, mut client) = connected();
        let mut outbox = Outbox::default();
        outbox.tail().extend_from_slice(b"events and snapshot");
        assert_eq!(stream.send(&mut outbox).unwrap(), 1);
        let mut received = [0; 19];
        client.read_exact(&mut received).unwrap();
        assert_eq!(&received, b"events and snapshot");
    }

    #[test]
    fn end_is_said_within_tls_too() {
        let (mut stream, mut client) = connected();
        let mut outbox = Outbox::default();
        outbox.tail().extend_from_slice(b"goodbye");
        stream.send(&mut outbox).unwrap();
        stream.finish().unwrap();
        stream.finish().unwrap();
        let mut received = Vec::new();
        // Without the close_notify this would be an error, because an attacker could have cut the stream.
        client.read_to_end(&mut received).unwrap();
        assert_eq!(received, b"goodbye");
        client.write_all(b"late").unwrap();
        drop(client);
        while stream.discard().is_ok_and(|discarded| discarded != Discarded::End) {}
    }

    #[test]
    fn peer_that_closes_ends_the_stream_with_and_without_a_word() {
        for word in [true, false] {
            let (mut stream, mut client) = connected();
            if word {
                client.conn.send_close_notify();
                client.flush().unwrap();
            }
            client.sock.shutdown(Shutdown::Write).unwrap();
            let ended = loop {
                stream.handle_readable(true);
                match stream.read(&mut [0; 16]) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    ended => break ended,
                }
            };
            assert!(matches!(ended, Ok(0)), "{ended:?}");
        }
    }

    #[test]
    fn junk_is_an_error_and_the_peer_hears_of_it() {
        let (mut stream, mut client) = connected();
        client.sock.write_all(b"no TLS record begins like this").unwrap();
        let ended = loop {
            stream.handle_readable(false);
            match stream.read(&mut [0; 16]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                ended => break ended,
            }
        };
        assert!(ended.is_err_and(|error| error.kind() == ErrorKind::InvalidData));
        let heard = client.read(&mut [0; 16]).unwrap_err();
        assert!(heard.to_string().contains("alert"), "{heard}");
    }
}
