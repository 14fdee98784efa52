//! A driver's UDP socket with its QUIC endpoint.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use net::{Budget, QuicEndpoint, Routed};
use quinn_proto::{Connection, ConnectionEvent, ConnectionHandle, Endpoint};

use crate::native::{
    LinkError,
    quic_config::{Target, endpoint_config},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Quic {
    pub(super) endpoint: QuicEndpoint,
    /// The socket may have datagrams to read.
    readable: bool,
}

/// Size of a block of payloads: one input each for about fifty players.
const BLOCK_BYTES: usize = 4 * 1_024;

impl Quic {
    /// Binds a socket to a free port of this address.
    ///
    /// # Errors
    /// Errors of the system, for example when it lacks the address family.
    pub(super) fn bind(any: IpAddr) -> io::Result<Self> {
        // Without a server configuration the endpoint accepts no connections.
        let endpoint = Endpoint::new(Arc::new(endpoint_config()), None, false, None);
        let endpoint = QuicEndpoint::bind(SocketAddr::new(any, 0), endpoint, BLOCK_BYTES)?;
        Ok(Self { endpoint, readable: false })
    }

    /// Returns true if the socket's family is that of the address.
    pub(super) fn reaches(&self, address: SocketAddr) -> bool {
        self.endpoint.socket().address().is_ipv6() == address.is_ipv6()
    }

    /// Records that the socket is readable.
    pub(super) fn handle_readable(&mut self) {
        self.readable = true;
    }

    /// Returns true if the socket may have more datagrams.
    pub(super) fn is_readable(&self) -> bool {
        self.readable
    }

    /// Starts a connection for the link with the given key.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason.
    pub(super) fn connect(
        &mut self,
        target: Target,
        key: usize,
        now: Instant,
    ) -> Result<(ConnectionHandle, Connection), LinkError> {
        let Target { config, address, name } = target;
        let begun = self.endpoint.connect(config, address, &name, key, now);
        begun.map_err(|error| LinkError::Lost(error.to_string()))
    }

    /// Reads waiting datagrams up to a budget, and calls `deliver` for each connection event, with the link's key and the time.
    pub(super) fn receive(&mut self, mut deliver: impl FnMut(usize, ConnectionEvent, Instant)) {
        self.readable = self.endpoint.receive(Budget::CLIENT, Instant::now, |routed, now| {
            if let Routed::Link(key, event) = routed {
                deliver(key, event, now);
            }
        });
    }

    /// Frees the state of the closed connection of the link with this key.
    pub(super) fn forget(&mut self, connection: ConnectionHandle, key: usize, is_drained: bool) {
        self.endpoint.forget(connection, key, is_drained);
    }
}
