//! The server's state of one connection: the roles of its streams, and its one session.
//!
//! ```text
//! session  input                                   next     effect
//! Nobody   a request, before the SETTINGS          Waiting
//! Waiting  the SETTINGS                            Asked    Event::Request, or Event::BadRequest if it is invalid
//! Nobody   a request, after the SETTINGS           Asked    the same
//! Asked    accept                                  Open     200; its message stream, if it came early: Event::Opened
//! Asked    refuse                                  Over     its status, and the request stream ends
//! Open     a message stream of the session         Open     the first: Event::Opened; others are rejected
//! Open     close capsule, or the request's end     Over     Event::Closed
//! any      another request                         same     rejected
//! any      streams and frames of unknown types     same     Event::Noise
//! any      a violation of the protocol             –        a Fault, which ends the connection
//! ```

use std::collections::{BTreeMap, VecDeque};

use bytes::{Bytes, BytesMut};
use web_transport_proto::{Capsule, ConnectResponse, Frame as Kind, Settings, VarInt, http::StatusCode};

use crate::{
    fault::{Fault, REQUEST_REJECTED, UNKNOWN_SESSION},
    frame::number,
};

/// See the module.
#[derive(Debug, Default)]
pub struct Connection {
    /// The client's streams that are parsed here. QUIC's stream limit bounds their number.
    pub(crate) streams: BTreeMap<u64, Stream>,
    pub(crate) has_control: bool,
    /// True if the client's SETTINGS allow datagrams; `None` before they have arrived.
    datagrams: Option<bool>,
    pub(crate) session: Session,
    /// The beginning of a capsule that is not complete yet.
    pub(crate) capsule: BytesMut,
    /// The session's message stream was passed to the caller.
    has_messages: bool,
    pub(crate) noise: u32,
    events: VecDeque<Event>,
    outputs: VecDeque<Output>,
}

/// A client's request for a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The requested host, with its port.
    pub authority: String,
    /// The path without its query.
    pub path: String,
    /// The origin of the page that makes the request.
    pub origin: Option<String>,
}

/// An event for the owner of a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The client requests a session: [`Connection::accept`] or [`Connection::refuse`] it.
    Request(Request),
    /// The client's request is invalid, for this reason: [`Connection::refuse`] it.
    BadRequest(String),
    /// From here on the caller reads this stream, which carries the session's messages.
    Opened {
        /// Number of the stream.
        stream: u64,
        /// Bytes of messages that were read already.
        early: Bytes,
    },
    /// The client closed the session.
    Closed {
        /// The client's code, 0 if there was none.
        code: u32,
    },
    /// The client sent something without a meaning here. The caller should count it as a message, so that a flood of it is limited.
    Noise,
}

/// An action on a stream of the client, for the owner of a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Write to a stream.
    Write {
        /// Number of the stream.
        stream: u64,
        /// The bytes to write.
        bytes: Vec<u8>,
        /// True if nothing more will be written.
        finish: bool,
    },
    /// Stop and reset a stream.
    Reject {
        /// Number of the stream.
        stream: u64,
        /// The error code for the client.
        code: u32,
    },
}

#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) role: Role,
    /// Bytes received and not parsed yet.
    pub(crate) bytes: BytesMut,
}

/// The purpose of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// A unidirectional stream whose type has not arrived.
    Uni,
    /// A bidirectional stream whose first frame type has not arrived.
    Bi,
    /// The control stream; `settled` is true once its SETTINGS have arrived.
    Control { settled: bool },
    /// A QPACK stream. Its content is ignored, because our SETTINGS allow no dynamic table.
    Qpack,
    /// A request whose header fields have not arrived.
    Request,
    /// The session's request, after its header fields.
    Session,
    /// A message stream of a session that is not open yet.
    Early { session: u64 },
}

#[derive(Debug, Default)]
pub(crate) enum Session {
    #[default]
    Nobody,
    /// The request came before the SETTINGS.
    Waiting(u64, Event),
    Asked(u64),
    Open(u64),
    Over,
}

impl Connection {
    /// The bytes of our control stream, to write to a unidirectional stream before anything else. The stream must stay open.
    pub fn control_stream() -> Vec<u8> {
        let mut settings = Settings::default();
        settings.enable_webtransport(1);
        let mut bytes = Vec::new();
        settings.encode(&mut bytes);
        bytes
    }

    /// Handles a stream that the client opened. Streams have QUIC's numbers.
    pub fn handle_opened(&mut self, stream: u64) {
        let role = if stream & UNIDIRECTIONAL == 0 { Role::Bi } else { Role::Uni };
        self.streams.insert(stream, Stream { role, bytes: BytesMut::new() });
    }

    /// Handles bytes of a stream. Bytes of a stream that was passed to the caller or rejected are ignored.
    ///
    /// # Errors
    /// A violation of the protocol. The caller must close the connection.
    pub fn handle_bytes(&mut self, id: u64, bytes: &[u8]) -> Result<(), Fault> {
        let Some(stream) = self.streams.get_mut(&id) else { return Ok(()) };
        stream.bytes.extend_from_slice(bytes);
        while self.advance(id)? {}
        Ok(())
    }

    /// Handles the end or the reset of a stream.
    ///
    /// # Errors
    /// A violation of the protocol. The caller must close the connection.
    pub fn handle_end(&mut self, id: u64) -> Result<(), Fault> {
        let Some(stream) = self.streams.remove(&id) else { return Ok(()) };
        match stream.role {
            Role::Control { .. } | Role::Qpack => return Err(Fault::CriticalStreamClosed),
            Role::Session => self.close_session(0),
            Role::Uni | Role::Bi | Role::Request | Role::Early { .. } => self.noise += 1,
        }
        Ok(())
    }

    /// The payload of a datagram, if it belongs to the open session.
    pub fn payload(&self, mut datagram: Bytes) -> Option<Bytes> {
        let Session::Open(session) = self.session else { return None };
        let (quarter, length) = number(&datagram)?;
        (quarter == session / STREAMS_PER_QUARTER).then(|| datagram.split_off(length))
    }

    /// The bytes before the payload in each datagram of the open session.
    pub fn datagram_prefix(&self) -> Option<Vec<u8>> {
        let Session::Open(session) = self.session else { return None };
        Some(encoded(session / STREAMS_PER_QUARTER))
    }

    /// Accepts the client's request for a session.
    pub fn accept(&mut self) {
        let Session::Asked(id) = self.session else { return };
        self.session = Session::Open(id);
        self.answer(id, StatusCode::OK, false);
        let early = |stream: &Stream| matches!(stream.role, Role::Early { .. });
        let early: Vec<u64> = self.streams.iter().filter(|(_, stream)| early(stream)).map(|(&id, _)| id).collect();
        for id in early {
            self.open_messages(id);
        }
    }

    /// Refuses the client's request with an HTTP status. Later requests on the connection are rejected.
    pub fn refuse(&mut self, status: u16) {
        let Session::Asked(id) = self.session else { return };
        self.session = Session::Over;
        self.streams.remove(&id);
        self.answer(id, StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), true);
    }

    /// Closes the session with a code and a reason of at most 1,024 bytes. Returns false if no session is open.
    pub fn close(&mut self, code: u32, reason: &str) -> bool {
        let Session::Open(stream) = self.session else { return false };
        self.session = Session::Over;
        let mut capsule = Vec::new();
        Capsule::CloseWebTransportSession { code, reason: reason.to_owned() }.encode(&mut capsule);
        let mut bytes = Vec::new();
        Kind::DATA.encode(&mut bytes);
        bytes.extend_from_slice(&encoded(capsule.len() as u64));
        bytes.extend_from_slice(&capsule);
        self.outputs.push_back(Output::Write { stream, bytes, finish: true });
        true
    }

    /// Returns true if a session is open.
    pub fn is_open(&self) -> bool {
        matches!(self.session, Session::Open(_))
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        self.noise = self.noise.checked_sub(1)?;
        Some(Event::Noise)
    }

    /// The next action.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn reject(&mut self, stream: u64, code: u32) {
        self.streams.remove(&stream);
        self.noise += 1;
        self.outputs.push_back(Output::Reject { stream, code });
    }

    /// Reports a request to the owner. Before the client's SETTINGS have arrived, the request waits for them.
    pub(crate) fn ask(&mut self, stream: u64, event: Event) {
        let Some(datagrams) = self.datagrams else {
            self.session = Session::Waiting(stream, event);
            return;
        };
        self.session = Session::Asked(stream);
        let without = || Event::BadRequest("the SETTINGS must allow datagrams (SETTINGS_H3_DATAGRAM = 1)".to_owned());
        self.events.push_back(if datagrams { event } else { without() });
    }

    /// Handles the client's SETTINGS.
    pub(crate) fn settle(&mut self, datagrams: bool) {
        self.datagrams = Some(datagrams);
        match std::mem::take(&mut self.session) {
            Session::Waiting(stream, event) => self.ask(stream, event),
            other => self.session = other,
        }
    }

    /// Passes a message stream to the caller, or rejects it.
    pub(crate) fn open_messages(&mut self, id: u64) {
        let Some(Stream { role: Role::Early { session }, .. }) = self.streams.get(&id) else { return };
        let is_ours = matches!(self.session, Session::Open(open) if open == *session);
        if !is_ours {
            return self.reject(id, UNKNOWN_SESSION);
        }
        if std::mem::replace(&mut self.has_messages, true) {
            return self.reject(id, REQUEST_REJECTED);
        }
        if let Some(stream) = self.streams.remove(&id) {
            self.events.push_back(Event::Opened { stream: id, early: stream.bytes.freeze() });
        }
    }

    pub(crate) fn close_session(&mut self, code: u32) {
        if !matches!(std::mem::replace(&mut self.session, Session::Over), Session::Over) {
            self.events.push_back(Event::Closed { code });
        }
    }

    fn answer(&mut self, stream: u64, status: StatusCode, finish: bool) {
        let mut bytes = Vec::new();
        ConnectResponse::new(status).encode(&mut bytes).expect("a status without a protocol can be written");
        self.outputs.push_back(Output::Write { stream, bytes, finish });
    }
}

fn encoded(number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    VarInt::try_from(number).expect("numbers of streams and lengths are small enough").encode(&mut bytes);
    bytes
}

/// The bit of a stream's number that marks a unidirectional stream.
const UNIDIRECTIONAL: u64 = 2;
/// Streams of one kind have every fourth number; datagrams carry the session's number divided by this.
const STREAMS_PER_QUARTER: u64 = 4;
