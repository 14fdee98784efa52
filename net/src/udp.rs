//! A UDP socket that receives and sends many datagrams with few system calls.

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

/// Kernel buffer in each direction. The default holds about 200 small packets, less than one burst of a full shard, or of the
/// players of a driver.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Bound of a received datagram: without MTU discovery QUIC packets have at most 1,472 bytes.
const DATAGRAM_BYTES_MAX: usize = 1_500;
/// Received datagrams share blocks of this size. It is small because a stream fragment that waits for earlier ones keeps its whole
/// block alive.
const BLOCK_BYTES: usize = 4 * 1024;

/// One datagram.
#[derive(Debug)]
pub struct Datagram {
    /// Address of the sender.
    pub from: SocketAddr,
    /// The local address that it was sent to, if the system reports that.
    pub local_ip: Option<IpAddr>,
    /// The congestion mark (ECN).
    pub ecn: Option<EcnCodepoint>,
    /// The payload.
    pub bytes: BytesMut,
}

/// Numbers of datagrams through a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UdpStats {
    /// Datagrams received.
    pub received: u64,
    /// Datagrams sent.
    pub sent: u64,
    /// Datagrams that could not be sent, mostly because the kernel's buffer was full. For QUIC they are lost.
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
    /// Binds to `address`; port 0 chooses a free port.
    ///
    /// # Errors
    /// Errors of the system, mostly that the address is in use.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        // An error is ignored: the kernel may not allow buffers of this size.
        let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
        let _ = socket.set_send_buffer_size(BUFFER_BYTES);
        socket.set_nonblocking(true)?;
        if address.is_ipv6() && address.ip().is_unspecified() {
            // The address for every interface must serve both families, and systems have different defaults. Some do not allow a
            // choice, so an error is ignored.
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

    /// The socket, to register it for readiness.
    pub fn source(&mut self) -> &mut MioSocket {
        &mut self.socket
    }

    /// Numbers of datagrams since the start.
    pub fn stats(&self) -> UdpStats {
        self.stats
    }

    /// Bound of the datagrams in one segmented transmit.
    pub fn segments_max(&self) -> usize {
        self.state.max_gso_segments()
    }

    /// Appends one batch of datagrams to `datagrams`. Returns false when the socket is empty.
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
                // Some systems report an unreachable peer here, once per packet sent to it. Other peers are not affected.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::Interrupted) => {}
                Err(error) => {
                    static PACE: LogPace = LogPace::new();
                    if let Some(unsaid) = PACE.count() {
                        tracing::error!(%error, unsaid, "cannot receive from the UDP socket");
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

    /// Sends the packets that `transmit` describes. If the kernel has no room they are dropped: a newer snapshot is better than an
    /// old one in a queue.
    pub fn send(&mut self, transmit: &quinn_proto::Transmit, bytes: &[u8]) {
        let contents = &bytes[..transmit.size];
        let packets = match transmit.segment_size {
            Some(size) => contents.len().div_ceil(size.max(1)) as u64,
            None => 1,
        };
        let transmit = Transmit {
            destination: transmit.destination,
            // Congestion marks are of no use, because the snapshot budget paces the traffic; and each costs a control message.
            ecn: None,
            contents,
            segment_size: transmit.segment_size,
            // A socket bound to one address need not name it; to name it would cost the kernel a route look-up.
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
