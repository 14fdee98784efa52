//! Spectators join and leave a room with players, and this has no effect on the room's recording.

use arena::rules::{Terrain, World};
use std::sync::Arc;

use arena::{
    input::Input,
    map::{file, shipped},
};
use room::{
    Joining, Room, RoomConfig,
    record::{FileHeader, RecordOptions, pack, verify},
};
use shared::{
    MemberId, PlayerId, SpectatorId, Tick, TickRate,
    limits::SPECTATORS_PER_ROOM_MAX,
    wire::{Ack, InputMessage, ServerMessage, kind},
};

/// The ways in which a stay in a room can end, by the calls that a server makes.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Ending {
    /// The member leaves, is kicked, or breaks the rules.
    Leaves,
    /// Its link is lost, and it does not resume in time.
    Expires,
    /// Its link is lost, it resumes, and it leaves later.
    ComesBackAndLeaves,
}

const ENDINGS: [Ending; 3] = [Ending::Leaves, Ending::Expires, Ending::ComesBackAndLeaves];

fn joining(name: &str) -> Joining {
    Joining { name: name.to_owned(), plain: false, reliable: true }
}

/// A room with a recording in memory.
struct Recorded {
    room: Room<World>,
    file: Vec<u8>,
}

impl Recorded {
    fn new(seats: u16, fill: u16) -> Self {
        Self::late(seats, fill, 0)
    }

    /// A room with a spectator delay, seconds.
    fn late(seats: u16, fill: u16, spectator_delay_secs: u32) -> Self {
        let (name, text) = shipped().find(|(name, _)| *name == "pit").expect("the pit is shipped");
        let map = Arc::new(file::parse(name, text).expect("shipped maps are valid"));
        let rate = TickRate::new(30).expect("allowed");
        let mut room = Room::new(
            RoomConfig { seats, fill, spectator_delay_secs, ..RoomConfig::new(Terrain::new(map, rate), rate) },
            1,
        );
        room.record(RecordOptions { shard: 0, checkpoint_secs: 1 });
        let mut file = Vec::new();
        FileHeader::new::<World>("test", 0).encode(&mut file);
        Self { room, file }
    }

    fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.room.tick();
            while self.room.poll_output().is_some() {}
            self.collect();
        }
    }

    fn spectate(&mut self) -> SpectatorId {
        self.room.spectate(&joining("watcher")).expect("there is a place")
    }

    fn end(&mut self, member: impl Into<MemberId>, ending: Ending) {
        let member = member.into();
        if ending != Ending::Leaves {
            assert!(self.room.hold(member));
            self.run(3);
        }
        if ending == Ending::ComesBackAndLeaves {
            assert!(self.room.resume(member, &joining("watcher")));
            self.run(3);
        }
        self.room.leave(member);
    }

    fn collect(&mut self) {
        while let Some(chunk) = self.room.poll_record() {
            pack(&chunk, &mut self.file);
        }
    }

    /// Checks that the recording plays back bit for bit.
    fn verify(mut self) {
        let last = self.room.now();
        self.room.end_record();
        self.collect();
        let verified = verify::<World>(self.file).expect("the recording can be read");
        assert!(verified.is_sound(), "{:?} {:?}", verified.first_difference, verified.info.damage);
        assert_eq!((verified.info.last, verified.gaps), (last, Vec::new()));
    }
}

#[test]
fn spectator_who_goes_takes_nothing_along_from_a_recorded_room() {
    // Full rooms and half empty ones, with and without opponents in the seats.
    for (seats, fill, humans) in [(1, 1, 0), (4, 0, 1), (4, 4, 1), (4, 2, 4), (16, 8, 2)] {
        for (ending, late) in ENDINGS.into_iter().flat_map(|ending| [(ending, 0), (ending, 1)]) {
            let mut recorded = Recorded::late(seats, fill, late);
            recorded.run(late * 30);
            let players: Vec<_> = (0..humans).map(|_| recorded.room.join(joining("player")).unwrap()).collect();
            let (goes, stays) = (recorded.spectate(), recorded.spectate());
            recorded.run(10);
            let before = recorded.room.roster().clone();
            recorded.end(goes, ending);
            recorded.run(10);
            let case = format!("{ending:?} with {humans} players of {seats} seats");
            assert_eq!(recorded.room.spectators(), 1, "{case}");
            assert_eq!(*recorded.room.roster(), before, "{case}");
            // The slot is free for the next spectator, and a seat for a player.
            let next = recorded.spectate();
            recorded.end(next, ending);
            if let Some(&player) = players.first() {
                recorded.end(player, ending);
                recorded.room.join(joining("newcomer")).expect("a seat is free");
            }
            recorded.end(stays, ending);
            recorded.run(40);
            assert_eq!(recorded.room.spectators(), 0, "{case}");
            recorded.verify();
        }
    }
}

#[test]
fn welcome_of_a_spectator_can_be_read_however_many_seats_there_are() {
    for seats in [1, 4_032, 4_033, 4_096] {
        let mut recorded = Recorded::new(seats, 0);
        for slot in 0..SPECTATORS_PER_ROOM_MAX as u16 {
            assert_eq!(recorded.spectate(), SpectatorId(slot));
        }
        let mut welcomed = Vec::new();
        while let Some(output) = recorded.room.poll_output() {
            if output.kind == kind::WELCOME {
                let message = ServerMessage::decode(output.bytes).expect("a client can read its welcome");
                let ServerMessage::Welcome(welcome) = message else { panic!("{message:?} is not a welcome") };
                assert_eq!((welcome.member, welcome.seats), (output.member, seats));
                welcomed.push(welcome.member.number(seats));
            }
        }
        // In messages the numbers of the slots follow those of the seats.
        assert!(welcomed.into_iter().eq(seats..seats + SPECTATORS_PER_ROOM_MAX as u16), "{seats} seats");
    }
}

#[test]
fn numbers_that_nobody_has_change_nothing() {
    let mut recorded = Recorded::new(4, 2);
    let player = recorded.room.join(joining("player")).unwrap();
    let spectator = recorded.spectate();
    recorded.run(10);
    let before = recorded.room.roster().clone();
    let seats = [2, 3, 4, 5, 67, 4_095, 4_096, u16::MAX].map(|seat| MemberId::from(PlayerId(seat)));
    let slots = [1, 2, 63, 64, 4_095, u16::MAX].map(|slot| MemberId::from(SpectatorId(slot)));
    for member in seats.into_iter().chain(slots) {
        recorded.room.leave(member);
        recorded.room.note_session(member, 1, 1, None);
        match member {
            MemberId::Player(player) => {
                recorded.room.watch(spectator, player);
                recorded.room.handle_chat(player, "who am I?");
            }
            MemberId::Spectator(nobody) => recorded.room.watch(nobody, player),
        }
        recorded.room.handle_input(member, &InputMessage::new(Tick(1), Ack::default(), 0, [Input::default()]), 0);
        recorded.room.resync(member);
        recorded.room.set_blocked(member, true);
        assert!(!recorded.room.hold(member) && !recorded.room.is_held(member), "{member:?}");
        assert!(!recorded.room.resume(member, &joining("nobody")) && recorded.room.player_stats(member).is_none());
        recorded.run(2);
    }
    assert_eq!(*recorded.room.roster(), before);
    assert_eq!((recorded.room.players(), recorded.room.spectators()), (1, 1));
    recorded.verify();
}
