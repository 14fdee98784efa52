//! A UDP socket that takes and gives many datagrams with few system calls.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind, IoSliceMut},
    net::{IpAddr, SocketAddr},
};

use bytes::BytesMut;
use mio::net::UdpSocket as MioSocket;
use quinn_proto::EcnCodepoint;
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};

use crate::{LogPace, block::Block};

/// Kernel buffer in each direction. The default holds some 200 small packets, less than one burst of a full shard, or of the
/// players of a driver.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Datagrams above this are not ours: QUIC packets have at most 1,472 bytes without discovery of larger paths.
const DATAGRAM_BYTES_MAX: usize = 1_500;
/// Received datagrams share blocks of this size. Small, because a fragment of a stream that waits for its neighbours
/// keeps its whole block alive.
const BLOCK_BYTES: usize = 4 * 1024;

/// One datagram.
#[derive(Debug)]
pub struct Datagram {
    /// Who sent it.
    pub from: SocketAddr,
    /// Which of our addresses it was sent to, where the system tells.
    pub local_ip: Option<IpAddr>,
    /// Its mark.
    pub ecn: Option<EcnCodepoint>,
    /// What it holds.
    pub bytes: BytesMut,
}

/// Datagrams and bytes through a socket, both directions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UdpStats {
    /// Received.
    pub received: u64,
    /// Sent.
    pub sent: u64,
    /// The kernel's buffer was full; QUIC takes it for a loss.
    pub dropped: u64,
}

/// A non-blocking socket.
#[derive(Debug)]
pub struct UdpSocket {
    socket: MioSocket,
    state: UdpSocketState,
    address: SocketAddr,
    /// One buffer per message of a batch; each holds as many datagrams as the kernel may coalesce.
    receive_buffer: Box<[u8]>,
    buffer_bytes: usize,
    block: Block,
    stats: UdpStats,
}

impl UdpSocket {
    /// Binds to `address`; port 0 takes any.
    ///
    /// # Errors
    /// Those of the system, an address in use above all.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        // Best effort: the kernel grants what its own limits allow.
        let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
        let _ = socket.set_send_buffer_size(BUFFER_BYTES);
        socket.set_nonblocking(true)?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            // Every interface means both families, whatever the system's default is. Some systems have no choice.
            let _ = socket.set_only_v6(false);
        }
        socket.bind(&address.into())?;
        let socket: std::net::UdpSocket = socket.into();
        let state = UdpSocketState::new((&socket).into())?;
        let buffer_bytes = DATAGRAM_BYTES_MAX * state.gro_segments();
        Ok(Self {
            address: socket.local_addr()?,
            socket: MioSocket::from_std(socket),
            state,
            receive_buffer: vec![0; buffer_bytes * BATCH_SIZE].into(),
            buffer_bytes,
            block: Block::new(BLOCK_BYTES),
            stats: UdpStats::default(),
        })
    }

    /// The address it is bound to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// For registering readiness.
    pub fn source(&mut self) -> &mut MioSocket {
        &mut self.socket
    }

    /// What went through so far.
    pub fn stats(&self) -> UdpStats {
        self.stats
    }

    /// Datagrams one segmented transmit may hold.
    pub fn segments_max(&self) -> usize {
        self.state.max_gso_segments()
    }

    /// Takes one batch of datagrams into `datagrams`. False when the socket is empty now.
    pub fn receive(&mut self, datagrams: &mut VecDeque<Datagram>) -> bool {
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        let Self { socket, state, receive_buffer, buffer_bytes, .. } = self;
        let mut buffers = receive_buffer.chunks_exact_mut(*buffer_bytes);
        let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
            std::array::from_fn(|_| IoSliceMut::new(buffers.next().expect("one buffer per message")));
        let received = loop {
            match socket.try_io(|| state.recv((&*socket).into(), &mut slices, &mut metas)) {
                Ok(received) => break received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                // Some systems report an unreachable peer here, once per packet; it concerns nobody else.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::Interrupted) => {}
                Err(error) => {
                    static PACE: LogPace = LogPace::new();
                    if let Some(unsaid) = PACE.count() {
                        tracing::error!(%error, unsaid, "receiving from the UDP socket");
                    }
                    return false;
                }
            }
        };
        for (index, meta) in metas[..received].iter().enumerate() {
            let start = index * self.buffer_bytes;
            let bytes = &self.receive_buffer[start..start + meta.len];
            for datagram in bytes.chunks(meta.stride.max(1)) {
                self.stats.received += 1;
                datagrams.push_back(Datagram {
                    from: meta.addr,
                    local_ip: meta.dst_ip,
                    ecn: meta.ecn.and_then(|ecn| EcnCodepoint::from_bits(ecn as u8)),
                    bytes: self.block.copy(&[datagram]),
                });
            }
        }
        received == BATCH_SIZE
    }

    /// Sends what `transmit` describes. What the kernel has no room for is dropped: a later snapshot is worth more than
    /// a queue.
    pub fn send(&mut self, transmit: &quinn_proto::Transmit, bytes: &[u8]) {
        let contents = &bytes[..transmit.size];
        let packets = match transmit.segment_size {
            Some(size) => contents.len().div_ceil(size.max(1)) as u64,
            None => 1,
        };
        let transmit = Transmit {
            destination: transmit.destination,
            // Marks are of no use to a flow that is paced by its budget, and cost a control message each.
            ecn: None,
            contents,
            segment_size: transmit.segment_size,
            // Where the socket has one address only, naming it would cost the kernel a look at its routes.
            src_ip: transmit.src_ip.filter(|_| self.address.ip().is_unspecified()),
        };
        let Self { socket, state, stats, .. } = self;
        match socket.try_io(|| state.try_send((&*socket).into(), &transmit)) {
            Ok(()) => stats.sent += packets,
            Err(error) => {
                stats.dropped += packets;
                tracing::trace!(%error, "a datagram was not sent");
            }
        }
    }
}
