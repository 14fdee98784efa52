//! A real thread and real files, with a room that plays.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use room::{
    Joining, Room, RoomConfig,
    record::{RecordOptions, recover, verify},
};
use shared::{
    RoomId, TickRate,
    map::{file, shipped},
};

use super::{RecordingThread, Recordings, Shelf, Tape};
use crate::{config, state::StateDirectory};

/// A state directory of its own, a room that is recorded there, and time.
struct Stage {
    root: PathBuf,
    recordings: Recordings,
    thread: RecordingThread,
    room: Room,
    tape: Tape,
    now: Duration,
}

const ROOM: RoomId = RoomId(7);
const HZ: u32 = 30;

fn room() -> Room {
    let (name, text) = shipped().next().expect("there are maps");
    let map = Arc::new(file::parse(name, text).unwrap());
    let rate = TickRate::new(HZ as u16).expect("allowed");
    let config = RoomConfig { id: ROOM.0, fill: 6, match_secs: 10, results_secs: 1, ..RoomConfig::new(map, rate) };
    let mut room = Room::new(config, 3);
    room.record(RecordOptions { seed: 3, shard: 0, checkpoint_secs: 2 });
    room
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
        let (recordings, thread) = Recordings::start(state, shelf, 2).unwrap();
        let tape = Tape::new(ROOM, recordings.clone());
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

    /// Waits until the thread has done everything it was asked for.
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
        let Self { root, recordings, thread, tape, .. } = self;
        drop((recordings, tape));
        assert!(thread.join());
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
        let verified = verify(fs::read(path).unwrap()).unwrap();
        assert!(verified.is_sound() && verified.info.end.is_some(), "{}", path.display());
    }
    let recovered = recover(fs::read(stage.running()).unwrap()).unwrap();
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
    let (hash, tick) = (stage.room.world().hash(), stage.room.now());
    let Stage { tape, room, .. } = &mut stage;
    tape.seal(room);
    // A server that ends seals what is sealed already; meanwhile it ticks.
    room.tick();
    tape.seal(room);
    // Goodbyes empty the room, which is no part of the match.
    stage.room.leave(shared::PlayerId(0));
    stage.run(1).settle();
    let recovered = recover(fs::read(stage.running()).unwrap()).unwrap();
    assert_eq!((recovered.tick(), recovered.world.hash()), (tick, hash));
    assert_eq!(recovered.world.roster().filter(|info| !info.opponent).count(), 1);
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
    let verified = verify(fs::read(&stage.shelf()[0]).unwrap()).unwrap();
    assert!(verified.is_sound() && verified.info.end.is_some());
    stage.end();
}

/// `/dev/full` takes no byte, as a full disk.
#[cfg(target_os = "linux")]
#[test]
fn full_disk_costs_what_it_does_not_take_and_recording_goes_on_when_it_does() {
    let root = std::env::temp_dir().join(format!("ricochet-recording-full-{}", std::process::id()));
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("rooms")).unwrap();
    let running = root.join("rooms/room-7.rrec");
    std::os::unix::fs::symlink("/dev/full", &running).unwrap();
    let mut stage = Stage::on(root, &config::Recording::default());
    stage.join();
    stage.run(5).settle();
    assert!(recover(Vec::new()).is_err() && fs::read_link(&running).is_ok());
    // Somebody makes room.
    fs::remove_file(&running).unwrap();
    stage.run(5).settle();
    let recovered = recover(fs::read(&running).unwrap()).unwrap();
    assert_eq!(recovered.info.damage, []);
    assert!(stage.room.now().since(recovered.tick()) < HZ);
    stage.end();
}

#[test]
fn shelf_is_bounded_in_bytes_and_days() {
    let settings = config::Recording { max_mib: 1, max_days: 10, ..Default::default() };
    let root = std::env::temp_dir().join(format!("ricochet-recording-shelf-{}", std::process::id()));
    let state = StateDirectory::open(&root).unwrap();
    let day = Duration::from_secs(86_400);
    let folder = state.recordings();
    let now = SystemTime::now();
    for (name, days, kib) in [("a", 0, 500), ("b", 1, 500), ("c", 2, 500), ("d", 9, 1), ("e", 11, 1)] {
        let path = folder.join(format!("{name}.rrec"));
        fs::write(&path, vec![0; kib * 1_024]).unwrap();
        let old = fs::File::options().write(true).open(&path).unwrap();
        old.set_modified(now - day * days).unwrap();
    }
    fs::write(folder.join("notes.txt"), "not ours").unwrap();
    assert_eq!(Shelf::new(&state, &settings).tidy(now).unwrap(), 3);
    let names: Vec<_> = files(&folder).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["a.rrec", "b.rrec", "notes.txt"], "c is beyond a mebibyte, and so is d; e is too old");
    fs::remove_dir_all(root).unwrap();
}
