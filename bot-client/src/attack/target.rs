//! The server under attack, and the many addresses of the loopback that an attack comes from.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use client::native::Trust;
use quinn::{Endpoint, crypto::rustls::QuicClientConfig};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream, UdpSocket},
};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) http: SocketAddr,
    pub(crate) udp: SocketAddr,
}

/// Networks of 256 addresses the attack comes from: 127.0.1.0/24 and following.
const NETWORKS: u8 = 4;
const PATIENCE: Duration = Duration::from_secs(5);

impl Target {
    /// Asks a server where its QUIC is.
    pub(crate) async fn find(http: SocketAddr) -> anyhow::Result<Self> {
        let mut socket = TcpStream::connect(http).await.context("the server does not listen")?;
        let request = format!("GET /api/server HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await?;
        let body = answer.split_once("\r\n\r\n").context("no answer")?.1;
        let server: serde_json::Value = serde_json::from_str(body).context("the answer is no JSON")?;
        let udp = server.pointer("/transports/quic/addresses/0").and_then(|udp| udp.as_str()).context("no QUIC")?;
        Ok(Self { http, udp: udp.parse().context("QUIC has no address")? })
    }

    /// An address for the `turn`th time: over all networks and hosts in turn.
    pub(crate) fn address(turn: u64) -> IpAddr {
        let network = 1 + (turn % u64::from(NETWORKS)) as u8;
        let host = 1 + (turn / u64::from(NETWORKS) % 250) as u8;
        Ipv4Addr::new(127, 0, network, host).into()
    }

    /// A connection to HTTP from `address`.
    pub(crate) async fn connect(&self, address: IpAddr) -> anyhow::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(address, 0))?;
        Ok(tokio::time::timeout(PATIENCE, socket.connect(self.http)).await??)
    }

    /// A UDP socket at `address`.
    pub(crate) async fn socket(address: IpAddr) -> anyhow::Result<UdpSocket> {
        UdpSocket::bind(SocketAddr::new(address, 0)).await.context("no UDP socket")
    }

    /// A QUIC endpoint at `address` that trusts anybody.
    pub(crate) fn endpoint(address: IpAddr) -> anyhow::Result<Endpoint> {
        let tls = Trust::anyone().tls(b"ricochet/1")?;
        let mut endpoint = Endpoint::client(SocketAddr::new(address, 0))?;
        endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls)?)));
        Ok(endpoint)
    }
}
