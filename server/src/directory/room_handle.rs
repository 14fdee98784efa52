//! A room as the rest of the server knows it: where it is, who plays what in it, and how many seats are taken.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Instant,
};

use arc_swap::ArcSwap;
use shared::{MemberId, RoomId, limits::SPECTATORS_PER_ROOM_MAX};

use crate::{games::Played, room_view::RoomView};

/// A room as the rest of the server knows it.
#[derive(Debug)]
pub struct RoomHandle {
    /// Its number.
    pub id: RoomId,
    /// The shard that runs it.
    pub shard: usize,
    /// What is played.
    pub played: Played,
    /// Seats for players and opponents together.
    pub seats: u16,
    /// When it was made, or made again after a restart.
    pub opened: Instant,
    /// What its shard published last, a few times a second while somebody looks.
    view: ArcSwap<RoomView>,
    /// Somebody has looked at it since the shard asked last.
    looked_at: AtomicBool,
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

impl Part {
    /// What a member does in its room.
    pub const fn of(member: MemberId) -> Self {
        match member {
            MemberId::Player(_) => Self::Play,
            MemberId::Spectator(_) => Self::Watch,
        }
    }
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

/// `taken` of a room that closes: larger than any number of seats, so that no reservation can succeed.
const CLOSED: u32 = u32::MAX;

impl RoomHandle {
    pub(super) fn new(id: RoomId, shard: usize, played: Played, seats: u16) -> Self {
        let view = ArcSwap::from_pointee(RoomView::default());
        let opened = Instant::now();
        let (taken, watching) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { id, shard, played, seats, opened, view, looked_at: AtomicBool::new(false), taken, watching }
    }

    /// What the room looked like a moment ago. The shard publishes more often for some seconds, since somebody looks.
    pub fn view(&self) -> Arc<RoomView> {
        self.looked_at.store(true, Ordering::Relaxed);
        self.view.load_full()
    }

    /// The same for somebody who needs to know no better than to a second or two.
    pub fn last_view(&self) -> Arc<RoomView> {
        self.view.load_full()
    }

    /// This is what the room looks like now.
    pub(crate) fn publish(&self, view: RoomView) {
        self.view.store(Arc::new(view));
    }

    /// Whether somebody has looked at it since this was asked last.
    pub(crate) fn take_looked_at(&self) -> bool {
        self.looked_at.swap(false, Ordering::Relaxed)
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

    pub(super) fn count(&self, part: Part) -> &AtomicU32 {
        match part {
            Part::Play => &self.taken,
            Part::Watch => &self.watching,
        }
    }

    pub(super) fn take(&self, part: Part) -> Result<(), ReserveError> {
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

/// A room is itself and no other, whatever it looks like.
impl PartialEq for RoomHandle {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for RoomHandle {}

impl RoomHandle {
    /// A place is free again. False if it was freed already, with the whole room.
    pub(super) fn give_back(&self, part: Part) -> bool {
        let counted = give_back(self.count(part));
        debug_assert!(counted || self.taken.load(Ordering::SeqCst) == CLOSED, "a seat is released once");
        counted
    }

    /// Closes the room although it has players: its shard has panicked. Gives the places that were counted.
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

/// Counts one more unless that would pass `limit`; then gives the count.
pub(super) fn take(count: &AtomicU32, limit: u32) -> Result<u32, u32> {
    count.fetch_update(Ordering::SeqCst, Ordering::Acquire, |taken| (taken < limit).then(|| taken + 1))
}

/// Counts one less, unless none was counted; gives whether it did.
pub(super) fn give_back(count: &AtomicU32) -> bool {
    let before = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| match taken {
        CLOSED => None,
        _ => taken.checked_sub(1),
    });
    before.is_ok()
}
