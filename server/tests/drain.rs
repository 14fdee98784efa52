//! The end of a server with players: by real signals, and by requests of an administrator.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use arena::rules::World;
use server::{config::Games, games::game};
use std::time::Duration;

use reqwest::StatusCode;
use server::{
    config::Config,
    lifecycle::{outcome::Outcome, run::Server},
};
use shared::wire::{ClientMessage, DisconnectReason, ServerMessage};

use self::program::{Player, join, ticket, until_match, within};

/// A server in this process, whose first match runs at once.
fn server() -> (Server, String) {
    let any = "127.0.0.1:0".parse().unwrap();
    let server = Server::start(
        Games::new(&[game::<World>()]),
        Config { http: any, udp: any, ops: any, ..Config::default() }.with_game_setting("arena", "warm_up_secs", 0),
    )
    .unwrap();
    let page = format!("http://{}", server.http());
    (server, page)
}

#[tokio::test]
async fn match_that_is_left_ends_a_patient_server() {
    let (server, page) = server();
    let mut player = Player::enter(&page).await;
    until_match(&page).await;
    server.lobby().drain(Duration::from_secs(3_600), "new maps");
    let serving = tokio::spawn(server.serve());
    let line = player.announcement().await;
    assert!(line.contains("60 minutes") && line.contains("(new maps)"), "{line}");
    assert!(!serving.is_finished(), "somebody plays");
    player.say(&ClientMessage::Leave).await;
    assert_eq!(within("the end", serving).await.unwrap(), Outcome::InOrder);
}

#[tokio::test]
async fn deadline_ends_a_match() {
    let (server, page) = server();
    let mut player = Player::enter(&page).await;
    until_match(&page).await;
    server.lobby().drain(Duration::from_secs(1), "");
    let serving = tokio::spawn(server.serve());
    let (reason, text) = player.goodbye().await;
    assert_eq!((reason, text.as_str()), (DisconnectReason::ShuttingDown, "the server is shutting down"));
    assert_eq!(within("the end", serving).await.unwrap(), Outcome::InOrder);
}

#[tokio::test]
async fn draining_server_keeps_what_it_promised_and_promises_no_more() {
    let (server, page) = server();
    let promised = ticket(&page).await;
    let _first = Player::enter(&page).await;
    until_match(&page).await;
    server.lobby().drain(Duration::from_secs(3_600), "");
    let drainer = std::sync::Arc::clone(&server.lobby().drainer);
    let serving = tokio::spawn(server.serve());
    let refused = join(&page).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "10");
    let _second = Player::enter_with(&promised).await;
    drainer.hurry();
    assert_eq!(within("the end", serving).await.unwrap(), Outcome::InOrder);
}

#[cfg(unix)]
mod signals {
    use super::{program::Program, *};

    #[tokio::test]
    async fn first_signal_tells_everyone_and_the_second_ends_the_wait() {
        let program = Program::start();
        let mut player = Player::enter(&program.page).await;
        until_match(&program.page).await;

        program.signal("TERM");
        let line = player.announcement().await;
        assert!(line.starts_with("the server ends in "), "{line}");
        let ready = reqwest::get(format!("{}/readyz", program.ops)).await.unwrap();
        assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(ready.text().await.unwrap().starts_with("draining, "));
        assert_eq!(program.health("").status.code(), Some(0));
        let unready = program.health("--ready");
        assert_eq!(unready.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&unready.stderr).starts_with("ricochet-server: draining, "));
        assert_eq!(join(&program.page).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        player.until("the game to go on", |message| matches!(message, ServerMessage::Snapshot).then_some(())).await;

        program.signal("INT");
        assert_eq!(player.goodbye().await.0, DisconnectReason::ShuttingDown);
        let output = program.until_ended().await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.is_empty(), "{said}");
    }

    #[tokio::test]
    async fn server_without_players_ends_at_once() {
        let program = Program::start();
        program.signal("TERM");
        assert_eq!(program.until_ended().await.status.code(), Some(0));
    }
}
