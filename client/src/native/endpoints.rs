//! UDP sockets with stock quinn endpoints, for QUIC connections to servers.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use quinn::{Connection, ConnectionError, Endpoint};
use shared::wire::DisconnectReason;
use socket2::{Domain, Socket, Type};

use crate::native::{
    link_error::LinkError,
    quic_config::{Protocol, QuicConfigs, Target, endpoint_config},
    reach::first_of,
    trust::Trust,
};

/// A few UDP sockets that many players of one process share.
#[derive(Debug)]
pub struct QuicEndpoints {
    /// Endpoints for IPv4 and for IPv6. One of the two is empty if this machine lacks that family.
    endpoints: [Vec<Endpoint>; 2],
    next: AtomicUsize,
    configs: QuicConfigs,
}

impl QuicEndpoints {
    /// Binds `count` sockets for each address family that this machine has. Must be called in the Tokio runtime that will drive them.
    ///
    /// # Errors
    /// When a socket can be bound for neither family.
    pub fn bind(count: usize) -> std::io::Result<Self> {
        let bind = |any: IpAddr| (0..count.max(1)).map(|_| bind_endpoint(any)).collect::<std::io::Result<Vec<_>>>();
        let endpoints = match (bind(Ipv4Addr::UNSPECIFIED.into()), bind(Ipv6Addr::UNSPECIFIED.into())) {
            (Err(error), Err(_)) => return Err(error),
            (v4, v6) => [v4.unwrap_or_default(), v6.unwrap_or_default()],
        };
        Ok(Self { endpoints, next: AtomicUsize::new(0), configs: QuicConfigs::default() })
    }

    /// Sets the trust for servers whose join answer has no certificate hashes.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { configs: QuicConfigs::new(trust), ..self }
    }

    /// Connects to `host:port`. The server's certificate must have one of the given SHA-256 hashes, in hexadecimal. Without hashes
    /// it must be valid for the host's name and signed by a trusted authority.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason, [`LinkError::Closed`] when the server refuses.
    pub(super) async fn connect(
        &self,
        protocol: Protocol,
        server: &str,
        certificate_hashes: &[String],
    ) -> Result<Connection, LinkError> {
        let targets = self.configs.targets(protocol, server, certificate_hashes).await?;
        first_of(targets, |target| self.connect_to(target)).await
    }

    async fn connect_to(&self, Target { config, address, name }: Target) -> Result<Connection, LinkError> {
        let endpoints = &self.endpoints[usize::from(address.is_ipv6())];
        let turn = self.next.fetch_add(1, Ordering::Relaxed).checked_rem(endpoints.len());
        let endpoint = &endpoints[turn.ok_or_else(|| no_family(address))?];
        let connecting = endpoint.connect_with(config, address, &name);
        connecting.map_err(|error| LinkError::Lost(error.to_string()))?.await.map_err(link_error)
    }
}

fn bind_endpoint(any: IpAddr) -> std::io::Result<Endpoint> {
    let any = SocketAddr::new(any, 0);
    let socket = Socket::new(Domain::for_address(any), Type::DGRAM, Some(socket2::Protocol::UDP))?;
    if any.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // Hundreds of players receive a packet each within a millisecond; the default buffer holds about 200 packets.
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.bind(&any.into())?;
    Endpoint::new(endpoint_config(), None, socket.into(), Arc::new(quinn::TokioRuntime))
}

/// The error for an address of a family that this machine does not have.
pub(super) fn no_family(address: SocketAddr) -> LinkError {
    let family = if address.is_ipv6() { "IPv6" } else { "IPv4" };
    LinkError::Lost(format!("{address}: this machine has no {family}"))
}

/// Converts the end of a connection: a close with a code of the protocol gives [`LinkError::Closed`].
pub(super) fn link_error(error: ConnectionError) -> LinkError {
    if let ConnectionError::ApplicationClosed(close) = &error {
        let code = u8::try_from(close.error_code.into_inner()).ok();
        if let Some(reason) = code.and_then(DisconnectReason::from_code) {
            return LinkError::Closed { reason, text: String::from_utf8_lossy(&close.reason).into_owned() };
        }
    }
    LinkError::Lost(error.to_string())
}

const SOCKET_BUFFER_BYTES: usize = 4 * 1_024 * 1_024;
