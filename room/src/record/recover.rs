//! The newest world that a recording leads to: what a server goes on from after it was killed.

use arena::rules::world::{Trail, World};
use shared::Tick;

use super::{
    RecordError,
    content::SessionNote,
    replay::{Advance, Replay, ReplayInfo, is_same},
};

/// A world that came back.
#[derive(Debug)]
pub struct Recovered {
    /// What the recording is; its damage, if there was any.
    pub info: ReplayInfo,
    /// The world at its newest tick that is surely right.
    pub world: World,
    /// Where its crafts were before.
    pub trail: Trail,
    /// Whose sessions its players are.
    pub sessions: Vec<SessionNote>,
    /// Ticks that were played from the last checkpoint on.
    pub replayed: u32,
    /// Whether a tick became something else than was recorded: what follows it was not used.
    pub diverged: bool,
    /// Everything before this byte is good and leads to `world`; what follows can be cut off.
    pub good_bytes: usize,
}

/// Reads a recording up to its newest good tick.
///
/// # Errors
/// When nothing of it can be played.
pub fn recover(file: Vec<u8>) -> Result<Recovered, RecordError> {
    let mut replay = Replay::open(file)?;
    let mut newest = replay.tick();
    // From the last checkpoint that can be read; a gap before the end only leads to another one.
    replay.seek_last_checkpoint();
    let mut began = replay.tick();
    let mut diverged = None;
    // Ticks made by other rules would become something else: then the checkpoint is all there is.
    if replay.info().header.is_of_these_rules() {
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
    let (info, world, trail, sessions) = replay.into_parts();
    Ok(Recovered { info, world, trail, sessions, replayed, diverged: diverged.is_some(), good_bytes })
}

impl Recovered {
    /// The newest tick.
    pub fn tick(&self) -> Tick {
        self.world.tick()
    }
}
