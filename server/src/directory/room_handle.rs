//! A room as the rest of the server sees it: its shard, its game, and how many places are taken.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Instant,
};

use arc_swap::ArcSwap;
use shared::{RoomId, limits::SPECTATORS_PER_ROOM_MAX};

use crate::{directory::room_view::RoomView, games::Played, session::Role};

/// A room as the rest of the server sees it.
#[derive(Debug)]
pub struct RoomHandle {
    /// Its number.
    pub id: RoomId,
    /// The shard that runs it.
    pub shard: usize,
    /// The game and the mode that the room plays.
    pub played: Played,
    /// Seats for players and opponents together.
    pub seats: u16,
    /// Time when it was made, or restored after a restart.
    pub opened: Instant,
    /// The view that its shard published last; renewed more often while it is read.
    view: ArcSwap<RoomView>,
    /// True if [`RoomHandle::view`] was called since the last [`RoomHandle::take_looked_at`].
    looked_at: AtomicBool,
    /// Seats of players, reserved or in use. Opponents do not count: they give up their seats. [`CLOSED`] once the room closes.
    taken: AtomicU32,
    /// Places of spectators, reserved or in use.
    watching: AtomicU32,
}

/// Reasons why no place could be reserved.
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
    /// All places for spectators are taken.
    #[error("room {} has {SPECTATORS_PER_ROOM_MAX} spectators, the most allowed", room.0)]
    Crowded {
        /// The room.
        room: RoomId,
    },
    /// The room is closing.
    #[error("room {} is closed", room.0)]
    RoomClosed {
        /// The room.
        room: RoomId,
    },
    /// All places of the server are taken.
    #[error("the server is full: it takes at most {players_max} players")]
    ServerFull {
        /// The limit.
        players_max: u32,
    },
}

/// `taken` of a room that closes: larger than any number of seats, so that no reservation can succeed.
const CLOSED: u32 = u32::MAX;

impl RoomHandle {
    pub(super) fn new(id: RoomId, shard: usize, played: Played, seats: u16) -> Self {
        let view = ArcSwap::from_pointee(RoomView::default());
        let opened = Instant::now();
        let (taken, watching) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { id, shard, played, seats, opened, view, looked_at: AtomicBool::new(false), taken, watching }
    }

    /// The newest view of the room. For some seconds after this call the shard publishes views more often.
    pub fn view(&self) -> Arc<RoomView> {
        self.looked_at.store(true, Ordering::Relaxed);
        self.view.load_full()
    }

    /// The same for callers that accept a view of a second or two ago; the shard publishes no more often for them.
    pub fn last_view(&self) -> Arc<RoomView> {
        self.view.load_full()
    }

    /// Replaces the view.
    pub(crate) fn publish(&self, view: RoomView) {
        self.view.store(Arc::new(view));
    }

    /// True if [`RoomHandle::view`] was called since the last call of this.
    pub(crate) fn take_looked_at(&self) -> bool {
        self.looked_at.swap(false, Ordering::Relaxed)
    }

    /// Seats of players, reserved or in use.
    pub fn taken(&self) -> u32 {
        match self.taken.load(Ordering::Acquire) {
            CLOSED => 0,
            taken => taken,
        }
    }

    /// True if no place is reserved or in use.
    pub fn is_empty(&self) -> bool {
        self.taken() == 0 && self.watching.load(Ordering::Acquire) == 0
    }

    pub(super) fn count(&self, part: Role) -> &AtomicU32 {
        match part {
            Role::Play => &self.taken,
            Role::Watch => &self.watching,
        }
    }

    pub(super) fn take(&self, part: Role) -> Result<(), ReserveError> {
        let Self { id: room, seats, .. } = *self;
        match part {
            Role::Play => match take(&self.taken, seats.into()) {
                Ok(_) => Ok(()),
                Err(CLOSED) => Err(ReserveError::RoomClosed { room }),
                Err(_) => Err(ReserveError::RoomFull { room, seats }),
            },
            Role::Watch => {
                take(&self.watching, SPECTATORS_PER_ROOM_MAX as u32).map_err(|_| ReserveError::Crowded { room })?;
                // We count first and check then; `close` does it in the opposite order. So if both run at once, at least one gives way.
                if self.taken.load(Ordering::SeqCst) == CLOSED {
                    give_back(&self.watching);
                    return Err(ReserveError::RoomClosed { room });
                }
                Ok(())
            }
        }
    }

    pub(super) fn close(&self) -> bool {
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

/// Handles are compared by identity.
impl PartialEq for RoomHandle {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for RoomHandle {}

impl RoomHandle {
    /// Frees a place. False if it was freed already, with the whole room.
    pub(super) fn give_back(&self, part: Role) -> bool {
        let counted = give_back(self.count(part));
        debug_assert!(counted || self.taken.load(Ordering::SeqCst) == CLOSED, "a seat is released once");
        counted
    }

    /// Closes the room although it has players, because its shard has panicked or its game has failed. Returns the number of places that it
    /// had counted.
    pub(super) fn abandon(&self) -> u32 {
        let taken = match self.taken.swap(CLOSED, Ordering::SeqCst) {
            CLOSED => 0,
            taken => taken,
        };
        taken + self.watching.swap(0, Ordering::SeqCst)
    }
}

impl fmt::Display for RoomHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, shard, played, seats, .. } = self;
        let (game, mode) = (played.game.name(), played.mode_name());
        write!(f, "room {} ({game}, {mode}, {seats} seats, shard {shard})", id.0)
    }
}

/// Counts one more and returns the count before, unless it is at `limit`; then returns the count as an error.
pub(super) fn take(count: &AtomicU32, limit: u32) -> Result<u32, u32> {
    count.fetch_update(Ordering::SeqCst, Ordering::Acquire, |taken| (taken < limit).then(|| taken + 1))
}

/// Counts one less, unless the count is 0 or closed. True if it did.
pub(super) fn give_back(count: &AtomicU32) -> bool {
    let before = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| match taken {
        CLOSED => None,
        _ => taken.checked_sub(1),
    });
    before.is_ok()
}
