//! The server's end of a raw loop: at each tick, one read and one write per player.

use std::{
    collections::BTreeSet,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::{Floor, Kind, Traffic};
use crate::bench::pinned;

/// Enough for a burst of every player: the default holds some 200 small datagrams.
const SOCKET_BUFFER_BYTES: usize = 4 << 20;
/// Left out of the figures: connections settle, caches warm up.
const SETTLE: Duration = Duration::from_secs(1);

pub(super) fn udp(traffic: &Traffic) -> Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0").context("no UDP socket")?;
    let options = socket2::SockRef::from(&socket);
    options.set_recv_buffer_size(SOCKET_BUFFER_BYTES).context("no larger receive buffer")?;
    options.set_send_buffer_size(SOCKET_BUFFER_BYTES).context("no larger send buffer")?;
    println!("{}", socket.local_addr()?);
    let mut buffer = [0; 2_048];
    let mut peers = BTreeSet::new();
    while peers.len() < traffic.players {
        peers.insert(socket.recv_from(&mut buffer)?.1);
    }
    socket.set_nonblocking(true)?;
    let peers: Vec<SocketAddr> = peers.into_iter().collect();
    let message = vec![7; traffic.down_bytes];
    report(Kind::Udp, traffic, || {
        let mut received = 0;
        while socket.recv_from(&mut buffer).is_ok() {
            received += 1;
        }
        for peer in &peers {
            // A full buffer loses the datagram, as any network may.
            let _ = socket.send_to(&message, peer);
        }
        received
    })
}

pub(super) fn tcp(traffic: &Traffic) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no TCP socket")?;
    println!("{}", listener.local_addr()?);
    let mut players: Vec<TcpStream> = Vec::new();
    for _ in 0..traffic.players {
        let (player, _) = listener.accept()?;
        player.set_nodelay(true)?;
        player.set_nonblocking(true)?;
        players.push(player);
    }
    let mut buffer = [0; 4_096];
    let message = vec![7; traffic.down_bytes];
    let up_bytes = traffic.up_bytes.max(1);
    report(Kind::Tcp, traffic, || {
        let mut bytes = 0;
        for player in &mut players {
            bytes += player.read(&mut buffer).unwrap_or(0);
            match player.write(&message) {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return bytes / up_bytes,
                _ => {}
            }
        }
        bytes / up_bytes
    })
}

/// Ticks on an absolute schedule and prints what that cost. `tick` returns the messages it received.
fn report(kind: Kind, traffic: &Traffic, mut tick: impl FnMut() -> usize) -> Result<()> {
    let settled = Instant::now() + SETTLE;
    let mut next = Instant::now();
    let mut run_until = |end: Instant| {
        let (mut ticks, mut received) = (0u64, 0);
        while next < end {
            thread::sleep(next.saturating_duration_since(Instant::now()));
            next += traffic.tick();
            received += tick();
            ticks += 1;
        }
        (ticks, received)
    };
    run_until(settled);
    let cpu_before = pinned::cpu_of_this_thread()?;
    let (ticks, received) = run_until(settled + Duration::from_secs(traffic.seconds.into()));
    let cpu = pinned::cpu_of_this_thread()? - cpu_before;
    let player_ticks = ticks as f64 * traffic.players as f64;
    let floor = Floor {
        kind,
        traffic: *traffic,
        cpu_us_per_player_tick: cpu.as_secs_f64() * 1e6 / player_ticks,
        received_per_player_tick: received as f64 / player_ticks,
        ticks,
    };
    println!("{}", serde_json::to_string(&floor)?);
    Ok(())
}
