//! Records a match while it is played. It encodes into reused buffers. Compression, checksums and file writes are the work of the caller
//! that polls the chunks.
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

/// Options of a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordOptions {
    /// Number of the shard that runs the room, as the caller numbers them.
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
    /// Changes since the last tick, encoded.
    changes: Vec<u8>,
    change_count: u32,
    /// The unfinished chunk of ticks.
    open: Vec<u8>,
    open_ticks: u8,
    /// Length of its complete ticks, bytes; the rest belongs to the tick in progress.
    whole: usize,
    /// The last complete tick.
    last_tick: Tick,
    /// The chunk ends with the next tick, because a session token is valid only after it is written.
    urgent: bool,
    lead: Lead,
    last_hash: u64,
    /// Tick after which the match began, or the part of it in this file.
    began: Tick,
    next_checkpoint: Tick,
    part_bytes: usize,
    scratch: Vec<u8>,
    ready: Ready,
    stopped: bool,
}

/// Chunks that wait until they are polled, in one buffer.
#[derive(Debug, Default)]
struct Ready {
    bytes: Vec<u8>,
    chunks: Vec<Waiting>,
    polled: usize,
    /// The buffer was full, so chunks are missing.
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

/// Length of a chunk, ms. A killed process loses at most this, in addition to the chunks in the writer's queue.
const CHUNK_MS: u32 = 300;
/// Size at which a chunk of ticks is closed early, bytes; far below a reader's limit.
const CHUNK_BYTES_FULL: usize = 256 * 1024;

impl<G: Game> Recorder<G> {
    /// Starts with a start chunk and a checkpoint of the match, between two ticks.
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

    /// Records the changes and inputs of the next tick; `play` is the match before it.
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
            // A reader refuses so many changes, and a checkpoint is shorter.
            self.checkpoint(play, &play.trail(past));
        }
        if self.open.is_empty() {
            self.open.push(self.lead as u8);
            self.lead = Lead::On;
        }
        self.inputs.encode((self.change_count, &self.changes), play, inputs, &mut self.open);
        self.forget_changes();
    }

    /// Records the result of the tick. `past` holds the ticks before it.
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

    /// Ends the file because the match is over or goes on in another file. `play` is the match after the last tick.
    pub(crate) fn end(&mut self, play: &Play<G>, ended: Ended) {
        if self.stopped {
            return;
        }
        self.close_chunk(play.tick());
        // The first checkpoint of the next file contains the changes since then.
        self.forget_changes();
        let mut body = std::mem::take(&mut self.scratch);
        body.clear();
        End::encode(ended, play, &mut body);
        self.ready.push(ChunkKind::End, 0, play.tick(), &body);
        self.scratch = body;
    }

    /// Ends the file after a failure of the game: it contains the last complete tick, and the end contains the inputs of the failed tick.
    /// The game's code is not called any more.
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

    /// The inputs of the unfinished tick, or the changes since the last tick, with the lead of a chunk.
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

    /// Starts a file between two ticks.
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

    /// Writes the start and a checkpoint again into the same file, because a polled chunk was lost.
    pub(crate) fn record_again(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>) {
        if !self.is_deaf() {
            // The ticks of the open chunk follow the lost ones, so a reader could not use them. The file may also lack its start.
            self.drop_open_chunk();
            self.start_again(play, &play.trail(past));
        }
    }

    /// Records a checkpoint of the match and stops. A second call does nothing.
    pub(crate) fn suspend(&mut self, play: &Play<G>, past: &dyn Past<G::Entity>) {
        if !self.stopped {
            self.checkpoint(play, &play.trail(past));
            self.stop();
        }
    }

    /// Stops recording. Waiting chunks can still be polled.
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

    /// Writes a checkpoint between two ticks. It includes the changes since the last tick.
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

    /// The next chunk to compress and write.
    pub(crate) fn poll(&mut self) -> Option<RawChunk<'_>> {
        self.ready.poll()
    }

    /// Closes the open chunk, if it has any ticks, so that it can be polled.
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

    /// After an overflow the recorder writes nothing until all chunks are polled; then it writes a start and a checkpoint first.
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

/// The past that the next tick may look up, if `past` does not hold the newest tick yet.
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
