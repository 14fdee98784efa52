//! How a server ends under those who play on it: by real signals, and by what an admin asks for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{future::Future, time::Duration};

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{
    config::Config,
    run::{Outcome, Server},
};
use shared::wire::{ClientMessage, DisconnectReason, Event, Hello, ServerMessage};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// Nothing here takes longer, whatever the machine does.
const PATIENCE: Duration = Duration::from_secs(20);

async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Asks for a seat.
async fn join(page: &str) -> reqwest::Response {
    reqwest::Client::new().post(format!("{page}/api/join")).json(&json!({ "name": "Ann" })).send().await.unwrap()
}

async fn ticket(page: &str) -> Value {
    let response = join(page).await;
    assert_eq!(response.status(), StatusCode::OK);
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// A player that does nothing but read.
struct Player(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Player {
    async fn enter(page: &str) -> Self {
        Self::enter_with(&ticket(page).await).await
    }

    async fn enter_with(join: &Value) -> Self {
        let mut request = join["ws"].as_str().unwrap().into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "ricochet.1".parse().unwrap());
        let (socket, _) = within("the upgrade", connect_async(request)).await.unwrap();
        let mut player = Self(socket);
        let ticket = join["ticket"].as_str().unwrap();
        player.say(&ClientMessage::Hello(Hello { plain: false, name: "Ann", ticket })).await;
        player.until("the welcome", |message| matches!(message, ServerMessage::Welcome(_)).then_some(())).await;
        player
    }

    async fn say(&mut self, message: &ClientMessage<'_>) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        self.0.send(Message::binary(bytes)).await.unwrap();
    }

    /// What `wanted` makes of the first message that it wants.
    async fn until<T>(&mut self, what: &str, wanted: impl Fn(ServerMessage) -> Option<T>) -> T {
        within(what, async {
            loop {
                let message = self.0.next().await.unwrap_or_else(|| panic!("ended before {what}")).unwrap();
                let Message::Binary(bytes) = message else { continue };
                if let Some(found) = wanted(ServerMessage::decode(&bytes).unwrap()) {
                    return found;
                }
            }
        })
        .await
    }

    /// The next line of the server's own.
    async fn announcement(&mut self) -> String {
        let line = |event| match event {
            Event::Chat { from: None, text } => Some(text),
            _ => None,
        };
        self.until("an announcement", |message| match message {
            ServerMessage::Events { events, .. } => events.into_iter().find_map(line),
            _ => None,
        })
        .await
    }

    async fn goodbye(&mut self) -> (DisconnectReason, String) {
        self.until("the goodbye", |message| match message {
            ServerMessage::Goodbye { reason, text } => Some((reason, text)),
            _ => None,
        })
        .await
    }
}

/// Waits until the server counts a human in a running match.
async fn until_match(page: &str) {
    within("the match", async {
        loop {
            let room = reqwest::get(format!("{page}/api/rooms/1")).await.unwrap().text().await.unwrap();
            let room: Value = serde_json::from_str(&room).unwrap();
            if room["humans"] == 1 && room["phase"] == "running" {
                return;
            }
        }
    })
    .await;
}

/// A server in this process, whose first match runs at once.
fn server() -> (Server, String) {
    let any = "127.0.0.1:0".parse().unwrap();
    let server = Server::start(Config { http: any, udp: any, ops: any, warm_up_secs: 0, ..Config::default() }).unwrap();
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
    use std::{
        io::{BufRead, BufReader},
        process::{Child, Command, Output, Stdio},
    };

    use super::*;

    /// The program, with the addresses it told.
    struct Program {
        child: Child,
        page: String,
        ops: String,
    }

    impl Program {
        fn start(name: &str) -> Self {
            let settings = std::env::temp_dir().join(format!("ricochet-drain-{name}-{}.toml", std::process::id()));
            std::fs::write(&settings, "warm_up_secs = 0\n").unwrap();
            let mut child = Command::new(env!("CARGO_BIN_EXE_ricochet-server"))
                .args("--http 127.0.0.1:0 --udp 127.0.0.1:0 --ops 127.0.0.1:0 --config".split_whitespace())
                .arg(&settings)
                .env("RUST_LOG", "warn")
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // The rest of the pipe is closed: the program must not mind.
            let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
            let greeting: Vec<_> = lines.take_while(|line| !line.contains("Stop")).collect();
            let address = |label: &str| {
                let line = greeting.iter().find(|line| line.contains(label)).unwrap();
                line.split_whitespace().last().unwrap().trim_end_matches('/').to_owned()
            };
            let page = address("Play ");
            let ops = address("Metrics ").trim_end_matches("/metrics").to_owned();
            std::fs::remove_file(&settings).unwrap();
            Self { child, page, ops }
        }

        fn signal(&self, signal: &str) {
            let killed = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status().unwrap();
            assert!(killed.success());
        }

        /// What the program says of the running one.
        fn health(&self, more: &str) -> Output {
            let ops = self.ops.trim_start_matches("http://");
            let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
            command.args(["health", "--ops", ops]).args(more.split_whitespace()).output().unwrap()
        }

        async fn until_ended(self) -> Output {
            let child = self.child;
            let waiting = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
            within("the process to end", waiting).await.unwrap()
        }
    }

    #[tokio::test]
    async fn first_signal_tells_everyone_and_the_second_ends_the_wait() {
        let program = Program::start("signals");
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
        let program = Program::start("nobody");
        program.signal("TERM");
        assert_eq!(program.until_ended().await.status.code(), Some(0));
    }
}
