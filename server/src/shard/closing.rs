//! The end of links: goodbyes, time-outs, bans, and the seats of their sessions. A session may outlive its link, see
//! [`crate::session`].

use std::{sync::Arc, time::Duration};

use room::Match;
use shared::wire::{DisconnectReason, kind};

use super::{
    metrics::HandshakeOutcome,
    worker::{FIRST_LINK, Peer, Worker},
};
use crate::{
    logging,
    net::{
        Transport,
        link_state::{Expiry, Goodbye, State},
    },
    security::guard::{Ban, Caller, Guard, Limit, Refused},
    session::{Role, Seat, SessionId},
};

/// Chores in a second.
const CHORES_PER_SEC: usize = 10;

/// The outcome for the seat of a link that ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// The seat is free.
    Free,
    /// The session is held, if the resume time-out is not zero.
    Hold,
    /// The session continues on another link.
    Moved,
}

/// Counts packets and inputs that were ignored because the link sent more than its own budgets.
fn count_ignored(peer: &mut Peer, guard: &Guard) {
    let ignored = [(Limit::Packets, peer.link.take_excess()), (Limit::Inputs, peer.session.take_ignored_inputs())];
    for (limit, times) in ignored {
        if times > 0 {
            guard.count_refused(limit, times);
        }
    }
}

impl Worker {
    /// Sends a goodbye; the link is dropped when the peer has received it, or soon after. The reason decides whether the session
    /// ends.
    pub(super) fn close(&mut self, key: usize, goodbye: Goodbye, now: Duration) {
        let fate = fate(goodbye.reason);
        self.part(key, goodbye, fate, now);
    }

    /// Closes a link whose session continues on another one.
    pub(super) fn supersede(&mut self, key: usize, now: Duration) {
        let text = "your session goes on over another link";
        self.part(key, Goodbye::new(DisconnectReason::ResumedElsewhere, text), Fate::Moved, now);
    }

    /// Sends a goodbye on a link; `fate` decides about its seat.
    pub(super) fn part(&mut self, key: usize, goodbye: Goodbye, fate: Fate, now: Duration) {
        let Some(peer) = self.peers.get(key).filter(|peer| !peer.dead) else { return };
        if peer.session.state() == State::Closing {
            return;
        }
        let session = self.vacate(key, fate, now).map(|seat| seat.session);
        let peer = &mut self.peers[key];
        let stats = peer.link.stats();
        tracing::debug!(
            shard = self.config.index, session = session.map(tracing::field::display),
            peer = %logging::address(peer.address), reason = goodbye.reason.label(), text = goodbye.text,
            rtt = ?peer.link.rtt(), down_bytes = stats.down.bytes, up_bytes = stats.up.bytes, "closed",
        );
        self.metrics.count_close(goodbye.reason.label());
        self.metrics.count_message(peer.link.transport(), kind::GOODBYE, goodbye.text.len() + 4);
        peer.link.part(goodbye);
        peer.session.closing(now);
        if peer.link.transport() != Transport::WebSocket {
            self.unsettled.insert(key);
        }
        self.dirty.push(key);
        // Bytes that are left in the socket must be read and dropped, even without a readiness event.
        self.make_ready(key);
    }

    /// Handles a link that has ended without a goodbye. Its session is held.
    pub(super) fn lose(&mut self, key: usize, label: &'static str, now: Duration) {
        let Some(peer) = self.peers.get(key).filter(|peer| !peer.dead) else { return };
        if peer.session.state() != State::Closing {
            let session = peer.session.seat().map(|seat| tracing::field::display(seat.session));
            let shard = self.config.index;
            tracing::debug!(shard, session, peer = %logging::address(peer.address), reason = label, "lost");
            self.metrics.count_close(label);
        }
        self.vacate(key, Fate::Hold, now);
        self.bury(key);
    }

    /// Ends a session, linked or held.
    pub(super) fn end_session(&mut self, session: SessionId, goodbye: Goodbye, now: Duration) {
        match self.sessions.find(session) {
            Some((_, Some(key))) => self.part(key, goodbye, Fate::Free, now),
            Some((seat, None)) => {
                tracing::debug!(shard = self.config.index, %session, reason = goodbye.reason.label(), "ended while held");
                self.sessions.end(session);
                self.free(seat);
            }
            None => {}
        }
    }

    /// Marks a link to be removed at the end of this turn.
    pub(super) fn bury(&mut self, key: usize) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        if !std::mem::replace(&mut peer.dead, true) {
            count_ignored(peer, &self.config.guard);
            if !peer.shaken && peer.link.as_quic().is_some_and(|link| !link.has_shaken()) {
                self.metrics.count_handshake(HandshakeOutcome::Failed);
            }
            self.dead.push(key);
        }
    }

    /// Removes the links that have ended in this turn.
    pub(super) fn bury_dead(&mut self) {
        let now = self.note_time();
        let now = self.clock.at(now);
        while let Some(key) = self.dead.pop() {
            let Some(mut peer) = self.peers.try_remove(key) else { continue };
            if let Some(link) = peer.link.as_quic() {
                link.close(now);
            }
            let _ = peer.link.flush(&mut self.quic, now);
            if let Some(link) = peer.link.as_quic() {
                self.quic.forget(link, key);
            }
            if let Some(link) = peer.link.as_websocket() {
                // On some systems the close of a socket does not end its registration.
                let _ = self.poll.registry().deregister(link.source());
            }
            self.unsettled.remove(key);
            self.conditioned.remove(key);
        }
    }

    /// Ends sessions of networks that were banned since the last call, linked or held, and closes links that send too much for their
    /// network.
    pub(super) fn police(&mut self, now: Duration) {
        let guard = Arc::clone(&self.config.guard);
        let unwelcome = guard.unwelcome_changes();
        if std::mem::replace(&mut self.unwelcome_seen, unwelcome) != unwelcome {
            self.expel_banned(now);
        }
        self.addresses.expire(now);
        // Each link is checked once a second, a tenth of them in each call.
        self.chores = self.chores.wrapping_add(1);
        let turn = self.chores % CHORES_PER_SEC;
        let mut indices = std::mem::take(&mut self.indices);
        indices.extend(self.peers.iter().map(|(key, _)| key).filter(|key| key % CHORES_PER_SEC == turn));
        for key in indices.drain(..) {
            if let Some(refused) = self.charge(key, now) {
                let goodbye = Goodbye::new(DisconnectReason::TooFast, refused.to_string());
                self.close(key, goodbye, now);
            }
        }
        self.indices = indices;
    }

    /// Ends the links of banned networks, and the held sessions whose last link was from one.
    fn expel_banned(&mut self, now: Duration) {
        let guard = Arc::clone(&self.config.guard);
        let goodbye = |ban: Ban| {
            let goodbye = Goodbye::new(DisconnectReason::Kicked, ban.words());
            guard.refused(Refused::Banned { ban });
            goodbye
        };
        let links = self.peers.iter().filter_map(|(key, peer)| Some((key, guard.ban_of(peer.address.ip())?)));
        for (key, ban) in links.collect::<Vec<_>>() {
            self.close(key, goodbye(ban), now);
        }
        let held = self.sessions.awaited().filter_map(|seat| {
            let last = self.addresses.of(seat.session)?;
            Some((seat.session, guard.ban_of(last.address.ip())?))
        });
        for (session, ban) in held.collect::<Vec<_>>() {
            self.end_session(session, goodbye(ban), now);
        }
    }

    /// Closes a new link if its network was banned while the link was being set up.
    pub(super) fn close_if_banned(&mut self, key: usize, now: Duration) {
        let guard = Arc::clone(&self.config.guard);
        let Some(ban) = self.peers.get(key).and_then(|peer| guard.ban_of(peer.address.ip())) else { return };
        let goodbye = Goodbye::new(DisconnectReason::Kicked, ban.words());
        guard.refused(Refused::Banned { ban });
        self.close(key, goodbye, now);
    }

    /// Charges the network of a link with the link's traffic since the last call. Returns a refusal if the network sends too much
    /// and this link more than its share.
    fn charge(&mut self, key: usize, now: Duration) -> Option<Refused> {
        let excused = self.is_catching_up(now);
        let guard = &self.config.guard;
        let peer = self.peers.get_mut(key)?;
        count_ignored(peer, guard);
        let up = peer.link.stats().up;
        let before = std::mem::replace(&mut peer.charged, up);
        let since = |now: u64, before: u64| u32::try_from(now - before).unwrap_or(u32::MAX);
        let (bytes, messages) = (since(up.bytes, before.bytes), since(up.messages, before.messages));
        if excused {
            return None;
        }
        let (refused, share) = peer.lease.as_ref()?.charge(bytes, messages).err()?;
        let own = if refused.limit() == Limit::Bytes { bytes } else { messages };
        (own > share).then(|| guard.refused(refused))
    }

    /// Notes the new addresses of peers whose connection has migrated, and counts them there.
    pub(super) fn note_migrations(&mut self, now: Duration) {
        let mut refused = Vec::new();
        for (key, peer) in &mut self.peers {
            let Some(address) = peer.link.address().filter(|&address| address != peer.address) else { continue };
            let session = peer.session.seat().map(|seat| tracing::field::display(seat.session));
            let (from, to) = (logging::address(peer.address), logging::address(address));
            tracing::debug!(shard = self.config.index, session, %from, %to, "migrated");
            peer.address = address;
            if let Some(Seat { room, session, .. }) = peer.session.seat()
                && let Some(hosted) = self.rooms.get(room)
            {
                self.addresses.note(session, hosted.handle.id, address);
            }
            self.metrics.count_migration();
            if let Some(Err(error)) = peer.lease.as_ref().map(|lease| lease.move_to(Caller::direct(address))) {
                refused.push((key, error));
            }
        }
        for (key, error) in refused {
            self.close(key, error.into(), now);
        }
    }

    /// Handles time-outs of links and of held sessions.
    pub(super) fn expire(&mut self, now: Duration) {
        let mut indices = std::mem::take(&mut self.indices);
        indices
            .extend(self.peers.iter().filter(|(_, peer)| peer.session.poll_expiry(now).is_some()).map(|(key, _)| key));
        // A peer whose messages wait in a socket is not silent, so they are read first.
        indices.retain(|&key| {
            let waits = self.peers.get(key).is_some_and(|peer| peer.ready && peer.session.state() != State::Closing);
            !waits
        });
        for key in indices.drain(..) {
            match self.peers.get(key).and_then(|peer| peer.session.poll_expiry(now)) {
                Some(Expiry::Close(goodbye)) => self.close(key, goodbye, now),
                Some(Expiry::Drop) => self.bury(key),
                None => {}
            }
        }
        self.indices = indices;
        while let Some(seat) = self.sessions.poll_expired(now) {
            tracing::debug!(shard = self.config.index, session = %seat.session, member = %seat.member, "the resume time-out has passed");
            self.metrics.count_session_expired();
            self.free(seat);
        }
    }

    /// Takes a link from its session; `fate` decides about the seat. Returns the seat, if the link had one.
    fn vacate(&mut self, key: usize, fate: Fate, now: Duration) -> Option<Seat> {
        let peer = &self.peers[key];
        let seat = peer.session.seat()?;
        self.metrics.player_left(peer.link.transport());
        self.sessions.keep_allowances(seat.session, peer.session.allowances());
        if let Some(hosted) = self.rooms.get_mut(seat.room) {
            hosted.members.remove(seat.member);
            match fate {
                Fate::Moved => {}
                Fate::Hold if self.sessions.hold(seat.session, now) => {
                    hosted.room.hold(seat.member);
                    self.metrics.count_session_held();
                }
                Fate::Hold | Fate::Free => {
                    self.sessions.end(seat.session);
                    self.free(seat);
                }
            }
        }
        Some(seat)
    }

    /// Frees the seat of a session that has ended.
    pub(super) fn free(&mut self, seat: Seat) {
        self.addresses.end(seat.session, self.clock.now());
        let Some(hosted) = self.rooms.get_mut(seat.room) else { return };
        hosted.room.leave(seat.member);
        self.directory.forget(seat.session);
        self.directory.release(&hosted.handle, Role::of(seat.member));
    }
}

/// A session ends with its link if the player left, or if the server refuses the player; else it is held.
fn fate(reason: DisconnectReason) -> Fate {
    match reason {
        DisconnectReason::TimedOut
        | DisconnectReason::TooSlow
        | DisconnectReason::ShuttingDown
        | DisconnectReason::Overloaded
        | DisconnectReason::Internal => Fate::Hold,
        DisconnectReason::ResumedElsewhere => Fate::Moved,
        DisconnectReason::Left
        | DisconnectReason::VersionMismatch
        | DisconnectReason::BadMessage
        | DisconnectReason::BadTicket
        | DisconnectReason::RoomFull
        | DisconnectReason::TooFast
        | DisconnectReason::RoomClosed
        | DisconnectReason::RoomFailed
        | DisconnectReason::Kicked
        | DisconnectReason::OutOfOrder
        | DisconnectReason::SessionOver
        | DisconnectReason::WrongShard => Fate::Free,
    }
}

const _: () = assert!(FIRST_LINK > 1, "waker and UDP socket have tokens of their own");
