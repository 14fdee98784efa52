//! Running matches that the disk cannot read, and files that are no running matches of ours.

use std::{fs, os::unix::fs::symlink, process::Command};

use room::record::FileHeader;

use super::host::{State, leave_a_match, until};

/// The memory of a process gives EIO at its beginning, as a bad sector does.
const BAD_SECTOR: &str = "/proc/self/mem";

#[tokio::test]
async fn error_of_the_disk_is_no_damage() {
    let state = State::new("unreadable");
    let good = leave_a_match(&state).await;
    let bytes = fs::read(&good).unwrap();
    symlink(BAD_SECTOR, state.path("rooms/room-2.rrec")).unwrap();
    let (code, said) = state.start_in_vain();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("room-2.rrec: this running match cannot be read: Input/output error"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(fs::read(&good).unwrap(), bytes, "nothing was touched");
    assert!(fs::symlink_metadata(state.path("rooms/room-2.rrec")).is_ok());
    assert_eq!(state.files("rooms/damaged").len(), 0);
    // The disk works again.
    fs::remove_file(state.path("rooms/room-2.rrec")).unwrap();
    let program = state.start();
    assert_eq!(program.metric("ricochet_rooms_recovered_total").await, 1.0);
    program.signal("KILL");
    program.until_ended().await;
}

#[tokio::test]
async fn pipe_in_the_place_of_a_match_is_not_waited_for() {
    let state = State::new("pipe");
    let pipe = state.path("rooms/room-1.rrec");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let program = state.start();
    until("a match on disk", async || program.metric("ricochet_recording_bytes_total").await > 0.0).await;
    assert!(fs::metadata(&pipe).unwrap().is_file(), "it was set aside");
    program.signal("KILL");
    program.until_ended().await;
}

#[tokio::test]
async fn match_of_the_version_before_goes_on_from_its_last_checkpoint() {
    let state = State::new("version");
    let path = leave_a_match(&state).await;
    let file = fs::read(&path).unwrap();
    // Another version of the rules wrote it.
    let mut header = FileHeader::peek(&file).unwrap();
    let mut before = Vec::new();
    header.encode(&mut before);
    header.rules ^= 1;
    let mut bytes = Vec::new();
    header.encode(&mut bytes);
    bytes.extend_from_slice(&file[before.len()..]);
    fs::write(&path, &bytes).unwrap();
    let program = state.start();
    assert_eq!(program.metric("ricochet_rooms_recovered_total").await, 1.0);
    assert_eq!(program.metric("ricochet_recordings_damaged_total").await, 0.0);
    assert_eq!(fs::read(&state.files("recordings")[0]).unwrap(), bytes);
    program.signal("KILL");
    program.until_ended().await;
}

#[tokio::test]
async fn match_of_another_format_is_kept_and_no_damage() {
    let state = State::new("format");
    let file = leave_a_match(&state).await;
    let mut bytes = fs::read(&file).unwrap();
    // The version follows the eight bytes that every recording begins with.
    bytes[8..10].copy_from_slice(&999u16.to_le_bytes());
    fs::write(&file, &bytes).unwrap();
    let program = state.start();
    assert_eq!(program.metric("ricochet_recordings_damaged_total").await, 0.0);
    let kept = state.files("recordings");
    assert_eq!(kept.len(), 1);
    assert_eq!(fs::read(&kept[0]).unwrap(), bytes);
    program.signal("KILL");
    let output = program.until_ended().await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("another format") && !said.contains("damaged"), "{said}");
}
