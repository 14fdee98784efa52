//! A stream for `tungstenite` whose writes go to an outbox, so that many frames leave in one system call.

use std::io::{self, Read, Write};

use crate::outbox::Outbox;

/// See the module.
#[derive(Debug)]
pub struct Corked<S> {
    /// The stream that is read.
    pub stream: S,
    /// The bytes that wait to be written.
    pub outbox: Outbox,
}

impl<S> Corked<S> {
    /// A stream with an empty outbox.
    pub fn new(stream: S) -> Self {
        Self { stream, outbox: Outbox::default() }
    }
}

impl<S: Read> Read for Corked<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl<S> Write for Corked<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // `tungstenite` writes whole frames here: answers to pings. They are dropped if the peer reads too slowly.
        if self.outbox.has_room() {
            self.outbox.tail().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
