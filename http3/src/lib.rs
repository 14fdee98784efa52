//! What the server speaks of HTTP/3: enough to carry one WebTransport session on a connection, without I/O.
//!
//! In: bytes of the client's streams, in pieces of any size, and its datagrams. Out: [`Event`]s for whoever plays, and
//! [`Output`]s for the streams. `web-transport-proto` knows how settings, requests and capsules are written; here is what
//! it leaves open: pieces, limits, and what may come when.
//!
//! ```text
//! client's control stream   SETTINGS, and little else
//! client's request stream   CONNECT :path /play, our answer, then capsules in DATA frames: a close, mostly
//! client's message stream   0x41, the session, then bytes that are none of our business
//! datagrams                 a quarter of the request stream's number, then the message
//! ```
//!
//! Sources: RFC 9114 (HTTP/3), RFC 9220 (CONNECT), RFC 9297 (datagrams, capsules), draft-ietf-webtrans-http3 from 02 on, as
//! browsers speak it.

mod connection;
mod fault;
mod frame;
mod streams;

pub use self::{
    connection::{Connection, Event, Output, Request},
    fault::Fault,
};

/// The code of a connection's close that means the code `session` of its session: HTTP/3 has a range for those.
pub fn connection_code(session: u32) -> u64 {
    web_transport_proto::error_to_http3(session)
}

/// The code of the session that the code of a connection's close means, if any.
pub fn session_code(connection: u64) -> Option<u32> {
    web_transport_proto::error_from_http3(connection)
}
