//! The players' end of a raw loop: every player sends once per tick, at its own moment within it.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::{Kind, Traffic};

/// Parts of a tick at which a share of the players sends.
const SLICES: usize = 40;
/// A load that nobody stops ends by itself.
const LONGEST: Duration = Duration::from_secs(300);

/// One player's socket; false when its server has gone.
trait Player {
    fn play(&mut self, message: &[u8], buffer: &mut [u8]) -> bool;
}

impl Player for UdpSocket {
    fn play(&mut self, message: &[u8], buffer: &mut [u8]) -> bool {
        while self.recv(buffer).is_ok() {}
        // A datagram that is refused is lost: the server may be busy, or gone.
        let _ = self.send(message);
        true
    }
}

impl Player for TcpStream {
    fn play(&mut self, message: &[u8], buffer: &mut [u8]) -> bool {
        let alive = match self.read(buffer) {
            Ok(bytes) => bytes > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        };
        alive && self.write(message).is_ok()
    }
}

pub(super) fn run(kind: Kind, traffic: &Traffic, server: SocketAddr) -> Result<()> {
    let mut players: Vec<Box<dyn Player>> = Vec::new();
    for _ in 0..traffic.players {
        players.push(match kind {
            Kind::Udp => {
                let socket = UdpSocket::bind("127.0.0.1:0").context("no UDP socket")?;
                socket.connect(server)?;
                socket.set_nonblocking(true)?;
                Box::new(socket)
            }
            Kind::Tcp => {
                let stream = TcpStream::connect(server).context("no connection to the loop")?;
                stream.set_nodelay(true)?;
                stream.set_nonblocking(true)?;
                Box::new(stream)
            }
        });
    }
    let message = vec![1; traffic.up_bytes];
    let mut buffer = [0; 8_192];
    let slice = traffic.tick() / SLICES as u32;
    let started = Instant::now();
    let mut next = started;
    for turn in (0..SLICES).cycle() {
        if started.elapsed() > LONGEST {
            break;
        }
        thread::sleep(next.saturating_duration_since(Instant::now()));
        next += slice;
        if !players.iter_mut().skip(turn).step_by(SLICES).all(|player| player.play(&message, &mut buffer)) {
            break;
        }
    }
    Ok(())
}
