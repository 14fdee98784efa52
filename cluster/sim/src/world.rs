//! The game of the simulation: a hash of every input, with a seat for every session. Two worlds are the same if and only if they were made of
//! the same inputs in the same ticks.

use std::collections::BTreeMap;

use cluster::SessionId;

/// Ticks of a match.
pub(crate) const MATCH_TICKS: u64 = 100;
/// Results that a world remembers, for an owner that takes over.
const RESULTS: usize = 3;

/// One thing that happens in a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Input {
    Join(SessionId),
    Leave(SessionId),
    Act(SessionId, u64),
}

/// A room's world.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct World {
    pub(crate) tick: u64,
    hash: u64,
    /// Sessions with the number of their inputs.
    pub(crate) sessions: BTreeMap<SessionId, u64>,
    /// Matches that have ended, newest last: number and result.
    pub(crate) results: Vec<(u64, u64)>,
}

impl World {
    /// One tick. Returns the result of a match that ends with it.
    pub(crate) fn step(&mut self, record: &[u8]) -> Option<(u64, u64)> {
        self.tick += 1;
        self.hash = mix(self.hash ^ self.tick);
        for input in read(record) {
            match input {
                Input::Join(session) => drop(self.sessions.insert(session, 0)),
                Input::Leave(session) => drop(self.sessions.remove(&session)),
                Input::Act(session, value) => {
                    if let Some(inputs) = self.sessions.get_mut(&session) {
                        *inputs += 1;
                        self.hash = mix(self.hash ^ value ^ *inputs);
                    }
                }
            }
        }
        if !self.tick.is_multiple_of(MATCH_TICKS) {
            return None;
        }
        let result = (self.tick / MATCH_TICKS, self.hash);
        self.results.push(result);
        if self.results.len() > RESULTS {
            self.results.remove(0);
        }
        Some(result)
    }

    /// A hash of everything in it.
    pub(crate) fn digest(&self) -> u64 {
        let mut digest = mix(self.hash ^ self.tick);
        for (session, inputs) in &self.sessions {
            digest = mix(digest ^ session.0 ^ inputs.rotate_left(17));
        }
        digest
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32 + 16 * self.sessions.len());
        let mut number = |number: u64| out.extend_from_slice(&number.to_le_bytes());
        number(self.tick);
        number(self.hash);
        number(self.sessions.len() as u64);
        for (session, inputs) in &self.sessions {
            number(session.0);
            number(*inputs);
        }
        for (game, result) in &self.results {
            number(*game);
            number(*result);
        }
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let mut numbers = bytes.chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes")));
        let mut number = || numbers.next();
        let (tick, hash) = (number().unwrap_or(0), number().unwrap_or(0));
        let count = number().unwrap_or(0);
        let sessions = (0..count).filter_map(|_| Some((SessionId(number()?), number()?))).collect();
        let results = std::iter::from_fn(|| Some((number()?, number()?))).collect();
        Self { tick, hash, sessions, results }
    }
}

/// The record of a tick's inputs.
pub(crate) fn record(inputs: &[Input]) -> Vec<u8> {
    let mut out = Vec::with_capacity(17 * inputs.len());
    for input in inputs {
        let (kind, session, value) = match *input {
            Input::Join(session) => (0, session, 0),
            Input::Leave(session) => (1, session, 0),
            Input::Act(session, value) => (2, session, value),
        };
        out.push(kind);
        out.extend_from_slice(&session.0.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
    out
}

fn read(record: &[u8]) -> impl Iterator<Item = Input> {
    record.chunks_exact(17).map(|bytes| {
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let session = SessionId(number(1));
        match bytes[0] {
            0 => Input::Join(session),
            1 => Input::Leave(session),
            _ => Input::Act(session, number(9)),
        }
    })
}

/// SplitMix64's finaliser.
fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn world_is_read_as_it_was_written() {
        let mut world = World::default();
        for tick in 0..450 {
            world.step(&record(&[Input::Join(SessionId(tick % 7)), Input::Act(SessionId(3), tick)]));
        }
        assert_eq!(World::decode(&world.encode()), world);
    }

    #[test]
    fn another_input_is_another_world() {
        let play = |value| {
            let mut world = World::default();
            world.step(&record(&[Input::Join(SessionId(1)), Input::Act(SessionId(1), value)]));
            world.digest()
        };
        assert_ne!(play(1), play(2));
    }
}
