//! Plays a recording: forward tick by tick, or from anywhere, as long as there is a checkpoint before.
//!
//! Without I/O and clocks, so that a page can do it too: the bytes of the file go in, a world comes out.
//!
//! ```text
//! open ──> info
//! seek(tick) ──> nearest checkpoint before it, then ticks
//! step ──> one tick ──> world, entities, events
//! ```

use crate::play::{Play, Told};
use std::sync::Arc;

use arena::{
    entity::EntityState,
    rules::world::{Difference, PlayerInput, Trail, World},
};
use shared::{
    EntityId, Tick,
    game::Audience,
    limits::RECORD_FILE_BYTES_MAX,
    wire::{DecodeError, Reader},
};

use super::{
    RecordError,
    chunk::ChunkKind,
    content::{Checkpoint, End, SessionNote, Sessions, Start, decode_checkpoint},
    header::{FileHeader, Format},
    inputs::{Inputs, Lead},
    scan::{Chunk, Damage, scan},
};

/// A recording that is being played. Clones share the bytes of the file.
#[derive(Clone, Debug)]
pub struct Replay {
    file: Arc<Vec<u8>>,
    info: ReplayInfo,
    chunks: Vec<Chunk>,
    world: Play,
    trail: Trail,
    known: Inputs,
    sessions: Sessions,
    inputs: Vec<Option<PlayerInput>>,
    events: Vec<(Audience, Told)>,
    /// Index of the chunk to read next.
    next: usize,
    /// The chunk of ticks that is being read, and how far.
    body: Vec<u8>,
    at: usize,
    ticks_left: u8,
    /// It stands right behind a checkpoint.
    at_checkpoint: bool,
    /// Nothing can be played until there is another checkpoint.
    lost: bool,
}

/// What there is to know of a recording without playing it.
#[derive(Clone, PartialEq, Debug)]
pub struct ReplayInfo {
    /// What wrote it.
    pub header: FileHeader,
    /// Which room and world.
    pub start: Start,
    /// The tick of the first checkpoint.
    pub first: Tick,
    /// The last tick.
    pub last: Tick,
    /// Ticks that can be played.
    pub ticks: u32,
    /// Ticks of the checkpoints, in order.
    pub checkpoints: Vec<Tick>,
    /// Good chunks.
    pub chunks: usize,
    /// What cannot be read.
    pub damage: Vec<Damage>,
    /// The results, if the match was recorded to its end.
    pub end: Option<End>,
    /// Size of the file.
    pub bytes: usize,
}

/// What a step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// One tick was played; whether it became what was recorded.
    Tick {
        /// The hashes are the same.
        matches: bool,
    },
    /// Some ticks are missing; the world is that of the next checkpoint.
    Gap {
        /// The last tick before.
        from: Tick,
        /// The tick that is shown now.
        to: Tick,
    },
    /// There is nothing more.
    End,
}

/// What the reader found next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Advance {
    /// One tick was played.
    Tick {
        /// What the recording says of it: 32 bits, and for the last tick of a chunk 64 more.
        recorded: (u32, Option<u64>),
        /// What became of it.
        found: (u32, u64),
    },
    /// A checkpoint of the present tick: in what the world differed from it, though it should not. It was put right.
    Checkpoint(Vec<Difference>),
    /// See [`Step::Gap`].
    Gap { from: Tick, to: Tick },
    /// See [`Step::End`].
    End,
}

/// Differences of a checkpoint that are named.
const DIFFERENCES_MAX: usize = 16;

impl Replay {
    /// Reads a file. Afterwards it stands at the first checkpoint.
    ///
    /// # Errors
    /// When nothing of it can be played. What is merely damaged is in [`ReplayInfo::damage`].
    pub fn open(file: Vec<u8>) -> Result<Self, RecordError> {
        if file.len() > RECORD_FILE_BYTES_MAX {
            return Err(RecordError::TooLarge { bytes: file.len(), limit: RECORD_FILE_BYTES_MAX });
        }
        let (header, length) = FileHeader::decode(&file)?;
        let (chunks, mut damage) = scan(&file, length);
        let first = chunks.first().filter(|chunk| chunk.kind == ChunkKind::Start);
        let first = first.ok_or(RecordError::NoStart {
            reason: damage.first().map_or_else(|| "there is none".to_owned(), ToString::to_string),
        })?;
        let body = first.body(&file).ok_or(RecordError::NoStart { reason: first.damage("not packed").to_string() })?;
        let start = Start::decode(&body)?;
        let end = chunks.last().filter(|chunk| chunk.kind == ChunkKind::End);
        let end = end.and_then(|chunk| match chunk.body(&file) {
            Some(body) => End::decode(&body, start.config.seats).map_err(|error| damage.push(chunk.damage(error))).ok(),
            None => None,
        });
        let mut checkpoints = chunks.iter().enumerate().filter(|(_, chunk)| chunk.kind == ChunkKind::Checkpoint);
        let opening = checkpoints
            .find_map(|(index, chunk)| Some((index, restore(&file, &start, header.format, chunk, &mut damage)?)));
        let (opening, (world, trail, sessions)) = opening.ok_or(RecordError::NoCheckpoint)?;
        let of_kind = |kind| chunks.iter().filter(move |chunk| chunk.kind == kind);
        let first = world.tick();
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
            header,
            start,
        };
        Ok(Self {
            known: Inputs::new(info.start.config.seats),
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
            world: Play::new(world),
            trail,
            sessions,
        })
    }

    /// What there is to know of it.
    pub fn info(&self) -> &ReplayInfo {
        &self.info
    }

    /// The tick it stands at.
    pub fn tick(&self) -> Tick {
        self.world.tick()
    }

    /// The world at that tick.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Everything there is at that tick, in the order of ids.
    pub fn entities(&self) -> impl Iterator<Item = (EntityId, EntityState)> {
        self.world.entities()
    }

    /// What was told in the last step, in order; empty after a seek.
    pub fn events(&self) -> &[(Audience, Told)] {
        &self.events
    }

    /// The inputs that the last step was made of, by seat.
    pub fn inputs(&self) -> &[Option<PlayerInput>] {
        &self.inputs
    }

    /// Whose sessions the players are.
    pub fn sessions(&self) -> impl Iterator<Item = SessionNote> {
        self.sessions.iter()
    }

    /// Plays the next tick, or goes over a gap.
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

    /// Goes to a tick, or to the nearest there is. Costs a checkpoint's distance at most.
    pub fn seek(&mut self, tick: Tick) {
        let is_before = |chunk: &Chunk| chunk.kind == ChunkKind::Checkpoint && chunk.tick <= tick;
        let mut candidates: Vec<usize> =
            (0..self.chunks.len()).filter(|&index| is_before(&self.chunks[index])).collect();
        // The nearest first; the first of all, which open has read, if there is none before.
        candidates.sort_by_key(|&index| std::cmp::Reverse((self.chunks[index].tick, index)));
        candidates.extend((0..self.chunks.len()).filter(|&index| self.chunks[index].kind == ChunkKind::Checkpoint));
        let here = self.world.tick();
        for index in candidates {
            let chunk = self.chunks[index];
            if here <= tick && chunk.tick <= here && !self.lost {
                // It stands nearer than any checkpoint does.
                break;
            }
            if let Some(checkpoint) = self.restore(&chunk) {
                self.adopt(checkpoint);
                self.next = index + 1;
                break;
            }
        }
        while self.world.tick() < tick && self.step() != Step::End {}
        self.events.clear();
    }

    /// Goes to the last checkpoint that can be read.
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

    /// Where in the file the last chunk ends of which something was used.
    pub(super) fn used_bytes(&self) -> usize {
        self.next.checked_sub(1).map_or(0, |index| self.chunks[index].end())
    }

    /// Gives the world away.
    pub(super) fn into_parts(self) -> (ReplayInfo, World, Trail, Vec<SessionNote>) {
        (self.info, self.world.into_world(), self.trail, self.sessions.iter().collect())
    }

    pub(super) fn advance(&mut self) -> Advance {
        self.events.clear();
        loop {
            if self.ticks_left > 0 {
                match self.play() {
                    Ok(tick) => return tick,
                    Err(error) => {
                        let damage = self.chunks[self.next - 1].damage(error);
                        self.lose(damage);
                    }
                }
            }
            let Some(&chunk) = self.chunks.get(self.next) else { return Advance::End };
            self.next += 1;
            let now = self.world.tick();
            match chunk.kind {
                ChunkKind::Checkpoint if chunk.tick >= now || self.lost => {
                    let Some(checkpoint) = self.restore(&chunk) else { continue };
                    let differences = match chunk.ticks {
                        0 => self.world.differences(&checkpoint.0, DIFFERENCES_MAX),
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
                // Ticks that nothing leads to: a chunk before them is missing.
                ChunkKind::Ticks => self.lost = true,
                ChunkKind::Start | ChunkKind::Checkpoint | ChunkKind::End => {}
            }
        }
    }

    fn open_ticks(&mut self, chunk: &Chunk) {
        let Some(body) = chunk.body(&self.file) else { return self.lose(chunk.damage("not packed")) };
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

    /// Plays the next tick of the open chunk.
    fn play(&mut self) -> Result<Advance, DecodeError> {
        let mut input = Reader::new(&self.body[self.at..]);
        self.known.decode(&mut input, &mut self.world, &mut self.sessions, self.info.header.format)?;
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
        self.known.fill(&self.world, &mut self.inputs);
        self.world.step(&self.inputs, &self.trail);
        self.trail.record(&self.world);
        self.events.extend(std::iter::from_fn(|| self.world.poll()));
        let digest = self.world.digest();
        Ok(Advance::Tick { recorded: (short, long), found: (digest.narrow(), digest.wide()) })
    }

    fn restore(&mut self, chunk: &Chunk) -> Option<Checkpoint> {
        restore(&self.file, &self.info.start, self.info.header.format, chunk, &mut self.info.damage)
    }

    fn adopt(&mut self, (world, trail, sessions): Checkpoint) {
        (self.world, self.trail, self.sessions) = (Play::new(world), trail, sessions);
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

/// Whether a tick became what was recorded of it.
pub(super) fn is_same(recorded: (u32, Option<u64>), found: (u32, u64)) -> bool {
    recorded.0 == found.0 && recorded.1.is_none_or(|long| long == found.1)
}

fn restore(file: &[u8], start: &Start, format: Format, chunk: &Chunk, damage: &mut Vec<Damage>) -> Option<Checkpoint> {
    let found = match chunk.body(file).map(|body| decode_checkpoint(start, format, &body)) {
        Some(Ok(checkpoint)) if checkpoint.0.tick() == chunk.tick => return Some(checkpoint),
        Some(Ok(_)) => chunk.damage("another tick than it says"),
        Some(Err(error)) => chunk.damage(error),
        None => chunk.damage("not packed"),
    };
    if !damage.contains(&found) {
        damage.push(found);
    }
    None
}
