//! A TCP socket that does not wait, and is asked only when it may have something.

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
    /// The last read emptied the socket: the next readiness must come before another read is worth a system call.
    dry: bool,
    /// The peer has shut its end, so a short read does not mean that the socket is empty.
    hung_up: bool,
    reads: u64,
}

/// Reads between two calls of [`TcpSocket::take_reads`]. A message fits in three: a peer that sends without end, be it records of
/// nothing, must not hold up the others.
pub const READS_MAX: u64 = 16;
/// Reads thrown away at once from a socket that we are done with.
const DISCARDS_MAX: usize = 4;

impl TcpSocket {
    /// Takes over a socket that does not block.
    pub fn new(stream: std::net::TcpStream) -> Self {
        Self { stream: TcpStream::from_std(stream), dry: false, hung_up: false, reads: 0 }
    }

    /// The socket itself, for registering readiness.
    pub fn source(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// The socket has something to read, or its end.
    pub fn handle_readable(&mut self, hung_up: bool) {
        self.dry = false;
        self.hung_up |= hung_up;
    }

    /// Reads of the socket since this was asked last.
    pub fn take_reads(&mut self) -> u64 {
        std::mem::take(&mut self.reads)
    }

    /// Gives the socket what it takes, and gives the number of writes that took something.
    ///
    /// # Errors
    /// When the connection is gone.
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
                    // Taking only a part means that the kernel is full; asking again would only say so.
                    if !whole {
                        break;
                    }
                }
            }
        }
        Ok(writes)
    }

    /// Shuts our end.
    pub fn shut(&mut self) {
        // The peer may have done the same already.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Throws away what comes in. Data left unread would make the kernel reset the connection and throw our goodbye away.
    ///
    /// # Errors
    /// When the connection is gone.
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

/// What throwing away has come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Discarded {
    /// Nothing waits now.
    All,
    /// More may wait, of which no readiness tells: ask again.
    Some,
    /// The peer has closed.
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
            // With readiness told at edges, a read that does not fill its buffer has emptied the socket.
            Ok(count) => *count < buffer.len() && !self.hung_up,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        };
        result
    }
}

/// `None` where the socket would block. Calls of a socket that does not block are not interrupted.
fn none_if_blocked(outcome: io::Result<usize>) -> io::Result<Option<usize>> {
    match outcome {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}
