//! Parses the client's streams frame by frame.

use bytes::Buf;
use shared::limits::HTTP3_FRAME_BYTES_MAX;
use web_transport_proto::{
    Capsule, CapsuleError, ConnectError, ConnectRequest, Frame as Kind, Setting, Settings, StreamUni, VarInt,
};

use crate::{
    connection::{Connection, Event, Request, Role, Session},
    fault::{Fault, REQUEST_REJECTED, STREAM_CREATION_ERROR, UNKNOWN_SESSION},
    frame::{number, take_frame, take_number},
};

/// Frame types that are not allowed on a request stream: CANCEL_PUSH, SETTINGS, GOAWAY and MAX_PUSH_ID belong to the control stream,
/// and a client must not send PUSH_PROMISE at all.
const NOT_ON_REQUESTS: [u64; 5] = [0x3, 0x4, 0x5, 0x7, 0xd];
/// Frame types that are not allowed on the control stream: DATA, HEADERS, PUSH_PROMISE, and SETTINGS after the first.
const NOT_ON_CONTROL: [u64; 4] = [0x0, 0x1, 0x5, 0x4];

impl Connection {
    /// Parses the next piece of a stream. Returns false when more bytes are needed, or when the stream is not parsed here any more.
    pub(crate) fn advance(&mut self, id: u64) -> Result<bool, Fault> {
        let Some(stream) = self.streams.get_mut(&id) else { return Ok(false) };
        match stream.role {
            Role::Uni => {
                let Some(kind) = take_number(&mut stream.bytes) else { return Ok(false) };
                self.begin_uni(id, kind)
            }
            Role::Bi => Ok(self.begin_bi(id)),
            Role::Qpack => {
                self.noise += u32::from(!stream.bytes.is_empty());
                stream.bytes.clear();
                Ok(false)
            }
            Role::Control { settled } => {
                let Some(frame) = take_frame(&mut stream.bytes)? else { return Ok(false) };
                match frame.kind {
                    Kind::SETTINGS if !settled => {
                        stream.role = Role::Control { settled: true };
                        self.settle(allow_datagrams(&frame.whole)?);
                    }
                    _ if !settled => return Err(Fault::MissingSettings),
                    Kind(kind) => self.pass(kind, &NOT_ON_CONTROL, "control")?,
                }
                Ok(true)
            }
            Role::Request => {
                let Some(frame) = take_frame(&mut stream.bytes)? else { return Ok(false) };
                match frame.kind {
                    Kind::HEADERS => self.read_request(id, &frame.whole)?,
                    Kind::DATA => return Err(Fault::UnexpectedFrame { kind: 0, stream: "request" }),
                    Kind(kind) => self.pass(kind, &NOT_ON_REQUESTS, "request")?,
                }
                Ok(true)
            }
            Role::Session => {
                let Some(frame) = take_frame(&mut stream.bytes)? else { return Ok(false) };
                match frame.kind {
                    Kind::DATA => self.read_capsules(&frame.payload)?,
                    Kind(kind) => self.pass(kind, &NOT_ON_REQUESTS, "request")?,
                }
                Ok(true)
            }
            Role::Early { .. } => match stream.bytes.len() {
                0..=HTTP3_FRAME_BYTES_MAX => Ok(false),
                length => Err(Fault::TooLong { length: length as u64 }),
            },
        }
    }

    /// Ignores a frame of another type, unless its type is not allowed on this stream.
    fn pass(&mut self, kind: VarInt, wrong: &[u64], stream: &'static str) -> Result<(), Fault> {
        let kind = kind.into_inner();
        if wrong.contains(&kind) {
            return Err(Fault::UnexpectedFrame { kind, stream });
        }
        self.noise += 1;
        Ok(())
    }

    fn begin_uni(&mut self, id: u64, kind: u64) -> Result<bool, Fault> {
        let kind = VarInt::try_from(kind).map(StreamUni).map_err(|_| Fault::BadStream)?;
        let role = match kind {
            StreamUni::CONTROL if !self.has_control => {
                self.has_control = true;
                Role::Control { settled: false }
            }
            StreamUni::CONTROL | StreamUni::PUSH => return Err(Fault::BadStream),
            StreamUni::QPACK_ENCODER | StreamUni::QPACK_DECODER => Role::Qpack,
            _ => {
                self.reject(id, STREAM_CREATION_ERROR);
                return Ok(false);
            }
        };
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.role = role;
        }
        Ok(true)
    }

    fn begin_bi(&mut self, id: u64) -> bool {
        let Some(stream) = self.streams.get_mut(&id) else { return false };
        let Some((kind, length)) = number(&stream.bytes) else { return false };
        if kind != Kind::WEBTRANSPORT.0.into_inner() {
            stream.role = Role::Request;
            return true;
        }
        let Some((session, session_length)) = number(&stream.bytes[length..]) else { return false };
        stream.bytes.advance(length + session_length);
        stream.role = Role::Early { session };
        match self.session {
            Session::Open(_) => self.open_messages(id),
            Session::Over => self.reject(id, UNKNOWN_SESSION),
            Session::Nobody | Session::Waiting(..) | Session::Asked(_) => {}
        }
        true
    }

    fn read_request(&mut self, id: u64, mut frame: &[u8]) -> Result<(), Fault> {
        if !matches!(self.session, Session::Nobody) {
            self.reject(id, REQUEST_REJECTED);
            return Ok(());
        }
        let event = match ConnectRequest::decode(&mut frame) {
            Ok(request) => Event::Request(Request {
                authority: request.url.authority().to_owned(),
                path: request.url.path().to_owned(),
                origin: request
                    .headers
                    .get("origin")
                    .map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned()),
            }),
            Err(ConnectError::QpackError(_)) => return Err(Fault::BadHeaders),
            Err(error) => Event::BadRequest(format!("this is not a WebTransport request: {error}")),
        };
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.role = Role::Session;
        }
        self.ask(id, event);
        Ok(())
    }

    fn read_capsules(&mut self, payload: &[u8]) -> Result<(), Fault> {
        self.capsule.extend_from_slice(payload);
        loop {
            let mut rest = &self.capsule[..];
            let capsule = match Capsule::decode(&mut rest) {
                Ok(capsule) => capsule,
                Err(CapsuleError::MessageTooLong) => return Err(Fault::BadCapsule),
                Err(CapsuleError::UnexpectedEnd | CapsuleError::VarInt(_)) => break,
                Err(_) => return Err(Fault::BadCapsule),
            };
            let read = self.capsule.len() - rest.len();
            self.capsule.advance(read);
            match capsule {
                Capsule::CloseWebTransportSession { code, .. } => self.close_session(code),
                _ => self.noise += 1,
            }
        }
        match self.capsule.len() {
            0..=HTTP3_FRAME_BYTES_MAX => Ok(()),
            length => Err(Fault::TooLong { length: length as u64 }),
        }
    }
}

/// Returns true if the client's SETTINGS allow datagrams, with the identifier of RFC 9297 or the one of earlier drafts.
fn allow_datagrams(frame: &[u8]) -> Result<bool, Fault> {
    let stream = [&[CONTROL_STREAM][..], frame].concat();
    let settings = Settings::decode(&mut &stream[..]).map_err(|_| Fault::BadSettings)?;
    let says = |setting: Setting| settings.get(&setting).is_some_and(|value| value.into_inner() == 1);
    Ok(says(Setting::ENABLE_DATAGRAM) || says(Setting::ENABLE_DATAGRAM_DEPRECATED))
}

/// The type of the control stream, which the library expects before the SETTINGS frame.
const CONTROL_STREAM: u8 = 0;
