//! A recording with any content is played, verified and recovered, or refused.
//!
//! The first byte says how the rest is taken. Even: it is a file as it stands. Odd: it is chunks without their frames
//! (kind, ticks, four bytes of tick, two of length, body), which are packed and summed here behind the start of a real
//! recording, since no fuzzer guesses a crc.

use std::sync::OnceLock;

use arena::rules::World;
use room::record::{ChunkKind, FileHeader, RawChunk, RecordOptions, Replay, Step, pack, recover, verify};
use shared::{Tick, game::Game};

use super::{choices::Choices, small_room};

/// Ticks of a recording that are played; more would only take longer.
const TICKS_MAX: u32 = 2_000;
/// Bytes of a file that are read; chunks decompress to a thousand times as much.
const BYTES_MAX: usize = 16 * 1024;

/// `data` is a file, or chunks.
pub fn run(data: &[u8]) {
    let Some((how, rest)) = data.split_first() else { return };
    let rest = &rest[..rest.len().min(BYTES_MAX)];
    let file = if how % 2 == 0 { rest.to_vec() } else { framed(rest) };
    play(&file);
}

/// Runs everything that can be done with a file.
fn play(file: &[u8]) {
    let Ok(mut replay) = Replay::<World>::open(file.to_vec()) else {
        assert!(
            recover::<World>(file.to_vec()).is_err() && verify::<World>(file.to_vec()).is_err(),
            "one reader reads what others refuse"
        );
        return;
    };
    let mut ticks = 0;
    while ticks < TICKS_MAX && replay.step() != Step::End {
        ticks += 1;
        assert!(replay.entities().count() <= replay.play().game().slots().all);
    }
    let (first, last) = (replay.info().first, replay.info().last);
    if ticks < TICKS_MAX && last.since(first) < TICKS_MAX {
        for tick in [first, Tick(first.0 + last.since(first) / 2), last, first] {
            replay.seek(tick);
        }
        let verified = verify::<World>(file.to_vec()).expect("what opens can be verified");
        assert!(verified.ticks <= TICKS_MAX);
        let recovered = recover::<World>(file.to_vec()).expect("what opens can be recovered");
        assert!(recovered.good_bytes <= file.len());
    }
}

/// A file of the chunks in `data`, behind a header and a start that are right.
fn framed(data: &[u8]) -> Vec<u8> {
    let mut file = start().to_vec();
    let mut choices = Choices(data);
    while choices.any_left() {
        let kind = match choices.byte() % 4 {
            0 => ChunkKind::Start,
            1 => ChunkKind::Checkpoint,
            2 => ChunkKind::Ticks,
            _ => ChunkKind::End,
        };
        let ticks = choices.byte();
        let tick = Tick(u32::from(choices.word()) | u32::from(choices.word()) << 16);
        let length = usize::from(choices.word());
        pack(&RawChunk { kind, ticks, tick, body: choices.bytes(length) }, &mut file);
    }
    file
}

/// Header and start of a room of ours.
fn start() -> &'static [u8] {
    static START: OnceLock<Vec<u8>> = OnceLock::new();
    START.get_or_init(|| {
        let mut room = small_room::room(2);
        room.record(RecordOptions { shard: 0, checkpoint_secs: 1 });
        let mut file = Vec::new();
        FileHeader::new::<World>("fuzz", 0).encode(&mut file);
        let start = room.poll_record().expect("a recording begins with a start");
        assert_eq!(start.kind, ChunkKind::Start);
        pack(&start, &mut file);
        file
    })
}

/// The file that [`run`] makes of chunks.
pub fn file_of(data: &[u8]) -> Vec<u8> {
    framed(&data[1..])
}

/// A seed for the corpus: the chunks of a room's first seconds, as [`run`] takes them.
pub fn seed() -> Vec<u8> {
    let mut room = small_room::room(2);
    room.record(RecordOptions { shard: 0, checkpoint_secs: 1 });
    let mut data = vec![1];
    for _ in 0..25 {
        while let Some(RawChunk { kind, ticks, tick, body }) = room.poll_record() {
            if kind != ChunkKind::Start {
                data.extend_from_slice(&[kind as u8 - 1, ticks]);
                data.extend_from_slice(&(tick.0 as u16).to_be_bytes());
                data.extend_from_slice(&((tick.0 >> 16) as u16).to_be_bytes());
                data.extend_from_slice(&(body.len() as u16).to_be_bytes());
                data.extend_from_slice(body);
            }
        }
        room.tick();
        while room.poll_output().is_some() {}
    }
    data
}
