//! A QUIC endpoint with its own socket: it routes datagrams to connections by keys that the caller chooses, and sends their packets.

use std::{collections::VecDeque, io, net::SocketAddr, time::Instant};

use bytes::Bytes;
use quinn_proto::{
    ClientConfig, ConnectError, Connection, ConnectionEvent, ConnectionHandle, DatagramEvent, Endpoint, EndpointEvent,
    Incoming, Transmit,
};

use crate::{
    block::Block,
    look::{Budget, Look},
    udp::{Datagram, UdpSocket},
};

/// See the module.
#[derive(Debug)]
pub struct QuicEndpoint {
    endpoint: Endpoint,
    socket: UdpSocket,
    /// Buffer for packets to send.
    transmit: Vec<u8>,
    /// Buffers for payloads of datagrams to send.
    block: Block,
    /// Keys of links, indexed by the number of the connection.
    keys: Vec<Option<usize>>,
    /// Datagrams received and not handled yet, oldest first. The next receive call handles those that one has left.
    received: VecDeque<Datagram>,
    /// Number of new clients' datagrams that were dropped beyond the budget, since the last
    /// [`QuicEndpoint::take_newcomers_dropped`].
    newcomers_dropped: u64,
    response: Vec<u8>,
}

/// A datagram that the caller must handle.
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
#[derive(Debug)]
pub enum Routed {
    /// An event for the connection of the link with this key.
    Link(usize, ConnectionEvent),
    /// A client wants to connect. Answer with [`QuicEndpoint::accept`], [`QuicEndpoint::retry`], [`QuicEndpoint::refuse`] or
    /// [`QuicEndpoint::ignore`].
    Incoming(Box<Incoming>),
}

/// The result of [`QuicEndpoint::drive`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Driven {
    /// Number of system calls to send.
    pub sends: u64,
    /// Number of packets sent.
    pub packets: u64,
    /// The endpoint has freed the connection's state.
    pub drained: bool,
    /// At least one packet went to the connection's current address.
    pub on_path: bool,
}

/// Packets below this size are not full: half of a usual packet.
const SMALL_PACKET_BYTES: usize = 600;

impl QuicEndpoint {
    /// Binds to `address`; port 0 chooses a free port. Payloads share allocations of `block_bytes`.
    ///
    /// # Errors
    /// Errors of the system, mostly that the address is in use.
    pub fn bind(address: SocketAddr, endpoint: Endpoint, block_bytes: usize) -> io::Result<Self> {
        Ok(Self {
            endpoint,
            socket: UdpSocket::bind(address)?,
            transmit: Vec::with_capacity(4 * 1024),
            block: Block::new(block_bytes),
            keys: Vec::new(),
            received: VecDeque::new(),
            newcomers_dropped: 0,
            response: Vec::with_capacity(2 * 1024),
        })
    }

    /// The UDP socket.
    pub fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// The socket, to register it for readiness.
    pub fn source(&mut self) -> &mut mio::net::UdpSocket {
        self.socket.source()
    }

    /// Starts a connection to a server, for the link with the given key.
    ///
    /// # Errors
    /// When the address, the name or the configuration is invalid.
    pub fn connect(
        &mut self,
        config: ClientConfig,
        address: SocketAddr,
        name: &str,
        key: usize,
        now: Instant,
    ) -> Result<(ConnectionHandle, Connection), ConnectError> {
        let (handle, connection) = self.endpoint.connect(now, config, address, name)?;
        self.route(handle, key);
        Ok((handle, connection))
    }

    /// Accepts a client for the link with the given key, and starts the handshake. `None` when the client's first packet was invalid.
    pub fn accept(&mut self, incoming: Incoming, key: usize, now: Instant) -> Option<(ConnectionHandle, Connection)> {
        self.response.clear();
        match self.endpoint.accept(incoming, now, &mut self.response, None) {
            Ok((handle, connection)) => {
                self.route(handle, key);
                Some((handle, connection))
            }
            Err(error) => {
                if let Some(transmit) = error.response {
                    self.socket.send(&transmit, &self.response);
                }
                None
            }
        }
    }

    /// Sends a retry packet: the client must prove its address. If the client has done so already, it is refused.
    pub fn retry(&mut self, incoming: Incoming) {
        self.response.clear();
        match self.endpoint.retry(incoming, &mut self.response) {
            Ok(transmit) => self.socket.send(&transmit, &self.response),
            Err(error) => self.refuse(error.into_incoming()),
        }
    }

    /// Drops a client's request without an answer.
    pub fn ignore(&mut self, incoming: Incoming) {
        self.endpoint.ignore(incoming);
    }

    /// Refuses a client with `CONNECTION_REFUSED`.
    pub fn refuse(&mut self, incoming: Incoming) {
        self.response.clear();
        let transmit = self.endpoint.refuse(incoming, &mut self.response);
        self.socket.send(&transmit, &self.response);
    }

    /// Handles waiting datagrams within a budget, and calls `deliver` for each with the time at which it was read. Returns true if
    /// there may be more. Readiness is reported only once, so the caller must then call this again.
    pub fn receive(
        &mut self,
        budget: Budget,
        clock: impl Fn() -> Instant,
        mut deliver: impl FnMut(Routed, Instant),
    ) -> bool {
        let mut look = Look::new(budget);
        let mut now = clock();
        loop {
            let mut more = true;
            if self.received.is_empty() {
                more = self.socket.receive(&mut self.received);
                now = clock();
            }
            while let Some(datagram) = self.received.pop_front() {
                if look.admit(&datagram.bytes) {
                    self.handle(datagram, now, &mut deliver);
                } else {
                    self.newcomers_dropped += 1;
                }
                if !look.goes_on(&clock) {
                    return more || !self.received.is_empty();
                }
            }
            if !more {
                return false;
            }
        }
    }

    /// Number of new clients' datagrams that were dropped beyond the budget, since the last call.
    pub fn take_newcomers_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.newcomers_dropped)
    }

    fn handle(&mut self, datagram: Datagram, now: Instant, deliver: &mut impl FnMut(Routed, Instant)) {
        let Datagram { from, local_ip, ecn, bytes } = datagram;
        self.response.clear();
        match self.endpoint.handle(now, from, local_ip, ecn, bytes, &mut self.response) {
            Some(DatagramEvent::ConnectionEvent(handle, event)) => {
                if let Some(key) = self.keys.get(handle.0).copied().flatten() {
                    deliver(Routed::Link(key, event), now);
                }
            }
            Some(DatagramEvent::NewConnection(incoming)) => deliver(Routed::Incoming(Box::new(incoming)), now),
            Some(DatagramEvent::Response(transmit)) => self.socket.send(&transmit, &self.response),
            None => {}
        }
    }

    /// Sends the packets of a connection, at most `segments_max` per system call. A packet holds everything that fits, so after a
    /// small one nothing is left to send, unless `has_more` returns true.
    pub fn drive(
        &mut self,
        handle: ConnectionHandle,
        connection: &mut Connection,
        segments_max: usize,
        now: Instant,
        has_more: impl Fn(&mut Connection) -> bool,
    ) -> Driven {
        let mut driven = Driven::default();
        let segments_max = segments_max.min(self.socket.segments_max());
        loop {
            self.transmit.clear();
            let Some(transmit) = connection.poll_transmit(now, segments_max, &mut self.transmit) else { break };
            driven.sends += 1;
            driven.packets += packets(&transmit);
            driven.on_path |= transmit.destination == connection.remote_address();
            self.socket.send(&transmit, &self.transmit);
            if transmit.size < SMALL_PACKET_BYTES && !has_more(connection) {
                break;
            }
        }
        while let Some(event) = connection.poll_endpoint_events() {
            driven.drained |= event.is_drained();
            if let Some(answer) = self.endpoint.handle_event(handle, event) {
                connection.handle_event(answer);
            }
        }
        driven
    }

    /// A copy of `parts`, concatenated, that a connection can keep.
    pub fn payload(&mut self, parts: &[&[u8]]) -> Bytes {
        self.block.copy(parts).freeze()
    }

    /// Frees the state of the connection of the link with this key. If its peer still sends, it gets a stateless reset.
    pub fn forget(&mut self, handle: ConnectionHandle, key: usize, drained: bool) {
        if !drained {
            self.endpoint.handle_event(handle, EndpointEvent::drained());
        }
        // The number of a drained connection may belong to a new one already.
        if let Some(slot) = self.keys.get_mut(handle.0).filter(|slot| **slot == Some(key)) {
            *slot = None;
        }
    }

    fn route(&mut self, handle: ConnectionHandle, key: usize) {
        if self.keys.len() <= handle.0 {
            self.keys.resize(handle.0 + 1, None);
        }
        self.keys[handle.0] = Some(key);
    }
}

fn packets(transmit: &Transmit) -> u64 {
    transmit.segment_size.map_or(1, |size| transmit.size.div_ceil(size.max(1))) as u64
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, sync::Arc, time::Duration};

    use quinn_proto::EndpointConfig;

    use super::*;

    #[test]
    fn flood_is_taken_in_looks_of_bounded_time_and_nothing_but_newcomers_is_dropped() {
        let endpoint = Endpoint::new(Arc::new(EndpointConfig::default()), None, false, None);
        let mut endpoint = QuicEndpoint::bind("127.0.0.1:0".parse().unwrap(), endpoint, 1_024).unwrap();
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(endpoint.socket().address()).unwrap();
        // First packets of connections, too short for an answer, and between them packets that belong to no connection.
        let initial = [0xc0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let playing = [0x40; 40];
        for _ in 0..100 {
            sender.send(&initial).unwrap();
            sender.send(&playing).unwrap();
        }
        let now = Cell::new(Instant::now());
        // Each check of the clock takes a millisecond.
        let clock = || {
            now.set(now.get() + Duration::from_millis(1));
            now.get()
        };
        let mut looks = 0;
        loop {
            looks += 1;
            let budget = Budget { until: Some(now.get() + Duration::from_millis(4)), newcomers: 5 };
            let began = now.get();
            let more = endpoint.receive(budget, clock, |_, _| {});
            assert!(now.get() - began <= Duration::from_millis(7), "{:?}", now.get() - began);
            if !more && endpoint.socket().stats().received == 200 {
                break;
            }
            assert!(looks < 1_000, "all have been sent");
        }
        assert!((3..20).contains(&looks), "{looks}");
        let dropped = endpoint.take_newcomers_dropped();
        assert!((100 - 5 * looks..=100 - 5 * (looks - 1)).contains(&dropped), "{dropped} after {looks} looks");
        assert_eq!(endpoint.take_newcomers_dropped(), 0);
    }
}
