//! A server that is killed or ended by a signal, and the next one on the same state directory: rooms, scores and players
//! continue.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(unix)]

mod program;

use arena::rules::World;
use server::{config::Games, games::game};
use std::{fs, net::UdpSocket, path::PathBuf, process::Command, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use client::native::Trust;
use quinn::{ConnectionError, Endpoint, crypto::rustls::QuicClientConfig};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use server::lifecycle::run::Server;
use shared::wire::{ClientMessage, DisconnectReason, ServerMessage, SessionMessage};

use self::program::{Player, Program, ticket, until_match, within};

/// A state directory of its own.
struct State(PathBuf);

impl State {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ricochet-recovery-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    /// A server on it, with eight opponents in a long match.
    fn start(&self) -> Program {
        self.start_with(|command| command)
    }

    fn start_with(&self, more: impl FnOnce(&mut Command) -> &mut Command) -> Program {
        Program::start_with(|command| {
            let state = self.0.to_str().unwrap();
            command.args(["--state", state, "--match-secs", "600", "--recording-checkpoint-secs", "1", "--seed", "5"]);
            more(command)
        })
    }

    fn room(&self) -> PathBuf {
        self.0.join("rooms/room-1.rrec")
    }

    fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn room(page: &str) -> Value {
    let room = reqwest::get(format!("{page}/api/rooms/1")).await.unwrap().text().await.unwrap();
    serde_json::from_str(&room).unwrap()
}

/// Waits until `wanted` holds for the room, and returns its view.
async fn until_room(page: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    within(what, async {
        loop {
            let room = room(page).await;
            if wanted(&room) {
                return room;
            }
        }
    })
    .await
}

/// The first view that a server shows of its room.
async fn first_view(page: &str) -> Value {
    until_room(page, "a view", |room| room["map"] != "").await
}

fn tick(room: &Value) -> u64 {
    room["tick"].as_u64().unwrap()
}

/// The sum of all players' points, and that of their deaths.
fn scores(room: &Value) -> (i64, u64) {
    let players = room["players"].as_array().unwrap();
    let points = players.iter().map(|player| player["score"].as_i64().unwrap()).sum();
    (points, players.iter().map(|player| player["deaths"].as_u64().unwrap()).sum())
}

/// A player with the token that brings it back.
async fn enter(page: &str) -> (Player, SessionMessage, Value) {
    let join = ticket(page).await;
    let mut player = Player::enter_with(&join).await;
    let session = session(&mut player).await;
    (player, session, join)
}

async fn session(player: &mut Player) -> SessionMessage {
    player
        .until("the session", |message| match message {
            ServerMessage::Session(session) => Some(session),
            _ => None,
        })
        .await
}

/// Resumes a session after a restart, as a client does, at the new server's address.
async fn come_back(page: &str, mut join: Value, session: &SessionMessage) -> Player {
    let host = page.trim_start_matches("http://");
    join["ws"] = format!("ws://{host}/play?shard=0").into();
    join["ticket"] = session.token.clone().into();
    Player::enter_with(&join).await
}

#[tokio::test]
async fn killed_server_goes_on_where_it_was_at_most_a_second_before() {
    let state = State::new("killed");
    let program = state.start();
    let (player, first, join) = enter(&program.page).await;
    until_match(&program.page).await;
    // Enough of a fight to have scores, and more than one checkpoint.
    let scored = until_room(&program.page, "some scores", |room| scores(room).1 >= 3 && tick(room) > 5 * 30).await;
    let before = until_room(&program.page, "a second more", |room| tick(room) > tick(&scored) + 30).await;
    program.signal("KILL");
    program.until_ended().await;
    drop(player);

    let program = state.start();
    let after = first_view(&program.page).await;
    assert!(tick(&after) + 30 >= tick(&before), "{} after {}", tick(&after), tick(&before));
    assert!(scores(&after).1 >= scores(&scored).1, "{after} after {scored}");
    assert_eq!((after["map"].clone(), after["humans"].clone()), (before["map"].clone(), 1.into()));
    let mut player = come_back(&program.page, join, &first).await;
    let again = session(&mut player).await;
    assert_eq!(again.id, first.id);
    assert_ne!(again.token, first.token);
    let now = until_room(&program.page, "the player", |room| room["away"] == 0 && room["humans"] == 1).await;
    assert_eq!(now["players"].as_array().unwrap().len(), before["players"].as_array().unwrap().len());
    // The recording continues, and the whole file plays as one match.
    until_room(&program.page, "more of the match", |room| tick(room) > tick(&before) + 60).await;
    program.signal("TERM");
    let output = within("the end", program.until_ended()).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let verified = room::record::verify::<World>(fs::read(state.room()).unwrap()).unwrap();
    assert!(verified.is_sound(), "{:?} {:?} {:?}", verified.info.damage, verified.gaps, verified.first_difference);
    assert_eq!(verified.info.first.0, 0);
}

/// An issuer of accounts with one key, which the server knows by a file in its state directory.
struct Issuer {
    pair: Ed25519KeyPair,
    file: PathBuf,
}

impl Issuer {
    fn new(state: &State) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let file = state.0.join("jwks.json");
        fs::create_dir_all(&state.0).unwrap();
        fs::write(&file, json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x }] }).to_string()).unwrap();
        Self { pair, file }
    }

    /// A seat for an account.
    async fn join(&self, page: &str, account: &str) -> Value {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({ "sub": account, "exp": 4_000_000_000_u64 });
        let message = format!("{}.{}", part(json!({ "alg": "EdDSA" })), part(claims));
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(self.pair.sign(message.as_bytes())));
        let request = reqwest::Client::new().post(format!("{page}/api/join")).bearer_auth(token);
        let answer = request.json(&json!({ "name": "Ann" })).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

#[tokio::test]
async fn account_that_plays_once_does_so_across_a_restart() {
    let state = State::new("account");
    let issuer = Issuer::new(&state);
    let start = || state.start_with(|command| command.arg("--accounts-jwks").arg(&issuer.file));
    let program = start();
    let join = issuer.join(&program.page, "ann-17").await;
    let mut player = Player::enter_with(&join).await;
    let first = session(&mut player).await;
    until_room(&program.page, "some ticks", |room| tick(room) > 60).await;
    program.signal("KILL");
    program.until_ended().await;

    let program = start();
    let mut player = come_back(&program.page, join, &first).await;
    assert_eq!(session(&mut player).await.id, first.id);
    // Somebody else's account changes nothing, the own one takes over.
    issuer.join(&program.page, "bob-3").await;
    issuer.join(&program.page, "ann-17").await;
    assert_eq!(player.goodbye().await.0, DisconnectReason::ResumedElsewhere);
    program.signal("KILL");
    program.until_ended().await;
}

/// Without a stateless reset the client would wait for its idle time-out.
#[tokio::test]
async fn next_server_tells_quic_clients_that_their_connections_are_gone() {
    let state = State::new("reset");
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let start = || state.start_with(|command| command.args(["--udp", &udp]));
    let program = start();
    let tls = QuicClientConfig::try_from(Trust::anyone().tls(b"ricochet/1").unwrap()).unwrap();
    let mut endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(tls)));
    let connection = endpoint.connect(udp.parse().unwrap(), "localhost").unwrap();
    let connection = within("the handshake", connection).await.unwrap();
    program.signal("KILL");
    program.until_ended().await;
    let _next = start();
    // The client sends a packet that is not acknowledged again and again.
    connection.send_datagram(vec![0; 50].into()).unwrap();
    assert_eq!(within("the reset", connection.closed()).await, ConnectionError::Reset);
}

#[tokio::test]
async fn server_that_was_told_to_end_loses_nothing() {
    let state = State::new("ended");
    let program = state.start();
    let (mut player, first, join) = enter(&program.page).await;
    until_match(&program.page).await;
    let before = until_room(&program.page, "some ticks", |room| tick(room) > 60).await;
    // The second signal ends the wait for the match.
    program.signal("TERM");
    player.announcement().await;
    program.signal("TERM");
    player.goodbye().await;
    let output = program.until_ended().await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));

    let program = state.start();
    assert!(tick(&first_view(&program.page).await) >= tick(&before));
    let mut player = come_back(&program.page, join, &first).await;
    assert_eq!(session(&mut player).await.id, first.id);
    program.signal("KILL");
    program.until_ended().await;
}

#[tokio::test]
async fn damaged_match_is_set_aside_and_goes_on_from_what_is_good() {
    let state = State::new("damaged");
    let program = state.start();
    until_room(&program.page, "some checkpoints", |room| tick(room) > 5 * 30).await;
    program.signal("KILL");
    program.until_ended().await;
    let mut bytes = fs::read(state.room()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    fs::write(state.room(), bytes).unwrap();

    let program = state.start();
    let after = first_view(&program.page).await;
    assert!(tick(&after) > 4 * 30, "{after}");
    assert_eq!(state.files("rooms/damaged").len(), 1);
    let metrics = reqwest::get(format!("{}/metrics", program.ops)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\nricochet_recordings_damaged_total 1"));
    assert!(metrics.contains("\nricochet_rooms_recovered_total 1"));
    program.signal("KILL");
    let output = program.until_ended().await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(" is damaged (") && said.contains("set aside"), "{said}");
}

#[tokio::test]
async fn rubbish_in_the_state_directory_keeps_no_server_from_starting() {
    let state = State::new("rubbish");
    fs::create_dir_all(state.0.join("rooms")).unwrap();
    for (name, bytes) in [("room-1.rrec", &b""[..]), ("room-2.rrec", b"rubbish"), ("room-3.txt", b"a note")] {
        fs::write(state.0.join("rooms").join(name), bytes).unwrap();
    }
    fs::create_dir_all(state.0.join("rooms/room-4.rrec")).unwrap();
    let program = state.start();
    assert_eq!(room(&program.page).await["id"], 1);
    assert!(state.0.join("rooms/room-3.txt").exists());
    program.signal("KILL");
    program.until_ended().await;
}

#[tokio::test]
async fn second_server_on_a_state_directory_is_refused() {
    let state = State::new("twice");
    let program = state.start();
    let any = "127.0.0.1:0".parse().unwrap();
    let config =
        server::config::Config { http: any, udp: any, ops: any, state: Some(state.0.clone()), ..Default::default() };
    let error = Server::start(Games::new(&[game::<World>()]), config).unwrap_err().to_string();
    assert!(error.contains("another server keeps its state there"), "{error}");
    program.signal("KILL");
    program.until_ended().await;
}

#[tokio::test]
async fn spectator_comes_back_to_its_slot_and_goes_without_harm() {
    let state = State::new("watched");
    // Shown ten seconds late, a server that has just started shows nothing yet.
    let start = || state.start_with(|command| command.args(["--spectators", "live"]));
    let program = start();
    let request = serde_json::json!({ "name": "Eye", "spectate": true });
    let response =
        reqwest::Client::new().post(format!("{}/api/join", program.page)).json(&request).send().await.unwrap();
    let join: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let mut eye = Player::enter_with(&join).await;
    let first = session(&mut eye).await;
    let watched = until_room(&program.page, "a spectator", |room| room["spectators"] == 1).await;
    // A chunk is written three times a second.
    until_room(&program.page, "more ticks", |room| tick(room) > tick(&watched) + 45).await;
    program.signal("KILL");
    program.until_ended().await;
    drop(eye);

    let program = start();
    until_room(&program.page, "the spectator", |room| room["spectators"] == 1).await;
    let mut eye = come_back(&program.page, join, &first).await;
    assert_eq!(session(&mut eye).await.id, first.id);
    eye.say(&ClientMessage::Leave).await;
    let left = until_room(&program.page, "an empty slot", |room| room["spectators"] == 0).await;
    until_room(&program.page, "more ticks", |room| tick(room) > tick(&left) + 30).await;
    program.signal("TERM");
    let output = within("the end", program.until_ended()).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let verified = room::record::verify::<World>(fs::read(state.room()).unwrap()).unwrap();
    assert!(verified.is_sound(), "{:?} {:?} {:?}", verified.info.damage, verified.gaps, verified.first_difference);
}
