//! The program as a separate process, and players who join it over HTTP.

#![allow(unreachable_pub, reason = "each test file takes what it needs")]
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::{
    future::Future,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::wire::{ClientMessage, DisconnectReason, Event, Hello, ServerMessage};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// Time-out of every step, long enough for a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("timed out while waiting for {what}"))
}

/// Asks for a seat.
pub async fn join(page: &str) -> reqwest::Response {
    reqwest::Client::new().post(format!("{page}/api/join")).json(&json!({ "name": "Ann" })).send().await.unwrap()
}

pub async fn ticket(page: &str) -> Value {
    let response = join(page).await;
    assert_eq!(response.status(), StatusCode::OK);
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// A player that does nothing but read.
pub struct Player(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Player {
    pub async fn enter(page: &str) -> Self {
        Self::enter_with(&ticket(page).await).await
    }

    pub async fn enter_with(join: &Value) -> Self {
        let mut request = join["ws"].as_str().unwrap().into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "ricochet.1".parse().unwrap());
        let (socket, _) = within("the upgrade", connect_async(request)).await.unwrap();
        let mut player = Self(socket);
        let ticket = join["ticket"].as_str().unwrap();
        player.say(&ClientMessage::Hello(Hello { plain: false, name: "Ann", ticket })).await;
        player.until("the welcome", |message| matches!(message, ServerMessage::Welcome(_)).then_some(())).await;
        player
    }

    pub async fn say(&mut self, message: &ClientMessage<'_>) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        self.0.send(Message::binary(bytes)).await.unwrap();
    }

    /// Reads messages until none has come for `time`.
    pub async fn hear_nothing_for(&mut self, time: Duration) {
        while tokio::time::timeout(time, self.0.next()).await.is_ok_and(|message| message.is_some()) {}
    }

    /// The result of `wanted` for the first message that it accepts.
    pub async fn until<T>(&mut self, what: &str, wanted: impl Fn(ServerMessage) -> Option<T>) -> T {
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

    /// The next chat line of the server itself.
    pub async fn announcement(&mut self) -> String {
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

    pub async fn goodbye(&mut self) -> (DisconnectReason, String) {
        self.until("the goodbye", |message| match message {
            ServerMessage::Goodbye { reason, text } => Some((reason, text)),
            _ => None,
        })
        .await
    }
}

/// Waits until the server counts a human in a running match.
pub async fn until_match(page: &str) {
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

/// The program, with the addresses that it has printed. It is killed at the end of its test.
pub struct Program {
    child: Option<Child>,
    pub page: String,
    pub ops: String,
}

impl Program {
    pub fn start() -> Self {
        Self::start_with(|command| command)
    }

    /// Starts the program after `more` has changed its command, most often its environment.
    pub fn start_with(more: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        Self::begin(Command::new(env!("CARGO_BIN_EXE_ricochet-server")), more)
    }

    /// Starts it by another program, which takes the server's command line after its own words.
    pub fn start_by(starter: &str, words: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = Command::new(starter);
        words(&mut command).arg(env!("CARGO_BIN_EXE_ricochet-server"));
        Self::begin(command, |command| command)
    }

    fn begin(mut command: Command, more: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        command
            .args("--http 127.0.0.1:0 --ops 127.0.0.1:0 --warm-up-secs 0".split_whitespace())
            // A flag of the test wins over this.
            .env("RICOCHET_UDP", "127.0.0.1:0")
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = more(&mut command).spawn().unwrap();
        // The pipe is closed after this; the program must continue.
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let greeting: Vec<_> = lines.take_while(|line| !line.contains("Stop")).collect();
        let address = |label: &str| {
            let line = greeting.iter().find(|line| line.contains(label)).unwrap();
            line.split_whitespace().last().unwrap().trim_end_matches('/').to_owned()
        };
        let page = address("Play ");
        let ops = address("Metrics ").trim_end_matches("/metrics").to_owned();
        Self { child: Some(child), page, ops }
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub fn signal(&self, signal: &str) {
        let killed =
            Command::new("kill").args(["-s", signal, &self.child.as_ref().unwrap().id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// The output of `ricochet-server health` for this program.
    pub fn health(&self, more: &str) -> Output {
        let ops = self.ops.trim_start_matches("http://");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ricochet-server"));
        command.args(["health", "--ops", ops]).args(more.split_whitespace()).output().unwrap()
    }

    /// Waits for its end without reading its log; returns its exit code, and the log, which is read afterwards.
    pub async fn until_ended_unread(mut self) -> (Option<i32>, String) {
        let mut child = self.child.take().unwrap();
        let waiting = tokio::task::spawn_blocking(move || {
            let code = child.wait().unwrap().code();
            let mut log = String::new();
            child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
            (code, log)
        });
        within("the process to end", waiting).await.unwrap()
    }

    /// The sum of a metric's samples.
    pub async fn metric(&self, name: &str) -> f64 {
        self.labelled_metric(name, "").await
    }

    /// The sum of a metric's samples with this label, as Prometheus writes it.
    pub async fn labelled_metric(&self, name: &str, label: &str) -> f64 {
        let answer = within("metrics", reqwest::get(format!("{}/metrics", self.ops))).await.unwrap();
        let text = within("metrics", answer.text()).await.unwrap();
        let samples =
            text.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{'])));
        let samples = samples.filter(|line| line.contains(label));
        samples.map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap()).sum()
    }

    /// Waits until `count` links have ended.
    pub async fn until_closes(&self, count: u32) {
        within("links to end", async {
            while self.metric("ricochet_closes_total").await < f64::from(count) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    pub async fn until_ended(mut self) -> Output {
        let child = self.child.take().unwrap();
        let waiting = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        within("the process to end", waiting).await.unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
