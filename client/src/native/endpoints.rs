//! UDP sockets with stock quinn on them, from which connections go out to servers whose certificates are known.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use quinn::{Connection, ConnectionError, Endpoint};
use shared::wire::DisconnectReason;
use socket2::{Domain, Socket, Type};

use crate::native::{
    link::LinkError,
    quic_config::{Protocol, QuicConfigs, Target, endpoint_config},
    trust::Trust,
};

/// A few UDP sockets that many players of one process share.
#[derive(Debug)]
pub struct QuicEndpoints {
    endpoints: Vec<Endpoint>,
    next: AtomicUsize,
    configs: QuicConfigs,
}

impl QuicEndpoints {
    /// Binds `count` sockets. Must be called within the async runtime that will drive them.
    ///
    /// # Errors
    /// When a socket cannot be bound.
    pub fn bind(count: usize) -> std::io::Result<Self> {
        let endpoints = (0..count.max(1)).map(|_| bind_endpoint()).collect::<Result<_, _>>()?;
        Ok(Self { endpoints, next: AtomicUsize::new(0), configs: QuicConfigs::default() })
    }

    /// From now on these are trusted where a server tells no hashes.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { configs: QuicConfigs::new(trust), ..self }
    }

    /// Connects to `host:port`, to a server that shows a certificate with one of the given SHA-256, in hexadecimal; if none is
    /// given, to one whose certificate is of that name and of an authority that is trusted.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason, [`LinkError::Closed`] when the server refuses.
    pub(super) async fn connect(
        &self,
        protocol: Protocol,
        server: &str,
        certificate_hashes: &[String],
    ) -> Result<Connection, LinkError> {
        let Target { config, address, name } = self.configs.target(protocol, server, certificate_hashes).await?;
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.endpoints.len();
        let connecting = self.endpoints[turn]
            .connect_with(config, address, &name)
            .map_err(|error| LinkError::Lost(error.to_string()))?;
        connecting.await.map_err(link_error)
    }
}

fn bind_endpoint() -> std::io::Result<Endpoint> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(socket2::Protocol::UDP))?;
    // Hundreds of players receive a packet each within a millisecond; the default holds some 200.
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)).into())?;
    Endpoint::new(endpoint_config(), None, socket.into(), Arc::new(quinn::TokioRuntime))
}

/// What the end of a connection means.
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
