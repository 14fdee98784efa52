//! One connection as the server sees it: which streams mean what, and the one session.
//!
//! ```text
//! session  what comes                              next     what happens
//! Nobody   a request, before the SETTINGS          Waiting
//! Waiting  the SETTINGS                            Asked    Event::Request, or Event::BadRequest if it is no good
//! Nobody   a request, after the SETTINGS           Asked    the same
//! Asked    accept                                  Open     200; its message stream, if it came early: Event::Opened
//! Asked    refuse                                  Over     its status, and the request stream ends
//! Open     a message stream of the session         Open     the first: Event::Opened; others are rejected
//! Open     close capsule, or the request's end     Over     Event::Closed
//! any      another request                         same     rejected
//! any      streams and frames of unknown types     same     Event::Noise
//! any      a breach of the rules                   –        a Fault, which ends the connection
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
    /// Streams of the client that are still read here. QUIC bounds how many there are.
    pub(crate) streams: BTreeMap<u64, Stream>,
    pub(crate) has_control: bool,
    /// Whether the client's SETTINGS allow datagrams, once they are here.
    datagrams: Option<bool>,
    pub(crate) session: Session,
    /// A capsule of the session's that is not whole yet.
    pub(crate) capsule: BytesMut,
    /// The session's message stream was handed over.
    has_messages: bool,
    pub(crate) noise: u32,
    events: VecDeque<Event>,
    outputs: VecDeque<Output>,
}

/// What a client wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The host it believes to talk to, with its port.
    pub authority: String,
    /// The path without its query.
    pub path: String,
    /// The page it does so for.
    pub origin: Option<String>,
}

/// What the owner of a connection should know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Somebody wants a session: [`Connection::accept`] or [`Connection::refuse`] it.
    Request(Request),
    /// Somebody wants something that is no session: [`Connection::refuse`] it.
    BadRequest(String),
    /// This stream carries the session's messages from here on; the first of them may have come already.
    Opened {
        /// Its number.
        stream: u64,
        /// What came behind its head.
        early: Bytes,
    },
    /// The client ended the session.
    Closed {
        /// Its code, 0 without one.
        code: u32,
    },
    /// Something that means nothing here. It counts as a message, so that a flood of it is one.
    Noise,
}

/// What is to be done with a stream of the client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// Write on it.
    Write {
        /// Its number.
        stream: u64,
        /// What to write.
        bytes: Vec<u8>,
        /// Whether nothing more will be written.
        finish: bool,
    },
    /// Neither read nor write it any more.
    Reject {
        /// Its number.
        stream: u64,
        /// Why, for the client.
        code: u32,
    },
}

#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) role: Role,
    /// What came and was not understood yet.
    pub(crate) bytes: BytesMut,
}

/// What a stream is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// Not known yet: its type has not come.
    Uni,
    /// Not known yet: its first frame's type has not come.
    Bi,
    /// The control stream, and whether its SETTINGS have come.
    Control { settled: bool },
    /// One of QPACK's. Nothing in it matters, for no table is allowed.
    Qpack,
    /// A request whose header fields have not come.
    Request,
    /// The session's request, after its header fields.
    Session,
    /// Messages of a session that is not open yet.
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
    /// Our control stream: what to write on a unidirectional stream before anything else. It stays open.
    pub fn control_stream() -> Vec<u8> {
        let mut settings = Settings::default();
        settings.enable_webtransport(1);
        let mut bytes = Vec::new();
        settings.encode(&mut bytes);
        bytes
    }

    /// The client opened a stream. Numbers are those of QUIC.
    pub fn handle_opened(&mut self, stream: u64) {
        let role = if stream & UNIDIRECTIONAL == 0 { Role::Bi } else { Role::Uni };
        self.streams.insert(stream, Stream { role, bytes: BytesMut::new() });
    }

    /// Bytes came on a stream. Those of a stream that was handed over or rejected are ignored.
    ///
    /// # Errors
    /// What ends the connection.
    pub fn handle_bytes(&mut self, id: u64, bytes: &[u8]) -> Result<(), Fault> {
        let Some(stream) = self.streams.get_mut(&id) else { return Ok(()) };
        stream.bytes.extend_from_slice(bytes);
        while self.advance(id)? {}
        Ok(())
    }

    /// A stream has ended, or was reset.
    ///
    /// # Errors
    /// What ends the connection.
    pub fn handle_end(&mut self, id: u64) -> Result<(), Fault> {
        let Some(stream) = self.streams.remove(&id) else { return Ok(()) };
        match stream.role {
            Role::Control { .. } | Role::Qpack => return Err(Fault::CriticalStreamClosed),
            Role::Session => self.close_session(0),
            Role::Uni | Role::Bi | Role::Request | Role::Early { .. } => self.noise += 1,
        }
        Ok(())
    }

    /// The payload of a datagram, if it is one of the open session.
    pub fn payload(&self, mut datagram: Bytes) -> Option<Bytes> {
        let Session::Open(session) = self.session else { return None };
        let (quarter, length) = number(&datagram)?;
        (quarter == session / STREAMS_PER_QUARTER).then(|| datagram.split_off(length))
    }

    /// What stands before each payload in datagrams of the open session.
    pub fn datagram_prefix(&self) -> Option<Vec<u8>> {
        let Session::Open(session) = self.session else { return None };
        Some(encoded(session / STREAMS_PER_QUARTER))
    }

    /// Gives the client the session it asked for.
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

    /// Refuses what the client asked for with an HTTP status; no other will be given.
    pub fn refuse(&mut self, status: u16) {
        let Session::Asked(id) = self.session else { return };
        self.session = Session::Over;
        self.streams.remove(&id);
        self.answer(id, StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), true);
    }

    /// Closes the session, with a code and at most 1,024 bytes of words. False if none is open.
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

    /// Whether a session is open.
    pub fn is_open(&self) -> bool {
        matches!(self.session, Session::Open(_))
    }

    /// The next thing to know.
    pub fn poll_event(&mut self) -> Option<Event> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        self.noise = self.noise.checked_sub(1)?;
        Some(Event::Noise)
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    pub(crate) fn reject(&mut self, stream: u64, code: u32) {
        self.streams.remove(&stream);
        self.noise += 1;
        self.outputs.push_back(Output::Reject { stream, code });
    }

    /// Tells the owner of a request, as soon as the client's SETTINGS are there too.
    pub(crate) fn ask(&mut self, stream: u64, event: Event) {
        let Some(datagrams) = self.datagrams else {
            self.session = Session::Waiting(stream, event);
            return;
        };
        self.session = Session::Asked(stream);
        let without = || Event::BadRequest("the SETTINGS must allow datagrams (SETTINGS_H3_DATAGRAM = 1)".to_owned());
        self.events.push_back(if datagrams { event } else { without() });
    }

    /// The client's SETTINGS have come.
    pub(crate) fn settle(&mut self, datagrams: bool) {
        self.datagrams = Some(datagrams);
        match std::mem::take(&mut self.session) {
            Session::Waiting(stream, event) => self.ask(stream, event),
            other => self.session = other,
        }
    }

    /// Hands a message stream over, or rejects it.
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

/// The bit of a stream's number that says that only its opener writes.
const UNIDIRECTIONAL: u64 = 2;
/// Requests take every fourth number.
const STREAMS_PER_QUARTER: u64 = 4;
