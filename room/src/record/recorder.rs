//! Writes down what happens to a match, while it is played: encodes into buffers that are used again and again, and packs,
//! sums and writes nothing. That is work for whoever polls the chunks.
//!
//! ```text
//! joined, left, …   ──> changes ─┐
//! begin_tick ── inputs ──────────┼──> open chunk ──(0.3 s)──> ready ──> poll
//! end_tick ──── hash ────────────┘                 checkpoint ──^
//! ```

use shared::{
    PlayerId, SpectatorId, Tick,
    game::{Game, Past, PlayerInput, Profile, Trail},
    limits::{RECORD_LAST_INPUTS_BYTES_MAX, RECORD_PART_BYTES_MAX, RECORD_WAITING_BYTES_MAX},
    wire::Writer,
};

use super::{
    checkpoint::encode_checkpoint,
    chunk::{ChunkKind, RawChunk},
    end::{End, Ended, RecordedFailure},
    inputs::{CHANGES_MAX, Change, Inputs, Lead},
    sessions::{SessionNote, Sessions},
    start::{About, Start},
};
use crate::play::Play;

/// How a room is recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordOptions {
    /// The shard that runs it, as the shell numbers them.
    pub shard: u16,
    /// Seconds between checkpoints, at least 1.
    pub checkpoint_secs: u32,
}

/// Records one room.
#[derive(Debug)]
pub(crate) struct Recorder<G: Game> {
    about: About,
    seats: u16,
    chunk_ticks: u8,
    checkpoint_ticks: u32,
    inputs: Inputs<G::Input>,
    sessions: Sessions,
    /// What happened since the last tick.
    changes: Vec<u8>,
    change_count: u32,
    /// The chunk of ticks that is being filled.
    open: Vec<u8>,
    open_ticks: u8,
    /// Bytes of it that belong to ticks that were made: all but those of the tick that is being made.
    whole: usize,
    /// The last tick that was made.
    last_tick: Tick,
    /// The chunk ends with the next tick: somebody was told a token that is worth nothing until it is written.
    urgent: bool,
    lead: Lead,
    last_hash: u64,
    /// The tick the present match, or the part of it in this file, began after.
    began: Tick,
    next_checkpoint: Tick,
    part_bytes: usize,
    scratch: Vec<u8>,
    ready: Ready,
    stopped: bool,
}

/// Chunks waiting to be polled, in one buffer.
#[derive(Debug, Default)]
struct Ready {
    bytes: Vec<u8>,
    chunks: Vec<Waiting>,
    polled: usize,
    /// Nobody polled, so there is a gap.
    overflowed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    kind: ChunkKind,
    ticks: u8,
    tick: Tick,
    start: usize,
    end: usize,
}

/// What a killed process loses at most, beside what lies in the writer's queue.
const CHUNK_MS: u32 = 300;
/// A chunk of a crowd's ticks is closed early, far from what a reader takes.
const CHUNK_BYTES_FULL: usize = 256 * 1024;

impl<G: Game> Recorder<G> {
    /// Begins with a start and a checkpoint of the match as it is between two ticks.
    pub(crate) fn new(about: About, options: RecordOptions, play: &Play<G>, past: &dyn Past<G::Entity>) -> Self {
        let (rate, seats) = (play.setup().tick_rate, play.setup().seats);
        let mut recorder = Self {
            about,
            seats,
            chunk_ticks: rate.ticks_in_ms(CHUNK_MS).min(u8::MAX.into()) as u8,
            checkpoint_ticks: rate.ticks_in_ms(options.checkpoint_secs.clamp(1, 3_600) * 1_000),
            inputs: Inputs::new(seats),
            sessions: Sessions::new(seats),
            changes: Vec::new(),
            change_count: 0,
            open: Vec::new(),
            open_ticks: 0,
            whole: 0,
            last_tick: play.tick(),
            urgent: false,
            lead: Lead::Checkpoint,
            last_hash: 0,
            began: play.tick(),
            next_checkpoint: play.tick(),
            part_bytes: 0,
            scratch: Vec::new(),
            ready: Ready::default(),
            stopped: false,
        };
        recorder.start(play, past);
        recorder
    }

    pub(crate) fn joined(&mut self, player: PlayerId, profile: &Profile) {
        self.inputs.forget(player);
        self.sessions.forget(player);
        self.change(&Change::Joined(player, profile.clone()));
    }

    pub(crate) fn left(&mut self, player: PlayerId) {
        self.inputs.forget(player);
        self.sessions.forget(player);
        self.change(&Change::Left(player));
    }

    pub(crate) fn spectator_left(&mut self, spectator: SpectatorId) {
        self.sessions.forget(spectator);
        self.change(&Change::SpectatorLeft(spectator));
    }

    pub(crate) fn match_ended(&mut self) {
        self.change(&Change::MatchEnded);
    }

    pub(crate) fn note_session(&mut self, note: SessionNote) {
        self.sessions.note(note);
        self.change(&Change::Session(note));
        self.urgent = true;
    }

    /// Takes in what the next tick is made of; `play` is as it is before it.
    #[inline(never)]
    pub(crate) fn begin_tick(
        &mut self,
        play: &Play<G>,
        inputs: &[Option<PlayerInput<G::Input>>],
        past: &dyn Past<G::Entity>,
    ) {
        if self.is_deaf() {
            return;
        }
        if self.change_count > CHANGES_MAX {
            // More than a reader takes, and more than a checkpoint costs.
            self.checkpoint(play, &play.trail(past));
        }
        if self.open.is_empty() {
            self.open.push(self.lead as u8);
            self.lead = Lead::On;
        }
        self.inputs.encode((self.change_count, &self.changes), play, inputs, &mut self.open);
        self.forget_changes();
    }

    /// Takes in what became of the tick. `past` remembers those before it.
    #[inline(never)]
    pub(crate) fn end_tick(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>) {
        if self.is_deaf() {
            return self.resume(play, past);
        }
        let digest = play.game().digest();
        self.open.extend_from_slice(&digest.narrow().to_le_bytes());
        self.last_hash = digest.wide();
        self.open_ticks += 1;
        self.whole = self.open.len();
        self.last_tick = play.tick();
        let is_full = self.open_ticks >= self.chunk_ticks || self.open.len() >= CHUNK_BYTES_FULL;
        if is_full || self.urgent {
            self.close_chunk(play.tick());
        }
        if self.part_bytes >= RECORD_PART_BYTES_MAX {
            self.end(play, Ended::Continued);
            self.begin_file(play, &trail_with_present(play, past));
        } else if play.tick() >= self.next_checkpoint {
            self.checkpoint(play, &trail_with_present(play, past));
        }
    }

    /// The match is over: what follows belongs to another file. `play` is as it was at the end of the last tick.
    pub(crate) fn end(&mut self, play: &Play<G>, ended: Ended) {
        if self.stopped {
            return;
        }
        self.close_chunk(play.tick());
        // What happened since then is in the checkpoint that the next file begins with.
        self.forget_changes();
        let mut body = std::mem::take(&mut self.scratch);
        body.clear();
        End::encode(ended, play, &mut body);
        self.ready.push(ChunkKind::End, 0, play.tick(), &body);
        self.scratch = body;
    }

    /// The game has failed: the file ends with the last whole tick, and what it was about to do next stands in the end. The game is asked
    /// nothing any more.
    pub(crate) fn fail(&mut self, reason: &str, play: &Play<G>) {
        if self.stopped {
            return;
        }
        if !self.ready.overflowed {
            let failure = RecordedFailure { reason: reason.to_owned(), last_inputs: self.last_inputs() };
            self.open.truncate(self.whole);
            self.close_chunk(self.last_tick);
            let mut body = Vec::new();
            End::encode_failed(&failure, play, &mut body);
            self.ready.push(ChunkKind::End, 0, self.last_tick, &body);
        }
        self.stop();
    }

    /// The tick that was begun and not made, or what happened since the last tick, with the lead of a chunk.
    fn last_inputs(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.whole > 0 || self.open.is_empty() {
            bytes.push(if self.open.is_empty() { self.lead } else { Lead::On } as u8);
        }
        match (self.open.len() > self.whole, self.change_count) {
            (true, _) => bytes.extend_from_slice(&self.open[self.whole..]),
            (false, 1..=CHANGES_MAX) => {
                Writer::new(&mut bytes).int(i64::from(self.change_count) * 2);
                bytes.extend_from_slice(&self.changes);
            }
            (false, _) => return Vec::new(),
        }
        if bytes.len() > RECORD_LAST_INPUTS_BYTES_MAX { Vec::new() } else { bytes }
    }

    /// Begins a file between two ticks.
    pub(crate) fn start(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>) {
        if !self.stopped {
            self.begin_file(play, &play.trail(past));
        }
    }

    fn begin_file(&mut self, play: &Play<G>, trail: &Trail<G::Entity>) {
        self.began = play.tick();
        self.last_tick = play.tick();
        self.part_bytes = 0;
        self.start_again(play, trail);
    }

    /// Says everything anew in the same file: some of what was polled got lost.
    pub(crate) fn record_again(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>) {
        if !self.is_deaf() {
            // The ticks of the open chunk follow those that got lost: without them they lead nowhere, and the file may lack its
            // start as well.
            self.drop_open_chunk();
            self.start_again(play, &play.trail(past));
        }
    }

    /// Records the match as it is and nothing more. A second time it does nothing.
    pub(crate) fn suspend(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>) {
        if !self.stopped {
            self.checkpoint(play, &play.trail(past));
            self.stop();
        }
    }

    /// Records nothing more. What waits can still be polled.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    fn start_again(&mut self, play: &Play<G>, trail: &Trail<G::Entity>) {
        self.close_chunk(play.tick());
        let mut body = std::mem::take(&mut self.scratch);
        body.clear();
        Start::encode(&self.about, play, &mut body);
        self.part_bytes += body.len();
        self.ready.push(ChunkKind::Start, 0, self.began, &body);
        self.scratch = body;
        self.lead = Lead::Checkpoint;
        self.checkpoint(play, trail);
    }

    /// Writes the match down as it is between two ticks, with what happened since the last one.
    fn checkpoint(&mut self, play: &Play<G>, trail: &Trail<G::Entity>) {
        self.close_chunk(play.tick());
        self.lead = self.lead.max(if self.change_count > 0 { Lead::Checkpoint } else { Lead::Fresh });
        self.forget_changes();
        self.inputs.reset();
        let mut body = std::mem::take(&mut self.scratch);
        body.clear();
        encode_checkpoint(play, trail, &self.sessions, &mut body);
        self.part_bytes += body.len();
        let holds_changes = u8::from(self.lead == Lead::Checkpoint);
        self.ready.push(ChunkKind::Checkpoint, holds_changes, play.tick(), &body);
        self.scratch = body;
        self.next_checkpoint = play.tick().plus(self.checkpoint_ticks);
    }

    /// The next chunk to be packed and written.
    pub(crate) fn poll(&mut self) -> Option<RawChunk<'_>> {
        self.ready.poll()
    }

    /// Gives out what there is of the chunk that is being filled.
    fn close_chunk(&mut self, now: Tick) {
        if self.open_ticks == 0 {
            return;
        }
        self.open.extend_from_slice(&self.last_hash.to_le_bytes());
        self.part_bytes += self.open.len();
        let first = now.minus(u32::from(self.open_ticks) - 1);
        self.ready.push(ChunkKind::Ticks, self.open_ticks, first, &self.open);
        self.open.clear();
        self.open_ticks = 0;
        self.whole = 0;
        self.urgent = false;
    }

    fn drop_open_chunk(&mut self) {
        self.open.clear();
        self.open_ticks = 0;
        self.whole = 0;
    }

    /// After a gap nothing is written until there is room again, and then a checkpoint first.
    fn resume(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>) {
        self.drop_open_chunk();
        if self.ready.is_polled() && !self.stopped {
            self.ready.overflowed = false;
            self.start_again(play, &trail_with_present(play, past));
        }
    }

    fn change(&mut self, change: &Change) {
        if !self.is_deaf() {
            change.encode(self.seats, &mut self.changes);
            self.change_count += 1;
        }
    }

    fn is_deaf(&self) -> bool {
        self.stopped || self.ready.overflowed
    }

    fn forget_changes(&mut self) {
        self.changes.clear();
        self.change_count = 0;
    }
}

/// What the next tick may look back on when `past` does not know the one that was just made.
fn trail_with_present<G: Game>(play: &Play<G>, past: &dyn Past<G::Entity>) -> Trail<G::Entity> {
    let mut trail = play.trail(past);
    trail.record(play.tick(), play.game().entities());
    trail
}

impl Ready {
    fn push(&mut self, kind: ChunkKind, ticks: u8, tick: Tick, body: &[u8]) {
        if self.is_polled() {
            self.bytes.clear();
            self.chunks.clear();
            self.polled = 0;
        }
        if self.overflowed || self.bytes.len() + body.len() > RECORD_WAITING_BYTES_MAX {
            self.overflowed = true;
            return;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(body);
        self.chunks.push(Waiting { kind, ticks, tick, start, end: self.bytes.len() });
    }

    fn poll(&mut self) -> Option<RawChunk<'_>> {
        let &Waiting { kind, ticks, tick, start, end } = self.chunks.get(self.polled)?;
        self.polled += 1;
        Some(RawChunk { kind, ticks, tick, body: &self.bytes[start..end] })
    }

    fn is_polled(&self) -> bool {
        self.polled == self.chunks.len()
    }
}
