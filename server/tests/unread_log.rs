//! A log that is not read: the game goes on, and lines are dropped and counted.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(unix)]

mod program;

use shared::wire::ServerMessage;

use self::program::{Player, Program, within};

/// Waits until more lines have been logged than the pipe and the queue can hold.
async fn fill_the_log(program: &Program) {
    within("the log to be full", async {
        while program.metric("ricochet_log_lines_dropped_total").await == 0.0 {
            for _ in 0..50 {
                reqwest::get(format!("{}/api/server", program.page)).await.unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn log_that_nobody_reads_stops_neither_ticks_nor_the_end() {
    // The test does not read stderr of the program; a pipe holds 64 KiB.
    let program = Program::start_with(|command| command.env("RUST_LOG", "trace"));
    fill_the_log(&program).await;
    let mut player = Player::enter(&program.page).await;

    let ticks = program.metric("ricochet_ticks_total").await;
    for _ in 0..10 {
        player.until("a snapshot", |message| matches!(message, ServerMessage::Snapshot).then_some(())).await;
    }
    within("further ticks", async { while program.metric("ricochet_ticks_total").await < ticks + 10.0 {} }).await;

    program.signal("TERM");
    program.signal("TERM");
    player.goodbye().await;
    let (code, log) = program.until_ended_unread().await;
    assert_eq!(code, Some(0));
    assert!(log.contains("the server runs"), "what was logged before the pipe was full is there");
}
