//! The lines that an OpenTelemetry collector gets from the program, and a program that continues without its collector.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod collector;
mod program;

use std::{
    net::TcpListener,
    process::{Command, Output},
};

use collector::{Collector, Line};
use program::{Player, Program, ticket, within};
use shared::wire::ServerMessage;

/// A program that sends to this endpoint every second.
fn program(endpoint: &str, more: &[&str]) -> Program {
    program_with(endpoint, |command| command.args(more))
}

fn program_with(endpoint: &str, more: impl FnOnce(&mut Command) -> &mut Command) -> Program {
    Program::start_with(|command| {
        let words = ["--telemetry-otlp-endpoint", endpoint, "--telemetry-interval-secs", "1", "--drain-secs", "0"];
        more(command.args(words).env("RUST_LOG", "server::logging::telemetry=info"))
    })
}

/// A player in the game, and the id of its session.
async fn join(program: &Program) -> (Player, String) {
    let answer = ticket(&program.page).await;
    let session = answer["session"].as_str().unwrap().to_owned();
    (Player::enter_with(&answer).await, session)
}

async fn end(program: Program) -> String {
    program.signal("TERM");
    let Output { status, stderr, .. } = program.until_ended().await;
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(0), "{said}");
    said
}

#[tokio::test]
async fn collector_hears_who_joins_and_how_it_ends_and_nothing_of_the_ticks_between() {
    let mut collector = Collector::start().await;
    let headers = std::env::temp_dir().join(format!("ricochet-telemetry-{}", std::process::id()));
    std::fs::write(&headers, "authorization=Basic dXNlcjpwYXNz\n").unwrap();
    let attributes = "deployment.environment.name=test,team=blue";
    let more = ["--telemetry-instance", "arena-7", "--telemetry-attributes", attributes, "--telemetry-headers-file"];
    let program = program(&collector.endpoint, &[&more[..], &[headers.to_str().unwrap()]].concat());
    let (mut player, session) = join(&program).await;

    let joined = collector.until_line("joined").await;
    assert_eq!(joined.attribute("session"), session);
    assert_eq!(joined.attribute("transport"), "websocket");
    assert_eq!(joined.attribute("peer"), "127.0.0.0/24");
    assert_eq!((joined.scope.as_str(), joined.severity.as_str()), ("server::shard::joining", "DEBUG"));
    for (name, value) in [
        ("service.name", "ricochet"),
        ("service.instance.id", "arena-7"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("deployment.environment.name", "test"),
        ("team", "blue"),
    ] {
        assert_eq!(joined.of_server(name), value);
    }

    for _ in 0..60 {
        player.until("a snapshot", |message| matches!(message, ServerMessage::Snapshot).then_some(())).await;
    }
    let said = end(program).await;
    std::fs::remove_file(&headers).unwrap();
    assert_eq!(said, "", "nothing is wrong");
    // The last lines were sent before the program ended.
    let lines = collector.lines();
    for body in [
        "the server runs",
        "opened a room",
        "the match is in another phase",
        "draining",
        "closed",
        "the server has ended",
    ] {
        assert!(lines.iter().any(|line| line.body == body), "{body:?} is missing in {lines:?}");
    }
    let closed = lines.iter().find(|line| line.body == "closed").unwrap();
    assert_eq!(closed.attribute("session"), session);
    // Two seconds of ticks, inputs and snapshots lie between; each line is about something that happens once.
    let times = |line: &Line| lines.iter().filter(|other| other.body == line.body).count();
    assert!(lines.iter().all(|line| times(line) <= 2), "{lines:?}");
    for request in collector.requests() {
        assert_eq!(request.path, "/v1/logs");
        assert_eq!(request.header("content-type"), "application/x-protobuf");
        assert_eq!(request.header("authorization"), "Basic dXNlcjpwYXNz");
        assert!(!request.holds("Ann"), "a player's name");
    }
}

#[tokio::test]
async fn collector_is_not_told_of_players_where_that_is_not_wanted() {
    let mut collector = Collector::start().await;
    let program = program(&collector.endpoint, &["--telemetry-players", "false"]);
    let (_player, _) = join(&program).await;
    collector.until_line("opened a room").await;
    end(program).await;
    let lines = collector.lines();
    assert!(lines.iter().any(|line| line.body == "the server has ended"));
    assert!(lines.iter().all(|line| line.severity != "DEBUG" && line.body != "joined"), "{lines:?}");
}

#[tokio::test]
async fn collector_behind_tls_is_sent_to_if_its_authority_is_trusted() {
    let (mut collector, certificate) = Collector::start_tls().await;
    let file = std::env::temp_dir().join(format!("ricochet-telemetry-{}.pem", std::process::id()));
    std::fs::write(&file, certificate).unwrap();
    let endpoint = collector.endpoint.clone();
    let trusting = program_with(&endpoint, |command| command.env("SSL_CERT_FILE", &file));
    collector.until_line("the server runs").await;
    assert_eq!(end(trusting).await, "");
    // The certificate of another server.
    std::fs::write(&file, rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap().cert.pem()).unwrap();
    let requests = collector.requests().len();
    let doubting = program_with(&endpoint, |command| command.env("SSL_CERT_FILE", &file));
    within("a request that fails", async {
        while failed(&doubting).await == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let said = end(doubting).await;
    std::fs::remove_file(&file).unwrap();
    assert!(said.contains("cannot connect by TLS") && said.contains("invalid peer certificate"), "{said}");
    assert_eq!(collector.requests().len(), requests);
}

/// Lets players join until `failures` requests to the collector have failed; returns the log of the program.
async fn play_without_collector(endpoint: &str, failures: u32) -> String {
    let program = program(endpoint, &[]);
    let mut players = Vec::new();
    for _ in 0..failures {
        let before = failed(&program).await;
        let (mut player, _) = join(&program).await;
        player.until("a snapshot", |message| matches!(message, ServerMessage::Snapshot).then_some(())).await;
        players.push(player);
        within("a request that fails", async {
            while failed(&program).await <= before {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    end(program).await
}

/// Lines that the program could not send.
async fn failed(program: &Program) -> u64 {
    let metrics = reqwest::get(format!("{}/metrics", program.ops)).await.unwrap().text().await.unwrap();
    let counted =
        metrics.lines().find_map(|line| line.strip_prefix("ricochet_telemetry_records_total{outcome=\"failed\"} "));
    counted.unwrap().parse().unwrap()
}

#[tokio::test]
async fn server_of_a_dead_collector_plays_and_ends_and_says_once_what_is_wrong() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = play_without_collector(&format!("http://{address}"), 2).await;
    assert_eq!(said.matches("does not take telemetry").count(), 1, "{said}");
    assert!(said.contains(&address.to_string()) && said.contains("cannot connect"), "{said}");
}

#[tokio::test]
async fn server_of_a_collector_that_never_answers_plays_and_ends() {
    // The kernel takes connections; nobody reads them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let said = play_without_collector(&format!("http://{}", silent.local_addr().unwrap()), 1).await;
    assert_eq!(said.matches("does not take telemetry").count(), 1, "{said}");
    assert!(said.contains("no answer in time"), "{said}");
}

#[tokio::test]
async fn collector_that_refuses_is_named_and_so_is_its_return() {
    let mut collector = Collector::start().await;
    collector.refuse(true);
    let program = program(&collector.endpoint, &[]);
    let (_one, _) = join(&program).await;
    within("a refusal", async {
        while failed(&program).await == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    collector.refuse(false);
    let (_other, session) = join(&program).await;
    while collector.until_line("joined").await.attribute("session") != session {}
    let said = end(program).await;
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("it answers 401 Unauthorized") && said.contains("takes telemetry again"), "{said}");
}
