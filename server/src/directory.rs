//! Where the control plane and the data plane meet: rooms with their published views, seats, join tickets, and the
//! pulse of each shard.
//!
//! ```text
//! lobby   reserve ──> ticket ──10 s──> swept, seat free again
//!                        │
//! shard             redeem at Hello ──> playing ──> release, seat free again
//! ```
//!
//! A seat is counted from its reservation until its release, so a room never holds more than it has seats for, however
//! many joins race. Lookups clone the handle and let go of the map.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use dashmap::DashMap;
use shared::{PlayerId, RoomId, limits::SPECTATORS_PER_ROOM_MAX, wire::Mode};

use crate::{guard::Lease, mode, room_view::RoomView};

/// How long a ticket is good for: a few round trips of a slow link, and short enough that a lost one frees its seat soon.
pub const TICKET_LIFE: Duration = Duration::from_secs(10);

/// Rooms, seats, tickets and the state of the shards.
#[derive(Debug)]
pub struct Directory {
    rooms: DashMap<RoomId, Arc<RoomHandle>>,
    tickets: DashMap<String, Reservation>,
    shards: Vec<ShardStatus>,
    rooms_opened: AtomicU32,
    /// Seats reserved or played on in all rooms.
    players: AtomicU32,
    players_max: AtomicU32,
}

/// A room as the rest of the server knows it.
#[derive(Debug)]
pub struct RoomHandle {
    /// Its number.
    pub id: RoomId,
    /// The shard that runs it.
    pub shard: usize,
    /// What is played.
    pub mode: Mode,
    /// Seats for players and opponents together.
    pub seats: u16,
    /// What its shard published last, a few times a second.
    pub view: ArcSwap<RoomView>,
    /// Seats of players, reserved or played on; opponents give up theirs. [`CLOSED`] once the room takes nobody.
    taken: AtomicU32,
    /// Spectators' places, reserved or used.
    watching: AtomicU32,
}

/// What somebody comes for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Part {
    /// To play.
    #[default]
    Play,
    /// To watch.
    Watch,
}

/// A seat that is kept for the bearer of a ticket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reservation {
    /// Where the seat is.
    pub room: RoomId,
    /// What it is for.
    pub part: Part,
    /// The name the player asked for, already checked.
    pub name: String,
    /// When the seat is given away.
    pub expires: Instant,
    /// Counts as an unused ticket of whoever asked for it.
    pub lease: Option<Lease>,
}

/// Why no seat could be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReserveError {
    /// Every seat of the room is taken by players.
    #[error("all {seats} seats of room {} are taken", room.0)]
    RoomFull {
        /// The room.
        room: RoomId,
        /// Its seats.
        seats: u16,
    },
    /// Too many watch the room.
    #[error("{SPECTATORS_PER_ROOM_MAX} are watching room {} already", room.0)]
    Crowded {
        /// The room.
        room: RoomId,
    },
    /// The room takes nobody any more.
    #[error("room {} is closed", room.0)]
    RoomClosed {
        /// The room.
        room: RoomId,
    },
    /// The server's own limit.
    #[error("the server is full: all {players_max} players it takes are here")]
    ServerFull {
        /// The limit.
        players_max: u32,
    },
}

/// The pulse of a shard, written by it and read by health checks and the lobby.
#[derive(Debug)]
pub struct ShardStatus {
    started: Instant,
    /// Milliseconds from `started` to the last beat; 0 is never.
    beat_ms: AtomicU64,
    refuses_joins: AtomicBool,
}

/// `taken` of a room that closes: larger than any number of seats, so that no reservation can succeed.
const CLOSED: u32 = u32::MAX;

impl Directory {
    /// A directory for `shards` shards that never keeps more than `players_max` seats at once.
    pub fn new(shards: usize, players_max: u32) -> Self {
        let started = Instant::now();
        Self {
            rooms: DashMap::new(),
            tickets: DashMap::new(),
            shards: (0..shards).map(|_| ShardStatus::new(started)).collect(),
            rooms_opened: AtomicU32::new(0),
            players: AtomicU32::new(0),
            players_max: AtomicU32::new(players_max),
        }
    }

    /// A new room with a number of its own, not listed yet: its shard is told of it first.
    pub fn new_room(&self, shard: usize, mode: Mode, seats: u16) -> Arc<RoomHandle> {
        let id = RoomId(self.rooms_opened.fetch_add(1, Ordering::Relaxed) + 1);
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
    pub fn reserve(&self, room: &RoomHandle, name: &str, part: Part, now: Instant) -> Result<String, ReserveError> {
        let players_max = self.players_max();
        take(&self.players, players_max).map_err(|_| ReserveError::ServerFull { players_max })?;
        room.take(part).inspect_err(|_| give_back(&self.players))?;
        let ticket = format!("{:032x}", rand::random::<u128>());
        let (name, expires) = (name.to_owned(), now + TICKET_LIFE);
        let reservation = Reservation { room: room.id, part, name, expires, lease: None };
        self.tickets.insert(ticket.clone(), reservation);
        Ok(ticket)
    }

    /// The ticket counts as one of its bearer's until it is used or expires.
    pub fn hold(&self, ticket: &str, lease: Lease) {
        self.tickets.alter(ticket, |_, kept| Reservation { lease: Some(lease), ..kept });
    }

    /// The seat a ticket is for; a ticket works once. From here on the seat counts until [`Self::release`].
    pub fn redeem(&self, ticket: &str, now: Instant) -> Option<Reservation> {
        let (_, reservation) = self.tickets.remove(ticket)?;
        if reservation.expires <= now {
            self.release(reservation.room, reservation.part);
            return None;
        }
        Some(reservation)
    }

    /// A redeemed place is free again: who had it left, or could not join after all.
    pub fn release(&self, room: RoomId, part: Part) {
        if let Some(room) = self.room(room) {
            give_back(room.count(part));
            give_back(&self.players);
        }
    }

    /// Frees the seats of tickets that nobody used in time; gives their number.
    pub fn sweep(&self, now: Instant) -> usize {
        // Removing one by one, so that a shard which redeems at the same moment wins or loses as a whole.
        let expired: Vec<String> =
            self.tickets.iter().filter(|entry| entry.expires <= now).map(|entry| entry.key().clone()).collect();
        let lost = expired.iter().filter_map(|ticket| self.tickets.remove(ticket));
        lost.map(|(_, reservation)| self.release(reservation.room, reservation.part)).count()
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

impl RoomHandle {
    fn new(id: RoomId, shard: usize, mode: Mode, seats: u16) -> Self {
        let view = ArcSwap::from_pointee(RoomView::default());
        Self { id, shard, mode, seats, view, taken: AtomicU32::new(0), watching: AtomicU32::new(0) }
    }

    /// Seats of players, reserved or played on.
    pub fn taken(&self) -> u32 {
        match self.taken.load(Ordering::Acquire) {
            CLOSED => 0,
            taken => taken,
        }
    }

    /// Whether anybody has or keeps a place in it.
    pub fn is_empty(&self) -> bool {
        self.taken() == 0 && self.watching.load(Ordering::Acquire) == 0
    }

    /// What somebody with this number does in the room.
    pub fn part_of(&self, player: PlayerId) -> Part {
        if player.0 < self.seats { Part::Play } else { Part::Watch }
    }

    fn count(&self, part: Part) -> &AtomicU32 {
        match part {
            Part::Play => &self.taken,
            Part::Watch => &self.watching,
        }
    }

    fn take(&self, part: Part) -> Result<(), ReserveError> {
        let Self { id: room, seats, .. } = *self;
        match part {
            Part::Play => match take(&self.taken, seats.into()) {
                Ok(_) => Ok(()),
                Err(CLOSED) => Err(ReserveError::RoomClosed { room }),
                Err(_) => Err(ReserveError::RoomFull { room, seats }),
            },
            Part::Watch => {
                take(&self.watching, SPECTATORS_PER_ROOM_MAX as u32).map_err(|_| ReserveError::Crowded { room })?;
                // Counted first and looked at then, as closing does the other way round: one of the two gives way.
                if self.taken.load(Ordering::SeqCst) == CLOSED {
                    give_back(&self.watching);
                    return Err(ReserveError::RoomClosed { room });
                }
                Ok(())
            }
        }
    }

    fn close(&self) -> bool {
        if self.taken.compare_exchange(0, CLOSED, Ordering::SeqCst, Ordering::Acquire).is_err() {
            return false;
        }
        let is_watched = self.watching.load(Ordering::SeqCst) > 0;
        if is_watched {
            self.taken.store(0, Ordering::SeqCst);
        }
        !is_watched
    }
}

impl ShardStatus {
    fn new(started: Instant) -> Self {
        Self { started, beat_ms: AtomicU64::new(0), refuses_joins: AtomicBool::new(false) }
    }

    /// Called by the shard in every turn of its loop.
    pub fn beat(&self, now: Instant) {
        let ms = now.saturating_duration_since(self.started).as_millis() as u64;
        self.beat_ms.store(ms.max(1), Ordering::Relaxed);
    }

    /// Whether it has beaten within `patience`.
    pub fn is_alive(&self, now: Instant, patience: Duration) -> bool {
        match self.beat_ms.load(Ordering::Relaxed) {
            0 => false,
            ms => now.saturating_duration_since(self.started + Duration::from_millis(ms)) <= patience,
        }
    }

    /// Set by an overloaded shard: the lobby sends nobody there until it is cleared.
    pub fn set_refuses_joins(&self, refuses: bool) {
        self.refuses_joins.store(refuses, Ordering::Relaxed);
    }

    /// Whether it takes nobody now.
    pub fn refuses_joins(&self) -> bool {
        self.refuses_joins.load(Ordering::Relaxed)
    }
}

impl fmt::Display for RoomHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "room {} ({}, {} seats, shard {})", self.id.0, mode::name(self.mode), self.seats, self.shard)
    }
}

/// Counts one more unless that would pass `limit`; then gives the count.
fn take(count: &AtomicU32, limit: u32) -> Result<u32, u32> {
    count.fetch_update(Ordering::SeqCst, Ordering::Acquire, |taken| (taken < limit).then(|| taken + 1))
}

fn give_back(count: &AtomicU32) {
    let before = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| match taken {
        CLOSED => None,
        _ => taken.checked_sub(1),
    });
    debug_assert!(before.is_ok(), "a seat is released once");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        Directory::new(1, 100)
    }

    fn open(directory: &Directory, seats: u16) -> Arc<RoomHandle> {
        let room = directory.new_room(0, Mode::Deathmatch, seats);
        directory.open_room(Arc::clone(&room));
        room
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
        assert_eq!(directory.redeem(&ticket, now).unwrap().name, "ann");
        assert_eq!(directory.redeem(&ticket, now), None);
        assert_eq!(room.taken(), 1, "the player has the seat now");
        directory.release(room.id, Part::Play);
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
        assert!(directory.redeem(&in_time, before).is_some());
        assert_eq!(directory.redeem(&late, now + TICKET_LIFE), None);
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
        assert_eq!(directory.redeem(&ticket, now), None, "swept");
    }

    #[test]
    fn closed_room_takes_nobody_and_a_kept_seat_keeps_it_open() {
        let directory = directory();
        let room = open(&directory, 2);
        let now = Instant::now();
        let ticket = directory.reserve(&room, "a", Part::Play, now).unwrap();
        assert!(!directory.close_room(room.id));
        directory.redeem(&ticket, now).unwrap();
        directory.release(room.id, Part::Play);
        assert!(directory.close_room(room.id));
        assert_eq!(directory.reserve(&room, "b", Part::Play, now), Err(ReserveError::RoomClosed { room: room.id }));
        assert!(directory.room(room.id).is_none());
        assert_eq!(directory.players(), 0);
    }

    #[test]
    fn spectators_have_places_of_their_own_and_keep_a_room_open() {
        let directory = directory();
        let room = open(&directory, 1);
        let now = Instant::now();
        let ticket = directory.reserve(&room, "eye", Part::Watch, now).unwrap();
        assert!(directory.reserve(&room, "a", Part::Play, now).is_ok(), "the seat is free");
        assert_eq!(directory.redeem(&ticket, now).unwrap().part, Part::Watch);
        directory.release(room.id, Part::Play);
        assert!(!directory.close_room(room.id), "somebody watches");
        directory.release(room.id, Part::Watch);
        assert!(directory.close_room(room.id));
        let closed = Err(ReserveError::RoomClosed { room: room.id });
        assert_eq!(directory.reserve(&room, "late", Part::Watch, now), closed);
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
        let directory = Directory::new(1, 2);
        let first = open(&directory, 2);
        let second = open(&directory, 2);
        let now = Instant::now();
        directory.reserve(&first, "a", Part::Play, now).unwrap();
        directory.reserve(&second, "b", Part::Play, now).unwrap();
        assert_eq!(directory.reserve(&second, "c", Part::Play, now), Err(ReserveError::ServerFull { players_max: 2 }));
        assert_eq!(second.taken(), 1);
    }

    #[test]
    fn shard_is_alive_for_as_long_as_its_last_beat_lasts() {
        let (now, patience) = (Instant::now(), Duration::from_secs(1));
        let shard = ShardStatus::new(now);
        assert!(!shard.is_alive(now, patience), "never beaten");
        shard.beat(now + Duration::from_millis(500));
        assert!(shard.is_alive(now + Duration::from_millis(1_400), patience));
        assert!(!shard.is_alive(now + Duration::from_millis(1_600), patience));
    }
}
