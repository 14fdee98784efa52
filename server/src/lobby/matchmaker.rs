//! Finds a seat for a player: the fullest room that fits, or a new one; and closes rooms without players.
//!
//! [`Directory::reserve`] reserves seats, and cannot over-fill a room. Rooms are opened and closed one at a time
//! under a lock, so that many joins at once fill rooms instead of opening one each.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use room::Match;
use shared::{RoomId, keyed_hash::keyed_hash, limits::SHARD_COMMANDS_MAX};
use tracing::{error, info, warn};

use super::{name::PlayerName, refusal::Refusal};
use crate::{
    config::{Config, LiveConfig, PreparedGames, Spectators},
    directory::{Directory, Kept, ReserveError, RoomHandle, ShardStatus, room_view::RoomView},
    games::{Hosted, Played, RoomSetup},
    session::{Role, SessionId},
    shard::ShardCommand,
    storage::recovery::RestoredRoom,
};

/// Sends a command to a shard. False if the shard's queue is full or the shard has ended.
pub type SendCommand = Arc<dyn Fn(usize, ShardCommand) -> bool + Send + Sync>;

/// The request of a player.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// The player's name.
    pub name: PlayerName,
    /// The requested game; without it, the room's game or the default game.
    pub game: Option<&'static dyn Hosted>,
    /// The requested mode; without it, the room's mode or the default mode of the game.
    pub mode: Option<usize>,
    /// The requested room; without it, any room.
    pub room: Option<RoomId>,
    /// Player or spectator.
    pub part: Role,
}

/// A reserved seat.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Valid once, and for [`crate::directory::TICKET_LIFE`].
    pub ticket: String,
    /// The session that begins when the ticket is used.
    pub session: SessionId,
    /// The room of the seat.
    pub room: Arc<RoomHandle>,
}

/// Chooses rooms for players, opens rooms and closes them.
pub struct Matchmaker {
    directory: Arc<Directory>,
    config: Arc<LiveConfig>,
    games: ArcSwap<PreparedGames>,
    seed: u64,
    send: SendCommand,
    draining: AtomicBool,
    /// Locked while a room opens or closes.
    housekeeping: Mutex<Housekeeping>,
}

/// The state of rooms without players.
#[derive(Default)]
struct Housekeeping {
    empty_since: BTreeMap<RoomId, Instant>,
    /// Rooms that are off the list, but whose shards were too busy for the command to close them.
    to_close: Vec<Arc<RoomHandle>>,
    /// Time when a room was last opened in place of one that failed.
    replaced: Option<Instant>,
}

/// A shard without a heartbeat for this long gets no new players.
pub const SHARD_PATIENCE: Duration = Duration::from_secs(2);
/// Age of a room, in addition to the delay of spectators, from which it can be watched.
const WATCH_MARGIN: Duration = Duration::from_secs(1);
/// Time that a room stays open after its last player, for players who come back with friends.
const EMPTY_ROOM_LIFE: Duration = Duration::from_secs(60);
/// Pause between rooms that are opened because the last one failed: a game that fails at once would fill the log.
const REPLACE_PAUSE: Duration = Duration::from_secs(10);

/// Rooms that are given to shards at once. In the pause between two such batches a shard takes more than that.
const RESTORE_BATCH: usize = SHARD_COMMANDS_MAX / 8;
const RESTORE_PAUSE: Duration = Duration::from_millis(50);

impl Matchmaker {
    /// A matchmaker for the rooms of `directory`; `games` are those of `config`.
    pub fn new(
        directory: Arc<Directory>,
        config: Arc<LiveConfig>,
        games: PreparedGames,
        seed: u64,
        send: SendCommand,
    ) -> Self {
        let draining = AtomicBool::new(false);
        let games = ArcSwap::from_pointee(games);
        Self { directory, config, games, seed, send, draining, housekeeping: Mutex::default() }
    }

    /// Sets the settings and maps of rooms that open from now on.
    pub fn set_games(&self, games: PreparedGames) {
        self.games.store(Arc::new(games));
    }

    /// Refuses all joins from now on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// True if joins are refused because the server ends.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Opens the first room, which closes only if its game fails.
    ///
    /// # Errors
    /// When the shard does not take it.
    pub fn open_first_room(&self) -> Result<Arc<RoomHandle>, Refusal> {
        let room = self.start_room(self.config.played(), 0)?;
        self.directory.open_room(Arc::clone(&room));
        Ok(room)
    }

    /// Gives rooms of the server's previous run to their shards, which must run already. Returns the number of rooms that were taken.
    pub fn restore_rooms(&self, rooms: Vec<RestoredRoom>) -> usize {
        let mut taken = 0;
        for (index, room) in rooms.into_iter().enumerate() {
            if index > 0 && index.is_multiple_of(RESTORE_BATCH) {
                thread::sleep(RESTORE_PAUSE);
            }
            let id = room.room;
            match self.restore_room(room) {
                Ok(_) => taken += 1,
                Err(refusal) => error!(room = id.0, %refusal, "the room cannot go on; its file stays"),
            }
        }
        taken
    }

    /// Continues a room of the server's previous run. The sessions of its players are held, and their seats are kept.
    ///
    /// # Errors
    /// When the shard does not take it.
    pub fn restore_room(&self, restored: RestoredRoom) -> Result<Arc<RoomHandle>, Refusal> {
        let (id, played, seats) = (restored.room, restored.played(), restored.seats());
        let seed = room_seed(self.seed, id, restored.past());
        // If there are fewer shards now, another shard gets the room. Its players cannot come back: their tokens name the old shard.
        let shard = restored.shard() % self.directory.shards().len();
        let handle = self.directory.restored_room(id, shard, played, seats);
        let map = restored.map_name().to_owned();
        let keep = |member| self.directory.keep(&handle, Role::of(member)).is_ok();
        let games = self.games.load();
        let (room, held) = restored.open(&**games.of(played.game), self.room_setup(id), seed, keep);
        handle.publish(RoomView::of(&room));
        let kept: Vec<_> = held.iter().map(|held| Role::of(held.member)).collect();
        // Claimed before the room is listed, so that a join with the same account finds the restored session.
        self.directory.claim_restored(&held, shard);
        let sessions: Vec<_> = held.iter().map(|held| held.session).collect();
        let command = ShardCommand::OpenRoom { handle: Arc::clone(&handle), room, held };
        if !(self.send)(shard, command) {
            // The room does not run, so nobody can come back to these seats.
            kept.into_iter().for_each(|part| self.directory.release(&handle, part));
            sessions.iter().for_each(|&session| self.directory.forget(session));
            return Err(Refusal::Overloaded);
        }
        info!(room = handle.id.0, shard = handle.shard, map, "restored a room");
        self.directory.open_room(Arc::clone(&handle));
        Ok(handle)
    }

    /// Reserves a seat for a player.
    ///
    /// # Errors
    /// The [`Refusal`] with the reason.
    pub fn join(&self, wish: &Wish, now: Instant) -> Result<Seat, Refusal> {
        if self.is_draining() {
            return Err(Refusal::Draining);
        }
        if wish.part == Role::Watch && self.config.load().spectators == Spectators::Off {
            return Err(Refusal::SpectatorsOff);
        }
        match wish.room {
            Some(room) => self.join_room(wish, room, now),
            None if wish.part == Role::Watch => self.watch_any(wish, now),
            None => self.join_any(wish, now),
        }
    }

    fn join_room(&self, wish: &Wish, room: RoomId, now: Instant) -> Result<Seat, Refusal> {
        let room = self.directory.room(room).ok_or_else(|| self.refusal_of_unknown(room))?;
        let played = room.played;
        if let Some(wanted) = wish.game.filter(|&game| game != played.game) {
            return Err(Refusal::OtherGame { room: room.id, played: played.game.name(), wanted: wanted.name() });
        }
        if let Some(mode) = wish.mode.filter(|&mode| mode != played.mode) {
            let wanted = Played { mode, ..played }.mode_name();
            return Err(Refusal::OtherMode { room: room.id, played: played.mode_name(), wanted });
        }
        if !self.takes_players(room.shard, now) {
            return Err(Refusal::Overloaded);
        }
        if wish.part == Role::Watch {
            self.check_age(&room, now)?;
        }
        self.reserve(&room, wish, now).map_err(Refusal::from)
    }

    /// Refuses to show a room that is younger than the delay of spectators.
    fn check_age(&self, room: &RoomHandle, now: Instant) -> Result<(), Refusal> {
        let delay_secs = self.config.load().spectators.delay_secs();
        // The margin is for a late tick, and for the time until the ticket is used.
        let needed = Duration::from_secs(delay_secs.into()) + WATCH_MARGIN;
        let left = needed.saturating_sub(now.saturating_duration_since(room.opened));
        if delay_secs == 0 || left.is_zero() {
            return Ok(());
        }
        let wait_secs = left.as_secs_f64().ceil() as u32;
        Err(Refusal::NothingYet { room: room.id, delay_secs, wait_secs })
    }

    /// Reserves a spectator's place in the room with the most players.
    fn watch_any(&self, wish: &Wish, now: Instant) -> Result<Seat, Refusal> {
        let mut rooms = self.directory.rooms();
        rooms.retain(|room| {
            let Played { game, mode } = room.played;
            let is_wanted =
                wish.game.is_none_or(|wanted| wanted == game) && wish.mode.is_none_or(|wanted| wanted == mode);
            is_wanted && self.takes_players(room.shard, now)
        });
        let busiest = |old_enough: bool| {
            let rooms = rooms.iter().filter(|room| !old_enough || self.check_age(room, now).is_ok());
            rooms.max_by_key(|room| (room.taken(), Reverse(room.id)))
        };
        let busiest = busiest(true).or_else(|| busiest(false));
        let busiest = busiest.ok_or_else(|| self.unless_recovering(Refusal::NothingToWatch))?;
        self.check_age(busiest, now)?;
        self.reserve(busiest, wish, now).map_err(Refusal::from)
    }

    fn join_any(&self, wish: &Wish, now: Instant) -> Result<Seat, Refusal> {
        let config = self.config.load();
        let game = wish.game.unwrap_or_else(|| config.default_game(self.config.games()));
        let played = Played { game, mode: wish.mode.unwrap_or_else(|| config.of_game(game).mode) };
        if let Some(seat) = self.join_fullest(played, wish, now)? {
            return Ok(seat);
        }
        let _one_at_a_time = self.housekeeping();
        // Somebody else may have opened a room while this join waited.
        if let Some(seat) = self.join_fullest(played, wish, now)? {
            return Ok(seat);
        }
        let rooms = self.directory.rooms();
        if rooms.len() >= self.config.load().max_rooms as usize {
            return Err(self.refusal_without_room(&rooms, played, now));
        }
        let shard = self.least_loaded_shard(&rooms, now).ok_or_else(|| self.refusal_without_shard())?;
        let room = self.start_room(played, shard)?;
        // The seat is reserved before the room is listed, so that no other join can take all seats first.
        let seat = self.reserve(&room, wish, now);
        self.directory.open_room(room);
        Ok(seat?)
    }

    /// Reserves a seat in the fullest room that has a free one; `None` if all are full.
    fn join_fullest(&self, played: Played, wish: &Wish, now: Instant) -> Result<Option<Seat>, Refusal> {
        let mut rooms = self.directory.rooms();
        rooms.retain(|room| {
            room.played == played && room.taken() < room.seats.into() && self.takes_players(room.shard, now)
        });
        rooms.sort_by_key(|room| (Reverse(room.taken()), room.id));
        for room in rooms {
            match self.reserve(&room, wish, now) {
                Ok(seat) => return Ok(Some(seat)),
                // Another join was faster; try the next room.
                Err(ReserveError::RoomFull { .. } | ReserveError::RoomClosed { .. } | ReserveError::Crowded { .. }) => {
                }
                Err(error @ ReserveError::ServerFull { .. }) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn reserve(&self, room: &Arc<RoomHandle>, wish: &Wish, now: Instant) -> Result<Seat, ReserveError> {
        let Kept { ticket, session } = self.directory.reserve(room, wish.name.as_str(), wish.part, now)?;
        Ok(Seat { ticket, session, room: Arc::clone(room) })
    }

    /// Gives a new room to its shard, before the directory lists it: the shard must have the room before it gets a ticket for it.
    fn start_room(&self, played: Played, shard: usize) -> Result<Arc<RoomHandle>, Refusal> {
        let handle = self.directory.new_room(shard, played, self.config.load().room_size);
        let seed = room_seed(self.seed, handle.id, [0; 2]);
        let room = self.games.load().of(played.game).open(self.room_setup(handle.id), played.mode, seed);
        handle.publish(RoomView::of(&room));
        let map = room.map_name().to_owned();
        if !(self.send)(shard, ShardCommand::OpenRoom { handle: Arc::clone(&handle), room, held: Vec::new() }) {
            return Err(Refusal::Overloaded);
        }
        let (room, seats, game, mode) = (handle.id.0, handle.seats, played.game.name(), played.mode_name());
        info!(room, shard, game, mode, seats, map, "opened a room");
        Ok(handle)
    }

    /// The parameters of a room with this number.
    fn room_setup(&self, room: RoomId) -> RoomSetup {
        let settings = self.config.load();
        let Config { room_size, fill, .. } = *settings;
        RoomSetup {
            id: room.0,
            server: settings.name.clone(),
            tick_rate: settings.tick_rate(),
            seats: room_size,
            fill: fill.min(room_size),
            interest_px: settings.interest_px,
            spectator_delay_secs: settings.spectators.delay_secs(),
        }
    }

    fn housekeeping(&self) -> MutexGuard<'_, Housekeeping> {
        // Each change leaves a valid state, so a poisoned lock does no harm.
        self.housekeeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn takes_players(&self, shard: usize, now: Instant) -> bool {
        let shard = self.directory.shard(shard);
        shard.is_alive(now, SHARD_PATIENCE) && !shard.refuses_joins()
    }

    fn least_loaded_shard(&self, rooms: &[Arc<RoomHandle>], now: Instant) -> Option<usize> {
        let load = |shard: usize| {
            let rooms = rooms.iter().filter(|room| room.shard == shard);
            rooms.fold((0, 0), |(players, count), room| (players + room.taken(), count + 1))
        };
        let shards = 0..self.directory.shards().len();
        shards.filter(|&shard| self.takes_players(shard, now)).min_by_key(|&shard| load(shard))
    }

    /// The refusal for a room that is not on the list.
    fn refusal_of_unknown(&self, room: RoomId) -> Refusal {
        self.unless_recovering(Refusal::UnknownRoom { room })
    }

    /// The refusal if no shard takes players.
    pub(super) fn refusal_without_shard(&self) -> Refusal {
        self.unless_recovering(Refusal::Overloaded)
    }

    /// Replaces a refusal while a shard is restarted: its rooms are not on the list then, and it takes no players.
    fn unless_recovering(&self, refusal: Refusal) -> Refusal {
        let recovering = self.directory.shards().iter().any(ShardStatus::has_died);
        if recovering { Refusal::Recovering } else { refusal }
    }

    /// The refusal if rooms are open but none can be joined.
    fn refusal_without_room(&self, rooms: &[Arc<RoomHandle>], played: Played, now: Instant) -> Refusal {
        let free = rooms.iter().any(|room| room.played == played && room.taken() < room.seats.into());
        let refusing = rooms.iter().any(|room| !self.takes_players(room.shard, now));
        match free && refusing {
            true => Refusal::Overloaded,
            false => Refusal::AllRoomsFull { rooms_max: self.config.load().max_rooms },
        }
    }

    /// Frees seats whose tickets were lost, closes rooms that have been empty for long, and opens a room if there is none. Called a few
    /// times a second.
    pub fn tidy(&self, now: Instant) {
        let lost = self.directory.sweep(now);
        if lost > 0 {
            info!(lost, "freed seats of tickets that nobody used");
        }
        let mut housekeeping = self.housekeeping();
        let Housekeeping { empty_since, to_close, replaced } = &mut *housekeeping;
        let rooms = self.directory.rooms();
        let is_due = replaced.is_none_or(|at| now.saturating_duration_since(at) >= REPLACE_PAUSE);
        if rooms.is_empty() && is_due && !self.is_draining() && self.takes_players(0, now) {
            *replaced = Some(now);
            if let Err(refusal) = self.open_first_room() {
                warn!(%refusal, "no room can be opened in place of the one that failed");
            }
        }
        empty_since.retain(|id, _| rooms.iter().any(|room| room.id == *id && room.is_empty()));
        for room in rooms.iter().skip(1).filter(|room| room.is_empty()) {
            let since = *empty_since.entry(room.id).or_insert(now);
            if now.saturating_duration_since(since) >= EMPTY_ROOM_LIFE && self.directory.close_room(room.id) {
                info!(room = room.id.0, shard = room.shard, "closed a room that nobody played in");
                to_close.push(Arc::clone(room));
            }
        }
        to_close.retain(|room| !(self.send)(room.shard, ShardCommand::CloseRoom(room.id)));
    }
}

/// The seed of a room. Rooms of one server differ, and the server's seed repeats them all; but no room's seed reveals the server's or
/// another room's. `past` identifies the past of a restored room; it is zeros for a new one.
fn room_seed(server: u64, room: RoomId, past: [u64; 2]) -> u64 {
    let [chance, tick] = past;
    keyed_hash([server, ROOM_SEEDS], &[room.0.into(), chance, tick])
}

/// Separates these hashes from others under the same seed.
const ROOM_SEEDS: u64 = u64::from_be_bytes(*b"lobby's.");

#[cfg(test)]
mod tests;
