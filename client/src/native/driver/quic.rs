//! A UDP socket of a driver and the QUIC endpoint on it: routes datagrams to connections.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use bytes::Bytes;
use net::{Block, Datagram, UdpSocket};
use quinn_proto::{ConnectionEvent, ConnectionHandle, DatagramEvent, Endpoint, EndpointEvent};

use super::quic_link::QuicLink;
use crate::native::{
    LinkError,
    quic_config::{Target, endpoint_config},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Quic {
    endpoint: Endpoint,
    pub(super) socket: UdpSocket,
    /// Encrypted bytes on their way to the socket.
    pub(super) transmit: Vec<u8>,
    /// Payloads on their way into connections, many per allocation.
    block: Block,
    /// Keys of links by the number of their connection.
    keys: Vec<Option<usize>>,
    received: Vec<Datagram>,
    response: Vec<u8>,
    /// The socket may hold something.
    readable: bool,
}

/// Batches taken per look at the socket, so that a flood cannot keep sessions from their turns: 2,048 datagrams.
const BATCHES_PER_LOOK: usize = 64;
/// Payload blocks: an input each for some fifty players.
const BLOCK_BYTES: usize = 4 * 1_024;

impl Quic {
    pub(super) fn bind() -> io::Result<Self> {
        Ok(Self {
            endpoint: Endpoint::new(Arc::new(endpoint_config()), None, false, None),
            socket: UdpSocket::bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))?,
            transmit: Vec::with_capacity(2 * 1_024),
            block: Block::new(BLOCK_BYTES),
            keys: Vec::new(),
            received: Vec::new(),
            response: Vec::new(),
            readable: false,
        })
    }

    /// The socket has something to read.
    pub(super) fn handle_readable(&mut self) {
        self.readable = true;
    }

    /// Whether there is more to receive.
    pub(super) fn is_readable(&self) -> bool {
        self.readable
    }

    /// Begins a connection for the link with the given key; this is the endpoint with the given number.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason.
    pub(super) fn connect(
        &mut self,
        number: usize,
        target: Target,
        key: usize,
        now: Instant,
    ) -> Result<QuicLink, LinkError> {
        let Target { config, address, name } = target;
        let (handle, connection) =
            self.endpoint.connect(now, config, address, &name).map_err(|error| LinkError::Lost(error.to_string()))?;
        if self.keys.len() <= handle.0 {
            self.keys.resize(handle.0 + 1, None);
        }
        self.keys[handle.0] = Some(key);
        Ok(QuicLink::new(number, handle, connection))
    }

    /// Takes the datagrams that wait, and hands what concerns a connection to `deliver` with the key of its link.
    pub(super) fn receive(&mut self, mut deliver: impl FnMut(usize, ConnectionEvent)) {
        let mut datagrams = std::mem::take(&mut self.received);
        for _ in 0..BATCHES_PER_LOOK {
            self.readable = self.socket.receive(&mut datagrams);
            let now = Instant::now();
            for Datagram { from, local_ip, ecn, bytes } in datagrams.drain(..) {
                self.response.clear();
                match self.endpoint.handle(now, from, local_ip, ecn, bytes, &mut self.response) {
                    Some(DatagramEvent::ConnectionEvent(handle, event)) => {
                        if let Some(key) = self.keys.get(handle.0).copied().flatten() {
                            deliver(key, event);
                        }
                    }
                    Some(DatagramEvent::Response(transmit)) => self.socket.send(&transmit, &self.response),
                    // Without the part of a server an endpoint takes no connections.
                    Some(DatagramEvent::NewConnection(incoming)) => self.endpoint.ignore(incoming),
                    None => {}
                }
            }
            if !self.readable {
                break;
            }
        }
        self.received = datagrams;
    }

    pub(super) fn handle_endpoint_event(
        &mut self,
        handle: ConnectionHandle,
        event: EndpointEvent,
    ) -> Option<ConnectionEvent> {
        self.endpoint.handle_event(handle, event)
    }

    /// Forgets a connection that has been closed; what its peer still sends is answered by a reset.
    pub(super) fn forget(&mut self, handle: ConnectionHandle, drained: bool) {
        if !drained {
            self.endpoint.handle_event(handle, EndpointEvent::drained());
        }
        self.keys[handle.0] = None;
    }

    /// A copy of `payload` that a connection can keep.
    pub(super) fn payload(&mut self, payload: &[u8]) -> Bytes {
        self.block.copy(&[payload]).freeze()
    }
}
