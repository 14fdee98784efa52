//! Recovers the newest state of a match from its recording, so that a server can continue it after a crash.

use shared::{
    Tick,
    game::{Game, Trail},
};

use super::{
    RecordError,
    replay::{Advance, Replay, ReplayInfo, is_same},
    sessions::SessionNote,
};
use crate::play::Play;

/// A recovered match.
#[derive(Debug)]
pub struct Recovered<G: Game> {
    /// Description of the recording, including its damage.
    pub info: ReplayInfo,
    /// The match at its newest tick that is certainly correct.
    pub play: Play<G>,
    /// The past that its next tick may look up.
    pub trail: Trail<G::Entity>,
    /// The sessions of its members.
    pub sessions: Vec<SessionNote>,
    /// Number of ticks played since the last checkpoint.
    pub replayed: u32,
    /// True if a tick had another result than the recorded one. The ticks after it were not used.
    pub diverged: bool,
    /// The bytes before this offset are good and lead to `play`; the rest can be cut off.
    pub good_bytes: usize,
}

/// Plays a recording up to its newest good tick.
///
/// # Errors
/// When no part of it can be played, or it is of another game.
pub fn recover<G: Game>(file: Vec<u8>) -> Result<Recovered<G>, RecordError> {
    let mut replay = Replay::<G>::open(file)?;
    let mut newest = replay.tick();
    // From the last readable checkpoint on. A gap after it can only lead to a later checkpoint.
    replay.seek_last_checkpoint();
    let mut began = replay.tick();
    let mut diverged = None;
    // Other rules would give other results, so only the checkpoint is used then.
    if replay.info().same_rules {
        loop {
            match replay.advance() {
                Advance::Tick { recorded, found } if is_same(recorded, found) => newest = replay.tick(),
                Advance::Tick { .. } => {
                    diverged = Some(newest.max(began));
                    break;
                }
                Advance::Checkpoint(_) => {}
                Advance::Gap { to, .. } => began = to,
                Advance::End => break,
            }
        }
    }
    if let Some(tick) = diverged {
        replay.seek_last_checkpoint();
        while replay.tick() < tick && matches!(replay.advance(), Advance::Tick { .. }) {}
    }
    let replayed = replay.tick().since(began);
    let good_bytes = replay.used_bytes();
    let (info, play, trail, sessions) = replay.into_parts();
    Ok(Recovered { info, play, trail, sessions, replayed, diverged: diverged.is_some(), good_bytes })
}

impl<G: Game> Recovered<G> {
    /// The newest tick of the match.
    pub fn tick(&self) -> Tick {
        self.play.tick()
    }
}
