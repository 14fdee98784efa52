//! Facts about a recording, as JSON.

use room::record::{Ended, Replay, ReplayInfo};
use serde::Serialize;
use shared::game::Profile;

use crate::{Page, facts::Facts};

#[derive(Serialize)]
struct RecordedTold<'a> {
    map: &'a str,
    server: &'a str,
    room: u32,
    tick_hz: u16,
    seats: u16,
    /// The game's facts about the match.
    #[serde(flatten)]
    of_match: Facts,
    first_tick: u32,
    /// Length from the first to the last recorded tick.
    seconds: f64,
    started_unix_ms: u64,
    /// Build of the server that wrote it.
    build: &'a str,
    /// True if it was recorded with the same rules of the game as this module's.
    same_rules: bool,
    bytes: usize,
    checkpoints: usize,
    /// A sentence for each part that cannot be read.
    damage: Vec<String>,
    /// Reason for the end. None if the recording breaks off.
    ended: Option<&'static str>,
    /// Error in the game that ended the room.
    failure: Option<&'a str>,
    /// Results of the players at the end.
    results: Vec<ResultTold<'a>>,
}

#[derive(Serialize)]
struct ResultTold<'a> {
    player: u16,
    name: &'a str,
    opponent: bool,
    /// The game's facts about the player.
    #[serde(flatten)]
    of_player: Facts,
}

pub(crate) fn json<P: Page>(replay: &Replay<P::Game>) -> String {
    let ReplayInfo { header, same_rules, start, first, last, checkpoints, damage, end, bytes, .. } = replay.info();
    let results = end.iter().flat_map(|end| {
        end.roster.iter().map(|(player, Profile { name, opponent })| {
            let of_player = P::result(end.summary.of(*player));
            ResultTold { player: player.0, name, opponent: *opponent, of_player }
        })
    });
    let told = RecordedTold {
        map: &start.map,
        server: &start.server,
        room: start.room,
        tick_hz: start.tick_rate.hz(),
        seats: start.seats,
        of_match: P::recorded(&replay.play().setup().settings),
        first_tick: first.0,
        seconds: f64::from(last.0.saturating_sub(first.0)) / f64::from(start.tick_rate.hz()),
        started_unix_ms: header.started_unix_ms,
        build: &header.build,
        same_rules: *same_rules,
        bytes: *bytes,
        checkpoints: checkpoints.len(),
        damage: damage.iter().map(ToString::to_string).collect(),
        ended: end.as_ref().map(|end| match end.ended {
            Ended::NextMap => "next_map",
            Ended::RoomClosed => "room_closed",
            Ended::Continued => "continued",
            Ended::Edited => "edited",
            Ended::RoomFailed => "room_failed",
        }),
        failure: end.as_ref().and_then(|end| end.failure.as_ref()).map(|failure| &*failure.reason),
        results: results.collect(),
    };
    serde_json::to_string(&told).expect("numbers and texts are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{Plain, damaged, fight};

    fn told_of(file: Vec<u8>) -> String {
        json::<Plain>(&Replay::open(file).unwrap())
    }

    #[test]
    fn recording_says_what_it_is() {
        let file = fight();
        let bytes = file.len();
        let told: serde_json::Value = serde_json::from_str(&told_of(file)).unwrap();
        assert_eq!((&told["map"], &told["tick_hz"]), (&"pit".into(), &30.into()));
        assert_eq!((&told["seconds"], &told["ended"]), (&40.0.into(), &"room_closed".into()));
        assert_eq!((&told["bytes"], &told["same_rules"]), (&bytes.into(), &true.into()));
        assert_eq!(told["damage"], serde_json::json!([]));
        assert_eq!(told["score_limit"], 25, "what the game adds");
        let results = told["results"].as_array().unwrap();
        assert_eq!(results.len(), 6);
        assert!(results.iter().all(|result| result["score"].is_number() && result["name"].is_string()), "{results:?}");
    }

    #[test]
    fn damage_is_told_in_words() {
        let told: serde_json::Value = serde_json::from_str(&told_of(damaged())).unwrap();
        let words = told["damage"][0].as_str().unwrap();
        assert!(words.ends_with("is damaged (crc)"), "{words}");
    }
}
