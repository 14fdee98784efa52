//! Folders of the state directory on other file systems: files that are moved there are copied.

use std::fs;

use super::{
    host::{Mount, State, end_match, is_sound, leave_a_match, until},
    program::{Player, until_match},
};

#[tokio::test]
async fn ended_matches_reach_a_shelf_on_another_file_system() {
    let state = State::new("other-shelf");
    let Some(_mount) = Mount::small(&state.path("recordings"), 16_384) else { return };
    let program = state.start();
    let _player = Player::enter(&program.page).await;
    until_match(&program.page).await;
    for count in 1..=2 {
        end_match(&program).await;
        // A copy in progress has another name for a moment.
        let on_the_shelf = || {
            let files = state.files("recordings");
            files.len() == count && files.iter().all(|path| is_sound(path))
        };
        until("the match on the shelf", async || on_the_shelf()).await;
    }
    assert_eq!(program.metric("ricochet_recordings_lost_total").await, 0.0);
    program.signal("TERM");
    let output = program.until_ended().await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(state.files("rooms").len(), 1, "the running match alone");
}

#[tokio::test]
async fn damaged_match_is_set_aside_on_another_file_system() {
    let state = State::new("other-damaged");
    let Some(_mount) = Mount::small(&state.path("rooms/damaged"), 16_384) else { return };
    let file = leave_a_match(&state).await;
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    fs::write(&file, &bytes).unwrap();
    let program = state.start();
    let aside = state.files("rooms/damaged");
    assert_eq!(aside.len(), 1);
    assert_eq!(fs::read(&aside[0]).unwrap(), bytes);
    program.signal("KILL");
    program.until_ended().await;
}
