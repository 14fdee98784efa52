//! Replays what the fuzzers found worth keeping, so that every plain test run walks those paths.

use std::{fs, path::PathBuf};

use harness::fuzz::TARGETS;

/// Replays the corpus of one target; the name of a file that panics is the last one printed.
fn replay(name: &str) {
    let (_, run) = TARGETS.iter().find(|(target, _)| *target == name).expect("the target is listed");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the corpus is committed")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        println!("{}", file.display());
        run(&fs::read(&file).expect("the file can be read"));
    }
}

#[test]
fn clients() {
    replay("client");
}

#[test]
fn client_messages() {
    replay("client_message");
}

#[test]
fn deframers() {
    replay("deframer");
}

#[test]
fn http3_connections() {
    replay("http3");
}

#[test]
fn map_files() {
    replay("map_file");
}

#[test]
fn recordings() {
    replay("recording");
}

#[test]
fn room_operations() {
    replay("room_operations");
}

#[test]
fn server_messages() {
    replay("server_message");
}

#[test]
fn snapshots() {
    replay("snapshot");
}

#[test]
fn every_target_is_replayed() {
    // One test per target above, so that one that fails does not hide the others.
    assert_eq!(TARGETS.len(), 9);
}
