//! Folders that cannot be written to: an ended match waits where it is, and no file is overwritten.

use super::{
    host::{Mount, State, end_match, is_sound, until},
    program::{Player, until_match},
};

#[tokio::test]
async fn ended_match_waits_until_the_shelf_can_be_written_to() {
    let state = State::new("read-only");
    let Some(mount) = Mount::read_only(&state.path("recordings")) else { return };
    let program = state.start();
    let _player = Player::enter(&program.page).await;
    until_match(&program.page).await;
    end_match(&program).await;
    until("the match to wait", async || state.files("rooms").len() == 2).await;
    until("the fault to be counted", async || program.metric("ricochet_recording_errors_total").await > 0.0).await;
    assert_eq!(program.metric("ricochet_recordings_lost_total").await, 0.0);
    drop(mount);
    end_match(&program).await;
    until("both on the shelf", async || state.files("recordings").len() == 2).await;
    assert!(state.files("recordings").iter().all(|path| is_sound(path)));
    program.signal("TERM");
    let output = program.until_ended().await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn match_that_cannot_begin_a_file_is_lost_counted_and_said() {
    let state = State::new("read-only-rooms");
    let program = state.start();
    let _player = Player::enter(&program.page).await;
    until_match(&program.page).await;
    let Some(mount) = Mount::read_only(&state.path("rooms")) else { return };
    end_match(&program).await;
    until("a refusal", async || program.metric("ricochet_recording_errors_total").await > 0.0).await;
    end_match(&program).await;
    until("a lost match", async || program.metric("ricochet_recordings_lost_total").await > 0.0).await;
    drop(mount);
    program.signal("TERM");
    let output = program.until_ended().await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("some matches are not completely on disk"), "{said}");
}
