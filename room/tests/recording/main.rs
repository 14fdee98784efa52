//! A recording plays back bit for bit, and damage to a file loses only the damaged part.

mod files;

use std::{collections::BTreeMap, sync::Arc};

use arena::{
    input::{Buttons, Heading, Input},
    map::{file, shipped},
    rules::{Mode, Terrain, World},
    settings::Settings,
};
use room::{
    Joining, Room, RoomConfig,
    record::{ChunkKind, Ended, Fault, FileHeader, RecordError, RecordOptions, Repeated, Step, pack},
};
use shared::{
    EntityId, PlayerId, Tick, TickRate,
    game::{Game, Part, Past, Trail},
    limits::RECORD_FAILURE_BYTES_MAX,
    rng::Rng,
    wire::{Ack, InputMessage},
};

type Replay = room::record::Replay<World>;
type Recovered = room::record::Recovered<World>;

fn recover(file: Vec<u8>) -> Result<Recovered, RecordError> {
    room::record::recover(file)
}

fn verify(file: Vec<u8>) -> Result<room::record::Verified, RecordError> {
    room::record::verify::<World>(file)
}

/// Files of a room, and the hashes of its match by file and tick.
#[derive(Default)]
struct Recorded {
    files: Vec<Vec<u8>>,
    hashes: Vec<BTreeMap<u32, u64>>,
}

/// A room in which players join, fight and leave, and its recording.
struct Play {
    room: Room<World>,
    rng: Rng,
    players: Vec<PlayerId>,
    inputs: BTreeMap<PlayerId, Input>,
    recorded: Recorded,
    /// While it is set, polled chunks are dropped.
    lossy: bool,
}

impl Play {
    fn new(mode: Mode, seed: u64, checkpoint_secs: u32) -> Self {
        let rate = TickRate::new(30).expect("allowed");
        let maps: Vec<_> = shipped()
            .filter(|(name, _)| ["foundry", "pit", "divide"].contains(name))
            .map(|(name, text)| Arc::new(file::parse(name, text).expect("shipped maps are valid")))
            .map(|map| Terrain::new(map, rate))
            .collect();
        let config = RoomConfig {
            maps: maps.clone(),
            fill: 5,
            seats: 12,
            settings: Settings { mode, match_secs: 20, results_secs: 2, warm_up_secs: 1, ..Settings::default() },
            ..RoomConfig::new(maps[0].clone(), rate)
        };
        let mut room = Room::new(config, seed);
        room.record(RecordOptions { shard: 0, checkpoint_secs });
        let (players, inputs, recorded) = (Vec::new(), BTreeMap::new(), Recorded::default());
        Self { room, rng: Rng::new(seed), players, inputs, recorded, lossy: false }
    }

    fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.come_and_go();
            for &player in &self.players {
                let input = self.inputs.entry(player).or_default();
                // The mouse always moves, and the keys change now and then.
                input.aim = (i32::from(input.aim) + self.rng.between(-20, 20)).rem_euclid(1_024) as u16;
                if self.rng.chance(1, 6) {
                    input.heading = Heading::new(self.rng.below(65) as u8).expect("within the range");
                    input.buttons = Buttons::new(self.rng.below(4) as u8).expect("within the range");
                }
                let view_age = self.rng.below(30) as u8;
                let message = InputMessage::new(self.room.now().next(), Ack::default(), view_age, [*input]);
                self.room.handle_input(player, &message, 1_000);
            }
            self.room.tick();
            while self.room.poll_output().is_some() {}
            self.collect();
            let hash = self.room.game().hash();
            let hashes = self.recorded.hashes.last_mut().expect("a file was begun");
            hashes.insert(self.room.now().0, hash);
        }
    }

    fn come_and_go(&mut self) {
        if self.rng.chance(1, 40) && self.players.len() < 9 {
            let name = format!("guest {}", self.rng.below(100));
            let player = self.room.join(Joining { name, plain: false, reliable: true }).expect("there is a seat");
            self.room.note_session(player, self.rng.next_u64(), self.players.len() as u32, Some(self.rng.next_u64()));
            self.players.push(player);
        }
        if self.rng.chance(1, 90) && !self.players.is_empty() {
            let player = self.players.swap_remove(self.rng.below(self.players.len() as u32) as usize);
            self.room.leave(player);
        }
    }

    fn collect(&mut self) {
        let Recorded { files, hashes } = &mut self.recorded;
        while let Some(chunk) = self.room.poll_record() {
            if self.lossy {
                continue;
            }
            let begins = files.is_empty() || chunk.kind == ChunkKind::Start && chunk.tick != Tick(0);
            if begins {
                let mut header = Vec::new();
                FileHeader::new::<World>("test", 0).encode(&mut header);
                files.push(header);
                hashes.push(BTreeMap::new());
            }
            pack(&chunk, files.last_mut().expect("a file was begun"));
        }
    }

    fn end(mut self) -> Recorded {
        self.room.end_record();
        self.collect();
        self.recorded
    }
}

/// Number of ticks of [`short`].
const LAST_TICK: u32 = 3 * 30;

/// A file of a few seconds with chunks of every kind, and its hashes.
fn short() -> (Vec<u8>, BTreeMap<u32, u64>) {
    let mut play = Play::new(Mode::Deathmatch, 3, 1);
    play.run(LAST_TICK);
    let Recorded { mut files, mut hashes } = play.end();
    (files.remove(0), hashes.remove(0))
}

#[test]
fn recorded_matches_play_again_bit_for_bit() {
    for (mode, seed) in [(Mode::Deathmatch, 1), (Mode::TeamDeathmatch, 2)] {
        let mut play = Play::new(mode, seed, 10);
        play.run(30 * 20);
        play.room.end_match();
        play.run(30 * 60);
        let Recorded { files, hashes } = play.end();
        assert!(files.len() > 3, "{} files", files.len());
        for (file, hashes) in files.iter().zip(&hashes) {
            let verified = verify(file.clone()).unwrap();
            assert!(verified.is_sound(), "{:?}, {:?}", verified.first_difference, verified.info.damage);
            assert_eq!(verified.ticks as usize, hashes.len());
            assert_eq!(Some(&verified.info.last.0), hashes.keys().last());
            assert!(verified.info.end.is_some());
            assert!(verified.human_ticks > 0);
        }
        let ends: Vec<_> = files.iter().map(|file| verify(file.clone()).unwrap().info.start.map.clone()).collect();
        assert!(ends.iter().any(|name| name != &ends[0]), "{ends:?}");
    }
}

#[test]
fn file_of_a_room_that_failed_ends_with_its_last_tick_and_the_reason() {
    let reason = format!("in tick {}: a \u{1b}fault", LAST_TICK + 1);
    let long = "ü".repeat(RECORD_FAILURE_BYTES_MAX);
    for (reason, read) in [(&*reason, reason.replace('\u{1b}', "")), (&long, "ü".repeat(RECORD_FAILURE_BYTES_MAX / 2))]
    {
        let mut play = Play::new(Mode::Deathmatch, 6, 10);
        play.run(LAST_TICK);
        let name = "Ann".to_owned();
        play.room.join(Joining { name, plain: false, reliable: true }).expect("there is a seat");
        play.room.fail_record(reason);
        // Nothing follows, whatever calls the server makes.
        play.room.fail_record("again");
        let mut files = play.end().files;
        assert_eq!(files.len(), 1);
        let file = files.remove(0);
        let verified = verify(file.clone()).unwrap();
        assert!(verified.is_sound() && verified.ticks == LAST_TICK, "{verified:?}");
        let end = verified.info.end.expect("the file is closed");
        assert_eq!((end.ended, end.failure.expect("it failed").reason), (Ended::RoomFailed, read));
        // Only this test made the room fail; the game itself has no fault.
        assert_eq!(verified.repeated, Some(Repeated::Passed));
        assert_eq!(recover(file).unwrap().tick(), Tick(LAST_TICK));
    }
}

#[test]
fn any_tick_is_found_from_anywhere() {
    let (file, hashes) = short();
    let mut replay = Replay::open(file).unwrap();
    let mut rng = Rng::new(1);
    let (first, last) = (replay.info().first.0, replay.info().last.0);
    assert_eq!((first, last), (0, LAST_TICK));
    for _ in 0..200 {
        let tick = rng.below(last + 20);
        replay.seek(Tick(tick));
        let tick = tick.min(last);
        assert_eq!(replay.tick(), Tick(tick));
        if tick > 0 {
            assert_eq!(replay.play().game().hash(), hashes[&tick], "tick {tick}");
        }
        for _ in 0..rng.below(5) {
            let before = replay.tick();
            match replay.step() {
                Step::Tick { matches } => assert!(matches && replay.tick() == before.next()),
                step => assert_eq!((step, before), (Step::End, Tick(last))),
            }
        }
    }
}

#[test]
fn replay_tells_the_events_of_each_tick() {
    let mut play = Play::new(Mode::Deathmatch, 9, 10);
    play.run(30 * 15);
    let file = play.end().files.remove(0);
    let mut replay = Replay::open(file).unwrap();
    let mut told = 0;
    while replay.step() != Step::End {
        told += replay.events().len();
    }
    assert!(told > 20, "{told} events");
    assert!(replay.sessions().count() > 0);
}

#[test]
fn torn_file_comes_back_up_to_its_last_whole_chunk() {
    let (file, hashes) = short();
    let (mut newest, mut unusable) = (0, 0);
    for length in 0..file.len() {
        let Ok(recovered) = recover(file[..length].to_vec()) else {
            unusable += 1;
            assert_eq!(newest, 0, "a longer part of the file is readable too: {length} of {} bytes", file.len());
            continue;
        };
        let tick = recovered.tick().0;
        assert!(tick >= newest && !recovered.diverged);
        newest = tick;
        assert!(tick == 0 || recovered.play.game().hash() == hashes[&tick], "tick {tick}");
        assert!(recovered.good_bytes <= length);
        assert!(recovered.info.damage.iter().all(|damage| damage.fault == Fault::Torn), "{:?}", recovered.info.damage);
        assert!(recovered.info.damage.len() <= 1);
        // The file without its torn end is complete.
        let whole = Replay::open(file[..recovered.good_bytes].to_vec()).unwrap();
        assert_eq!(whole.info().damage, []);
        assert_eq!(whole.info().last, recovered.tick());
    }
    assert_eq!(newest, LAST_TICK);
    assert!(unusable < 3_000, "{unusable} bytes until the first checkpoint is whole");
}

/// After a crash, a session token that is not in the file would not find its player.
#[test]
fn session_is_in_the_file_one_tick_after_its_player_came() {
    for ticks_before in 20..30 {
        let mut play = Play::new(Mode::Deathmatch, 4, 2);
        let Play { room, .. } = &mut play;
        let (mut tick, mut polled) = (0, Vec::new());
        FileHeader::new::<World>("test", 0).encode(&mut polled);
        let mut run = |room: &mut Room<World>, until: u32| {
            while tick < until {
                room.tick();
                tick += 1;
                while room.poll_output().is_some() {}
                while let Some(chunk) = room.poll_record() {
                    pack(&chunk, &mut polled);
                }
            }
            recover(polled.clone()).unwrap()
        };
        run(room, ticks_before);
        let ann = room.join(Joining { name: "Ann".to_owned(), plain: false, reliable: true }).unwrap();
        room.note_session(ann, 77, 1, None);
        let recovered = run(room, ticks_before + 1);
        assert_eq!(recovered.tick(), room.now());
        let known: Vec<_> = recovered.sessions.iter().map(|note| (note.session, note.generation)).collect();
        assert_eq!(known, [(77, 1)], "{ticks_before} ticks before");
        // A resume changes the token, too.
        room.note_session(ann, 77, 2, None);
        let recovered = run(room, ticks_before + 2);
        assert_eq!(recovered.sessions[0].generation, 2);
    }
}

#[test]
fn flipped_byte_costs_what_it_hit_and_is_named() {
    let (file, hashes) = short();
    let whole = Replay::open(file.clone()).unwrap().info().clone();
    // Every byte of the first chunks, and enough of the rest to hit every field of every chunk.
    for place in (0..file.len()).filter(|place| *place < 300 || place % 5 == 0) {
        let mut damaged = file.clone();
        damaged[place] ^= 1 << (place % 8);
        let verified = match verify(damaged.clone()) {
            Ok(verified) => verified,
            Err(RecordError::NoRecording | RecordError::OtherFormat { .. } | RecordError::NoStart { .. }) => continue,
            Err(error) => panic!("byte {place}: {error}"),
        };
        assert!(!verified.is_sound(), "byte {place} of {} was flipped, and the damage was not found", file.len());
        assert!(verified.first_difference.is_none(), "damaged chunks are skipped, not played");
        assert_eq!(verified.info.damage.len(), 1, "byte {place}: {:?}", verified.info.damage);
        let damage = &verified.info.damage[0];
        assert!(damage.offset <= place, "byte {place}: {damage}");
        assert_eq!(whole.chunks, verified.info.chunks + 1, "byte {place}: {damage}");
        let recovered = recover(damaged).unwrap();
        let tick = recovered.tick().0;
        assert!(tick == 0 || recovered.play.game().hash() == hashes[&tick], "byte {place}, tick {tick}");
        assert!(tick >= LAST_TICK - 30, "byte {place} lost all from tick {tick} on");
    }
}

#[test]
fn damaged_chunk_is_named_with_its_number_and_place() {
    let (mut file, _) = short();
    let chunks = room::record::chunks(&file).expect("the header is right");
    let ticks: Vec<_> = chunks.iter().filter(|(_, chunk, _)| chunk.kind == ChunkKind::Ticks).collect();
    let middle = ticks[1].0 + 20;
    file[middle] ^= 0x10;
    let verified = verify(file).unwrap();
    let text = verified.info.damage[0].to_string();
    assert!(text.starts_with("chunk ") && text.ends_with(" is damaged (crc)"), "{text}");
    assert_eq!(verified.gaps.len(), 1);
}

#[test]
fn difference_is_found_in_its_tick_with_its_craft_and_fields() {
    let mut play = Play::new(Mode::Deathmatch, 5, 2);
    play.run(30 * 5);
    let file = play.end().files.remove(0);
    // The aim of one player is changed in one tick, and the chunk is packed again with a valid crc.
    let mut named = 0;
    let mut replay = Replay::open(file.clone()).unwrap();
    let info = replay.info().clone();
    for tick in [40, 70, 100] {
        replay.seek(Tick(tick));
        // Some offsets are not an aim, and then the chunk cannot be read.
        let verified = (3..40).map(|place| verify(harm(&file, Tick(tick), place)).unwrap());
        let verified = verified.into_iter().find(|verified| verified.info.damage.is_empty());
        let verified = verified.expect("the crc is right, so only a playback finds the change");
        let Some(first) = verified.first_difference else { continue };
        // A chunk is nine ticks long at 30 Hz.
        assert!(first.tick > Tick(tick - 9) && first.tick < Tick(tick + 9), "{first:?}");
        if let Some(Part::Entity(id)) = first.part {
            named += 1;
            assert!(id.index() < usize::from(info.start.seats));
        }
        // A wrong aim that no shot uses is corrected by the next input.
        let passed = verified.ticks_differing < 60 && first.fields.is_empty();
        assert!(passed || first.checkpoint.is_some_and(|checkpoint| checkpoint.0 <= tick + 60), "{first:?}");
    }
    assert!(named > 0);
}

/// The file with one byte flipped in the chunk that holds `tick`. At most values of `place` that byte is an aim.
fn harm(file: &[u8], tick: Tick, place: usize) -> Vec<u8> {
    let chunks = room::record::chunks(file).expect("the header is right");
    let mut out = file[..chunks[0].0].to_vec();
    for (offset, chunk, body) in chunks {
        let mut body = body;
        let last = chunk.tick.plus(u32::from(chunk.ticks).saturating_sub(1));
        if chunk.kind == ChunkKind::Ticks && chunk.tick <= tick && tick <= last {
            // An entry that only turns the aim has one byte.
            let seats = body.iter().position(|&byte| byte == 1).expect("somebody moves in every tick");
            body[seats + place] ^= 0x08;
        }
        assert!(offset < file.len());
        pack(&room::record::RawChunk { body: &body, ..chunk }, &mut out);
    }
    out
}

#[test]
fn lost_chunks_leave_a_gap_and_the_rest_plays_on() {
    let mut play = Play::new(Mode::Deathmatch, 7, 10);
    play.run(100);
    play.lossy = true;
    play.run(50);
    play.lossy = false;
    play.room.record_again();
    play.run(100);
    let file = play.end().files.remove(0);
    let verified = verify(file.clone()).unwrap();
    assert_eq!(verified.info.damage, []);
    assert!(verified.first_difference.is_none());
    assert_eq!(verified.gaps.len(), 1);
    let (from, to) = verified.gaps[0];
    assert!((90..=100).contains(&from.0) && to == Tick(150), "{from:?} to {to:?}");
    assert_eq!(verified.info.last, Tick(250));
    assert_eq!(recover(file).unwrap().tick(), Tick(250));
}

#[test]
fn recording_that_begins_again_leaves_out_the_ticks_that_nothing_leads_to() {
    let mut play = Play::new(Mode::Deathmatch, 7, 10);
    // A chunk has nine ticks, so the second one is open.
    play.run(13);
    play.room.record_again();
    let mut chunks = Vec::new();
    while let Some(chunk) = play.room.poll_record() {
        chunks.push((chunk.kind, chunk.tick));
    }
    assert_eq!(chunks, [(ChunkKind::Start, Tick(0)), (ChunkKind::Checkpoint, Tick(13))]);
}

#[test]
fn room_that_nobody_polls_keeps_a_bounded_part_of_its_recording() {
    let mut play = Play::new(Mode::Deathmatch, 8, 1);
    for _ in 0..20 {
        play.room.tick();
        while play.room.poll_output().is_some() {}
    }
    for _ in 0..30_000 {
        play.room.record_again();
    }
    let mut waiting = 0;
    while let Some(chunk) = play.room.poll_record() {
        waiting += chunk.body.len();
    }
    assert!(
        waiting > shared::limits::RECORD_WAITING_BYTES_MAX / 2 && waiting <= shared::limits::RECORD_WAITING_BYTES_MAX,
        "{waiting}"
    );
    // After that the recording continues from a new start and checkpoint.
    play.lossy = false;
    play.run(30);
    let hash = play.room.game().hash();
    let mut replay = Replay::open(play.end().files.remove(0)).unwrap();
    assert_eq!(replay.info().first, Tick(21));
    replay.seek(Tick(50));
    assert_eq!(replay.play().game().hash(), hash);
}
