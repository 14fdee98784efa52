//! Plays a whole recording and compares each tick with its hash, and each checkpoint field by field.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shared::{
    Tick,
    game::{Difference, Game, Part, part_that_differs},
};

use super::{
    RecordError,
    replay::{Advance, Replay, ReplayInfo, is_same},
};
use crate::panic_message;

/// The result of a verification.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// Description of the recording.
    pub info: ReplayInfo,
    /// Number of ticks played and compared.
    pub ticks: u32,
    /// Number of ticks whose result differs from the recorded one.
    pub ticks_differing: u32,
    /// Number of checkpoints compared field by field.
    pub checkpoints: u32,
    /// Sum of the number of humans over all ticks.
    pub human_ticks: u64,
    /// Sum of the number of players, opponents included, over all ticks.
    pub player_ticks: u64,
    /// Number of humans; a human who joins again counts again.
    pub humans: usize,
    /// Gaps: the last tick before each, and the first after it.
    pub gaps: Vec<(Tick, Tick)>,
    /// The first tick with another result.
    pub first_difference: Option<FirstDifference>,
    /// For a failed room, the result of repeating the failed tick.
    pub repeated: Option<Repeated>,
}

/// The result of repeating the failed tick of a game.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repeated {
    /// The game failed again, with this message of the panic or breach of contract.
    Failed(String),
    /// The game did not fail this time.
    Passed,
}

/// The first difference between a recording and its playback.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstDifference {
    /// The tick.
    pub tick: Tick,
    /// The part of the match that differs, if it is only one.
    pub part: Option<Part>,
    /// Differences to the next checkpoint; the recorded value is the second of each pair. Empty if no checkpoint differs.
    pub fields: Vec<Difference>,
    /// Tick of that checkpoint.
    pub checkpoint: Option<Tick>,
}

impl Verified {
    /// True if there is no damage, no gap and no difference.
    pub fn is_sound(&self) -> bool {
        self.info.damage.is_empty() && self.gaps.is_empty() && self.first_difference.is_none()
    }
}

/// Plays `file` from start to end. After damage it continues at the next checkpoint.
///
/// # Errors
/// When no part of it can be played, or it is of another game.
pub fn verify<G: Game>(file: Vec<u8>) -> Result<Verified, RecordError> {
    let replay = Replay::<G>::open(file)?;
    let mut verified = Verified {
        info: replay.info().clone(),
        ticks: 0,
        ticks_differing: 0,
        checkpoints: 0,
        human_ticks: 0,
        player_ticks: 0,
        humans: 0,
        gaps: Vec::new(),
        first_difference: None,
        repeated: None,
    };
    let mut replay = verified.play(replay);
    verified.info = replay.info().clone();
    if verified.info.end.as_ref().is_some_and(|end| end.failure.is_some()) {
        let repeated = catch_unwind(AssertUnwindSafe(|| replay.repeat_failure()));
        let repeated = repeated.unwrap_or_else(|panic| Err(panic_message(&*panic).to_owned()));
        verified.repeated = Some(repeated.map_or_else(Repeated::Failed, |()| Repeated::Passed));
    }
    Ok(verified)
}

impl Verified {
    fn play<G: Game>(&mut self, mut replay: Replay<G>) -> Replay<G> {
        let mut humans = humans(&replay);
        self.humans = humans.len();
        loop {
            match replay.advance() {
                Advance::Tick { recorded, found } => {
                    self.ticks += 1;
                    let now = self::humans(&replay);
                    self.humans += now.iter().filter(|human| !humans.contains(human)).count();
                    humans = now;
                    self.human_ticks += humans.len() as u64;
                    self.player_ticks += replay.play().roster().taken() as u64;
                    if !is_same(recorded, found) {
                        self.note(&replay, recorded.0, found.0);
                    }
                }
                Advance::Checkpoint(fields) => {
                    self.checkpoints += 1;
                    self.note_fields(replay.tick(), fields);
                }
                Advance::Gap { from, to } => {
                    self.gaps.push((from, to));
                    humans = self::humans(&replay);
                }
                Advance::End => return replay,
            }
        }
    }

    fn note<G: Game>(&mut self, replay: &Replay<G>, recorded: u32, found: u32) {
        self.ticks_differing += 1;
        if self.first_difference.is_some() {
            return;
        }
        // If several parts differ, the result points to any id, mostly to one that does not exist.
        let part = part_that_differs(recorded, found).filter(|&part| match part {
            Part::Entity(id) => id.index() < replay.play().game().slots().all,
            Part::Rest => true,
        });
        let (fields, checkpoint) = (Vec::new(), None);
        self.first_difference = Some(FirstDifference { tick: replay.tick(), part, fields, checkpoint });
    }

    fn note_fields(&mut self, tick: Tick, fields: Vec<Difference>) {
        if fields.is_empty() {
            return;
        }
        let first = self.first_difference.get_or_insert(FirstDifference {
            tick,
            part: fields.first().map(|difference| difference.part),
            fields: Vec::new(),
            checkpoint: None,
        });
        if first.checkpoint.is_none() {
            (first.fields, first.checkpoint) = (fields, Some(tick));
        }
    }
}

/// Humans with a seat, by seat and name.
fn humans<G: Game>(replay: &Replay<G>) -> Vec<(u16, String)> {
    let humans = replay.play().roster().iter().filter(|(_, profile)| !profile.opponent);
    humans.map(|(player, profile)| (player.0, profile.name.clone())).collect()
}
