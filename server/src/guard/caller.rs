//! Who asks: an address, and whether it is the connection's own.

use std::net::{IpAddr, SocketAddr};

use crate::http::ClientAddress;

/// The other end of a connection or a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Caller {
    /// IPv4 within IPv6 is IPv4 here.
    pub(super) address: IpAddr,
    /// A trusted proxy said so. Never exempt: the proxy may be, its visitors are not.
    pub(super) forwarded: bool,
}

impl From<ClientAddress> for Caller {
    fn from(ClientAddress { address, forwarded }: ClientAddress) -> Self {
        Self { address: address.ip().to_canonical(), forwarded }
    }
}

impl Caller {
    /// Whoever is at the other end of a socket.
    pub fn direct(address: SocketAddr) -> Self {
        Self { address: address.ip().to_canonical(), forwarded: false }
    }

    /// The address.
    pub fn address(&self) -> IpAddr {
        self.address
    }
}
