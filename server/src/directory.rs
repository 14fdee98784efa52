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
use shared::{RoomId, wire::Mode};

use self::{
    holders::Holders,
    room_handle::{give_back, take},
};
pub use self::{
    pulse::ShardStatus,
    room_handle::{Part, ReserveError, RoomHandle},
};
use crate::{
    accounts::AccountId,
    guard::Lease,
    mutes::Mutes,
    net::QuicSecrets,
    sessions::{Key, Pass, PassError, SessionId, Ticket, Token},
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
            shards: (0..shards).map(|_| ShardStatus::new(started)).collect(),
            stood_still_ms: AtomicU64::new(0),
            rooms_opened: AtomicU32::new(0),
            players: AtomicU32::new(0),
            players_max: AtomicU32::new(players_max),
            mutes: Mutes::default(),
        }
    }

    /// A new room with a number of its own, not listed yet: its shard is told of it first.
    pub fn new_room(&self, shard: usize, mode: Mode, seats: u16) -> Arc<RoomHandle> {
        let id = RoomId(self.rooms_opened.fetch_add(1, Ordering::Relaxed) + 1);
        Arc::new(RoomHandle::new(id, shard, mode, seats))
    }

    /// A room of the server that ran before, with the number it had there; not listed yet.
    pub fn restored_room(&self, id: RoomId, shard: usize, mode: Mode, seats: u16) -> Arc<RoomHandle> {
        self.rooms_opened.fetch_max(id.0, Ordering::Relaxed);
        Arc::new(RoomHandle::new(id, shard, mode, seats))
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
        let before = self.holders.claim(account, session, shard)?;
        if let Some((_, unused)) = self.tickets.remove(&before.0) {
            self.release(&unused.room, unused.part);
        }
        Some(before)
    }

    /// A session is over, or did not begin.
    pub fn forget(&self, session: SessionId) {
        self.holders.forget(session);
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
mod tests {
    use shared::limits::SPECTATORS_PER_ROOM_MAX;

    use super::*;

    fn directory() -> Directory {
        Directory::new(1, 100, Key::random())
    }

    fn redeem(directory: &Directory, kept: &Kept, now: Instant) -> Result<Reservation, TicketError> {
        let Ok(Pass::Ticket(ticket)) = directory.open(&kept.ticket) else { panic!("a ticket is a ticket") };
        assert_eq!(ticket.session, kept.session);
        directory.redeem(ticket, now)
    }

    fn open(directory: &Directory, seats: u16) -> Arc<RoomHandle> {
        let room = directory.new_room(0, Mode::Deathmatch, seats);
        directory.open_room(Arc::clone(&room));
        room
    }

    #[test]
    fn shards_share_no_secret_and_each_has_its_own_again_after_a_restart() {
        let key = Key::random();
        let secrets = |shard| {
            let QuicSecrets { reset, retry, connection_ids } = Directory::new(2, 100, key.clone()).quic_secrets(shard);
            (reset, retry, connection_ids)
        };
        assert_eq!(secrets(0), secrets(0));
        let (first, second) = (secrets(0), secrets(1));
        assert!(first.0 != second.0 && first.1 != second.1 && first.2 != second.2 && first.0 != first.1);
    }

    #[test]
    fn racing_reservations_never_exceed_the_seats() {
        let directory = directory();
        let room = open(&directory, 16);
        let now = Instant::now();
        let taken: usize = std::thread::scope(|scope| {
            let joins: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| (0..50).filter(|_| directory.reserve(&room, "a", Part::Play, now).is_ok()).count())
                })
                .collect();
            joins.into_iter().map(|join| join.join().unwrap()).sum()
        });
        assert_eq!(taken, 16);
        assert_eq!(room.taken(), 16);
        assert_eq!(directory.players(), 16);
    }

    #[test]
    fn ticket_works_once() {
        let directory = directory();
        let room = open(&directory, 1);
        let now = Instant::now();
        let ticket = directory.reserve(&room, "ann", Part::Play, now).unwrap();
        assert_eq!(redeem(&directory, &ticket, now).unwrap().name, "ann");
        assert_eq!(redeem(&directory, &ticket, now), Err(TicketError::Unknown));
        assert_eq!(room.taken(), 1, "the player has the seat now");
        directory.release(&room, Part::Play);
        assert_eq!(room.taken(), 0);
        assert_eq!(directory.players(), 0);
    }

    #[test]
    fn ticket_works_until_it_expires_and_its_seat_is_free_from_then_on() {
        let directory = directory();
        let room = open(&directory, 2);
        let now = Instant::now();
        let before = now + TICKET_LIFE - Duration::from_millis(1);
        let in_time = directory.reserve(&room, "a", Part::Play, now).unwrap();
        let late = directory.reserve(&room, "b", Part::Play, now).unwrap();
        assert_eq!(directory.sweep(before), 0);
        assert!(redeem(&directory, &in_time, before).is_ok());
        assert_eq!(redeem(&directory, &late, now + TICKET_LIFE), Err(TicketError::Expired));
        assert_eq!(directory.sweep(now + TICKET_LIFE), 1);
        assert_eq!(room.taken(), 1);
    }

    #[test]
    fn sweep_frees_the_seats_of_lost_tickets() {
        let directory = directory();
        let room = open(&directory, 2);
        let now = Instant::now();
        let ticket = directory.reserve(&room, "a", Part::Play, now).unwrap();
        directory.reserve(&room, "b", Part::Play, now + Duration::from_secs(1)).unwrap();
        assert_eq!(directory.sweep(now + TICKET_LIFE), 1);
        assert_eq!(room.taken(), 1);
        assert_eq!(redeem(&directory, &ticket, now), Err(TicketError::Unknown), "swept");
    }

    #[test]
    fn closed_room_takes_nobody_and_a_kept_seat_keeps_it_open() {
        let directory = directory();
        let room = open(&directory, 2);
        let now = Instant::now();
        let ticket = directory.reserve(&room, "a", Part::Play, now).unwrap();
        assert!(!directory.close_room(room.id));
        redeem(&directory, &ticket, now).unwrap();
        directory.release(&room, Part::Play);
        assert!(directory.close_room(room.id));
        assert_eq!(directory.reserve(&room, "b", Part::Play, now), Err(ReserveError::RoomClosed { room: room.id }));
        assert!(directory.room(room.id).is_none());
        assert_eq!(directory.players(), 0);
    }

    #[test]
    fn seat_of_a_room_that_is_not_listed_is_given_back_all_the_same() {
        let directory = directory();
        let room = directory.new_room(0, Mode::Deathmatch, 2);
        directory.keep(&room, Part::Play).unwrap();
        directory.release(&room, Part::Play);
        assert_eq!(
            (directory.players(), room.taken()),
            (0, 0),
            "its shard took no command, or its session was over first"
        );
    }

    #[test]
    fn spectators_have_places_of_their_own_and_keep_a_room_open() {
        let directory = directory();
        let room = open(&directory, 1);
        let now = Instant::now();
        let ticket = directory.reserve(&room, "eye", Part::Watch, now).unwrap();
        assert!(directory.reserve(&room, "a", Part::Play, now).is_ok(), "the seat is free");
        assert_eq!(redeem(&directory, &ticket, now).unwrap().part, Part::Watch);
        directory.release(&room, Part::Play);
        assert!(!directory.close_room(room.id), "somebody watches");
        directory.release(&room, Part::Watch);
        assert!(directory.close_room(room.id));
        let closed = Err(ReserveError::RoomClosed { room: room.id });
        assert_eq!(directory.reserve(&room, "late", Part::Watch, now), closed);
    }

    #[test]
    fn seats_and_tickets_of_an_abandoned_shard_are_free() {
        let directory = Directory::new(2, 100, Key::random());
        let rooms = [0, 1].map(|shard| {
            let room = directory.new_room(shard, Mode::Deathmatch, 4);
            directory.open_room(Arc::clone(&room));
            room
        });
        let now = Instant::now();
        let played = directory.reserve(&rooms[0], "a", Part::Play, now).unwrap();
        redeem(&directory, &played, now).unwrap();
        let unused = directory.reserve(&rooms[0], "b", Part::Play, now).unwrap();
        let watched = directory.reserve(&rooms[0], "c", Part::Watch, now).unwrap();
        let elsewhere = directory.reserve(&rooms[1], "d", Part::Play, now).unwrap();
        assert_eq!(directory.abandon_shard(0), [rooms[0].id]);
        assert_eq!(directory.players(), 1);
        assert!(directory.room(rooms[0].id).is_none());
        assert_eq!(redeem(&directory, &unused, now), Err(TicketError::Unknown));
        assert_eq!(redeem(&directory, &watched, now), Err(TicketError::Unknown));
        assert!(redeem(&directory, &elsewhere, now).is_ok());
        let closed = Err(ReserveError::RoomClosed { room: rooms[0].id });
        for part in [Part::Play, Part::Watch] {
            assert_eq!(directory.reserve(&rooms[0], "late", part, now), closed);
        }
        directory.release(&rooms[0], Part::Play);
        assert_eq!(directory.players(), 1, "a late release of the lost room frees nothing");
    }

    #[test]
    fn spectators_are_limited() {
        let directory = directory();
        let room = open(&directory, 1);
        let now = Instant::now();
        for _ in 0..SPECTATORS_PER_ROOM_MAX {
            directory.reserve(&room, "eye", Part::Watch, now).unwrap();
        }
        assert_eq!(directory.reserve(&room, "eye", Part::Watch, now), Err(ReserveError::Crowded { room: room.id }));
    }

    #[test]
    fn server_limit_counts_all_rooms() {
        let directory = Directory::new(1, 2, Key::random());
        let first = open(&directory, 2);
        let second = open(&directory, 2);
        let now = Instant::now();
        directory.reserve(&first, "a", Part::Play, now).unwrap();
        directory.reserve(&second, "b", Part::Play, now).unwrap();
        assert_eq!(directory.reserve(&second, "c", Part::Play, now), Err(ReserveError::ServerFull { players_max: 2 }));
        assert_eq!(second.taken(), 1);
    }
}
