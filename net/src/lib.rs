//! Non-blocking I/O for the server's shards and the client's drivers, which have their own loops over sockets. Nothing in this
//! crate blocks, and nothing depends on the content of messages.
//!
//! ```text
//! UdpSocket      datagrams, many per system call
//! Budget         bound of the work of one receive call
//! QuicEndpoint   QUIC connections on such a socket, known by the keys of their links
//! MessageStream  the one stream of a QUIC connection: messages, each after its length
//! TcpSocket      a socket that is read only when it may have data
//! Corked         a stream for `tungstenite`, whose writes go to an Outbox
//! Outbox         bytes that a link has accepted and its socket has not
//! LogPace        at most one log line a minute, for errors that may come with every packet
//! Block          small byte buffers, many per allocation
//! ```

mod block;
mod corked;
mod log_pace;
mod look;
mod message_stream;
mod outbox;
mod quic_endpoint;
mod tcp;
mod udp;

pub use block::Block;
pub use corked::Corked;
pub use log_pace::LogPace;
pub use look::Budget;
pub use message_stream::{MessageStream, Read, read_chunk, reject};
pub use outbox::Outbox;
pub use quic_endpoint::{Driven, QuicEndpoint, Routed};
pub use tcp::{Discarded, READS_MAX, TcpSocket};
pub use udp::{UdpSocket, UdpStats};
