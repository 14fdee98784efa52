//! Plays a recording, tick by tick or from any tick that has a checkpoint before it.
//!
//! It has no I/O and no clock, so that it also runs in a browser. In: the bytes of the file. Out: the match at a tick.
//!
//! ```text
//! open ──> info
//! seek(tick) ──> nearest checkpoint before it, then ticks
//! step ──> one tick ──> match, entities, events
//! ```

use std::sync::Arc;

use shared::{
    EntityId, Tick,
    game::{Audience, Difference, Game, MapOf, Part, PlayerInput, Slots, Trail},
    limits::RECORD_FILE_BYTES_MAX,
    wire::{DecodeError, Reader},
};

use super::{
    RecordError,
    checkpoint::Checkpoint,
    chunk::ChunkKind,
    end::End,
    header::FileHeader,
    inputs::{Inputs, Lead},
    scan::{Chunk, Damage, scan},
    sessions::{SessionNote, Sessions},
    start::Start,
};
use crate::{
    contract::{Breach, BreachKind, Contract},
    play::{Play, Setup, Told},
};

/// A recording in play. Clones share the bytes of the file.
#[derive(Clone, Debug)]
pub struct Replay<G: Game> {
    file: Arc<Vec<u8>>,
    info: ReplayInfo,
    chunks: Vec<Chunk>,
    play: Play<G>,
    trail: Trail<G::Entity>,
    /// The game's slots when the recording began.
    slots: Slots,
    known: Inputs<G::Input>,
    sessions: Sessions,
    inputs: Vec<Option<PlayerInput<G::Input>>>,
    events: Vec<(Audience, Told<G::Event>)>,
    /// Index of the chunk to read next.
    next: usize,
    /// Body of the chunk of ticks in progress; `at` is the offset of the next tick.
    body: Vec<u8>,
    at: usize,
    ticks_left: u8,
    /// True directly after a checkpoint.
    at_checkpoint: bool,
    /// True after a gap: the replay cannot continue before the next checkpoint.
    lost: bool,
}

/// Description of a recording, known without playing it.
#[derive(Clone, PartialEq, Debug)]
pub struct ReplayInfo {
    /// The file's header.
    pub header: FileHeader,
    /// True if this program's rules of the game made it. Only then can it be played back exactly.
    pub same_rules: bool,
    /// The room, the settings and the map.
    pub start: Start,
    /// Tick of the first checkpoint.
    pub first: Tick,
    /// The last tick of the recording.
    pub last: Tick,
    /// Number of ticks in undamaged chunks.
    pub ticks: u32,
    /// Ticks of the checkpoints, in the order of the file.
    pub checkpoints: Vec<Tick>,
    /// Number of undamaged chunks.
    pub chunks: usize,
    /// Damaged parts of the file.
    pub damage: Vec<Damage>,
    /// The results, if the recording has an end.
    pub end: Option<End>,
    /// Size of the file, bytes.
    pub bytes: usize,
}

/// The result of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// One tick was played.
    Tick {
        /// True if its result has the recorded hash.
        matches: bool,
    },
    /// Ticks are missing; the replay is now at the next checkpoint.
    Gap {
        /// The last tick before the gap.
        from: Tick,
        /// The tick of the checkpoint.
        to: Tick,
    },
    /// The recording has ended.
    End,
}

/// The result of reading on in the recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Advance {
    /// One tick was played.
    Tick {
        /// Recorded hashes of the tick: 32 bits, and for the last tick of a chunk 64 more.
        recorded: (u32, Option<u64>),
        /// Hashes of the tick as it was played.
        found: (u32, u64),
    },
    /// A checkpoint of the present tick, with the differences to the match as it was played. The match now has the state of the
    /// checkpoint.
    Checkpoint(Vec<Difference>),
    /// See [`Step::Gap`].
    Gap { from: Tick, to: Tick },
    /// See [`Step::End`].
    End,
}

/// Maximum of reported differences per checkpoint.
const DIFFERENCES_MAX: usize = 16;

impl<G: Game> Replay<G> {
    /// Opens a file, at its first readable checkpoint.
    ///
    /// # Errors
    /// When no part of it can be played, or it is of another game. Other damage is in [`ReplayInfo::damage`].
    pub fn open(file: Vec<u8>) -> Result<Self, RecordError> {
        if file.len() > RECORD_FILE_BYTES_MAX {
            return Err(RecordError::TooLarge { bytes: file.len(), limit: RECORD_FILE_BYTES_MAX });
        }
        let (header, length) = FileHeader::decode(&file)?;
        header.check_game::<G>()?;
        let (chunks, mut damage) = scan(&file, length);
        let first = chunks.first().filter(|chunk| chunk.kind == ChunkKind::Start);
        let first = first.ok_or(RecordError::NoStart {
            reason: damage
                .first()
                .map_or_else(|| "it does not begin with a start chunk".to_owned(), ToString::to_string),
        })?;
        let body = first
            .body(&file)
            .ok_or(RecordError::NoStart { reason: first.damage("its body cannot be decompressed").to_string() })?;
        let (start, setup, map) = Start::decode::<G>(&body)?;
        let end = chunks.last().filter(|chunk| chunk.kind == ChunkKind::End);
        let end = end.and_then(|chunk| match chunk.body(&file) {
            Some(body) => End::decode(&body, start.seats).map_err(|error| damage.push(chunk.damage(error))).ok(),
            None => None,
        });
        let mut checkpoints = chunks.iter().enumerate().filter(|(_, chunk)| chunk.kind == ChunkKind::Checkpoint);
        let opening = checkpoints
            .find_map(|(index, chunk)| Some((index, restore::<G>(&file, &setup, &map, chunk, &mut damage)?)));
        let (opening, Checkpoint { play, trail, sessions }) = opening.ok_or(RecordError::NoCheckpoint)?;
        let of_kind = |kind| chunks.iter().filter(move |chunk| chunk.kind == kind);
        let first = play.tick();
        let last = of_kind(ChunkKind::Ticks).map(Chunk::last_tick).max().unwrap_or(first).max(first);
        let info = ReplayInfo {
            first,
            last,
            ticks: of_kind(ChunkKind::Ticks).map(|chunk| u32::from(chunk.ticks)).sum(),
            checkpoints: of_kind(ChunkKind::Checkpoint).map(|chunk| chunk.tick).collect(),
            chunks: chunks.len(),
            damage,
            end,
            bytes: file.len(),
            same_rules: header.is_of_rules_of::<G>(),
            header,
            start,
        };
        Ok(Self {
            known: Inputs::new(info.start.seats),
            inputs: Vec::new(),
            events: Vec::new(),
            next: opening + 1,
            body: Vec::new(),
            at: 0,
            ticks_left: 0,
            at_checkpoint: true,
            lost: false,
            file: Arc::new(file),
            info,
            chunks,
            slots: play.game().slots(),
            play,
            trail,
            sessions,
        })
    }

    /// Description of the recording.
    pub fn info(&self) -> &ReplayInfo {
        &self.info
    }

    /// The present tick.
    pub fn tick(&self) -> Tick {
        self.play.tick()
    }

    /// The match at the present tick.
    pub fn play(&self) -> &Play<G> {
        &self.play
    }

    /// All entities at the present tick, ascending by id.
    pub fn entities(&self) -> impl Iterator<Item = (EntityId, G::Entity)> {
        self.play.game().entities()
    }

    /// Events of the last step, in order; empty after a seek.
    pub fn events(&self) -> &[(Audience, Told<G::Event>)] {
        &self.events
    }

    /// Inputs of the last step, by seat.
    pub fn inputs(&self) -> &[Option<PlayerInput<G::Input>>] {
        &self.inputs
    }

    /// Sessions of the room's members.
    pub fn sessions(&self) -> impl Iterator<Item = SessionNote> {
        self.sessions.iter()
    }

    /// Plays the next tick, or skips a gap.
    pub fn step(&mut self) -> Step {
        loop {
            match self.advance() {
                Advance::Tick { recorded, found } => return Step::Tick { matches: is_same(recorded, found) },
                Advance::Checkpoint(_) => {}
                Advance::Gap { from, to } => return Step::Gap { from, to },
                Advance::End => return Step::End,
            }
        }
    }

    /// At the end of the recording of a failed room: lets the game make the failed tick again and checks it as a room does. Returns `Ok`
    /// if there is no fault this time, and a description of the breach otherwise. A panic of the game unwinds through this function.
    ///
    /// The replay must not be used afterwards.
    pub(super) fn repeat_failure(&mut self) -> Result<(), String> {
        let last_inputs =
            self.info.end.as_ref().and_then(|end| end.failure.as_ref()).map(|failure| &failure.last_inputs);
        let body = last_inputs.cloned().unwrap_or_default();
        if !body.is_empty() {
            let mut input = Reader::new(&body);
            let mut begin = || {
                if Lead::decode(&mut input)? == Lead::Fresh {
                    self.known.reset();
                }
                self.known.decode(&mut input, &mut self.play, &mut self.sessions)?;
                input.finish()
            };
            if begin().is_err() {
                return Ok(());
            }
            self.known.fill(&self.play, &mut self.inputs);
            self.play.step(&self.inputs, &self.trail);
        }
        check(self.slots, &self.play).map_err(|breach| breach.to_string())?;
        self.play.game().summary();
        Ok(())
    }

    /// Goes to a tick, or to the nearest one that exists. It plays at most the ticks since the last readable checkpoint before it.
    pub fn seek(&mut self, tick: Tick) {
        let is_before = |chunk: &Chunk| chunk.kind == ChunkKind::Checkpoint && chunk.tick <= tick;
        let mut candidates: Vec<usize> =
            (0..self.chunks.len()).filter(|&index| is_before(&self.chunks[index])).collect();
        // The nearest checkpoint first. If there is none before the tick, the first readable one, at which `open` started.
        candidates.sort_by_key(|&index| std::cmp::Reverse((self.chunks[index].tick, index)));
        candidates.extend((0..self.chunks.len()).filter(|&index| self.chunks[index].kind == ChunkKind::Checkpoint));
        let here = self.play.tick();
        for index in candidates {
            let chunk = self.chunks[index];
            if here <= tick && chunk.tick <= here && !self.lost {
                // The replay is at or after the best checkpoint already.
                break;
            }
            if let Some(checkpoint) = self.restore(&chunk) {
                self.adopt(checkpoint);
                self.next = index + 1;
                break;
            }
        }
        while self.play.tick() < tick && self.step() != Step::End {}
        self.events.clear();
    }

    /// Goes to the last readable checkpoint.
    pub(super) fn seek_last_checkpoint(&mut self) {
        for index in (0..self.chunks.len()).rev() {
            let chunk = self.chunks[index];
            if chunk.kind == ChunkKind::Checkpoint
                && let Some(checkpoint) = self.restore(&chunk)
            {
                self.adopt(checkpoint);
                self.next = index + 1;
                return;
            }
        }
    }

    /// Offset behind the last chunk that was read.
    pub(super) fn used_bytes(&self) -> usize {
        self.next.checked_sub(1).map_or(0, |index| self.chunks[index].end())
    }

    /// Returns the match with its past and sessions, without unsent events.
    pub(super) fn into_parts(mut self) -> (ReplayInfo, Play<G>, Trail<G::Entity>, Vec<SessionNote>) {
        self.play.forget_told();
        (self.info, self.play, self.trail, self.sessions.iter().collect())
    }

    pub(super) fn advance(&mut self) -> Advance {
        self.events.clear();
        loop {
            if self.ticks_left > 0 {
                match self.play_tick() {
                    Ok(tick) => return tick,
                    Err(error) => {
                        let damage = self.chunks[self.next - 1].damage(error);
                        self.lose(damage);
                    }
                }
            }
            let Some(&chunk) = self.chunks.get(self.next) else { return Advance::End };
            self.next += 1;
            let now = self.play.tick();
            match chunk.kind {
                ChunkKind::Checkpoint if chunk.tick >= now || self.lost => {
                    let Some(checkpoint) = self.restore(&chunk) else { continue };
                    let differences = match chunk.ticks {
                        0 => differences(&self.play, &checkpoint.play),
                        _ => Vec::new(),
                    };
                    let was_lost = self.lost;
                    self.adopt(checkpoint);
                    return match chunk.tick == now && !was_lost {
                        true => Advance::Checkpoint(differences),
                        false => Advance::Gap { from: now, to: chunk.tick },
                    };
                }
                ChunkKind::Ticks if chunk.tick == now.next() && !self.lost => self.open_ticks(&chunk),
                // No chunk leads to these ticks: one before them is missing.
                ChunkKind::Ticks => self.lost = true,
                ChunkKind::Start | ChunkKind::Checkpoint | ChunkKind::End => {}
            }
        }
    }

    fn open_ticks(&mut self, chunk: &Chunk) {
        let Some(body) = chunk.body(&self.file) else {
            return self.lose(chunk.damage("its body cannot be decompressed"));
        };
        let mut input = Reader::new(&body);
        match Lead::decode(&mut input) {
            Ok(Lead::Checkpoint) if !self.at_checkpoint => return self.lost = true,
            Ok(Lead::Fresh) => self.known.reset(),
            Ok(_) => {}
            Err(error) => return self.lose(chunk.damage(error)),
        }
        self.at = body.len() - input.remaining();
        (self.body, self.ticks_left, self.at_checkpoint) = (body, chunk.ticks, false);
    }

    fn play_tick(&mut self) -> Result<Advance, DecodeError> {
        let mut input = Reader::new(&self.body[self.at..]);
        self.known.decode(&mut input, &mut self.play, &mut self.sessions)?;
        let short = u32::from_le_bytes(input.raw_array("hash")?);
        self.ticks_left -= 1;
        let long = match self.ticks_left {
            0 => Some(u64::from_le_bytes(input.raw_array("long hash")?)),
            _ => None,
        };
        if long.is_some() {
            input.finish()?;
        }
        self.at = self.body.len() - input.remaining();
        self.known.fill(&self.play, &mut self.inputs);
        self.play.step(&self.inputs, &self.trail);
        self.trail.record(self.play.tick(), self.play.game().entities());
        self.events.extend(std::iter::from_fn(|| self.play.poll()));
        let digest = self.play.game().digest();
        Ok(Advance::Tick { recorded: (short, long), found: (digest.narrow(), digest.wide()) })
    }

    fn restore(&mut self, chunk: &Chunk) -> Option<Checkpoint<G>> {
        restore(&self.file, self.play.setup(), self.play.map(), chunk, &mut self.info.damage)
    }

    fn adopt(&mut self, checkpoint: Checkpoint<G>) {
        Checkpoint { play: self.play, trail: self.trail, sessions: self.sessions } = checkpoint;
        self.known.reset();
        self.ticks_left = 0;
        self.at_checkpoint = true;
        self.lost = false;
    }

    fn lose(&mut self, damage: Damage) {
        if !self.info.damage.contains(&damage) {
            self.info.damage.push(damage);
        }
        self.ticks_left = 0;
        self.lost = true;
    }
}

/// Checks the entities of a tick as a room does.
fn check<G: Game>(before: Slots, play: &Play<G>) -> Result<(), Breach> {
    let (tick, now) = (play.tick(), play.game().slots());
    if now != before {
        return Err(Breach { tick, fault: BreachKind::Slots { before, now } });
    }
    let mut contract = Contract::new(tick, now);
    play.game().entities().try_for_each(|(id, entity)| contract.check(id, &entity, Some(play.map())))
}

/// True if the hashes of a tick as it was played are the recorded ones.
pub(super) fn is_same(recorded: (u32, Option<u64>), found: (u32, u64)) -> bool {
    recorded.0 == found.0 && recorded.1.is_none_or(|long| long == found.1)
}

/// The differences between a match as it was played and its recorded state.
fn differences<G: Game>(found: &Play<G>, recorded: &Play<G>) -> Vec<Difference> {
    let mut differences = found.game().differences(recorded.game(), DIFFERENCES_MAX);
    if found.roster() != recorded.roster() {
        let (one, other) = (format!("{:?}", found.roster()), format!("{:?}", recorded.roster()));
        differences.push(Difference { part: Part::Rest, field: "roster", one, other });
    }
    differences
}

fn restore<G: Game>(
    file: &[u8],
    setup: &Setup<G>,
    map: &MapOf<G>,
    chunk: &Chunk,
    damage: &mut Vec<Damage>,
) -> Option<Checkpoint<G>> {
    let found = match chunk.body(file).map(|body| Checkpoint::decode(setup, map, &body)) {
        Some(Ok(checkpoint)) if checkpoint.play.tick() == chunk.tick => return Some(checkpoint),
        Some(Ok(_)) => chunk.damage("its tick is not that of its frame"),
        Some(Err(error)) => chunk.damage(error),
        None => chunk.damage("its body cannot be decompressed"),
    };
    if !damage.contains(&found) {
        damage.push(found);
    }
    None
}
