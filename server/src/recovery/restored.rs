//! A room that came back, until its shard has it.

use room::{Room, RoomConfig, record::Recovered};
use shared::{PlayerId, RoomId, wire::Mode};

use crate::{
    recording::RoomFile,
    sessions::{HeldSession, SessionId},
};

/// A room of the server that ran before.
#[derive(Debug)]
pub struct RestoredRoom {
    /// Its number, which stays.
    pub room: RoomId,
    recovered: Recovered,
    /// The file its recording goes on in; without one in a new file.
    file: Option<RoomFile>,
}

impl RestoredRoom {
    pub(super) fn new(room: RoomId, recovered: Recovered, file: Option<RoomFile>) -> Self {
        Self { room, recovered, file }
    }

    /// The shard that ran it.
    pub fn shard(&self) -> usize {
        self.recovered.info.start.shard.into()
    }

    /// What is played.
    pub fn mode(&self) -> Mode {
        self.recovered.world.config().mode
    }

    /// Its seats.
    pub fn seats(&self) -> u16 {
        self.recovered.world.config().seats
    }

    /// The seed it was opened with.
    pub fn seed(&self) -> u64 {
        self.recovered.info.start.seed
    }

    /// The name of its map.
    pub fn map_name(&self) -> &str {
        &self.recovered.info.start.map.name
    }

    /// The file its recording goes on in, once.
    pub(crate) fn take_file(&mut self) -> Option<RoomFile> {
        self.file.take()
    }

    /// The room, and the players who are to be awaited in it; `awaited` says for whom there is a seat. Others leave it.
    pub(crate) fn open(self, config: RoomConfig, awaited: impl Fn(PlayerId) -> bool) -> (Room, Vec<HeldSession>) {
        let seed = self.seed();
        let Recovered { world, trail, sessions, .. } = self.recovered;
        let humans: Vec<_> = world.roster().filter(|info| !info.opponent).map(|info| info.player).collect();
        let mut room = Room::restore(config, world, &trail, seed);
        let mut held = Vec::new();
        for player in humans {
            match sessions.iter().find(|note| note.player == player) {
                Some(note) if awaited(player) => {
                    let (session, generation) = (SessionId(note.session), note.generation);
                    held.push(HeldSession { session, member: player.into(), generation });
                }
                // Nobody could ever come back to it.
                _ => room.leave(player),
            }
        }
        (room, held)
    }
}
