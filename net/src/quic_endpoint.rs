//! A QUIC endpoint on a socket of its own: routes datagrams to connections by keys of its user's, and sends their packets.

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
    /// Encrypted bytes on their way to the socket.
    transmit: Vec<u8>,
    /// Payloads on their way into connections, many per allocation.
    block: Block,
    /// Keys of links by the number of their connection.
    keys: Vec<Option<usize>>,
    /// Datagrams that came with others, in their order; what one look leaves is for the next.
    received: VecDeque<Datagram>,
    /// Datagrams of newcomers that were dropped because there were too many, since it was asked last.
    newcomers_dropped: u64,
    response: Vec<u8>,
}

/// What a datagram is to the endpoint's user.
#[expect(clippy::large_enum_variant, reason = "the large one is the usual one")]
#[derive(Debug)]
pub enum Routed {
    /// For the connection of the link with this key.
    Link(usize, ConnectionEvent),
    /// Somebody wants in; answer with [`QuicEndpoint::accept`], [`QuicEndpoint::retry`], [`QuicEndpoint::refuse`] or
    /// [`QuicEndpoint::ignore`].
    Incoming(Box<Incoming>),
}

/// What driving a connection has brought about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Driven {
    /// System calls.
    pub sends: u64,
    /// Packets.
    pub packets: u64,
    /// The endpoint holds nothing of the connection any more.
    pub drained: bool,
    /// Packets went to the address the connection has now, and not elsewhere only.
    pub on_path: bool,
}

/// Half of what a packet may have.
const SMALL_PACKET_BYTES: usize = 600;

impl QuicEndpoint {
    /// Binds to `address`; port 0 takes any. Payloads share allocations of so many bytes.
    ///
    /// # Errors
    /// Those of the system, an address in use above all.
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

    /// Where packets go through.
    pub fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// For registering readiness.
    pub fn source(&mut self) -> &mut mio::net::UdpSocket {
        self.socket.source()
    }

    /// Begins a connection to a server, for the link with the given key.
    ///
    /// # Errors
    /// What is wrong with the address, the name or the configuration.
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

    /// Begins a handshake; the link gets the given key. `None` when the client's first packet was no good.
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

    /// Asks a client to prove its address.
    pub fn retry(&mut self, incoming: Incoming) {
        self.response.clear();
        match self.endpoint.retry(incoming, &mut self.response) {
            Ok(transmit) => self.socket.send(&transmit, &self.response),
            Err(error) => self.refuse(error.into_incoming()),
        }
    }

    /// Does not answer a client at all.
    pub fn ignore(&mut self, incoming: Incoming) {
        self.endpoint.ignore(incoming);
    }

    /// Turns a client away.
    pub fn refuse(&mut self, incoming: Incoming) {
        self.response.clear();
        let transmit = self.endpoint.refuse(incoming, &mut self.response);
        self.socket.send(&transmit, &self.response);
    }

    /// Takes the datagrams that wait, within a budget; `deliver` hears what they are and when they were taken. True when there may
    /// be more: readiness is reported once, so whoever leaves some must come back.
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

    /// Datagrams of newcomers that were dropped because there were too many at once, since this was asked last.
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

    /// Sends the packets of a connection, at most `segments_max` at once. A packet takes all that fits, so after a small one there
    /// is nothing left unless `has_more` knows better.
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

    /// A copy of `parts`, one behind the other, that a connection can keep.
    pub fn payload(&mut self, parts: &[&[u8]]) -> Bytes {
        self.block.copy(parts).freeze()
    }

    /// Forgets the connection of the link with this key, drained or not; what its peer still sends is answered by a reset.
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
        // First packets of connections, too short to be answered, and packets of nobody's connection between them.
        let initial = [0xc0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let playing = [0x40; 40];
        for _ in 0..100 {
            sender.send(&initial).unwrap();
            sender.send(&playing).unwrap();
        }
        let now = Cell::new(Instant::now());
        // Looking at the clock takes a millisecond, so a look of three ends at its third check.
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
