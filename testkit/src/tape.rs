//! Records a simulated room into memory, as a host with a state directory does, on a disk that may fail. At the end
//! every file must replay bit for bit, and the last one must lead to the present state of the room.

use room::{
    Room,
    record::{ChunkKind, FileHeader, RecordOptions, pack, recover, verify},
};
use shared::{Tick, game::Game};

/// Fate of recorded chunks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Disk {
    /// They are written.
    #[default]
    Works,
    /// They are accepted and lost.
    Loses,
    /// They are refused.
    Stalls,
}

/// The recordings of one room.
#[derive(Debug)]
pub struct Tape {
    files: Vec<File>,
    disk: Disk,
    /// A chunk was lost, in one of the files or before the first.
    lost: bool,
}

#[derive(Debug)]
struct File {
    bytes: Vec<u8>,
    began: Tick,
    ended: bool,
}

/// Short, so that scenarios of a few seconds have checkpoints in their middle.
const CHECKPOINT_SECS: u32 = 2;

impl Tape {
    /// Records `room` from now on.
    pub fn new(room: &mut Room<impl Game>) -> Self {
        room.record(RecordOptions { shard: 0, checkpoint_secs: CHECKPOINT_SECS });
        Self { files: Vec::new(), disk: Disk::Works, lost: false }
    }

    /// Sets the behaviour of the disk.
    pub fn set_disk(&mut self, disk: Disk, room: &mut Room<impl Game>) {
        if disk == Disk::Works && self.disk != Disk::Works {
            // Like the server: chunks that wait are useless when an earlier one is missing.
            while room.poll_record().is_some() {}
            room.record_again();
        }
        self.lost |= disk != Disk::Works;
        self.disk = disk;
    }

    /// Takes the recorded chunks of the room.
    pub fn collect<G: Game>(&mut self, room: &mut Room<G>) {
        if self.disk == Disk::Stalls {
            return;
        }
        while let Some(chunk) = room.poll_record() {
            if self.disk == Disk::Loses {
                continue;
            }
            let goes_on = self.files.last().is_some_and(|file| !file.ended && file.began == chunk.tick);
            if chunk.kind == ChunkKind::Start && !goes_on {
                let mut bytes = Vec::new();
                FileHeader::new::<G>("test", 0).encode(&mut bytes);
                self.files.push(File { bytes, began: chunk.tick, ended: false });
            }
            let file = self.files.last_mut().expect("a start comes first");
            file.ended = chunk.kind == ChunkKind::End;
            pack(&chunk, &mut file.bytes);
        }
    }

    /// Ends the recording and checks it.
    ///
    /// # Panics
    /// A file does not replay as it was recorded, or the last one does not lead to the present state of the room.
    pub fn judge<G: Game>(mut self, room: &mut Room<G>) {
        self.set_disk(Disk::Works, room);
        self.collect(room);
        let (now, digest) = (room.now(), room.game().digest());
        room.suspend_record();
        self.collect(room);
        let last = self.files.last().expect("a file was begun").bytes.clone();
        for (number, file) in self.files.into_iter().enumerate() {
            let verified = verify::<G>(file.bytes).unwrap_or_else(|error| panic!("recording {number}: {error}"));
            let (damage, first) = (&verified.info.damage, &verified.first_difference);
            assert!(damage.is_empty() && first.is_none(), "recording {number}: {damage:?} {first:?}");
            assert!(self.lost || verified.gaps.is_empty(), "recording {number} has gaps: {:?}", verified.gaps);
        }
        let recovered = recover::<G>(last).expect("what can be verified can be recovered");
        assert!(!recovered.diverged);
        assert_eq!((recovered.tick(), recovered.play.game().digest()), (now, digest), "another match comes back");
        for note in &recovered.sessions {
            let member = note.member;
            assert!(room.player_stats(member).is_some(), "the recording has a session of {member}, who is not here");
        }
        let members = room.players() + room.spectators();
        assert!(recovered.sessions.len() <= members, "{} sessions of {members} members", recovered.sessions.len());
    }
}
