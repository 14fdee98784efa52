//! A real thread and real files, with a room that plays.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use arena::{
    rules::{Terrain, World},
    settings::Settings,
};
use room::{
    Joining, Room, RoomConfig,
    record::{self, RecordOptions, Recovered, Verified},
};
use shared::{
    RoomId, TickRate,
    game::{Game, Map},
};

use super::{
    RecordingThread, Recordings, Shelf, Tape, WriterEnd,
    ages::{Ages, TOO_OLD_FOR},
};
use crate::{config, games::testing, storage::state::StateDirectory};

/// A state directory, a room that is recorded there, and the time.
struct Stage {
    root: PathBuf,
    recordings: Recordings,
    thread: RecordingThread,
    room: Room<World>,
    tape: Tape,
    now: Duration,
}

const ROOM: RoomId = RoomId(7);
const HZ: u32 = 30;
const PATIENCE: Duration = Duration::from_secs(60);

fn room() -> Room<World> {
    let rate = TickRate::new(HZ as u16).expect("allowed");
    let (name, text) = Terrain::shipped()[0];
    let map = Terrain::parse(name, text, rate).unwrap();
    let settings = Settings { match_secs: 10, results_secs: 1, ..Settings::default() };
    let mut room = Room::new(RoomConfig { id: ROOM.0, fill: 6, settings, ..RoomConfig::new(map, rate) }, 3);
    room.record(RecordOptions { shard: 0, checkpoint_secs: 2 });
    room
}

fn recover(path: &Path) -> Recovered<World> {
    record::recover(fs::read(path).unwrap()).unwrap()
}

fn verify(path: &Path) -> Verified {
    record::verify::<World>(fs::read(path).unwrap()).unwrap()
}

impl Stage {
    fn new(name: &str, settings: &config::Recording) -> Self {
        let root = std::env::temp_dir().join(format!("ricochet-recording-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        Self::on(root, settings)
    }

    fn on(root: PathBuf, settings: &config::Recording) -> Self {
        let state = Arc::new(StateDirectory::open(&root).unwrap());
        let shelf = Shelf::new(&state, settings);
        let (recordings, thread) =
            Recordings::start(state, shelf, testing::games(), TickRate::new(30).unwrap(), 2).unwrap();
        let tape = Tape::new(testing::games().first(), ROOM, recordings.clone());
        Self { root, recordings, thread, room: room(), tape, now: Duration::ZERO }
    }

    fn join(&mut self) {
        self.room.join(Joining { name: "Ann".to_owned(), plain: false, reliable: true }).unwrap();
    }

    fn run(&mut self, secs: u32) -> &mut Self {
        for _ in 0..secs * HZ {
            self.room.tick();
            while self.room.poll_output().is_some() {}
            self.now += Duration::from_secs(1) / HZ;
            self.tape.collect(&mut self.room, self.now);
        }
        self
    }

    /// Waits until the thread has completed all its tasks.
    fn settle(&self) {
        let (done, settled) = crossbeam_channel::bounded(1);
        self.recordings.seal(done);
        settled.recv().unwrap();
    }

    fn running(&self) -> PathBuf {
        self.root.join("rooms/room-7.rrec")
    }

    fn shelf(&self) -> Vec<PathBuf> {
        files(&self.root.join("recordings"))
    }

    fn end(self) {
        let Self { root, recordings, thread, .. } = self;
        assert_eq!(thread.join(&recordings, Instant::now() + PATIENCE), WriterEnd::InOrder);
        fs::remove_dir_all(root).unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn running_match_can_be_recovered_and_ended_ones_play_again() {
    let mut stage = Stage::new("matches", &config::Recording::default());
    stage.join();
    stage.run(40).settle();
    let ended = stage.shelf();
    assert!(ended.len() >= 2, "{ended:?}");
    for path in &ended {
        let verified = verify(path);
        assert!(verified.is_sound() && verified.info.end.is_some(), "{}", path.display());
    }
    let recovered = recover(&stage.running());
    let lost = stage.room.now().since(recovered.tick());
    assert!(lost < HZ, "{lost} ticks are lost, less than a second may be");
    stage.end();
}

#[test]
fn matches_of_computers_alone_are_not_kept_and_others_only_if_asked() {
    let mut stage = Stage::new("alone", &config::Recording::default());
    stage.run(40).settle();
    assert!(stage.running().exists() && stage.shelf().is_empty());
    stage.end();
    let mut stage = Stage::new("unkept", &config::Recording { keep: false, ..Default::default() });
    stage.join();
    stage.run(40).settle();
    assert!(stage.running().exists() && stage.shelf().is_empty());
    stage.end();
}

#[test]
fn sealed_room_stays_with_everything_up_to_its_last_tick() {
    let mut stage = Stage::new("sealed", &config::Recording::default());
    stage.join();
    stage.run(3);
    let (hash, tick) = (stage.room.game().digest(), stage.room.now());
    let Stage { tape, room, .. } = &mut stage;
    tape.seal(room);
    // A server may seal twice at its end, and the room ticks meanwhile.
    room.tick();
    tape.seal(room);
    // Goodbyes empty the room, but that is not part of the match.
    stage.room.leave(shared::PlayerId(0));
    stage.run(1).settle();
    let recovered = recover(&stage.running());
    assert_eq!((recovered.tick(), recovered.play.game().digest()), (tick, hash));
    assert_eq!(recovered.play.roster().iter().filter(|(_, profile)| !profile.opponent).count(), 1);
    stage.end();
}

#[test]
fn room_that_closes_gives_its_match_to_the_shelf() {
    let mut stage = Stage::new("closed", &config::Recording::default());
    stage.join();
    stage.run(3);
    stage.room.end_record();
    let (room, now) = (&mut stage.room, stage.now);
    stage.tape.collect(room, now);
    stage.settle();
    assert!(!stage.running().exists());
    let verified = verify(&stage.shelf()[0]);
    assert!(verified.is_sound() && verified.info.end.is_some());
    stage.end();
}

/// A path that is not a folder refuses files, like a full or read-only disk; `tests/machine_faults` has real ones.
#[test]
fn disk_that_refuses_costs_what_it_does_not_take_and_recording_goes_on_when_it_does() {
    let mut stage = Stage::new("refuses", &config::Recording::default());
    let rooms = stage.root.join("rooms");
    fs::remove_dir_all(&rooms).unwrap();
    fs::write(&rooms, "no folder").unwrap();
    stage.join();
    stage.run(5).settle();
    let health = Arc::clone(stage.recordings.health());
    assert!(health.trouble().unwrap().contains("the disk refuses"));
    // The host mends it.
    fs::remove_file(&rooms).unwrap();
    fs::create_dir(&rooms).unwrap();
    stage.run(5).settle();
    assert_eq!((health.trouble(), health.lost()), (None, 0));
    let recovered = recover(&stage.running());
    assert_eq!(recovered.info.damage, []);
    assert!(stage.room.now().since(recovered.tick()) < HZ);
    stage.end();
}

#[test]
fn match_whose_end_the_disk_did_not_take_is_lost_and_counted() {
    let mut stage = Stage::new("lost", &config::Recording::default());
    let rooms = stage.root.join("rooms");
    stage.join();
    fs::remove_dir_all(&rooms).unwrap();
    fs::write(&rooms, "no folder").unwrap();
    stage.run(3);
    let Stage { tape, room, .. } = &mut stage;
    tape.seal(room);
    let health = Arc::clone(stage.recordings.health());
    stage.end();
    assert_eq!(health.lost(), 1);
}

#[test]
fn nothing_is_written_over_whatever_is_where_a_match_is_recorded() {
    let mut stage = Stage::new("in-the-way", &config::Recording::default());
    fs::write(stage.running(), "what could not be moved away at the start").unwrap();
    stage.join();
    stage.run(3).settle();
    recover(&stage.running());
    // The file is cut while it is written; the rest of it is kept, too.
    let whole = fs::read(stage.running()).unwrap();
    stage.room.end_record();
    let (room, now) = (&mut stage.room, stage.now);
    stage.tape.collect(room, now);
    stage.settle();
    let kept = stage.shelf();
    assert_eq!(kept.len(), 2, "{kept:?}");
    let texts: Vec<_> = kept.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(texts.iter().any(|text| text == b"what could not be moved away at the start"));
    assert!(texts.iter().any(|text| text.starts_with(&whole)));
    stage.end();
}

/// The system accepts writes to a deleted file, so only a check of the path shows the loss.
#[test]
fn file_that_is_removed_replaced_or_cut_while_it_is_written_begins_anew_with_the_next_checkpoint() {
    let check = |name: &str, harm: fn(&Path), kept: usize| {
        let mut stage = Stage::new(name, &config::Recording::default());
        stage.join();
        stage.run(3).settle();
        harm(&stage.running());
        stage.run(5).settle();
        let recovered = recover(&stage.running());
        assert_eq!(recovered.info.damage, [], "{name}");
        assert!(stage.room.now().since(recovered.tick()) < HZ, "{name}");
        let beside = files(&stage.root.join("rooms")).len() - 2;
        assert_eq!(beside, kept, "{name}: no file is overwritten");
        assert_eq!(stage.recordings.health().lost(), 0, "{name}: the end of the match is on disk");
        stage.end();
    };
    check("removed", |path| fs::remove_file(path).unwrap(), 0);
    check(
        "replaced",
        |path| {
            fs::write(path.with_extension("new"), "x")
                .and_then(|()| fs::rename(path.with_extension("new"), path))
                .unwrap();
        },
        1,
    );
    check("cut", |path| fs::write(path, "").unwrap(), 1);
}

#[test]
fn match_that_the_shelf_refuses_waits_and_is_put_there_later() {
    let mut stage = Stage::new("no-shelf", &config::Recording::default());
    let recordings = stage.root.join("recordings");
    fs::remove_dir(&recordings).unwrap();
    fs::write(&recordings, "no folder").unwrap();
    stage.join();
    stage.run(40).settle();
    let waiting = |stage: &Stage| files(&stage.root.join("rooms")).len() - 2;
    assert!(waiting(&stage) >= 1, "in addition to the running match and the folder of damaged ones");
    recover(&stage.running());
    let health = Arc::clone(stage.recordings.health());
    fs::remove_file(&recordings).unwrap();
    fs::create_dir(&recordings).unwrap();
    stage.room.end_record();
    let (room, now) = (&mut stage.room, stage.now);
    stage.tape.collect(room, now);
    stage.settle();
    assert!(stage.shelf().len() >= 2 && !stage.running().exists(), "{:?}", stage.shelf());
    for path in stage.shelf() {
        assert!(verify(&path).is_sound(), "{}", path.display());
    }
    assert_eq!((files(&stage.root.join("rooms")).len(), health.lost()), (1, 0));
    stage.end();
}

#[test]
fn buffers_that_wait_to_be_filled_are_bounded() {
    use shared::limits::RECORD_SPARE_BUFFERS_MAX;
    let mut stage = Stage::new("buffers", &config::Recording::default());
    stage.join();
    stage.run(2 * RECORD_SPARE_BUFFERS_MAX as u32).settle();
    assert!(stage.recordings.spare.len() <= RECORD_SPARE_BUFFERS_MAX);
    assert_eq!(stage.recordings.spare.capacity(), Some(RECORD_SPARE_BUFFERS_MAX));
    stage.end();
}

/// A shelf with files of given ages in days, and of given sizes in kibibytes.
struct Old {
    root: PathBuf,
    shelf: Shelf,
    folder: PathBuf,
    ages: Ages,
    now: SystemTime,
}

const DAY: Duration = Duration::from_secs(86_400);

impl Old {
    fn new(name: &str, files: &[(&str, u32, usize)]) -> Self {
        let root = std::env::temp_dir().join(format!("ricochet-recording-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let state = StateDirectory::open(&root).unwrap();
        let settings = config::Recording { max_mib: 1, max_days: 10, ..Default::default() };
        let mut old = Self {
            shelf: Shelf::new(&state, &settings),
            folder: state.recordings(),
            root,
            ages: Ages::default(),
            now: SystemTime::now(),
        };
        files.iter().for_each(|&(name, days, kib)| old.add(name, days, kib));
        old
    }

    fn add(&mut self, name: &str, days: u32, kib: usize) {
        let path = self.folder.join(format!("{name}.rrec"));
        fs::write(&path, vec![0; kib * 1_024]).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(self.now - DAY * days).unwrap();
    }

    /// Cleans up, with the clock `days` ahead and `running` since the start; returns the names of the files that are left.
    fn tidy(&mut self, days: u32, running: Duration) -> Vec<String> {
        self.shelf.tidy(&mut self.ages, self.now + DAY * days, running);
        let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        files(&self.folder).iter().map(stem).collect()
    }

    fn end(self) {
        fs::remove_dir_all(self.root).unwrap();
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
const _: () = assert!(TOO_OLD_FOR.as_secs() <= HOUR.as_secs());

#[test]
fn shelf_is_bounded_in_bytes_and_days() {
    let mut old = Old::new("shelf", &[("a", 0, 500), ("b", 1, 500), ("c", 2, 500), ("d", 9, 1), ("e", 11, 1)]);
    fs::write(old.folder.join("notes.txt"), "not ours").unwrap();
    assert_eq!(old.tidy(0, Duration::ZERO), ["a", "b", "notes"], "c is beyond a mebibyte, and so is what is older");
    old.end();
    let mut old = Old::new("shelf-days", &[("d", 9, 1), ("e", 11, 1)]);
    assert_eq!(old.tidy(0, Duration::ZERO), ["d", "e"]);
    assert_eq!(old.tidy(0, HOUR), ["d"], "e was too old for an hour");
    old.end();
}

#[test]
fn clock_that_is_wrong_for_less_than_an_hour_deletes_nothing() {
    let mut old = Old::new("clock", &[("a", 0, 1), ("b", 9, 1)]);
    let minute = Duration::from_secs(60);
    assert_eq!(old.tidy(40, Duration::ZERO), ["a", "b"], "the process began with a wrong clock");
    assert_eq!(old.tidy(40, 50 * minute), ["a", "b"]);
    assert_eq!(old.tidy(0, 55 * minute), ["a", "b"]);
    assert_eq!(old.tidy(40, 100 * minute), ["a", "b"], "wrong again");
    assert_eq!(old.tidy(0, 200 * minute), ["a", "b"]);
    old.end();
}

#[test]
fn recording_that_was_written_by_a_wrong_clock_gets_the_right_date() {
    let mut old = Old::new("stamp", &[]);
    old.add("a", 10_000, 1);
    let path = old.folder.join("a.rrec");
    old.ages.note(path.clone(), HOUR);
    assert_eq!(old.tidy(0, 2 * HOUR), ["a"]);
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    assert!(old.now.duration_since(modified).unwrap().abs_diff(HOUR) < Duration::from_secs(1));
    // The next process does not know of the jump, and keeps the file as long as any other.
    old.ages = Ages::default();
    assert_eq!(old.tidy(0, Duration::ZERO), ["a"]);
    assert_eq!(old.tidy(0, 2 * HOUR), ["a"]);
    old.end();
}

#[test]
fn one_file_that_cannot_be_removed_does_not_end_the_tidying() {
    let mut old = Old::new("stuck", &[("a", 0, 900), ("c", 3, 900)]);
    // Even root cannot delete a folder as a file.
    fs::create_dir(old.folder.join("b.rrec")).unwrap();
    let mut ages = Ages::default();
    for running in [Duration::ZERO, HOUR] {
        let tidied = old.shelf.tidy(&mut ages, old.now + DAY * 20, running);
        assert_eq!(tidied.fault.is_some(), running == HOUR);
    }
    assert_eq!(old.tidy(0, Duration::ZERO), ["b"], "all are too old, and all others are gone");
    old.end();
}
