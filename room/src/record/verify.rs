//! Plays a whole recording and compares: every tick with its hash, every checkpoint field by field.

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

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// What the recording is.
    pub info: ReplayInfo,
    /// Ticks that were played and compared.
    pub ticks: u32,
    /// Ticks that became something else than was recorded.
    pub ticks_differing: u32,
    /// Checkpoints compared field by field.
    pub checkpoints: u32,
    /// Ticks times the humans in them.
    pub human_ticks: u64,
    /// Ticks times the players in them, opponents included.
    pub player_ticks: u64,
    /// Humans in it, each as often as it came.
    pub humans: usize,
    /// Parts that are missing: the last tick before each, and the first after it.
    pub gaps: Vec<(Tick, Tick)>,
    /// The first tick that became something else.
    pub first_difference: Option<FirstDifference>,
    /// If the room failed: what came of it when its game did once more what it had failed at.
    pub repeated: Option<Repeated>,
}

/// The outcome when a game did once more the thing at which it had failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repeated {
    /// It failed again: what the panic said, or how it broke its contract.
    Failed(String),
    /// Nothing was wrong this time.
    Passed,
}

/// Where a recording and what was made of it part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstDifference {
    /// The tick.
    pub tick: Tick,
    /// The one part of the match that differs there, if it is one.
    pub part: Option<Part>,
    /// In what the next checkpoint differs, and its tick; what was recorded comes second. Empty without one.
    pub fields: Vec<Difference>,
    /// The tick of that checkpoint.
    pub checkpoint: Option<Tick>,
}

impl Verified {
    /// Whether everything was there and became what was recorded.
    pub fn is_sound(&self) -> bool {
        self.info.damage.is_empty() && self.gaps.is_empty() && self.first_difference.is_none()
    }
}

/// Plays `file` from its start to its end; where it cannot go on, from the next checkpoint.
///
/// # Errors
/// When nothing of it can be played, or it is of another game.
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
        // Several parts that differ point anywhere, mostly to where nothing is.
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
