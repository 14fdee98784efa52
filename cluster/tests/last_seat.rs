//! Two players ask two nodes for the last seat of a room at the same time: one gets it.

mod support;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use bytes::Bytes;
use cluster::{Action, Event, HostedGame, Joined, Key, Node, Outcome, Revision, RoomId, RoomSpec, SessionId, Want};
use support::node;

const ROOM: RoomId = RoomId(5);

/// Two nodes and a store that answers at once, one request at a time.
struct Pair {
    nodes: [Node; 2],
    values: BTreeMap<Key, (Revision, Bytes)>,
    revision: Revision,
    todo: VecDeque<(usize, Action)>,
    joined: BTreeMap<SessionId, Joined>,
    now: Duration,
}

fn game() -> HostedGame {
    HostedGame { name: "toy".into(), version: 1 }
}

impl Pair {
    fn new() -> Self {
        let (values, joined) = (BTreeMap::new(), BTreeMap::new());
        let nodes = [node(1, 1, vec![game()]), node(1, 2, vec![game()])];
        let mut pair =
            Self { nodes, values, revision: 0, todo: VecDeque::new(), joined, now: Duration::from_millis(1) };
        for node in 0..2 {
            pair.tell(node, Event::Connected);
            pair.tell(node, Event::Synced);
        }
        pair.settle();
        pair
    }

    /// Hands an event to a node; its actions wait.
    fn tell(&mut self, node: usize, event: Event) {
        let actions = self.nodes[node].handle(event, self.now);
        self.todo.extend(actions.into_iter().map(|action| (node, action)));
    }

    /// Carries actions out, first come first served, for half a second.
    fn settle(&mut self) {
        for _ in 0..50 {
            while let Some((node, action)) = self.todo.pop_front() {
                self.perform(node, action);
            }
            self.now += Duration::from_millis(10);
            for node in 0..2 {
                let actions = self.nodes[node].poll(self.now);
                self.todo.extend(actions.into_iter().map(|action| (node, action)));
            }
        }
    }

    fn perform(&mut self, node: usize, action: Action) {
        match action {
            Action::Read(request, key) => {
                let found = self.values.get(&key).cloned();
                let outcome = found.map_or(Outcome::Absent, |(revision, value)| Outcome::Found(revision, value));
                self.tell(node, Event::Stored(request, outcome));
            }
            Action::Write { request, key, expected, value, .. } => {
                let present = self.values.get(&key).map_or(0, |(revision, _)| *revision);
                if expected.is_some_and(|expected| expected != present) {
                    self.tell(node, Event::Stored(request, Outcome::Conflict));
                    return;
                }
                self.revision += 1;
                let revision = self.revision;
                match value.clone() {
                    Some(value) => drop(self.values.insert(key.clone(), (revision, value))),
                    None => drop(self.values.remove(&key)),
                }
                self.tell(node, Event::Stored(request, Outcome::Written(revision)));
                for node in 0..2 {
                    self.tell(node, Event::Value { key: key.clone(), revision, value: value.clone() });
                }
            }
            Action::Joined(session, joined) => drop(self.joined.insert(session, joined)),
            _ => {}
        }
    }

    /// Opens the room at the first node.
    fn open(&mut self, seats: u16) {
        let spec = RoomSpec { game: game(), mode: String::new(), seats, tick_us: 50_000, code: None };
        self.tell(0, Event::Open(ROOM, spec));
        self.settle();
    }

    /// Players ask both nodes in the same instant, and this many get a seat.
    #[track_caller]
    fn check(&mut self, players: usize, seated: usize) {
        for player in 0..players {
            let session = SessionId(player as u64);
            self.tell(player % 2, Event::Join { session, want: Want::Room(ROOM) });
        }
        self.settle();
        let seats = self.joined.values().filter(|joined| matches!(joined, Joined::Seat { room: ROOM, .. })).count();
        let full = self.joined.values().filter(|joined| matches!(joined, Joined::NoSeat(_))).count();
        assert_eq!((seats, full), (seated, players - seated), "{:?}", self.joined);
    }
}

#[test]
fn one_of_two_joins_gets_the_last_seat() {
    let mut pair = Pair::new();
    pair.open(1);
    pair.check(2, 1);
}

#[test]
fn both_get_a_seat_where_there_are_two() {
    let mut pair = Pair::new();
    pair.open(2);
    pair.check(2, 2);
}

#[test]
fn race_of_many_fills_the_room_and_no_more() {
    let mut pair = Pair::new();
    pair.open(4);
    pair.check(7, 4);
}

#[test]
fn room_that_nobody_knows_is_named() {
    let mut pair = Pair::new();
    pair.tell(0, Event::Join { session: SessionId(1), want: Want::Room(RoomId(99)) });
    pair.settle();
    assert_eq!(pair.joined.get(&SessionId(1)), Some(&Joined::NoRoom));
}
