//! Where the control plane and the data plane meet: rooms with their published views, seats, join tickets, and the
//! pulse of each shard.
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
//! many joins race. Lookups clone the handle and let go of the map. A ticket is signed, so that one which we did not give
//! out costs no lookup.

mod holders;
mod presences;
mod pulse;
mod room_handle;

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
    room_handle::{Part, ReserveError, RoomHandle},
};
use crate::{
    accounts::AccountId,
    games::Played,
    guard::Lease,
    mutes::Mutes,
    net::QuicSecrets,
    sessions::{AccountMark, HeldSession, Key, Pass, PassError, SessionId, Ticket, Token},
};

/// How long a ticket is good for: a few round trips of a slow link, and short enough that a lost one frees its seat soon.
pub const TICKET_LIFE: Duration = Duration::from_secs(10);

/// Shards of one process that notice within this time that they stood still notice the same.
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
    /// When the process stood still last, as milliseconds since `started`; 0 is never.
    stood_still_ms: AtomicU64,
    rooms_opened: AtomicU32,
    /// Seats reserved or played on in all rooms.
    players: AtomicU32,
    players_max: AtomicU32,
    /// Whose lines nobody reads.
    pub mutes: Mutes,
}

/// A seat that is kept for the bearer of a ticket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reservation {
    /// The session that begins there.
    pub session: SessionId,
    /// Where the seat is.
    pub room: Arc<RoomHandle>,
    /// What it is for.
    pub part: Part,
    /// The name the player asked for, already checked.
    pub name: String,
    /// When the seat is given away.
    pub expires: Instant,
    /// Counts as an unused ticket of whoever asked for it.
    pub lease: Option<Lease>,
}

/// A kept seat, as its future player is told of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// For the hello, once, within [`TICKET_LIFE`].
    pub ticket: String,
    /// The session that begins with it.
    pub session: SessionId,
}

/// Why a ticket opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TicketError {
    /// Its time is over.
    #[error("the ticket has expired")]
    Expired,
    /// It was used, or given out before the server was restarted.
    #[error("the ticket was used, or its seat was given away")]
    Unknown,
}

impl TicketError {
    /// One word for metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

impl Directory {
    /// A directory for `shards` shards that never keeps more than `players_max` seats at once, and signs with `key`.
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

    /// A new room with a number of its own, not listed yet: its shard is told of it first.
    pub fn new_room(&self, shard: usize, played: Played, seats: u16) -> Arc<RoomHandle> {
        let id = RoomId(self.rooms_opened.fetch_add(1, Ordering::Relaxed) + 1);
        Arc::new(RoomHandle::new(id, shard, played, seats))
    }

    /// A room of the server that ran before, with the number it had there; not listed yet.
    pub fn restored_room(&self, id: RoomId, shard: usize, played: Played, seats: u16) -> Arc<RoomHandle> {
        self.rooms_opened.fetch_max(id.0, Ordering::Relaxed);
        Arc::new(RoomHandle::new(id, shard, played, seats))
    }

    /// Lists a room: from here on seats in it can be reserved.
    pub fn open_room(&self, room: Arc<RoomHandle>) {
        self.rooms.insert(room.id, room);
    }

    /// Takes an empty room off the list. False if somebody has or keeps a seat in it: then it stays.
    pub fn close_room(&self, room: RoomId) -> bool {
        let Some(handle) = self.room(room) else { return false };
        let closed = handle.close();
        if closed {
            self.rooms.remove(&room);
        }
        closed
    }

    /// Takes all rooms of a shard that has panicked off the list and frees their seats and the tickets for them; gives
    /// their numbers.
    pub fn abandon_shard(&self, shard: usize) -> Vec<RoomId> {
        let lost: Vec<_> = self.rooms().into_iter().filter(|room| room.shard == shard).collect();
        for room in &lost {
            self.rooms.remove(&room.id);
            let seats = room.abandon();
            let free = |players: u32| Some(players.saturating_sub(seats));
            let _ = self.players.fetch_update(Ordering::AcqRel, Ordering::Acquire, free);
        }
        let lost: Vec<RoomId> = lost.iter().map(|room| room.id).collect();
        // A ticket would let its bearer into the restored room without a seat.
        self.tickets.retain(|_, ticket| ticket.room.shard != shard);
        lost
    }

    /// A room by its number.
    pub fn room(&self, room: RoomId) -> Option<Arc<RoomHandle>> {
        self.rooms.get(&room).map(|entry| Arc::clone(entry.value()))
    }

    /// All rooms, oldest first.
    pub fn rooms(&self) -> Vec<Arc<RoomHandle>> {
        let mut rooms: Vec<_> = self.rooms.iter().map(|entry| Arc::clone(entry.value())).collect();
        rooms.sort_unstable_by_key(|room| room.id);
        rooms
    }

    /// Seats reserved or played on in all rooms.
    pub fn players(&self) -> u32 {
        self.players.load(Ordering::Acquire)
    }

    /// The most seats that are kept at once.
    pub fn players_max(&self) -> u32 {
        self.players_max.load(Ordering::Relaxed)
    }

    /// From now on so many seats are kept, at most. Those who play beyond that stay.
    pub fn set_players_max(&self, players_max: u32) {
        self.players_max.store(players_max, Ordering::Relaxed);
    }

    /// Keeps a place in `room` for `name` and gives the ticket for it, good for [`TICKET_LIFE`].
    ///
    /// # Errors
    /// When the room or the server has none left, or the room closes.
    pub fn reserve(&self, room: &Arc<RoomHandle>, name: &str, part: Part, now: Instant) -> Result<Kept, ReserveError> {
        self.keep(room, part)?;
        let (session, expires) = (SessionId::random(), now + TICKET_LIFE);
        let (handle, name) = (Arc::clone(room), name.to_owned());
        let reservation = Reservation { session, room: handle, part, name, expires, lease: None };
        self.tickets.insert(session, reservation);
        let expires_ms = self.since_start_ms(expires);
        let ticket = Pass::Ticket(Ticket { session, room: room.id, shard: room.shard as u16, part, expires_ms });
        Ok(Kept { ticket: ticket.seal(&self.key), session })
    }

    /// Counts a seat without a ticket: for a player of the server that ran before, whose session is held.
    ///
    /// # Errors
    /// When the room or the server has none left, or the room closes.
    pub fn keep(&self, room: &RoomHandle, part: Part) -> Result<(), ReserveError> {
        let players_max = self.players_max();
        take(&self.players, players_max).map_err(|_| ReserveError::ServerFull { players_max })?;
        room.take(part).inspect_err(|_| {
            give_back(&self.players);
        })
    }

    /// What a hello shows, if it is signed by us. Looks nothing up.
    ///
    /// # Errors
    /// When it is nothing of ours.
    pub fn open(&self, text: &str) -> Result<Pass, PassError> {
        Pass::open(text, &self.key)
    }

    /// Those of a shard: the same for every server with the same key, and for no two shards.
    pub(crate) fn quic_secrets(&self, shard: usize) -> QuicSecrets {
        let derive = |name: &str| self.key.derive(&format!("{name} {shard}"));
        QuicSecrets {
            reset: derive("stateless reset"),
            retry: derive("retry tokens"),
            connection_ids: u64::from_be_bytes(*derive("connection ids").first_chunk().expect("it has 32 bytes")),
        }
    }

    /// The text of a token.
    pub fn seal(&self, token: Token) -> String {
        Pass::Token(token).seal(&self.key)
    }

    /// The ticket of a session counts as one of its bearer's until it is used or expires.
    pub fn hold(&self, session: SessionId, lease: Lease) {
        self.tickets.alter(&session, |_, kept| Reservation { lease: Some(lease), ..kept });
    }

    /// The seat a ticket is for; a ticket works once. From here on the seat counts until [`Self::release`].
    ///
    /// # Errors
    /// When its time is over, or it was used.
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

    /// A place that was kept is free again: whoever had it left, or could not join after all. That the room is not listed, not
    /// yet or no more, changes nothing.
    pub fn release(&self, room: &RoomHandle, part: Part) {
        if room.give_back(part) {
            give_back(&self.players);
        }
    }

    /// An account plays in this session from now on; gives the session and shard it had before, and takes back the
    /// ticket of that if it was not used yet.
    pub fn claim(&self, account: AccountId, session: SessionId, shard: usize) -> Option<(SessionId, usize)> {
        let before = self.holders.claim(self.mark(account), session, shard)?;
        self.withdraw(before.0);
        Some(before)
    }

    /// Takes back the ticket of a session and frees its place. False if it was used, so that a shard has the session.
    pub fn withdraw(&self, session: SessionId) -> bool {
        let Some((_, unused)) = self.tickets.remove(&session) else { return false };
        self.release(&unused.room, unused.part);
        self.forget(session);
        true
    }

    /// A session has a place from now on; gives those in the room who do `other` and may be the same person. Who asks
    /// second is answered: of two who come at once, one at least hears of the other.
    pub fn appear(&self, session: SessionId, presence: Presence, other: Part) -> Vec<SessionId> {
        self.presences.note(session, presence);
        self.presences.alike(&presence, other)
    }

    /// The accounts of sessions that were brought back from disk play in those.
    pub fn claim_restored(&self, held: &[HeldSession], shard: usize) {
        for held in held {
            if let Some(account) = held.account {
                self.holders.claim(account, held.session, shard);
            }
        }
    }

    /// The account that plays in a session, as recordings name it.
    pub fn account_of(&self, session: SessionId) -> Option<AccountMark> {
        self.holders.account_of(session)
    }

    /// A hash of the account by the server's key: the same after a restart, and meaningless to whoever reads a recording.
    fn mark(&self, account: AccountId) -> AccountMark {
        let hash = self.key.derive(&format!("account {account}"));
        AccountMark(u64::from_be_bytes(*hash.first_chunk().expect("SHA-256 has 32 bytes")))
    }

    /// A session is over, or did not begin.
    pub fn forget(&self, session: SessionId) {
        self.holders.forget(session);
        self.presences.forget(session);
    }

    /// Frees the seats of tickets that nobody used in time; gives their number.
    pub fn sweep(&self, now: Instant) -> usize {
        // Removing one by one, so that a shard which redeems at the same moment wins or loses as a whole.
        let expired: Vec<SessionId> =
            self.tickets.iter().filter(|entry| entry.expires <= now).map(|entry| *entry.key()).collect();
        let lost = expired.iter().filter_map(|session| self.tickets.remove(session));
        lost.map(|(session, reservation)| {
            self.release(&reservation.room, reservation.part);
            self.forget(session);
        })
        .count()
    }

    /// A shard has noticed that it stood still. True for the first of those that notice the same.
    pub(crate) fn note_standstill(&self, now: Instant) -> bool {
        let now_ms = self.since_start_ms(now).max(1);
        let before_ms = self.stood_still_ms.swap(now_ms, Ordering::Relaxed);
        before_ms == 0 || now_ms.saturating_sub(before_ms) > STANDSTILL_APART.as_millis() as u64
    }

    /// The pulse of a shard.
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
