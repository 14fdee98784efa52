//! Recordings of the arena, for the tests of this crate.

use std::sync::Arc;

use arena::{
    event::Event,
    map::{file, shipped},
    rules::{Terrain, World},
    settings::Settings,
};
use room::{
    Joining, Room, RoomConfig,
    record::{ChunkKind, FileHeader, RawChunk, RecordOptions, chunks, pack},
};
use serde_json::json;
use shared::{Tick, TickRate};

use crate::{Facts, Names, Page, facts};

/// A page with small hooks: the map's name, a bare event, and a mark for each kill.
#[derive(Debug, Default)]
pub(crate) struct Plain;

impl Page for Plain {
    type Game = World;

    fn map(terrain: &Terrain) -> String {
        terrain.map.name.clone()
    }

    fn event(tick: Tick, _: &Event) -> String {
        json!({ "kind": "event", "tick": tick.0 }).to_string()
    }

    fn mark(&mut self, event: &Event, names: &Names) -> Option<Facts> {
        let Event::Killed { killer, victim, .. } = event else { return None };
        Some(facts(json!({ "kind": "kill", "killer_name": names.of(*killer), "victim_name": names.of(*victim) })))
    }

    fn recorded(settings: &Settings) -> Facts {
        facts(json!({ "score_limit": settings.score_limit }))
    }
}

pub(crate) const LAST_TICK: u32 = 30 * 40;

/// Forty seconds at 30 Hz of computer opponents that fight, and of Ada, who joins after one second and presses nothing.
pub(crate) fn fight() -> Vec<u8> {
    let (name, text) = shipped().find(|(name, _)| *name == "pit").expect("the map is shipped");
    let rate = TickRate::new(30).expect("30 Hz is allowed");
    let terrain = Terrain::new(Arc::new(file::parse(name, text).expect("shipped maps are valid")), rate);
    let settings = Settings { warm_up_secs: 1, ..Settings::default() };
    let mut room = Room::<World>::new(RoomConfig { fill: 6, seats: 8, settings, ..RoomConfig::new(terrain, rate) }, 5);
    room.record(RecordOptions { shard: 0, checkpoint_secs: 5 });
    let mut file = Vec::new();
    FileHeader::new::<World>("test", 1_700_000_000_000).encode(&mut file);
    for tick in 0..LAST_TICK {
        if tick == 30 {
            room.join(Joining { name: "Ada".into(), plain: false, reliable: true }).expect("there is a seat");
        }
        room.tick();
        while room.poll_output().is_some() {}
        while let Some(chunk) = room.poll_record() {
            pack(&chunk, &mut file);
        }
    }
    room.end_record();
    while let Some(chunk) = room.poll_record() {
        pack(&chunk, &mut file);
    }
    file
}

/// The same with one bit in the middle flipped.
pub(crate) fn damaged() -> Vec<u8> {
    let mut file = fight();
    let chunks = chunks(&file).expect("it is a recording");
    let ticks: Vec<_> = chunks.iter().filter(|(_, chunk, _)| chunk.kind == ChunkKind::Ticks).collect();
    let place = ticks[ticks.len() / 2].0 + 25;
    file[place] ^= 4;
    file
}

/// The same with the last checkpoint damaged, and also a chunk of ticks before it, so that nothing leads to the ticks at the end.
pub(crate) fn broken_off() -> Vec<u8> {
    let mut file = fight();
    let chunks = chunks(&file).expect("it is a recording");
    let last = chunks.iter().rposition(|(_, chunk, _)| chunk.kind == ChunkKind::Checkpoint).expect("there are some");
    for broken in [last - 3, last] {
        file[chunks[broken].0 + 25] ^= 4;
    }
    file
}

/// The same with one hash in the middle changed. The checksum of its chunk is correct.
pub(crate) fn other_than_recorded() -> Vec<u8> {
    let file = fight();
    let chunks = chunks(&file).expect("it is a recording");
    let ticks = chunks.iter().filter(|(_, chunk, _)| chunk.kind == ChunkKind::Ticks).count();
    let mut out = file[..chunks[0].0].to_vec();
    let mut seen = 0;
    for (_, chunk, mut body) in chunks {
        seen += usize::from(chunk.kind == ChunkKind::Ticks);
        if chunk.kind == ChunkKind::Ticks && seen == ticks / 2 {
            // The long hash of the chunk's last tick ends it.
            *body.last_mut().expect("a chunk has a body") ^= 1;
        }
        pack(&RawChunk { body: &body, ..chunk }, &mut out);
    }
    out
}
