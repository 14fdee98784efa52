//! A room that came back, until its shard has it.

use arena::rules::Mode;
use room::{
    Room, RoomConfig,
    record::{Recovered, SessionNote},
};
use shared::{MemberId, RoomId};

use crate::{
    recording::RoomFile,
    sessions::{AccountMark, HeldSession, SessionId},
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

    /// Numbers that tell how the room has gone so far, for a seed that repeats nothing.
    pub fn past(&self) -> [u64; 2] {
        [self.recovered.world.chance(), self.recovered.tick().0.into()]
    }

    /// The name of its map.
    pub fn map_name(&self) -> &str {
        &self.recovered.info.start.map.name
    }

    /// The file its recording goes on in, once.
    pub(crate) fn take_file(&mut self) -> Option<RoomFile> {
        self.file.take()
    }

    /// The room, and the players and spectators who are to be awaited in it; `awaited` says for whom there is a place.
    /// Others leave it. `seed` decides the matches after this one.
    pub(crate) fn open(
        self,
        config: RoomConfig,
        seed: u64,
        awaited: impl Fn(MemberId) -> bool,
    ) -> (Room, Vec<HeldSession>) {
        let Recovered { world, trail, sessions, .. } = self.recovered;
        let humans: Vec<_> = world.roster().filter(|info| !info.opponent).map(|info| info.player).collect();
        let mut room = Room::restore(config, world, &trail, seed);
        let held_session = |note: &SessionNote| {
            let SessionNote { member, session, generation, account } = *note;
            HeldSession { session: SessionId(session), member, generation, account: account.map(AccountMark) }
        };
        let mut held = Vec::new();
        for player in humans {
            match sessions.iter().find(|note| note.member == player.into()) {
                Some(note) if awaited(note.member) => held.push(held_session(note)),
                // Nobody could ever come back to it.
                _ => room.leave(player),
            }
        }
        for note in &sessions {
            if let MemberId::Spectator(spectator) = note.member
                && awaited(note.member)
            {
                room.restore_spectator(spectator);
                held.push(held_session(note));
            }
        }
        (room, held)
    }
}
