//! What a recording says of itself, as JSON.

use arena::{
    event::PlayerInfo,
    rules::{Mode, world::WorldConfig},
};
use room::record::{Ended, ReplayInfo};
use serde::Serialize;

#[derive(Serialize)]
struct RecordedTold<'a> {
    map: &'a str,
    server: &'a str,
    room: u32,
    tick_hz: u16,
    seats: u16,
    team_mode: bool,
    score_limit: u16,
    first_tick: u32,
    /// From the first to the last tick that is there.
    seconds: f64,
    started_unix_ms: u64,
    /// What wrote it.
    build: &'a str,
    /// Made by the rules that this module plays it with.
    same_rules: bool,
    bytes: usize,
    checkpoints: usize,
    /// What cannot be read, in words.
    damage: Vec<String>,
    /// None when the recording breaks off.
    ended: Option<&'static str>,
    /// Everyone at the end.
    results: Vec<ResultTold<'a>>,
}

#[derive(Serialize)]
struct ResultTold<'a> {
    player: u16,
    name: &'a str,
    team: u8,
    opponent: bool,
    score: i32,
    deaths: u32,
}

pub(crate) fn json(info: &ReplayInfo) -> String {
    let ReplayInfo { header, start, first, last, ticks: _, checkpoints, chunks: _, damage, end, bytes } = info;
    let WorldConfig { seats, mode, score_limit, .. } = start.config;
    let result = |info| {
        let &PlayerInfo { player, ref name, team, opponent, score, deaths } = info;
        ResultTold { player: player.0, name, team: team as u8, opponent, score, deaths }
    };
    let told = RecordedTold {
        map: &start.map.name,
        server: &start.server,
        room: start.room,
        tick_hz: start.tick_rate.hz(),
        seats,
        team_mode: mode == Mode::TeamDeathmatch,
        score_limit,
        first_tick: first.0,
        seconds: f64::from(last.0.saturating_sub(first.0)) / f64::from(start.tick_rate.hz()),
        started_unix_ms: header.started_unix_ms,
        build: &header.build,
        same_rules: header.is_of_these_rules(),
        bytes: *bytes,
        checkpoints: checkpoints.len(),
        damage: damage.iter().map(ToString::to_string).collect(),
        ended: end.as_ref().map(|end| match end.ended {
            Ended::NextMap => "next_map",
            Ended::RoomClosed => "room_closed",
            Ended::Continued => "continued",
        }),
        results: end.iter().flat_map(|end| end.roster.iter().map(result)).collect(),
    };
    serde_json::to_string(&told).expect("numbers and texts are JSON")
}

/// Recordings for the tests of this crate.
#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use arena::map::{file, shipped};
    use room::{
        Joining, Room, RoomConfig,
        record::{ChunkKind, FileHeader, RawChunk, RecordOptions, Replay, chunks, pack},
    };
    use shared::TickRate;

    use super::*;

    pub(crate) const LAST_TICK: u32 = 30 * 40;

    /// Computers that fight for forty seconds at 30 Hz, and Ada, who watches from her craft from the second second on.
    pub(crate) fn fight() -> Vec<u8> {
        let (name, text) = shipped().find(|(name, _)| *name == "pit").expect("the map is shipped");
        let map = Arc::new(file::parse(name, text).expect("shipped maps are valid"));
        let rate = TickRate::new(30).expect("30 Hz is allowed");
        let config = RoomConfig { fill: 6, seats: 8, warm_up_secs: 1, ..RoomConfig::new(map, rate) };
        let mut room = Room::new(config, 5);
        room.record(RecordOptions { shard: 0, checkpoint_secs: 5 });
        let mut file = Vec::new();
        FileHeader::new("test", 1_700_000_000_000).encode(&mut file);
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

    /// The same with one byte of the middle flipped.
    pub(crate) fn damaged() -> Vec<u8> {
        let mut file = fight();
        let chunks = chunks(&file).expect("it is a recording");
        let ticks: Vec<_> = chunks.iter().filter(|(_, chunk, _)| chunk.kind == ChunkKind::Ticks).collect();
        let place = ticks[ticks.len() / 2].0 + 25;
        file[place] ^= 4;
        file
    }

    /// The same with the last checkpoint broken, and ticks that lead to those behind it.
    pub(crate) fn broken_off() -> Vec<u8> {
        let mut file = fight();
        let chunks = chunks(&file).expect("it is a recording");
        let last =
            chunks.iter().rposition(|(_, chunk, _)| chunk.kind == ChunkKind::Checkpoint).expect("there are some");
        for broken in [last - 3, last] {
            file[chunks[broken].0 + 25] ^= 4;
        }
        file
    }

    /// The same with a hash of the middle changed, and the chunk summed anew.
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

    #[test]
    fn recording_says_what_it_is() {
        let file = fight();
        let bytes = file.len();
        let told: serde_json::Value = serde_json::from_str(&json(Replay::open(file).unwrap().info())).unwrap();
        assert_eq!((&told["map"], &told["tick_hz"]), (&"pit".into(), &30.into()));
        assert_eq!((&told["seconds"], &told["ended"]), (&40.0.into(), &"room_closed".into()));
        assert_eq!((&told["bytes"], &told["same_rules"]), (&bytes.into(), &true.into()));
        assert_eq!(told["damage"], serde_json::json!([]));
        assert_eq!(told["results"].as_array().unwrap().len(), 6);
    }

    #[test]
    fn damage_is_told_in_words() {
        let told: serde_json::Value = serde_json::from_str(&json(Replay::open(damaged()).unwrap().info())).unwrap();
        let words = told["damage"][0].as_str().unwrap();
        assert!(words.ends_with("is damaged (crc)"), "{words}");
    }
}
