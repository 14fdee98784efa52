//! A UDP socket of a driver and the QUIC endpoint on it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use net::{Budget, QuicEndpoint, Routed};
use quinn_proto::{ConnectionEvent, Endpoint};

use super::quic_link::QuicLink;
use crate::native::{
    LinkError,
    quic_config::{Target, endpoint_config},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Quic {
    pub(super) endpoint: QuicEndpoint,
    /// The socket may hold something.
    readable: bool,
}

/// Payload blocks: an input each for some fifty players.
const BLOCK_BYTES: usize = 4 * 1_024;

impl Quic {
    /// Binds a socket to any port of this address.
    ///
    /// # Errors
    /// Those of the system, which may not have that family of addresses.
    pub(super) fn bind(any: IpAddr) -> io::Result<Self> {
        // Without the part of a server it takes no connections.
        let endpoint = Endpoint::new(Arc::new(endpoint_config()), None, false, None);
        let endpoint = QuicEndpoint::bind(SocketAddr::new(any, 0), endpoint, BLOCK_BYTES)?;
        Ok(Self { endpoint, readable: false })
    }

    /// Whether it can reach this address.
    pub(super) fn reaches(&self, address: SocketAddr) -> bool {
        self.endpoint.socket().address().is_ipv6() == address.is_ipv6()
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
        let begun = self.endpoint.connect(config, address, &name, key, now);
        let (handle, connection) = begun.map_err(|error| LinkError::Lost(error.to_string()))?;
        Ok(QuicLink::new(number, handle, connection))
    }

    /// Takes the datagrams that wait, and hands what concerns a connection to `deliver` with the key of its link and the time.
    pub(super) fn receive(&mut self, mut deliver: impl FnMut(usize, ConnectionEvent, Instant)) {
        self.readable = self.endpoint.receive(Budget::CLIENT, Instant::now, |routed, now| {
            if let Routed::Link(key, event) = routed {
                deliver(key, event, now);
            }
        });
    }

    /// Forgets the connection of the link with this key, which has been closed.
    pub(super) fn forget(&mut self, link: &QuicLink, key: usize) {
        self.endpoint.forget(link.handle(), key, link.is_drained());
    }
}
