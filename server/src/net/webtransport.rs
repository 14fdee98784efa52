//! WebTransport on a QUIC connection: moves bytes between its streams and [`http3::Connection`], and checks requests.
//!
//! The session's messages are the same as on plain QUIC: datagrams, each after one byte that names the session, and one stream
//! that the client opens, after its head.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use ::net::{Read, read_chunk, reject};
use bytes::Bytes;
use http3::{Event, Fault, Output, Request};
use quinn_proto::{Connection, Dir, StreamEvent, StreamId, VarInt};

use crate::{base::origin::Origins, net::link_state::Goodbye};

/// The state of HTTP/3 on a connection.
#[derive(Debug)]
pub(super) struct WebTransport {
    http: http3::Connection,
    origins: Arc<Origins>,
    /// Streams from the client that may have data to read.
    readable: BTreeSet<StreamId>,
    /// Our control stream; it lives as long as the connection.
    control: StreamId,
    /// The stream of the request that opened the session, once we have written to it.
    answered: Option<StreamId>,
    /// Our side of that stream is closed and acknowledged.
    delivered: bool,
    /// The client has closed the session.
    gone: bool,
    /// Deadline for the acknowledgement of the session's close.
    parting: Option<Instant>,
    fault: Option<Fault>,
    prefix: Vec<u8>,
}

/// The result of a poll.
#[derive(Debug)]
pub(super) enum Progress {
    /// The message stream is open; the bytes are its first ones.
    Opened(StreamId, Bytes),
    /// An event that counts as a message, but is none.
    Noise,
    /// The client has closed the session with this code.
    Left(u32),
    /// The client was refused, or broke the rules; the text says why.
    Refused(String),
}

/// Path of the game.
const PATH: &str = "/play";
const FORBIDDEN: u16 = 403;
const NOT_FOUND: u16 = 404;
const BAD_REQUEST: u16 = 400;
/// Time that a response or a close may take to be acknowledged.
const PARTING: Duration = Duration::from_millis(250);
/// Most bytes of the session id that starts each datagram.
pub(super) const PREFIX_BYTES_MAX: usize = 8;

impl WebTransport {
    /// Opens our control stream. `None` if the client does not allow one.
    pub(super) fn begin(connection: &mut Connection, origins: Arc<Origins>) -> Option<Self> {
        let control = connection.streams().open(Dir::Uni)?;
        let opening = http3::Connection::control_stream();
        let taken = connection.send_stream(control).write(&opening).ok()?;
        (taken == opening.len()).then(|| Self {
            http: http3::Connection::default(),
            origins,
            readable: BTreeSet::new(),
            control,
            answered: None,
            delivered: false,
            gone: false,
            parting: None,
            fault: None,
            prefix: Vec::new(),
        })
    }

    /// Handles an event of a stream that is not the message stream.
    pub(super) fn handle_event(&mut self, event: &StreamEvent, connection: &mut Connection) {
        match *event {
            StreamEvent::Opened { dir } => {
                while let Some(id) = connection.streams().accept(dir) {
                    self.http.handle_opened(id.into());
                    self.readable.insert(id);
                }
            }
            StreamEvent::Readable { id } => drop(self.readable.insert(id)),
            StreamEvent::Finished { id } => self.delivered |= self.answered == Some(id),
            StreamEvent::Stopped { id, .. } if id == self.control => self.fault = Some(Fault::CriticalStreamClosed),
            StreamEvent::Stopped { id, .. } => self.delivered |= self.answered == Some(id),
            StreamEvent::Writable { .. } | StreamEvent::Available { .. } => {}
        }
    }

    /// Reads streams until there is a result for the link.
    pub(super) fn poll(&mut self, connection: &mut Connection) -> Option<Progress> {
        loop {
            if let Some(fault) = &self.fault {
                return Some(Progress::Refused(fault.to_string()));
            }
            if let Some(event) = self.http.poll_event() {
                let progress = self.handle(event);
                self.carry_out(connection);
                if progress.is_some() {
                    return progress;
                }
                continue;
            }
            let id = *self.readable.first()?;
            let done = match read_chunk(connection, id) {
                Read::Bytes(bytes) => self.http.handle_bytes(id.into(), &bytes),
                Read::Blocked => {
                    self.readable.remove(&id);
                    Ok(())
                }
                Read::Ended => {
                    self.readable.remove(&id);
                    self.http.handle_end(id.into())
                }
            };
            self.fault = done.err();
            self.carry_out(connection);
        }
    }

    /// The payload of a datagram, if it belongs to the session.
    pub(super) fn payload(&self, datagram: Bytes) -> Option<Bytes> {
        self.http.payload(datagram)
    }

    /// The bytes before each payload.
    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// True if the client has closed the session, or broke the rules so that the connection must end.
    pub(super) fn is_over(&self) -> bool {
        self.gone || self.fault.is_some()
    }

    /// Closes the session with a capsule. True when the client has received it, or is gone.
    pub(super) fn part(&mut self, goodbye: &Goodbye, connection: &mut Connection, now: Instant) -> bool {
        if self.is_over() {
            return true;
        }
        self.http.close(goodbye.reason.code().into(), &goodbye.text);
        self.carry_out(connection);
        let until = *self.parting.get_or_insert(now + PARTING);
        self.answered.is_none() || self.delivered || now >= until
    }

    /// The code that closes the connection: that of a fault, or else of `reason`.
    pub(super) fn close_code(&self, reason: u8) -> VarInt {
        let code =
            self.fault.as_ref().map_or_else(|| http3::connection_code(reason.into()), |fault| fault.code().into());
        VarInt::from_u64(code).unwrap_or(VarInt::MAX)
    }

    fn handle(&mut self, event: Event) -> Option<Progress> {
        match event {
            Event::Request(request) => match self.judge(&request) {
                Ok(()) => {
                    self.http.accept();
                    self.prefix = self.http.datagram_prefix().unwrap_or_default();
                    None
                }
                Err((status, text)) => {
                    self.http.refuse(status);
                    Some(Progress::Refused(text))
                }
            },
            Event::BadRequest(text) => {
                self.http.refuse(BAD_REQUEST);
                Some(Progress::Refused(text))
            }
            Event::Opened { stream, early } => {
                let id = stream_id(stream)?;
                self.readable.remove(&id);
                Some(Progress::Opened(id, early))
            }
            Event::Closed { code } => {
                self.gone = true;
                Some(Progress::Left(code))
            }
            Event::Noise => Some(Progress::Noise),
        }
    }

    fn judge(&self, request: &Request) -> Result<(), (u16, String)> {
        let Request { authority, path, origin } = request;
        if path != PATH {
            return Err((NOT_FOUND, format!("there is no {path} here; WebTransport is at {PATH}")));
        }
        let Some(origin) = origin else {
            return Err((FORBIDDEN, "a request for WebTransport must have an origin".to_owned()));
        };
        if !self.origins.admit(origin, authority) {
            return Err((FORBIDDEN, format!("pages of {origin} may not play here")));
        }
        Ok(())
    }

    fn carry_out(&mut self, connection: &mut Connection) {
        while let Some(output) = self.http.poll_output() {
            match output {
                Output::Write { stream, bytes, finish } => {
                    let Some(id) = stream_id(stream) else { continue };
                    self.answered = Some(id);
                    let mut stream = connection.send_stream(id);
                    // A response and a capsule have a few hundred bytes and the stream is idle: if they do not fit, the client is gone.
                    let whole = stream.write(&bytes).is_ok_and(|taken| taken == bytes.len());
                    if finish || !whole {
                        let _ = stream.finish();
                    }
                }
                Output::Reject { stream, code } => {
                    let Some(id) = stream_id(stream) else { continue };
                    self.readable.remove(&id);
                    reject(connection, id, code);
                }
            }
        }
    }
}

fn stream_id(number: u64) -> Option<StreamId> {
    VarInt::from_u64(number).ok().map(StreamId::from)
}
