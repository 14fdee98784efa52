//! The newest tick that a recording leads to: what a server goes on from after it was killed.

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

/// A match that came back.
#[derive(Debug)]
pub struct Recovered<G: Game> {
    /// What the recording is; its damage, if there was any.
    pub info: ReplayInfo,
    /// The match at its newest tick that is surely right.
    pub play: Play<G>,
    /// What its next tick may look back on.
    pub trail: Trail<G::Entity>,
    /// Whose sessions its players are.
    pub sessions: Vec<SessionNote>,
    /// Ticks that were played from the last checkpoint on.
    pub replayed: u32,
    /// Whether a tick became something else than was recorded: what follows it was not used.
    pub diverged: bool,
    /// Everything before this byte is good and leads to `play`; what follows can be cut off.
    pub good_bytes: usize,
}

/// Reads a recording up to its newest good tick.
///
/// # Errors
/// When nothing of it can be played, or it is of another game.
pub fn recover<G: Game>(file: Vec<u8>) -> Result<Recovered<G>, RecordError> {
    let mut replay = Replay::<G>::open(file)?;
    let mut newest = replay.tick();
    // From the last checkpoint that can be read; a gap before the end only leads to another one.
    replay.seek_last_checkpoint();
    let mut began = replay.tick();
    let mut diverged = None;
    // Ticks made by other rules would become something else: then the checkpoint is all there is.
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
    /// The newest tick.
    pub fn tick(&self) -> Tick {
        self.play.tick()
    }
}
