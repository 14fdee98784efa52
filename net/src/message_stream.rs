//! The one stream of a QUIC connection that carries reliable messages, on raw QUIC and in WebTransport.

use quinn_proto::{Connection, ReadError, StreamEvent, StreamId, VarInt, WriteError};
use shared::wire::{DecodeError, Deframer, enframe};

use crate::outbox::Outbox;

/// See the module. Messages can be queued before the stream is open.
#[derive(Debug)]
pub struct MessageStream {
    id: Option<StreamId>,
    readable: bool,
    /// The peer has closed its side.
    finished: bool,
    /// We have closed our side.
    ending: bool,
    /// The peer has received everything that we sent.
    delivered: bool,
    deframer: Deframer,
    outbox: Outbox,
    lost_reliable: bool,
}

impl MessageStream {
    /// A stream that is not open yet. `message_bytes_max` bounds the messages from the peer.
    pub fn new(message_bytes_max: usize) -> Self {
        Self {
            id: None,
            readable: false,
            finished: false,
            ending: false,
            delivered: false,
            deframer: Deframer::new(message_bytes_max),
            outbox: Outbox::default(),
            lost_reliable: false,
        }
    }

    /// Sets the stream after either end has opened it. `early` holds bytes that were read from it already.
    pub fn open(&mut self, id: StreamId, early: &[u8]) {
        self.id = Some(id);
        self.readable = true;
        self.deframer.push(early);
    }

    /// Returns true if the stream is open.
    pub fn is_open(&self) -> bool {
        self.id.is_some()
    }

    /// Returns true if the peer has ended the stream or does not read it any more.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Handles an event of a stream. Returns false if it belongs to another stream.
    pub fn handle_event(&mut self, event: &StreamEvent, connection: &mut Connection) -> bool {
        let is_ours = |id: &StreamId| self.id == Some(*id);
        match event {
            StreamEvent::Readable { id } if is_ours(id) => self.readable = true,
            StreamEvent::Finished { id } if is_ours(id) => self.delivered = true,
            StreamEvent::Stopped { id, .. } if is_ours(id) => self.finished = true,
            StreamEvent::Writable { id } if is_ours(id) => self.write(connection),
            _ => return false,
        }
        true
    }

    /// The next whole message.
    ///
    /// # Errors
    /// When the peer broke the framing. The stream is of no use then.
    pub fn poll_message(&mut self) -> Result<Option<bytes::Bytes>, DecodeError> {
        self.deframer.poll_message()
    }

    /// Reads the next chunk of the stream. Returns false if there was none.
    pub fn read(&mut self, connection: &mut Connection) -> bool {
        let Some(id) = self.id.filter(|_| self.readable) else { return false };
        match read_chunk(connection, id) {
            Read::Bytes(bytes) => {
                self.deframer.push(&bytes);
                return true;
            }
            Read::Blocked => {}
            Read::Ended => self.finished = true,
        }
        self.readable = false;
        false
    }

    /// Returns true if [`MessageStream::send`] would not drop a message.
    pub fn has_room(&self) -> bool {
        self.outbox.has_room()
    }

    /// Queues a message, which leaves with the next [`MessageStream::write`]. If the queue is full the message is dropped.
    pub fn send(&mut self, message: &[u8]) {
        if self.outbox.has_room() {
            self.append(message);
        } else {
            self.lost_reliable = true;
        }
    }

    /// Queues a message even if the queue is full: for the last message of a link.
    pub fn append(&mut self, message: &[u8]) {
        enframe(message, self.outbox.tail());
    }

    /// Returns true if no bytes wait.
    pub fn is_empty(&self) -> bool {
        self.outbox.is_empty()
    }

    /// Returns true once after messages were dropped, as soon as everything before them has left.
    pub fn take_lost_reliable(&mut self) -> bool {
        self.outbox.is_empty() && std::mem::take(&mut self.lost_reliable)
    }

    /// Writes as many queued bytes as the connection takes.
    pub fn write(&mut self, connection: &mut Connection) {
        let Some(id) = self.id else { return };
        while !self.outbox.is_empty() {
            match connection.send_stream(id).write(self.outbox.unsent()) {
                Ok(count) => self.outbox.advance(count),
                Err(WriteError::Blocked) => break,
                Err(WriteError::Stopped(_) | WriteError::ClosedStream) => {
                    let rest = self.outbox.unsent().len();
                    self.outbox.advance(rest);
                    self.finished = true;
                }
            }
        }
    }

    /// Ends our side once all bytes are written. Returns true when the peer has received everything, or if there is no stream.
    pub fn finish(&mut self, connection: &mut Connection) -> bool {
        let Some(id) = self.id else { return true };
        if self.outbox.is_empty() && !self.ending {
            self.ending = true;
            let _ = connection.send_stream(id).finish();
        }
        self.delivered
    }
}

/// The result of [`read_chunk`].
#[derive(Debug)]
pub enum Read {
    /// The next bytes.
    Bytes(bytes::Bytes),
    /// No bytes have arrived yet.
    Blocked,
    /// The stream has ended or was reset.
    Ended,
}

/// Reads the next bytes of a stream.
pub fn read_chunk(connection: &mut Connection, id: StreamId) -> Read {
    let mut stream = connection.recv_stream(id);
    let Ok(mut chunks) = stream.read(true) else { return Read::Ended };
    let read = match chunks.next(usize::MAX) {
        Ok(Some(chunk)) => Read::Bytes(chunk.bytes),
        Err(ReadError::Blocked) => Read::Blocked,
        Ok(None) | Err(ReadError::Reset(_)) => Read::Ended,
    };
    // A window update need not be sent at once: it travels with the next packet of the tick.
    let _ = chunks.finalize();
    read
}

/// Stops and resets a stream that the peer should not have opened, with an error code.
pub fn reject(connection: &mut Connection, id: StreamId, code: u32) {
    let code = VarInt::from_u32(code);
    // Either side may be closed already.
    let _ = connection.recv_stream(id).stop(code);
    if id.dir() == quinn_proto::Dir::Bi {
        let _ = connection.send_stream(id).reset(code);
    }
}
