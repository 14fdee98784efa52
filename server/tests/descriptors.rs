//! A server that is short of file descriptors: it logs that, refuses players with a reason, and still answers its host.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(unix)]

mod program;

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use self::program::Program;

/// Far fewer than `max_players`.
const DESCRIPTORS: &str = "80";

/// The head of the answer to a request on a connection of its own; empty if it is closed without one.
fn asked(socket: &mut TcpStream) -> String {
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = socket.write_all(b"GET /api/server HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn server_without_descriptors_refuses_players_and_answers_its_host() {
    let program = Program::start_by("prlimit", |command: &mut Command| {
        command.arg(format!("--nofile={DESCRIPTORS}:{DESCRIPTORS}"))
    });
    let address = program.page.trim_start_matches("http://").to_owned();
    // More idle connections than it has descriptors for; the server closes the rest.
    let idle: Vec<TcpStream> = (0..120).map(|_| TcpStream::connect(&address).unwrap()).collect();

    for _ in 0..3 {
        let health = program.health("");
        assert!(health.status.success(), "{health:?}");
    }
    assert!(program.metric("process_open_fds").await <= 80.0);
    let answer = asked(&mut TcpStream::connect(&address).unwrap());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 503") && answer.contains("overloaded"), "{answer}");

    drop(idle);
    program::within("a page", async {
        // The server notices the closed connections one by one.
        while !reqwest::get(&program.page).await.is_ok_and(|answer| answer.status().is_success()) {}
    })
    .await;
    assert!(program::join(&program.page).await.status().is_success());
    program.signal("TERM");
    let output = program.until_ended().await;
    assert_eq!(output.status.code(), Some(0));
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    assert_eq!(lines("the limit of open files and sockets is below max_players"), 1, "{log}");
    assert_eq!(lines("file descriptors run out"), 1, "{log}");
    assert!(lines("WARN") < 10, "{log}");
}
