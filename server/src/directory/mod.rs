//! The table that control plane and data plane share: rooms with their published views, seats, join tickets, and the
//! heartbeat of each shard.
//!
//! ```text
//! lobby   reserve ──> ticket ──10 s──> swept, seat free again
//!                        │
//! shard             redeem at Hello ──> playing ──> release, seat free again
//!                                        │   ^
//!                                       link lost: held by its shard, the seat stays counted
//! ```
//!
//! A seat is counted from its reservation until its release, so a room never holds more than it has seats for, however
//! many joins race. A lookup clones the handle and does not keep the map locked. A ticket is signed, so a forged one
//! costs no lookup.

pub mod drain;
mod holders;
pub mod mutes;
mod presences;
mod pulse;
mod room_handle;
pub mod room_view;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use dashmap::DashMap;
use shared::RoomId;

use self::{
    holders::Holders,
    presences::Presences,
    room_handle::{give_back, take},
};
pub use self::{
    presences::Presence,
    pulse::ShardStatus,
    room_handle::{ReserveError, RoomHandle},
};
use crate::{
    directory::mutes::Mutes,
    games::Played,
    net::QuicSecrets,
    security::{accounts::AccountId, guard::Lease},
    session::{AccountMark, HeldSession, Key, Pass, PassError, Role, SessionId, Ticket, Token},
};

/// Validity of a ticket: a few round trips of a slow link, and short enough that a lost one frees its seat soon.
pub const TICKET_LIFE: Duration = Duration::from_secs(10);

/// Standstills that shards notice within this time are one standstill of the process.
const STANDSTILL_APART: Duration = Duration::from_secs(1);

/// Rooms, seats, tickets and the state of the shards.
#[derive(Debug)]
pub struct Directory {
    rooms: DashMap<RoomId, Arc<RoomHandle>>,
    tickets: DashMap<SessionId, Reservation>,
    key: Key,
    started: Instant,
    holders: Holders,
    presences: Presences,
    shards: Vec<ShardStatus>,
    /// The last standstill of the process, in milliseconds since `started`; 0 is never.
    stood_still_ms: AtomicU64,
    rooms_opened: AtomicU32,
    /// Places reserved or in use in all rooms, those of spectators included.
    players: AtomicU32,
    players_max: AtomicU32,
    /// Sessions whose chat is not shown.
    pub mutes: Mutes,
}

/// A place that is reserved for the bearer of a ticket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reservation {
    /// The session that begins when the ticket is used.
    pub session: SessionId,
    /// The room of the place.
    pub room: Arc<RoomHandle>,
    /// Player or spectator.
    pub part: Role,
    /// The name the player asked for, already checked.
    pub name: String,
    /// The time when the place is free again.
    pub expires: Instant,
    /// Counts this ticket as unused for the address that asked for it.
    pub lease: Option<Lease>,
}

/// A reserved place, as the answer to a join describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// The ticket for the hello, valid once and for [`TICKET_LIFE`].
    pub ticket: String,
    /// The session that begins when the ticket is used.
    pub session: SessionId,
}

/// Reasons for refusing a ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TicketError {
    /// It is older than [`TICKET_LIFE`].
    #[error("the ticket has expired")]
    Expired,
    /// It was used or withdrawn before, or was issued before the server restarted.
    #[error("the ticket was used already, or its seat was given away")]
    Unknown,
}

impl TicketError {
    /// The value of the metrics' label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

impl Directory {
    /// A directory for `shards` shards that reserves at most `players_max` places at once, and signs with `key`.
    pub fn new(shards: usize, players_max: u32, key: Key) -> Self {
        let started = Instant::now();
        Self {
            rooms: DashMap::new(),
            tickets: DashMap::new(),
            key,
            started,
            holders: Holders::default(),
            presences: Presences::default(),
            shards: (0..shards).map(|_| ShardStatus::new(started)).collect(),
            stood_still_ms: AtomicU64::new(0),
            rooms_opened: AtomicU32::new(0),
            players: AtomicU32::new(0),
            players_max: AtomicU32::new(players_max),
            mutes: Mutes::default(),
        }
    }

    /// A new room with a new number. It is not listed yet: its shard must get it first.
    pub fn new_room(&self, shard: usize, played: Played, seats: u16) -> Arc<RoomHandle> {
        let id = RoomId(self.rooms_opened.fetch_add(1, Ordering::Relaxed) + 1);
        Arc::new(RoomHandle::new(id, shard, played, seats))
    }

    /// A room of the server's previous run, with its old number; not listed yet.
    pub fn restored_room(&self, id: RoomId, shard: usize, played: Played, seats: u16) -> Arc<RoomHandle> {
        self.rooms_opened.fetch_max(id.0, Ordering::Relaxed);
        Arc::new(RoomHandle::new(id, shard, played, seats))
    }

    /// Lists a room: from now on places in it can be reserved.
    pub fn open_room(&self, room: Arc<RoomHandle>) {
        self.rooms.insert(room.id, room);
    }

    /// Removes an empty room from the list. False if a place in it is reserved or in use; then the room stays.
    pub fn close_room(&self, room: RoomId) -> bool {
        let Some(handle) = self.room(room) else { return false };
        let closed = handle.close();
        if closed {
            self.rooms.remove(&room);
        }
        closed
    }

    /// Removes all rooms of a shard that has panicked, and frees their places and the tickets for them; returns
    /// their numbers.
    pub fn abandon_shard(&self, shard: usize) -> Vec<RoomId> {
        let lost: Vec<_> = self.rooms().into_iter().filter(|room| room.shard == shard).collect();
        lost.iter().for_each(|room| self.strike(room));
        let lost: Vec<RoomId> = lost.iter().map(|room| room.id).collect();
        // A ticket would admit its bearer to the restored room without a seat.
        self.tickets.retain(|_, ticket| ticket.room.shard != shard);
        lost
    }

    /// Removes a room whose game has failed, and frees its places and the tickets for them.
    pub fn abandon_room(&self, room: &RoomHandle) {
        self.strike(room);
        let unused = self.tickets.iter().filter(|ticket| ticket.room.id == room.id);
        let unused: Vec<SessionId> = unused.map(|ticket| *ticket.key()).collect();
        for session in unused {
            self.tickets.remove(&session);
            self.forget(session);
        }
    }

    /// Takes a room off the list and frees its places.
    fn strike(&self, room: &RoomHandle) {
        self.rooms.remove(&room.id);
        let seats = room.abandon();
        let free = |players: u32| Some(players.saturating_sub(seats));
        let _ = self.players.fetch_update(Ordering::AcqRel, Ordering::Acquire, free);
    }

    /// The listed room of this number.
    pub fn room(&self, room: RoomId) -> Option<Arc<RoomHandle>> {
        self.rooms.get(&room).map(|entry| Arc::clone(entry.value()))
    }

    /// All listed rooms, oldest first.
    pub fn rooms(&self) -> Vec<Arc<RoomHandle>> {
        let mut rooms: Vec<_> = self.rooms.iter().map(|entry| Arc::clone(entry.value())).collect();
        rooms.sort_unstable_by_key(|room| room.id);
        rooms
    }

    /// Places reserved or in use in all rooms, those of spectators included.
    pub fn players(&self) -> u32 {
        self.players.load(Ordering::Acquire)
    }

    /// The bound of [`Directory::players`].
    pub fn players_max(&self) -> u32 {
        self.players_max.load(Ordering::Relaxed)
    }

    /// Changes the most places at once. If more are in use, their sessions continue.
    pub fn set_players_max(&self, players_max: u32) {
        self.players_max.store(players_max, Ordering::Relaxed);
    }

    /// Reserves a place in `room` for `name` and returns the ticket for it, valid for [`TICKET_LIFE`].
    ///
    /// # Errors
    /// When the room or the server is full, or the room closes.
    pub fn reserve(&self, room: &Arc<RoomHandle>, name: &str, part: Role, now: Instant) -> Result<Kept, ReserveError> {
        self.keep(room, part)?;
        let (session, expires) = (SessionId::random(), now + TICKET_LIFE);
        let (handle, name) = (Arc::clone(room), name.to_owned());
        let reservation = Reservation { session, room: handle, part, name, expires, lease: None };
        self.tickets.insert(session, reservation);
        let expires_ms = self.since_start_ms(expires);
        let ticket = Pass::Ticket(Ticket { session, room: room.id, shard: room.shard as u16, part, expires_ms });
        Ok(Kept { ticket: ticket.seal(&self.key), session })
    }

    /// Counts a place without a ticket, for a player of the server's previous run, whose session is held.
    ///
    /// # Errors
    /// When the room or the server is full, or the room closes.
    pub fn keep(&self, room: &RoomHandle, part: Role) -> Result<(), ReserveError> {
        let players_max = self.players_max();
        take(&self.players, players_max).map_err(|_| ReserveError::ServerFull { players_max })?;
        room.take(part).inspect_err(|_| {
            give_back(&self.players);
        })
    }

    /// Decodes the ticket or token of a hello, and verifies our signature. It looks nothing up.
    ///
    /// # Errors
    /// When it is malformed or not signed with our key.
    pub fn open(&self, text: &str) -> Result<Pass, PassError> {
        Pass::open(text, &self.key)
    }

    /// QUIC secrets of a shard, derived from the key: the same after a restart, and different for each shard.
    pub(crate) fn quic_secrets(&self, shard: usize) -> QuicSecrets {
        let derive = |name: &str| self.key.derive(&format!("{name} {shard}"));
        QuicSecrets {
            reset: derive("stateless reset"),
            retry: derive("retry tokens"),
            connection_ids: u64::from_be_bytes(*derive("connection ids").first_chunk().expect("it has 32 bytes")),
        }
    }

    /// Encodes and signs a token.
    pub fn seal(&self, token: Token) -> String {
        Pass::Token(token).seal(&self.key)
    }

    /// Adds the permit that counts a session's ticket as unused for the address of its bearer.
    pub fn hold(&self, session: SessionId, lease: Lease) {
        self.tickets.alter(&session, |_, kept| Reservation { lease: Some(lease), ..kept });
    }

    /// Takes the reservation of a ticket; this works once. The place stays counted until [`Self::release`].
    ///
    /// # Errors
    /// When the ticket has expired or was used.
    pub fn redeem(&self, ticket: Ticket, now: Instant) -> Result<Reservation, TicketError> {
        if ticket.expires_ms <= self.since_start_ms(now) {
            return Err(TicketError::Expired);
        }
        let (_, reservation) = self.tickets.remove(&ticket.session).ok_or(TicketError::Unknown)?;
        Ok(reservation)
    }

    fn since_start_ms(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.started).as_millis() as u64
    }

    /// Frees a place: a player left, or could not join. The room need not be listed.
    pub fn release(&self, room: &RoomHandle, part: Role) {
        if room.give_back(part) {
            give_back(&self.players);
        }
    }

    /// From now on the account plays in this session. Returns the session and shard where it played before; if the ticket of
    /// that session was not used yet, it is withdrawn.
    pub fn claim(&self, account: AccountId, session: SessionId, shard: usize) -> Option<(SessionId, usize)> {
        let before = self.holders.claim(self.mark(account), session, shard)?;
        self.withdraw(before.0);
        Some(before)
    }

    /// Withdraws the ticket of a session and frees its place. False if the ticket was used, so that a shard has the session.
    pub fn withdraw(&self, session: SessionId) -> bool {
        let Some((_, unused)) = self.tickets.remove(&session) else { return false };
        self.release(&unused.room, unused.part);
        self.forget(session);
        true
    }

    /// Notes that a session has a place. Returns the sessions with the role `other` in this room that may be of the same person. The
    /// session is noted before it looks, so if two appear at once, at least one of them finds the other.
    pub fn appear(&self, session: SessionId, presence: Presence, other: Role) -> Vec<SessionId> {
        self.presences.note(session, presence);
        self.presences.alike(&presence, other)
    }

    /// Notes the accounts of sessions that were restored from disk.
    pub fn claim_restored(&self, held: &[HeldSession], shard: usize) {
        for held in held {
            if let Some(account) = held.account {
                self.holders.claim(account, held.session, shard);
            }
        }
    }

    /// The account of a session, as recordings name it.
    pub fn account_of(&self, session: SessionId) -> Option<AccountMark> {
        self.holders.account_of(session)
    }

    /// A hash of the account, keyed by the server's key: the same after a restart, and meaningless to readers of a recording.
    fn mark(&self, account: AccountId) -> AccountMark {
        let hash = self.key.derive(&format!("account {account}"));
        AccountMark(u64::from_be_bytes(*hash.first_chunk().expect("SHA-256 has 32 bytes")))
    }

    /// Removes a session that has ended, or did not begin.
    pub fn forget(&self, session: SessionId) {
        self.holders.forget(session);
        self.presences.forget(session);
    }

    /// Frees the places of expired tickets; returns their number.
    pub fn sweep(&self, now: Instant) -> usize {
        // Tickets are removed one by one, so a shard that redeems one at the same moment either gets it whole or not at all.
        let expired: Vec<SessionId> =
            self.tickets.iter().filter(|entry| entry.expires <= now).map(|entry| *entry.key()).collect();
        let lost = expired.iter().filter_map(|session| self.tickets.remove(session));
        lost.map(|(session, reservation)| {
            self.release(&reservation.room, reservation.part);
            self.forget(session);
        })
        .count()
    }

    /// A shard has noticed a standstill. True for the first shard that notices it.
    pub(crate) fn note_standstill(&self, now: Instant) -> bool {
        let now_ms = self.since_start_ms(now).max(1);
        let before_ms = self.stood_still_ms.swap(now_ms, Ordering::Relaxed);
        before_ms == 0 || now_ms.saturating_sub(before_ms) > STANDSTILL_APART.as_millis() as u64
    }

    /// The heartbeat of a shard.
    ///
    /// # Panics
    /// When there is no such shard.
    pub fn shard(&self, index: usize) -> &ShardStatus {
        &self.shards[index]
    }

    /// All shards.
    pub fn shards(&self) -> &[ShardStatus] {
        &self.shards
    }
}

#[cfg(test)]
mod tests;
