//! The server's side of HTTP/3, without I/O: the part that one WebTransport session per connection needs.
//!
//! In: bytes of the client's streams, in pieces of any size, and its datagrams. Out: [`Event`]s for the caller and
//! [`Output`]s for the streams. The crate `web-transport-proto` encodes and decodes settings, requests and capsules. This crate adds
//! reassembly, limits, and the rules about what may come when.
//!
//! ```text
//! client's control stream   SETTINGS, and little else
//! client's request stream   CONNECT :path /play, our answer, then capsules in DATA frames, mostly a close
//! client's message stream   0x41, the session's number, then messages, which the caller reads
//! datagrams                 a quarter of the request stream's number, then the message
//! ```
//!
//! Sources: RFC 9114 (HTTP/3), RFC 9220 (CONNECT), RFC 9297 (datagrams, capsules), draft-ietf-webtrans-http3 from 02 on, as
//! browsers implement it.

mod connection;
mod fault;
mod frame;
mod streams;

pub use self::{
    connection::{Connection, Event, Output, Request},
    fault::Fault,
};

/// Maps a session's close code to the HTTP/3 error code for the connection's close. HTTP/3 reserves a range for these.
pub fn connection_code(session: u32) -> u64 {
    web_transport_proto::error_to_http3(session)
}

/// Maps the code of a connection's close back to the session's close code, if it is in the reserved range.
pub fn session_code(connection: u64) -> Option<u32> {
    web_transport_proto::error_from_http3(connection)
}
