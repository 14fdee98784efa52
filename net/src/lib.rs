//! What both ends of a link need that drive their sockets themselves, the server's shards and the client's drivers: nothing in
//! here waits, and nothing knows what the messages mean.
//!
//! ```text
//! UdpSocket      datagrams, many per system call
//! Budget         how much of what waits in a socket one look takes
//! QuicEndpoint   connections on such a socket, known by their links' keys
//! MessageStream  the one stream of a QUIC connection: messages behind their lengths
//! TcpSocket      a socket that is asked only when it may have something
//! Corked         the same for `tungstenite`, whose writes wait in an Outbox for one write of all
//! Outbox         bytes that a link has accepted and its socket has not
//! LogPace        one line a minute about what may fail once per packet
//! Block          small pieces that somebody keeps for a while, many per allocation
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
