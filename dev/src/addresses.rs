//! Where the server listens: the same addresses for as long as the tool runs, so that pages find it again.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use anyhow::{Context, Result};

/// Addresses of the server. It serves this machine alone, so each must be one of the loopback.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Addresses {
    /// Address of the page [default: 127.0.0.1:8080, or another port if that is taken]
    #[arg(long, value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    /// Address of QUIC and WebTransport [default: 127.0.0.1:7777, or another port if that is taken]
    #[arg(long, value_name = "ADDRESS")]
    udp: Option<SocketAddr>,
    /// Address of metrics and the admin page [default: 127.0.0.1:9090, or another port if that is taken]
    #[arg(long, value_name = "ADDRESS")]
    ops: Option<SocketAddr>,
}

/// Those that are used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen {
    pub(crate) http: SocketAddr,
    pub(crate) udp: SocketAddr,
    pub(crate) ops: SocketAddr,
}

impl Addresses {
    /// The given addresses, and free ones for the rest.
    pub(crate) fn choose(self) -> Result<Chosen> {
        let tcp = |port| TcpListener::bind(loopback(port)).and_then(|socket| socket.local_addr());
        let udp = |port| UdpSocket::bind(loopback(port)).and_then(|socket| socket.local_addr());
        let free = |wish: SocketAddr| -> Result<SocketAddr> {
            tcp(wish.port()).or_else(|_| tcp(0)).context("no port is free on 127.0.0.1")
        };
        let free_udp = || udp(7_777).or_else(|_| udp(0)).context("no UDP port is free on 127.0.0.1");
        Ok(Chosen {
            http: self.http.map_or_else(|| free(loopback(8_080)), Ok)?,
            udp: self.udp.map_or_else(free_udp, Ok)?,
            ops: self.ops.map_or_else(|| free(loopback(9_090)), Ok)?,
        })
    }
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}
