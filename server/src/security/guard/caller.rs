//! The other end of a connection or request: its address, and whether a proxy named it.

use std::net::{IpAddr, SocketAddr};

/// The other end of a connection or a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Caller {
    /// An IPv4 address mapped to IPv6 is converted to IPv4.
    pub(super) address: IpAddr,
    /// A trusted proxy named the address. Such a caller is never exempt: the proxy may be, its clients are not.
    pub(super) forwarded: bool,
}

impl Caller {
    /// The client at an address, which a trusted proxy may have named.
    pub(crate) fn new(address: SocketAddr, forwarded: bool) -> Self {
        Self { address: address.ip().to_canonical(), forwarded }
    }

    /// The other end of a socket.
    pub fn direct(address: SocketAddr) -> Self {
        Self { address: address.ip().to_canonical(), forwarded: false }
    }

    /// The address.
    pub fn address(&self) -> IpAddr {
        self.address
    }
}
