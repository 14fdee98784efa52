//! A room that came back, until its shard has it.

use room::{Match, record::SessionNote};
use shared::{MemberId, RoomId};

use crate::{
    games::{Guarded, Played, PreparedGame, RecoveredRoom, RoomSetup},
    session::{AccountMark, HeldSession, SessionId},
    storage::recording::RoomFile,
};

/// A room of the server that ran before.
#[derive(Debug)]
pub struct RestoredRoom {
    /// Its number, which stays.
    pub room: RoomId,
    recovered: RecoveredRoom,
    /// The file its recording goes on in; without one in a new file.
    file: Option<RoomFile>,
}

impl RestoredRoom {
    pub(super) fn new(room: RoomId, recovered: RecoveredRoom, file: Option<RoomFile>) -> Self {
        Self { room, recovered, file }
    }

    /// The shard that ran it.
    pub fn shard(&self) -> usize {
        self.recovered.info.start.shard.into()
    }

    /// What is played.
    pub fn played(&self) -> Played {
        self.recovered.played
    }

    /// Its seats.
    pub fn seats(&self) -> u16 {
        self.recovered.info.start.seats
    }

    /// Numbers that tell how the room has gone so far, for a seed that repeats nothing.
    pub fn past(&self) -> [u64; 2] {
        [self.recovered.hash, self.recovered.tick.0.into()]
    }

    /// The name of its map.
    pub fn map_name(&self) -> &str {
        &self.recovered.info.start.map
    }

    /// The file its recording goes on in, once.
    pub(crate) fn take_file(&mut self) -> Option<RoomFile> {
        self.file.take()
    }

    /// The room, and the players and spectators who are to be awaited in it; `awaited` says for whom there is a place.
    /// Others leave it. `seed` decides the matches after this one.
    pub(crate) fn open(
        self,
        game: &dyn PreparedGame,
        setup: RoomSetup,
        seed: u64,
        awaited: impl Fn(MemberId) -> bool,
    ) -> (Guarded, Vec<HeldSession>) {
        let (humans, sessions) = (self.recovered.humans.clone(), self.recovered.sessions.clone());
        let mut room = game.reopen(setup, self.recovered, seed);
        let held_session = |note: &SessionNote| {
            let SessionNote { member, session, generation, account } = *note;
            HeldSession { session: SessionId(session), member, generation, account: account.map(AccountMark) }
        };
        let mut held = Vec::new();
        for player in humans {
            match sessions.iter().find(|note| note.member == player.into()) {
                Some(note) if awaited(note.member) => held.push(held_session(note)),
                // Nobody could ever come back to it.
                _ => room.leave(player.into()),
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
