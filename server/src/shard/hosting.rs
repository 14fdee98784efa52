//! Rooms come to a shard and go.

use std::{sync::Arc, time::Duration};

use crossbeam_channel::Sender;
use room::{Match, record::RecordOptions};
use shared::{RoomId, wire::DisconnectReason};

use super::{hosted_room::HostedRoom, worker::Worker};
use crate::{directory::RoomHandle, recording::Tape, session::Goodbye};

impl Worker {
    /// Lets a room tick here from now on; gives its index.
    pub(super) fn host(&mut self, handle: Arc<RoomHandle>, mut room: Box<dyn Match>, now: Duration) -> usize {
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

    /// Brings what is recorded to disk. Nothing is recorded from here on, and nothing happens: who plays on would lose it.
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
                tape.seal(&mut *hosted.room);
            }
        }
    }

    pub(super) fn close_room(&mut self, room: RoomId, now: Duration) {
        let Some(index) = self.room_indices.remove(&room) else { return };
        let goodbye = Goodbye::new(DisconnectReason::RoomClosed, "the room was closed");
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
        self.metrics.room_closed();
    }

    pub(super) fn announce(&mut self, room: Option<RoomId>, text: &str) {
        for (_, hosted) in &mut self.rooms {
            if room.is_none_or(|room| room == hosted.handle.id) {
                hosted.room.announce(text);
            }
        }
    }
}
