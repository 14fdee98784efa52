//! A socket as `tungstenite` sees it: reads end where the kernel has no more, writes go to an outbox.

use std::io::{self, Read, Write};

use crate::outbox::Outbox;

/// See the module.
#[derive(Debug)]
pub struct Corked<S> {
    /// What is read from.
    pub stream: S,
    /// What waits to be written.
    pub outbox: Outbox,
}

impl<S> Corked<S> {
    /// With nothing waiting.
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
        // Whole frames: answers to pings. Who reads none of them is heard all the same, but not answered.
        if self.outbox.has_room() {
            self.outbox.tail().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
