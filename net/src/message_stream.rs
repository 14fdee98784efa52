//! The one stream of a QUIC connection that carries messages which must arrive, on raw QUIC and in WebTransport.

use quinn_proto::{Connection, ReadError, StreamEvent, StreamId, VarInt, WriteError};
use shared::wire::{DecodeError, Deframer, enframe};

use crate::outbox::Outbox;

/// The stream, once there is one, and what waits for it.
#[derive(Debug)]
pub struct MessageStream {
    id: Option<StreamId>,
    readable: bool,
    /// The peer's end is closed: it has nothing more to say.
    finished: bool,
    /// Our end is closed.
    ending: bool,
    /// And the peer has all of it.
    delivered: bool,
    deframer: Deframer,
    outbox: Outbox,
    lost_reliable: bool,
}

impl MessageStream {
    /// A stream that is not there yet, for messages of at most so many bytes from the peer.
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

    /// One end opened it; `early` was read from it already.
    pub fn open(&mut self, id: StreamId, early: &[u8]) {
        self.id = Some(id);
        self.readable = true;
        self.deframer.push(early);
    }

    /// Whether it is there.
    pub fn is_open(&self) -> bool {
        self.id.is_some()
    }

    /// Whether the peer has nothing more to say.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Something happened to a stream. False if it was another one.
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
    /// What makes the stream useless.
    pub fn poll_message(&mut self) -> Result<Option<bytes::Bytes>, DecodeError> {
        self.deframer.poll_message()
    }

    /// Takes what the stream holds, at most until the next message is whole. False if there was nothing.
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

    /// Whether another message may be sent without being dropped.
    pub fn has_room(&self) -> bool {
        self.outbox.has_room()
    }

    /// Appends a message to what leaves with the next [`MessageStream::write`], or drops it if too much waits.
    pub fn send(&mut self, message: &[u8]) {
        if self.outbox.has_room() {
            self.append(message);
        } else {
            self.lost_reliable = true;
        }
    }

    /// The same for the last one, which has a place whatever waits.
    pub fn append(&mut self, message: &[u8]) {
        enframe(message, self.outbox.tail());
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.outbox.is_empty()
    }

    /// Whether messages were dropped and everything before them has left since.
    pub fn take_lost_reliable(&mut self) -> bool {
        self.outbox.is_empty() && std::mem::take(&mut self.lost_reliable)
    }

    /// Gives the connection what it takes.
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

    /// Ends our side once everything has been taken. True when the peer has all of it, or there is nobody to have it.
    pub fn finish(&mut self, connection: &mut Connection) -> bool {
        let Some(id) = self.id else { return true };
        if self.outbox.is_empty() && !self.ending {
            self.ending = true;
            let _ = connection.send_stream(id).finish();
        }
        self.delivered
    }
}

/// What a stream had to give.
#[derive(Debug)]
pub enum Read {
    /// The next bytes.
    Bytes(bytes::Bytes),
    /// Nothing for now.
    Blocked,
    /// Nothing ever.
    Ended,
}

/// Takes the next bytes of a stream.
pub fn read_chunk(connection: &mut Connection, id: StreamId) -> Read {
    let mut stream = connection.recv_stream(id);
    let Ok(mut chunks) = stream.read(true) else { return Read::Ended };
    let read = match chunks.next(usize::MAX) {
        Ok(Some(chunk)) => Read::Bytes(chunk.bytes),
        Err(ReadError::Blocked) => Read::Blocked,
        Ok(None) | Err(ReadError::Reset(_)) => Read::Ended,
    };
    // A window that opens again travels with the next packet of the tick.
    let _ = chunks.finalize();
    read
}

/// Tells the peer that a stream is not wanted.
pub fn reject(connection: &mut Connection, id: StreamId, code: u32) {
    let code = VarInt::from_u32(code);
    // Either end may be closed already.
    let _ = connection.recv_stream(id).stop(code);
    if id.dir() == quinn_proto::Dir::Bi {
        let _ = connection.send_stream(id).reset(code);
    }
}
