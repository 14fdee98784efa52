//! Adds rooms to a shard and removes them.

use std::{sync::Arc, time::Duration};

use crossbeam_channel::Sender;
use room::{Match, record::RecordOptions};
use shared::{RoomId, wire::DisconnectReason};

use super::{hosted_room::HostedRoom, worker::Worker};
use crate::{
    directory::RoomHandle,
    games::{Failure, Guarded},
    net::link_state::Goodbye,
    storage::recording::Tape,
};

impl Worker {
    /// Adds a room, which ticks here from now on; returns its index.
    pub(super) fn host(&mut self, handle: Arc<RoomHandle>, mut room: Guarded, now: Duration) -> usize {
        let id = handle.id;
        let phase = self.schedule.add(handle.seats.into(), now);
        room.set_reduction(self.overload.reduction());
        let tape = self.config.recordings.clone().map(|recordings| {
            let (shard, checkpoint_secs) = (self.config.index as u16, recordings.checkpoint_secs());
            room.record(RecordOptions { shard, checkpoint_secs });
            Tape::new(handle.played.game, id, recordings)
        });
        let index = self.rooms.insert(HostedRoom::new(handle, room, tape, phase, now));
        self.room_indices.insert(id, index);
        self.metrics.room_opened();
        index
    }

    /// Writes the recordings to disk. From here on the rooms do not tick and record nothing, because later play would be lost.
    pub(super) fn seal(&mut self, done: Sender<()>) {
        self.seal_rooms();
        match &self.config.recordings {
            Some(recordings) => recordings.seal(done),
            None => drop(done.send(())),
        }
    }

    pub(super) fn seal_rooms(&mut self) {
        if std::mem::replace(&mut self.sealed, true) {
            return;
        }
        for (_, hosted) in &mut self.rooms {
            if let Some(tape) = &mut hosted.tape {
                tape.seal(&mut hosted.room);
            }
        }
        // A game may fail while its last checkpoint is written, and no tick follows that would notice it.
        for (_, hosted) in &self.rooms {
            if let Some(failure) = hosted.room.failure() {
                self.report_failure(&hosted.handle, failure, hosted.members.len());
            }
        }
    }

    pub(super) fn close_room(&mut self, room: RoomId, now: Duration) {
        self.end_room(room, Goodbye::new(DisconnectReason::RoomClosed, "the room was closed"), now);
    }

    /// Ends a room if its game has failed. The other rooms play on.
    pub(super) fn end_if_failed(&mut self, index: usize, now: Duration) {
        if let Some(hosted) = self.rooms.get(index).filter(|hosted| hosted.room.failure().is_some()) {
            let handle = Arc::clone(&hosted.handle);
            self.directory.abandon_room(&handle);
            self.end_room(handle.id, Goodbye::new(DisconnectReason::RoomFailed, ROOM_FAILED), now);
        }
    }

    fn end_room(&mut self, room: RoomId, goodbye: Goodbye, now: Duration) {
        let Some(index) = self.room_indices.remove(&room) else { return };
        let links = self.rooms[index].members.len();
        for key in self.rooms[index].members.keys().collect::<Vec<_>>() {
            self.close(key, goodbye.clone(), now);
        }
        while let Some((seat, _)) = self.sessions.poll_of_room(index) {
            self.free(seat);
        }
        let mut hosted = self.rooms.remove(index);
        hosted.room.end_record();
        hosted.collect_record(now);
        self.schedule.remove(hosted.phase, hosted.handle.seats.into());
        // The game may also have failed in the leaves of its last players.
        if let Some(failure) = hosted.room.failure() {
            self.report_failure(&hosted.handle, failure, links);
            if let Some(tape) = &hosted.tape {
                tape.shelve();
            }
        }
        self.metrics.room_closed();
    }

    fn report_failure(&self, handle: &RoomHandle, failure: &Failure, links: usize) {
        let (room, game, Failure { tick, call, reason }) = (handle.id.0, handle.played.game.name(), failure);
        self.metrics.count_room_failed(game);
        tracing::error!(shard = self.config.index, room, game, tick = tick.0, call, links, reason, "{ROOM_FAILED}");
    }

    pub(super) fn announce(&mut self, room: Option<RoomId>, text: &str) {
        for (_, hosted) in &mut self.rooms {
            if room.is_none_or(|room| room == hosted.handle.id) {
                hosted.room.announce(text);
            }
        }
    }
}

/// The text for players and the log when a game has failed.
const ROOM_FAILED: &str = "a fault in the game ended the room";
