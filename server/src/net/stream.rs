//! The socket under a WebSocket, bare or within TLS, driven without waiting.
//!
//! ```text
//! in    socket -> ciphertext in rustls -> plaintext in rustls -> reader     readiness is told of the first arrow only
//! out   outbox -> ciphertext in rustls -> socket
//! ```
//!
//! So a read looks at what rustls holds before it asks the socket, and a stream is blocked while rustls holds what the socket
//! has not taken, even if the outbox is empty.

use std::io::{self, ErrorKind, Read, Write};

use ::net::{Discarded, Outbox, TcpSocket};
use mio::net::TcpStream;
use rustls::ServerConnection;

/// See the module.
#[derive(Debug)]
pub(crate) struct Stream {
    socket: TcpSocket,
    tls: Option<Box<ServerConnection>>,
    /// Our end is shut, or about to be once TLS has said so.
    ended: End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Open,
    /// TLS has been told to say that nothing follows.
    Told,
    Shut,
}

/// What rustls may hold of ours. A full outbox takes several rounds, but each only once the socket has taken the last.
const TLS_BUFFER_BYTES_MAX: usize = 32 * 1024;

impl Stream {
    /// Takes over a socket that does not block.
    pub(crate) fn new(stream: std::net::TcpStream, mut tls: Option<Box<ServerConnection>>) -> Self {
        if let Some(tls) = &mut tls {
            tls.set_buffer_limit(Some(TLS_BUFFER_BYTES_MAX));
        }
        Self { socket: TcpSocket::new(stream), tls, ended: End::Open }
    }

    /// For registering readiness.
    pub(crate) fn source(&mut self) -> &mut TcpStream {
        self.socket.source()
    }

    /// The socket has something to read, or its end.
    pub(crate) fn handle_readable(&mut self, hung_up: bool) {
        self.socket.handle_readable(hung_up);
    }

    /// Reads of the socket since this was asked last.
    pub(crate) fn take_reads(&mut self) -> u64 {
        self.socket.take_reads()
    }

    /// Whether bytes of TLS wait for the socket.
    pub(crate) fn is_blocked(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.wants_write())
    }

    /// Gives the socket what it takes, and gives the number of writes that took something.
    ///
    /// # Errors
    /// When the connection is gone.
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

    /// Shuts our end, once everything has left.
    ///
    /// # Errors
    /// When the connection is gone.
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

    /// Throws away what comes in, see [`TcpSocket::discard`].
    ///
    /// # Errors
    /// When the connection is gone.
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
                // WebSocket says itself when it ends.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
                read => return read,
            }
            tls.read_tls(socket)?;
            let processed = tls.process_new_packets();
            // TLS answers some records by itself. If the socket takes none now, readiness will say when it does.
            let answered = write_tls(tls, socket.source());
            processed.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            answered?;
        }
    }
}

/// Writes what rustls holds until the socket takes no more. A write of several pieces may end short although the kernel has
/// room, so it is asked until it says no: then readiness will be told.
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

    /// A stream within TLS and its peer, which blocks, the handshake done.
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

    /// Reads until `count` bytes are here: loopback delivers in its own time.
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
        // One record has arrived whole: the rest of it needs no word from the system.
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
        // Without the words of TLS this would be an error: somebody in between may have cut it short.
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
