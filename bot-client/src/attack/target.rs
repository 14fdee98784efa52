//! The server under attack, and the many loopback addresses that an attack comes from.

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

/// Addresses of the server under attack.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) http: SocketAddr,
    pub(crate) udp: SocketAddr,
}

/// Networks of 256 addresses that the attack comes from: 127.0.1.0/24 and following.
const NETWORKS: u8 = 4;
const PATIENCE: Duration = Duration::from_secs(5);

impl Target {
    /// Asks a server for its QUIC address.
    pub(crate) async fn find(http: SocketAddr) -> anyhow::Result<Self> {
        let mut socket = TcpStream::connect(http).await.context("cannot connect to the server")?;
        let request = format!("GET /api/server HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await?;
        let body = answer.split_once("\r\n\r\n").context("no answer")?.1;
        let server: serde_json::Value = serde_json::from_str(body).context("the answer is not JSON")?;
        let udp = server
            .pointer("/transports/quic/addresses/0")
            .and_then(|udp| udp.as_str())
            .context("the server offers no QUIC")?;
        Ok(Self { http, udp: udp.parse().context("the QUIC address of the server is invalid")? })
    }

    /// Source address of attempt number `turn`: all networks first, then all hosts.
    pub(crate) fn address(turn: u64) -> IpAddr {
        let network = 1 + (turn % u64::from(NETWORKS)) as u8;
        let host = 1 + (turn / u64::from(NETWORKS) % 250) as u8;
        Ipv4Addr::new(127, 0, network, host).into()
    }

    /// Opens a TCP connection to the HTTP listener from `address`.
    pub(crate) async fn connect(&self, address: IpAddr) -> anyhow::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(address, 0))?;
        Ok(tokio::time::timeout(PATIENCE, socket.connect(self.http)).await??)
    }

    /// Binds a UDP socket to `address`.
    pub(crate) async fn socket(address: IpAddr) -> anyhow::Result<UdpSocket> {
        UdpSocket::bind(SocketAddr::new(address, 0)).await.context("no UDP socket")
    }

    /// Creates a QUIC endpoint at `address` that accepts any certificate.
    pub(crate) fn endpoint(address: IpAddr) -> anyhow::Result<Endpoint> {
        let tls = Trust::anyone().tls(b"ricochet/1")?;
        let mut endpoint = Endpoint::client(SocketAddr::new(address, 0))?;
        endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls)?)));
        Ok(endpoint)
    }
}
