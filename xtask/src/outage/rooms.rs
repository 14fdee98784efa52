//! The rooms that a server shows.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::live_server::get;

/// All rooms at one moment.
#[derive(Debug)]
pub(super) struct Rooms {
    pub(super) seen: Instant,
    pub(super) rooms: BTreeMap<u32, Room>,
}

/// One of them, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Room {
    id: u32,
    pub(super) tick: u32,
    humans: u32,
    away: u32,
    /// Which of its players' keys are the game's.
    player_facts: Vec<String>,
    players: Vec<Player>,
}

#[derive(Clone, Debug, Deserialize)]
struct Player {
    /// Facts of the game, in addition to those of the engine.
    #[serde(flatten)]
    said: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Answer {
    rooms: Vec<Room>,
}

impl Rooms {
    /// Asks a server.
    ///
    /// # Errors
    /// It does not answer, or not as expected.
    pub(super) fn look(http: SocketAddr) -> Result<Self> {
        Self::parse(&get(http, "/api/rooms")?)
    }

    fn parse(text: &str) -> Result<Self> {
        let answer: Answer = serde_json::from_str(text).context("the rooms are not as expected")?;
        let rooms = answer.rooms.into_iter().map(|room| (room.id, room)).collect();
        Ok(Self { seen: Instant::now(), rooms })
    }

    /// Players on a link.
    pub(super) fn playing(&self) -> u32 {
        self.rooms.values().map(|room| room.humans - room.away).sum()
    }

    /// Rooms that somebody plays in, or is awaited in.
    pub(super) fn peopled(&self) -> usize {
        self.rooms.values().filter(|room| room.humans > 0).count()
    }

    /// The sums of each number that the game says of its players, by its name: scores, or what the game has instead.
    pub(super) fn facts(&self) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for room in self.rooms.values() {
            for name in &room.player_facts {
                let numbers = room.players.iter().filter_map(|player| player.said.get(name)?.as_i64());
                if let Some(sum) = numbers.reduce(i64::saturating_add) {
                    *sums.entry(name.clone()).or_default() += sum;
                }
            }
        }
        sums
    }
}

/// The newest tick of each room, estimated for every moment: rooms are shown only now and then.
#[derive(Debug, Default)]
pub(super) struct Ticks(BTreeMap<u32, (u32, Instant)>);

impl Ticks {
    pub(super) fn add(&mut self, rooms: &Rooms) {
        for (&id, room) in &rooms.rooms {
            let known = self.0.entry(id).or_insert((room.tick, rooms.seen));
            if known.0 != room.tick {
                *known = (room.tick, rooms.seen);
            }
        }
    }

    /// The tick that a room had at `now`, with `period` from one to the next.
    pub(super) fn at(&self, room: u32, now: Instant, period: Duration) -> Option<u32> {
        let &(tick, since) = self.0.get(&room)?;
        Some(tick + (now.saturating_duration_since(since).as_nanos() / period.as_nanos()) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_go_on_from_where_they_were_seen() {
        let text = r#"{"rooms":[{"id":3,"tick":100,"humans":2,"away":1,"player_facts":["side","mass"],
            "players":[{"name":"a","side":"red","mass":7,"away":false},{"name":"b","side":"blue","mass":-1}]}]}"#;
        let rooms = Rooms::parse(text).unwrap();
        assert_eq!((rooms.playing(), rooms.facts()), (1, BTreeMap::from([("mass".to_owned(), 6)])));
        let mut ticks = Ticks::default();
        ticks.add(&rooms);
        let period = Duration::from_millis(50);
        assert_eq!(ticks.at(3, rooms.seen + Duration::from_millis(120), period), Some(102));
        assert_eq!(ticks.at(4, rooms.seen, period), None);
    }
}
