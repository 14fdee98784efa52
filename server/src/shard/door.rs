//! Admission of links to a shard: sockets that HTTP hands over, and QUIC handshakes, which begin when they delay no tick.

use std::{net::SocketAddr, time::Duration};

use mio::Interest;
use quinn_proto::Incoming;
use shared::{limits::LINKS_PER_SHARD_MAX, wire::DisconnectReason};

use super::{
    handshakes::{Arrival, Verdict},
    metrics::HandshakeOutcome,
    worker::{FIRST_LINK, Peer, Worker},
};
use crate::{
    logging,
    net::{
        Counts, Link, Transport, UpgradedSocket, WebSocketLink,
        link_state::{Goodbye, Session},
    },
    security::guard::{Caller, Lease, Limit},
};

impl Worker {
    /// Takes over a socket after its upgrade.
    pub(super) fn adopt_websocket(
        &mut self,
        socket: UpgradedSocket,
        read_ahead: Vec<u8>,
        address: SocketAddr,
        lease: Option<Lease>,
        now: Duration,
    ) {
        if self.peers.len() >= LINKS_PER_SHARD_MAX {
            return self.metrics.count_close(DisconnectReason::Overloaded.label());
        }
        let key = self.peers.vacant_key();
        let link = WebSocketLink::adopt(socket, read_ahead).and_then(|mut link| {
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(link.source(), mio::Token(FIRST_LINK + key), interest)?;
            Ok(link)
        });
        match link {
            Ok(link) => {
                self.admit(link.into(), address, lease, now);
                self.make_ready(key);
                self.close_if_banned(key, now);
                if self.draining.is_some() {
                    self.close(key, Goodbye::new(DisconnectReason::ShuttingDown, "the server ends"), now);
                }
            }
            Err(error) => {
                let (shard, peer) = (self.config.index, logging::address(address));
                tracing::debug!(shard, %peer, %error, "cannot use a socket that HTTP has handed over");
            }
        }
    }

    pub(super) fn open_door(&mut self, incoming: Incoming, now: Duration) {
        let address = incoming.remote_address();
        let guard = &self.config.guard;
        let proven = incoming.remote_address_validated();
        // A banned player gets the reason when it requests a ticket, so no answer is needed here.
        if !proven && guard.ban_of(address.ip()).is_some() {
            guard.count_refused(Limit::Banned, 1);
            return self.quic.ignore(incoming);
        }
        // A packet does not count against its address before the address is proven, because it may be forged.
        let lease = match proven.then(|| guard.handshake(Caller::direct(address))).transpose() {
            Ok(lease) => lease,
            Err(_) => {
                self.metrics.count_handshake(HandshakeOutcome::Refused);
                return self.quic.refuse(incoming);
            }
        };
        let links = self.peers.len() + self.waiting.len();
        let arrival = Arrival {
            may_retry: incoming.may_retry(),
            trusted: proven || self.strangers.admit(address.ip(), now),
            waiting: self.waiting.len(),
            unfinished: self.unsettled.len(),
            open: self.draining.is_none() && links < LINKS_PER_SHARD_MAX,
        };
        match self.handshakes.decide(arrival) {
            Verdict::Begin => self.begin_handshake(incoming, lease, now),
            Verdict::Retry => {
                self.metrics.count_handshake(HandshakeOutcome::Retried);
                self.quic.retry(incoming);
            }
            Verdict::Wait => {
                let Some(lease) = lease else { return self.quic.refuse(incoming) };
                self.metrics.count_handshake(HandshakeOutcome::Waited);
                self.waiting.push_back((incoming, lease));
            }
            Verdict::Refuse => {
                self.metrics.count_handshake(HandshakeOutcome::Refused);
                self.quic.refuse(incoming);
            }
        }
    }

    /// Accepts a handshake. `lease` is `None` if the address is not proven yet.
    fn begin_handshake(&mut self, incoming: Incoming, lease: Option<Lease>, now: Duration) {
        let address = incoming.remote_address();
        match self.quic.accept(incoming, self.peers.vacant_key(), self.clock.at(now)) {
            Some(link) => {
                self.metrics.count_handshake(HandshakeOutcome::Begun);
                let key = self.admit(link.into(), address, lease, now);
                self.unsettled.insert(key);
                self.close_if_banned(key, now);
            }
            None => self.metrics.count_handshake(HandshakeOutcome::Failed),
        }
    }

    fn admit(&mut self, link: Link, address: SocketAddr, lease: Option<Lease>, now: Duration) -> usize {
        let session = Session::new(self.config.timeouts, self.config.tick_rate, now);
        let shaken = link.transport() == Transport::WebSocket;
        let charged = Counts::default();
        self.peers.insert(Peer {
            link,
            session,
            address,
            lease,
            charged,
            began: now,
            ready: false,
            dead: false,
            broken: false,
            flushed: false,
            shaken,
            untold: None,
            unheard: false,
        })
    }

    /// Counts a link for its address, which its handshake has proven now.
    pub(super) fn count_connection(&mut self, key: usize) -> Result<(), Goodbye> {
        let Some(peer) = self.peers.get_mut(key).filter(|peer| peer.lease.is_none()) else { return Ok(()) };
        match self.config.guard.connect(Caller::direct(peer.address)) {
            Ok(lease) => {
                peer.lease = Some(lease);
                Ok(())
            }
            Err(refused) => Err(refused.into()),
        }
    }

    /// Begins waiting handshakes after a tick, when the time until the next tick is longest.
    pub(super) fn use_pause(&mut self, now: Duration) {
        if !self.waiting.is_empty() {
            self.handshakes.begin_turn(self.until_tick(now), now);
            self.begin_waiting(now);
            self.settle(now);
        }
    }

    pub(super) fn until_tick(&self, now: Duration) -> Duration {
        self.schedule.next_deadline().map_or(Duration::MAX, |deadline| deadline.saturating_sub(now))
    }

    pub(super) fn begin_waiting(&mut self, now: Duration) {
        while !self.waiting.is_empty() && self.handshakes.take_turn() {
            if let Some((incoming, lease)) = self.waiting.pop_front() {
                self.begin_handshake(incoming, Some(lease), now);
            }
        }
    }

    /// Drives QUIC links that are in no room, so that no tick drives them.
    pub(super) fn settle(&mut self, now: Duration) {
        let mut index = 0;
        while let Some(key) = self.unsettled.at(index) {
            self.flush_peer(key, now);
            let Some(peer) = self.peers.get_mut(key) else {
                self.unsettled.remove(key);
                continue;
            };
            if !peer.shaken && peer.link.as_quic().is_some_and(|link| link.has_shaken()) {
                peer.shaken = true;
                self.metrics.count_handshake(HandshakeOutcome::Completed);
                if let Err(goodbye) = self.count_connection(key) {
                    self.close(key, goodbye, now);
                    continue;
                }
            }
            let Some(peer) = self.peers.get_mut(key) else { continue };
            if peer.dead || peer.session.seat().is_some() {
                self.unsettled.remove(key);
            } else {
                index += 1;
            }
        }
    }
}
