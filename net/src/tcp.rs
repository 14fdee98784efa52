//! A non-blocking TCP socket that is read only when it may have data, which saves system calls.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::Shutdown,
};

use mio::net::TcpStream;

use crate::outbox::Outbox;

/// See the module.
#[derive(Debug)]
pub struct TcpSocket {
    stream: TcpStream,
    /// The last read emptied the socket, so that it is not read again before the next readiness event.
    dry: bool,
    /// The peer has closed its side, so a short read does not mean that the socket is empty.
    hung_up: bool,
    reads: u64,
}

/// Bound of the reads between two calls of [`TcpSocket::take_reads`]. A message needs at most three. A peer that sends without pause,
/// even empty TLS records, must not delay the others.
pub const READS_MAX: u64 = 16;
/// Bound of the reads of one [`TcpSocket::discard`].
const DISCARDS_MAX: usize = 4;

impl TcpSocket {
    /// Takes over a non-blocking socket.
    pub fn new(stream: std::net::TcpStream) -> Self {
        Self { stream: TcpStream::from_std(stream), dry: false, hung_up: false, reads: 0 }
    }

    /// The socket itself, for registering readiness.
    pub fn source(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Records that the socket is readable, or that the peer has closed it.
    pub fn handle_readable(&mut self, hung_up: bool) {
        self.dry = false;
        self.hung_up |= hung_up;
    }

    /// Number of reads since the last call.
    pub fn take_reads(&mut self) -> u64 {
        std::mem::take(&mut self.reads)
    }

    /// Writes as many bytes as the socket takes. Returns the number of successful writes.
    ///
    /// # Errors
    /// When the connection is lost.
    pub fn send(&mut self, outbox: &mut Outbox) -> io::Result<u64> {
        let mut writes = 0;
        while !outbox.is_empty() {
            match none_if_blocked(self.stream.write(outbox.unsent()))? {
                None => break,
                Some(0) => return Err(ErrorKind::WriteZero.into()),
                Some(count) => {
                    writes += 1;
                    let whole = count == outbox.unsent().len();
                    outbox.advance(count);
                    // After a partial write the kernel's buffer is full, and another call would only block.
                    if !whole {
                        break;
                    }
                }
            }
        }
        Ok(writes)
    }

    /// Closes our side for writing.
    pub fn shut(&mut self) {
        // The connection may be closed already.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads and discards incoming data before a close. If data were left unread, the kernel would reset the connection, and the
    /// peer could lose our goodbye.
    ///
    /// # Errors
    /// When the connection is lost.
    pub fn discard(&mut self) -> io::Result<Discarded> {
        let mut scratch = [0; 4 * 1_024];
        for _ in 0..DISCARDS_MAX {
            match none_if_blocked(self.stream.read(&mut scratch))? {
                None => return Ok(Discarded::All),
                Some(0) => return Ok(Discarded::End),
                Some(_) => {}
            }
        }
        Ok(Discarded::Some)
    }
}

/// The result of [`TcpSocket::discard`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Discarded {
    /// The socket is empty.
    All,
    /// More data may wait, for which there will be no readiness event: call again.
    Some,
    /// The peer has closed its side.
    End,
}

impl Read for TcpSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.dry || self.reads >= READS_MAX {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.reads += 1;
        let result = self.stream.read(buffer);
        self.dry = match &result {
            // With edge-triggered readiness, a read that does not fill its buffer has emptied the socket.
            Ok(count) => *count < buffer.len() && !self.hung_up,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        };
        result
    }
}

/// Gives `None` if the socket would block. Calls on a non-blocking socket are never interrupted.
fn none_if_blocked(outcome: io::Result<usize>) -> io::Result<Option<usize>> {
    match outcome {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}
