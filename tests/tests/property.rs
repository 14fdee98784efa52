//! Random operations on a room with naive receivers: every state that is sent is true at its tick, and in the end every
//! view equals the state of the room.
//!
//! `harness::BareRoom` checks at every snapshot that each update is true at its tick, that no checksum
//! differs, and that the client's view equals the naive receiver's.

use arena::rules::{Terrain, World};
use arena::settings::Settings;
use std::sync::Arc;

use arena::{
    input::{Buttons, Heading, Input},
    map::Map,
    rules::Mode,
};
use harness::{BareRoom, Looks, maps};
use proptest::prelude::*;
use room::RoomConfig;
use shared::{PlayerId, TickRate};

/// An operation on a room. Players are named by a number modulo the number of players.
#[derive(Clone, Debug)]
enum Operation {
    Join {
        plain: bool,
        reliable: bool,
    },
    Leave(usize),
    /// Ticks with the same inputs; bit `i` of `lost` loses the snapshots of player `i` modulo 8 while it is set.
    Ticks {
        count: u8,
        lost: u8,
    },
    /// From now on the player sends this input.
    Want(usize, Input),
    /// From now on the player's acknowledgements are this many ticks old.
    Lag(usize, usize),
    /// From now on the player sends nothing, or sends again.
    Silence(usize, bool),
    Resync(usize),
    Block(usize, bool),
    Reduce(u8),
}

#[derive(Clone, Debug)]
struct Setup {
    map: &'static str,
    hz: u16,
    seats: u16,
    fill: u16,
    interest_px: Option<u32>,
    bytes_per_sec: u32,
    mode: Mode,
    match_secs: u32,
    seed: u64,
}

impl Setup {
    fn config(&self) -> RoomConfig<World> {
        let maps: Vec<Arc<Map>> = vec![maps::by_name(self.map), maps::by_name("pit")];
        let rate = TickRate::new(self.hz).expect("the strategy keeps to the limits");
        RoomConfig {
            maps: maps.into_iter().map(|map| Terrain::new(map, rate)).collect(),
            seats: self.seats,
            fill: self.fill,
            interest_px: self.interest_px,
            player_bytes_per_sec: self.bytes_per_sec,
            plain_bytes_per_sec: self.bytes_per_sec,
            settings: Settings {
                mode: self.mode,
                match_secs: self.match_secs,
                results_secs: 1,
                warm_up_secs: 0,
                ..Settings::default()
            },
            ..harness::arena_room(maps::by_name(self.map), rate)
        }
    }
}

/// A room under test with the inputs of its players.
struct Subject {
    room: BareRoom,
    wishes: Vec<Wish>,
}

#[derive(Clone, Copy)]
struct Wish {
    player: PlayerId,
    input: Input,
    lag: usize,
    silent: bool,
}

impl Subject {
    fn new(setup: &Setup) -> Self {
        Self { room: BareRoom::new(setup.config(), setup.seed), wishes: Vec::new() }
    }

    fn join(&mut self, plain: bool, reliable: bool) {
        // A full room refuses, which is also correct.
        if let Ok(player) = self.room.join(plain, reliable) {
            self.wishes.push(Wish { player, input: Input::default(), lag: 0, silent: false });
        }
    }

    fn carry_out(&mut self, operation: &Operation) {
        match *operation {
            Operation::Join { plain, reliable } => self.join(plain, reliable),
            Operation::Ticks { count, lost } => {
                for _ in 0..count {
                    self.tick(|player| lost >> (player.0 % 8) & 1 == 0);
                }
            }
            Operation::Reduce(rung) => self.room.room_mut().set_reduction(rung),
            Operation::Leave(who) => {
                if let Some(index) = self.chosen(who) {
                    self.room.leave(self.wishes.remove(index).player);
                }
            }
            Operation::Want(who, input) => self.change(who, |wish| wish.input = input),
            Operation::Lag(who, lag) => self.change(who, |wish| wish.lag = lag),
            Operation::Silence(who, silent) => self.change(who, |wish| wish.silent = silent),
            Operation::Resync(who) => {
                if let Some(index) = self.chosen(who) {
                    let player = self.wishes[index].player;
                    if index.is_multiple_of(2) {
                        self.room.restart(player);
                    } else {
                        self.room.resync(player);
                    }
                }
            }
            Operation::Block(who, blocked) => {
                if let Some(index) = self.chosen(who) {
                    self.room.room_mut().set_blocked(self.wishes[index].player, blocked);
                }
            }
        }
    }

    fn tick(&mut self, arrives: impl FnMut(PlayerId) -> bool) {
        for &Wish { player, input, lag, silent } in &self.wishes {
            if !silent {
                self.room.play_late(player, input, lag);
            }
        }
        self.room.tick(arrives);
    }

    /// Everyone rests, everything arrives and is acknowledged at once.
    fn make_peace(&mut self, ticks: u32) {
        self.room.room_mut().set_reduction(0);
        for wish in &mut self.wishes {
            *wish = Wish { player: wish.player, input: Input::default(), lag: 0, silent: false };
            self.room.room_mut().set_blocked(wish.player, false);
        }
        for _ in 0..ticks {
            self.tick(|_| true);
        }
    }

    fn assert_truthful(&self) {
        self.wishes.iter().for_each(|wish| self.assert_shows_the_truth(wish.player));
    }

    fn assert_shows_the_truth(&self, player: PlayerId) {
        let differences = self.room.differences(player, Looks::Forgiven);
        let texts: Vec<_> = differences.iter().map(ToString::to_string).collect();
        assert!(texts.is_empty(), "{player:?} at {:?}: {texts:#?}", self.room.room().now());
    }

    /// The players, each with the number of snapshots that had no place for all due updates.
    fn full_snapshots(&self) -> Vec<(PlayerId, u32)> {
        let full = |player| self.room.room().player_stats(player).expect("who wishes is there").snapshots_full;
        self.wishes.iter().map(|wish| (wish.player, full(wish.player))).collect()
    }

    fn chosen(&self, who: usize) -> Option<usize> {
        (!self.wishes.is_empty()).then(|| who % self.wishes.len())
    }

    fn change(&mut self, who: usize, change: impl FnOnce(&mut Wish)) {
        if let Some(index) = self.chosen(who) {
            change(&mut self.wishes[index]);
        }
    }
}

fn setup() -> impl Strategy<Value = Setup> {
    (
        prop_oneof![Just("pit"), Just("cave"), Just("plain"), Just("lane")],
        prop_oneof![Just(10), Just(30), Just(60)],
        1..=20_u16,
        prop_oneof![2 => Just(0), 1 => 0..=12_u16],
        prop_oneof![Just(None), (100..1_500_u32).prop_map(Some)],
        prop_oneof![3 => Just(100_000), 1 => 1_000..8_000_u32],
        prop_oneof![Just(Mode::Deathmatch), Just(Mode::TeamDeathmatch)],
        prop_oneof![3 => Just(300), 1 => 1..3_u32],
        any::<u64>(),
    )
        .prop_map(|(map, hz, seats, fill, interest_px, bytes_per_sec, mode, match_secs, seed)| Setup {
            map,
            hz,
            seats,
            fill,
            interest_px,
            bytes_per_sec,
            mode,
            match_secs,
            seed,
        })
}

fn input() -> impl Strategy<Value = Input> {
    (0..=64_u8, 0..1_024_u16, 0..4_u8).prop_map(|(heading, aim, buttons)| Input {
        heading: Heading::new(heading).expect("headings are 0..=64"),
        aim,
        buttons: Buttons::new(buttons).expect("buttons are 0..4"),
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let who = 0..64_usize;
    prop_oneof![
        2 => any::<(bool, bool)>().prop_map(|(plain, reliable)| Operation::Join { plain, reliable }),
        1 => who.clone().prop_map(Operation::Leave),
        6 => (1..12_u8, any::<u8>()).prop_map(|(count, lost)| Operation::Ticks { count, lost }),
        4 => (1..30_u8).prop_map(|count| Operation::Ticks { count, lost: 0 }),
        1 => (60..80_u8, any::<u8>()).prop_map(|(count, lost)| Operation::Ticks { count, lost }),
        6 => (who.clone(), input()).prop_map(|(who, input)| Operation::Want(who, input)),
        2 => (who.clone(), 0..64_usize).prop_map(|(who, lag)| Operation::Lag(who, lag)),
        1 => (who.clone(), any::<bool>()).prop_map(|(who, silent)| Operation::Silence(who, silent)),
        1 => who.clone().prop_map(Operation::Resync),
        1 => (who, any::<bool>()).prop_map(|(who, blocked)| Operation::Block(who, blocked)),
        1 => (0..3_u8).prop_map(Operation::Reduce),
    ]
}

fn play(setup: &Setup, operations: &[Operation]) -> Subject {
    let mut subject = Subject::new(setup);
    subject.join(false, false);
    operations.iter().for_each(|operation| subject.carry_out(operation));
    subject
}

proptest! {
    /// Every state that is sent is true, and in the end all states have been sent.
    #[test]
    fn every_view_becomes_the_truth(setup in setup(), operations in prop::collection::vec(operation(), 1..60)) {
        // Opponents never rest, and a tight budget need not keep up with them.
        let tight = setup.bytes_per_sec < 100_000;
        let setup = Setup { fill: if tight { 0 } else { setup.fill }, ..setup };
        let mut subject = play(&setup, &operations);
        subject.make_peace(4 * u32::from(setup.hz) + 90);
        for _ in 0..20 {
            subject.tick(|_| true);
            subject.assert_truthful();
        }
    }

    /// With nothing lost and nothing to save, every view is the truth at every tick; only what finds no place in a
    /// datagram may wait.
    #[test]
    fn perfect_links_show_the_truth_at_every_tick(
        setup in setup(),
        reliable in any::<bool>(),
        plain in any::<bool>(),
        lag in 0..50_usize,
        wants in prop::collection::vec((0..6_usize, input()), 1..120),
    ) {
        let mut subject = Subject::new(&Setup { bytes_per_sec: 1_000_000, ..setup });
        for _ in 0..6 {
            subject.join(plain, reliable);
        }
        subject.wishes.iter_mut().for_each(|wish| wish.lag = lag);
        // The first look takes a datagram or two.
        for _ in 0..8 {
            subject.tick(|_| true);
        }
        for (who, input) in wants {
            subject.change(who, |wish| wish.input = input);
            let full_before = subject.full_snapshots();
            subject.tick(|_| true);
            for (before, now) in full_before.into_iter().zip(subject.full_snapshots()) {
                if before == now {
                    subject.assert_shows_the_truth(now.0);
                }
            }
        }
    }

    /// The same seed and the same calls give the same bytes.
    #[test]
    fn same_calls_give_the_same_bytes(setup in setup(), operations in prop::collection::vec(operation(), 1..30)) {
        let digest = || play(&setup, &operations).room.digest();
        prop_assert_eq!(digest(), digest());
    }
}

#[test]
fn another_seed_gives_other_bytes() {
    let digest = |seed| {
        let map = maps::by_name("cave");
        let config = RoomConfig { fill: 8, ..harness::arena_room(map, TickRate::new(30).expect("30 Hz is allowed")) };
        let mut room = BareRoom::new(config, seed);
        room.join(false, true).expect("there are seats");
        (0..60).for_each(|_| room.tick(|_| true));
        room.digest()
    };
    assert_ne!(digest(1), digest(2));
}
