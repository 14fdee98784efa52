//! A restored room, until its shard gets it.

use room::{Match, record::SessionNote};
use shared::{MemberId, RoomId};

use crate::{
    games::{Guarded, Played, PreparedGame, RecoveredRoom, RoomSetup},
    session::{AccountMark, HeldSession, SessionId},
    storage::recording::RoomFile,
};

/// A room of the server's previous run.
#[derive(Debug)]
pub struct RestoredRoom {
    /// Its number, the same as before.
    pub room: RoomId,
    recovered: RecoveredRoom,
    /// The file that its recording continues; `None` if it gets a new file.
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

    /// The game and mode that it plays.
    pub fn played(&self) -> Played {
        self.recovered.played
    }

    /// Number of its seats.
    pub fn seats(&self) -> u16 {
        self.recovered.info.start.seats
    }

    /// Numbers that depend on the match so far, for a seed that was not used before.
    pub fn past(&self) -> [u64; 2] {
        [self.recovered.hash, self.recovered.tick.0.into()]
    }

    /// The name of its map.
    pub fn map_name(&self) -> &str {
        &self.recovered.info.start.map
    }

    /// The file that its recording continues; returned once.
    pub(crate) fn take_file(&mut self) -> Option<RoomFile> {
        self.file.take()
    }

    /// Opens the room, and returns it with its held sessions. `awaited` is true for members who have a place;
    /// others leave the room. `seed` is for the matches after this one.
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
                // The player has no session or no place, so nobody could come back to it.
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
