//! A disk that is full: players do not notice, the host does, and the exit code shows that data was lost.

use std::fs;

use super::{
    host::{Mount, State, readiness, until},
    program::{Player, Program, until_match},
};

/// A server whose disk has become full.
async fn filled(state: &State) -> (Program, Player) {
    let program = state.start();
    let player = Player::enter(&program.page).await;
    until_match(&program.page).await;
    let mut kib = 4_096;
    while kib > 0 {
        // A file that does not fit is written in part.
        if fs::write(state.path(&format!("filler-{kib}")), vec![0; kib * 1_024]).is_err() {
            kib /= 2;
        }
    }
    until("the first refusal", async || program.metric("ricochet_recording_errors_total").await > 0.0).await;
    (program, player)
}

#[tokio::test]
async fn match_that_a_full_disk_does_not_take_makes_the_exit_code_1() {
    let state = State::new("full");
    let Some(_mount) = Mount::small(&state.0, 4_096) else { return };
    let (program, mut player) = filled(&state).await;
    let (status, words) = readiness(&program).await;
    assert_eq!(status, 200);
    assert!(words.contains("the disk refuses recordings"), "{words}");
    let ticks = program.metric("ricochet_ticks_total").await;
    until("further ticks", async || program.metric("ricochet_ticks_total").await > ticks + 30.0).await;
    program.signal("TERM");
    player.goodbye().await;
    let output = program.until_ended().await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.matches("the end of matches was lost").count(), 1, "{said}");
}

#[tokio::test]
async fn recording_goes_on_when_there_is_space_again() {
    let state = State::new("full-freed");
    let Some(_mount) = Mount::small(&state.0, 4_096) else { return };
    let (program, _player) = filled(&state).await;
    for filler in state.files("").into_iter().filter(|path| path.to_string_lossy().contains("filler")) {
        fs::remove_file(filler).unwrap();
    }
    until("readiness", async || readiness(&program).await.1 == "ready\n").await;
    program.signal("TERM");
    let output = program.until_ended().await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(room::record::recover::<arena::rules::World>(fs::read(state.path("rooms/room-1.rrec")).unwrap()).is_ok());
}
