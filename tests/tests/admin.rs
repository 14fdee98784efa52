//! Administrators at work on a real server with real players: their requests, their actions, and the events that
//! players receive.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod live;

use std::process::Command;

use arena::event::{self, MatchPhase};
use live::{
    ALL, Transport,
    host::Host,
    player::{LivePlayer, play_round, until},
    within,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::wire::{DisconnectReason, Event};

const TOKEN: &str = "a-token-that-nobody-guesses";

/// A server with an administrator in front of it.
struct Office {
    host: Host,
    http: reqwest::Client,
}

impl Office {
    fn open() -> Self {
        Self::open_with("")
    }

    fn open_with(more: &str) -> Self {
        let words = format!("--admin-token ann:{TOKEN} --fill 0 --seed 1 --warm-up-secs 0 --match-secs 3600 {more}");
        Self { host: Host::from_words(&words), http: reqwest::Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/admin/api/{path}", self.host.ops())
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.http.get(self.url(path)).bearer_auth(TOKEN).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let response = self.http.post(self.url(path)).bearer_auth(TOKEN).json(&body).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    #[track_caller]
    fn done(&self, path: &str, body: Value) -> impl Future<Output = ()> {
        let act = self.post(path, body.clone());
        async move {
            let (status, answer) = act.await;
            assert_eq!(status, StatusCode::OK, "{path} {body}: {answer}");
        }
    }

    /// The player of this name in the answer of the API.
    async fn player(&self, name: &str) -> Value {
        let state = self.get("state").await;
        let rooms = state["rooms"].as_array().unwrap();
        let mut players = rooms.iter().flat_map(|room| room["players"].as_array().unwrap());
        players.find(|player| player["name"] == name).cloned().unwrap_or_default()
    }

    async fn session(&self, name: &str) -> String {
        self.player(name).await["session"].as_str().unwrap_or_else(|| panic!("{name} has no session")).to_owned()
    }

    async fn join(&self, name: &str, transport: Transport) -> LivePlayer {
        self.host.player(name, transport).await
    }
}

fn said(players: &[LivePlayer], number: usize, words: &str) -> bool {
    players[number].heard().any(|event| matches!(event, Event::Chat { text, .. } if text.contains(words)))
}

async fn joined(office: &Office, names: &[(&str, Transport)]) -> Vec<LivePlayer> {
    let mut players = Vec::new();
    for &(name, transport) in names {
        players.push(office.join(name, transport).await);
    }
    until("crafts", &mut players, |players| players.iter().all(|player| player.craft().is_some())).await;
    players
}

/// Keeps all players active while a request is made, so that none times out.
async fn while_playing<T>(players: &mut [LivePlayer], asking: impl Future<Output = T>) -> T {
    let mut asking = std::pin::pin!(asking);
    within("an answer", async {
        loop {
            tokio::select! {
                answer = &mut asking => return answer,
                () = play_round(players) => {}
            }
        }
    })
    .await
}

#[tokio::test]
async fn players_are_seen_with_their_links_on_every_transport() {
    let office = Office::open();
    let names = [("Q", Transport::Quic), ("W", Transport::WebSocket), ("T", Transport::WebTransport)];
    let mut players = joined(&office, &names).await;
    let labels = ["quic", "websocket", "webtransport"];
    for ((name, transport), label) in names.into_iter().zip(labels) {
        let player = loop {
            let player = while_playing(&mut players, office.player(name)).await;
            // It is known once an input has acknowledged a snapshot.
            if player["ack_ms"].as_f64().is_some() && player["inputs"]["applied"].as_u64() > Some(0) {
                break player;
            }
        };
        assert_eq!(player["transport"], label);
        assert_eq!(player["address"], "127.0.0.0/24", "as the log shows it");
        assert_eq!(player["session"].as_str().unwrap().len(), 16);
        assert_eq!(player["rtt_ms"].is_null(), transport == Transport::WebSocket);
        assert_eq!(player["loss"].is_null(), transport == Transport::WebSocket);
        assert!(player["down_bytes"].as_u64() > Some(0) && player["up_bytes"].as_u64() > Some(0), "{player}");
    }
    let state = office.get("state").await;
    assert_eq!((&state["who"], &state["server"]["status"]), (&"ann".into(), &"serving".into()));
    assert_eq!(state["shards"][0]["alive"], true);
    assert!(state["rooms"][0]["maps"].as_array().unwrap().contains(&"foundry".into()), "{state}");
    let ticks = loop {
        let ticks = while_playing(&mut players, office.get("ticks?since=0")).await;
        if ticks["shards"][0]["seconds"].as_array().unwrap().len() >= 2 {
            break ticks;
        }
    };
    let second = &ticks["shards"][0]["seconds"][1];
    assert_eq!(second["number"], 1);
    assert!(second["ticks"].as_u64() > Some(0) && second["p99_us"].as_u64() > Some(0), "{second}");
    office.host.shutdown().await;
}

#[tokio::test]
async fn kicked_player_hears_why_and_others_play_on() {
    let office = Office::open();
    let mut players = joined(&office, &ALL.map(|transport| ("Bob", transport))).await;
    for (left, name) in (1..=ALL.len()).rev().zip(["Bob", "Bob 2", "Bob 3"]) {
        let session = while_playing(&mut players, office.session(name)).await;
        let body = json!({ "session": session, "reason": "be nice" });
        while_playing(&mut players, office.done("kick", body)).await;
        let over = |player: &LivePlayer| player.ending() == Some(DisconnectReason::Kicked);
        until("the goodbye", &mut players, |players| players.iter().any(over)).await;
        let kicked = players.iter().position(over).unwrap();
        let ending = players[kicked].client.ending().unwrap();
        assert!(ending.text.contains("be nice"), "{}", ending.text);
        players.remove(kicked);
        assert_eq!(players.len(), left - 1);
    }
    let (status, answer) = office.post("kick", json!({ "session": "00000000000000aa" })).await;
    assert_eq!((status, &answer["error"]), (StatusCode::NOT_FOUND, &"unknown_session".into()));
    let audit = office.get("audit").await;
    let first = &audit["entries"][0];
    assert_eq!((&first["who"], &first["action"], &first["reason"]), (&"ann".into(), &"kick".into(), &"be nice".into()));
    assert_eq!(audit["entries"][ALL.len()]["outcome"], "no session 00000000000000aa is here");
    office.host.shutdown().await;
}

#[tokio::test]
async fn muted_player_is_told_and_nobody_hears_it() {
    let office = Office::open();
    let mut players = joined(&office, &[("Loud", Transport::Quic), ("Ann", Transport::WebSocket)]).await;
    let session = while_playing(&mut players, office.session("Loud")).await;
    office.done("mute", json!({ "session": session, "reason": "spam" })).await;
    assert_eq!(while_playing(&mut players, office.player("Loud")).await["muted"], true);
    players[0].client.chat("buy my shells");
    until("the refusal", &mut players, |players| said(players, 0, "muted")).await;
    office.done("unmute", json!({ "session": session })).await;
    players[0].client.chat("sorry");
    until("the line", &mut players, |players| said(players, 1, "sorry")).await;
    // Chat lines come in order, so the muted one is not still under way.
    assert!(!said(&players, 1, "buy"));
    office.host.shutdown().await;
}

#[tokio::test]
async fn announcement_reaches_everybody() {
    let office = Office::open();
    let mut players = joined(&office, &ALL.map(|transport| ("Bob", transport))).await;
    office.done("announce", json!({ "text": "to all" })).await;
    office.done("announce", json!({ "room": 1, "text": "to the room" })).await;
    let all = 0..ALL.len();
    let heard =
        |players: &[LivePlayer]| all.clone().all(|of| said(players, of, "to all") && said(players, of, "to the room"));
    until("both lines", &mut players, heard).await;
    let (status, _) = office.post("announce", json!({ "room": 9, "text": "to nobody" })).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    office.host.shutdown().await;
}

#[tokio::test]
async fn match_ends_and_map_changes() {
    let office = Office::open();
    let mut players = joined(&office, &[("Ann", Transport::Quic)]).await;
    office.done("end-match", json!({ "room": 1, "reason": "enough" })).await;
    let phase = |players: &[LivePlayer], wanted| {
        players[0].seen().any(|event| matches!(event, event::Event::Match { phase, .. } if *phase == wanted))
    };
    until("results", &mut players, |players| phase(players, MatchPhase::Results)).await;
    let (status, answer) = office.post("change-map", json!({ "room": 1, "map": "moon" })).await;
    assert_eq!((status, &answer["error"]), (StatusCode::NOT_FOUND, &"unknown_map".into()));
    let state = office.get("state").await;
    let room = &state["rooms"][0];
    let map = room["maps"].as_array().unwrap().iter().find(|map| **map != room["map"]).unwrap().clone();
    office.done("change-map", json!({ "room": 1, "map": map })).await;
    let shown =
        |players: &[LivePlayer]| players[0].client.view().map().is_some_and(|terrain| map == terrain.map.name.as_str());
    until("the map", &mut players, shown).await;
    office.host.shutdown().await;
}

#[tokio::test]
async fn conditioned_link_is_slow_until_it_is_well_again() {
    let office = Office::open();
    for (name, transport) in ["A", "B", "C"].into_iter().zip(ALL) {
        let mut players = joined(&office, &[(name, transport)]).await;
        let session = while_playing(&mut players, office.session(name)).await;
        office.done("condition", json!({ "session": session, "delay_ms": 150, "jitter_ms": 20, "loss": 0.02 })).await;
        let felt = |player: &Value| player["ack_ms"].as_f64().unwrap_or(0.0);
        while felt(&while_playing(&mut players, office.player(name)).await) < 280.0 {}
        let player = while_playing(&mut players, office.player(name)).await;
        assert_eq!(player["condition"], json!({ "delay_ms": 150, "jitter_ms": 20, "loss": 0.02 }));
        office.done("condition", json!({ "session": session })).await;
        loop {
            let player = while_playing(&mut players, office.player(name)).await;
            if felt(&player) < 150.0 && player["condition"].is_null() {
                break;
            }
        }
        assert_eq!(players[0].client.stats().counters.state_mismatches, 0, "what it shows is true all the same");
        players[0].client.leave();
        until("the goodbye", &mut players, |players| players[0].ending().is_some()).await;
    }
    office.host.shutdown().await;
}

#[tokio::test]
async fn banned_player_is_gone_until_it_is_unbanned() {
    let office = Office::open();
    let mut players = joined(&office, &[("Bob", Transport::Quic)]).await;
    let session = while_playing(&mut players, office.session("Bob")).await;
    let (status, answer) = office.post("ban", json!({ "session": session, "secs": 3600, "reason": "cheats" })).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    until("the goodbye", &mut players, |players| players[0].ending().is_some()).await;
    let network = answer["network"].as_str().unwrap().to_owned();
    let bans = office.get("bans").await;
    let ban = &bans["bans"][0];
    assert_eq!(
        (&ban["network"], &ban["reason"], &ban["by"]),
        (&network.clone().into(), &"cheats".into(), &"ann".into())
    );
    office.done("unban", json!({ "network": network })).await;
    joined(&office, &[("Bob", Transport::Quic)]).await;
    office.host.shutdown().await;
}

#[tokio::test]
async fn player_that_has_cut_its_link_is_banned_by_its_session_all_the_same() {
    let office = Office::open();
    let mut players = joined(&office, &[("Bob", Transport::Quic), ("Eve", Transport::WebSocket)]).await;
    let [bob, eve] = [office.session("Bob").await, office.session("Eve").await];
    // Bob's session has ended, Eve's is kept.
    players[0].client.leave();
    until("the goodbye", &mut players, |players| players[0].ending().is_some()).await;
    drop(players);
    loop {
        let player = office.player("Eve").await;
        if player["held"] == true {
            assert_eq!(player["last_address"], "127.0.0.0/24", "as the log shows it");
            break;
        }
    }
    for session in [bob, eve] {
        let (status, answer) = office.post("ban", json!({ "session": session, "secs": 60 })).await;
        assert_eq!((status, &answer["network"]), (StatusCode::OK, &"127.0.0.1/32".into()), "{answer}");
    }
    while !office.player("Eve").await.is_null() {}
    let (status, answer) = office.post("ban", json!({ "session": "0123456789abcdef" })).await;
    assert_eq!((status, &answer["error"]), (StatusCode::NOT_FOUND, &"unknown_session".into()));
    office.host.shutdown().await;
}

#[tokio::test]
async fn strangers_are_kept_out_and_counted() {
    let office = Office::open();
    let refused = |request: reqwest::RequestBuilder| async {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap()["error"].as_str().unwrap().to_owned())
    };
    let state = || office.http.get(office.url("state"));
    assert_eq!(refused(state()).await, (401, "no_token".to_owned()));
    assert_eq!(refused(state().bearer_auth("guess")).await, (401, "bad_token".to_owned()));
    let foreign = state().bearer_auth(TOKEN).header("host", "evil.example");
    assert_eq!(refused(foreign).await, (403, "wrong_host".to_owned()));
    let foreign = state().bearer_auth(TOKEN).header("origin", "https://evil.example");
    assert_eq!(refused(foreign).await, (403, "wrong_origin".to_owned()));
    let text = office.http.post(office.url("kick")).bearer_auth(TOKEN).body("{}");
    assert_eq!(refused(text).await, (415, "not_json".to_owned()));
    assert!(office.host.metric("ricochet_admin_refusals_total", "bad_token").await >= 1.0);
    while refused(state().bearer_auth("guess")).await.0 == 401 {}
    assert_eq!(refused(state().bearer_auth("guess")).await, (429, "too_many_tries".to_owned()));
    let right = state().bearer_auth(TOKEN).send().await.expect("the server answers");
    assert_eq!(right.status(), 200, "whoever knows the token is not kept out by those who guess");
    office.host.shutdown().await;
}

#[tokio::test]
async fn page_is_strict_and_holds_no_secret() {
    let office = Office::open();
    let page = office.http.get(format!("http://{}/admin", office.host.ops())).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = page.text().await.unwrap();
    assert!(!text.contains(TOKEN) && !text.contains("style=") && !text.contains("onclick"), "{text}");
    office.host.shutdown().await;
}

/// The commands of the document, in its order; the last one ends the server.
#[tokio::test]
async fn match_is_inspected_by_the_names_of_its_declarations() {
    let office = Office::open();
    let mut players = joined(&office, &[("Ann", Transport::Quic), ("Bob", Transport::WebSocket)]).await;
    let seen = while_playing(&mut players, office.get("inspect?room=1&kind=Craft&player=1&limit=1")).await;
    assert_eq!((&seen["room"], &seen["dev"]), (&json!(1), &json!(false)));
    assert_eq!((&seen["kinds"][0]["name"], &seen["kinds"][0]["count"]), (&json!("Craft"), &json!(2)));
    assert_eq!((&seen["entities"][0]["id"], &seen["more_after"]), (&json!(0), &json!(0)));
    assert_eq!(seen["entities"][0]["fields"]["health"], 100);
    assert!(seen["own"]["shield"].is_u64() && seen["input"]["aim"].is_u64(), "{seen}");
    assert_eq!(seen["settings"]["match_secs"], 3600);
    for (query, status, error, message) in [
        ("room=1&limit=201", 400, "bad_request", "limit is 1 to 200, found 201"),
        ("room=1&limit=0", 400, "bad_request", "limit is 1 to 200, found 0"),
        (
            "room=1&kind=Ship",
            400,
            "bad_request",
            "room 1 has no entities of a kind \"Ship\"; it has Craft, Shell, Pickup",
        ),
        ("room=9", 404, "unknown_room", "there is no room 9"),
    ] {
        let url = office.url(&format!("inspect?{query}"));
        let asked = office.http.get(url).bearer_auth(TOKEN).send();
        let response = while_playing(&mut players, asked).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{query}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!((&answer["error"], &answer["message"]), (&json!(error), &json!(message)));
    }
    let url = office.url("inspect?room=1");
    let stranger = while_playing(&mut players, office.http.get(url).send()).await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    let body = json!({ "room": 1, "id": 0, "field": "health", "value": 50 });
    let (status, answer) = while_playing(&mut players, office.post("edit", body)).await;
    assert_eq!((status, &answer["error"]), (StatusCode::FORBIDDEN, &json!("not_dev")));
    office.host.shutdown().await;
}

#[tokio::test]
async fn field_is_set_in_development_and_its_player_sees_it() {
    let office = Office::open_with("--dev true");
    let mut players = joined(&office, &[("Ann", Transport::Quic)]).await;
    let edit = |field: &str, value: Value| json!({ "room": 1, "id": 0, "field": field, "value": value });
    for (body, status, error, message) in [
        (
            edit("healthy", json!(5)),
            400,
            "not_edited",
            "there is no field `healthy`; the fields are position, velocity, heading, aim, health, flags",
        ),
        (edit("health", json!(300)), 400, "not_edited", "health must be 0 to 255, found 300"),
        (json!({ "room": 1, "id": 9999, "field": "health", "value": 5 }), 400, "not_edited", "there is no entity 9999"),
        (json!({ "room": 7, "id": 0, "field": "health", "value": 5 }), 404, "unknown_room", "there is no room 7"),
    ] {
        let (found, answer) = while_playing(&mut players, office.post("edit", body)).await;
        assert_eq!(found.as_u16(), status, "{answer}");
        assert_eq!((&answer["error"], &answer["message"]), (&json!(error), &json!(message)));
    }
    while_playing(&mut players, office.done("edit", edit("health", json!(42)))).await;
    until("its health", &mut players, |players| players[0].craft().is_some_and(|craft| craft.health == 42)).await;
    let audit = while_playing(&mut players, office.get("audit")).await;
    let entries = audit["entries"].as_array().unwrap();
    let noted = entries.iter().any(|entry| {
        entry["action"] == "edit" && entry["target"] == "room 1, entity 0: health = 42" && entry["outcome"] == "done"
    });
    assert!(noted, "{audit}");
    office.host.shutdown().await;
}

#[tokio::test]
async fn examples_of_the_document_work() {
    let office = Office::open();
    let mut players = joined(&office, &[("Ann", Transport::Quic)]).await;
    let session = while_playing(&mut players, office.session("Ann")).await;
    let document = include_str!("../../docs/admin.md");
    let commands = document.split("```sh\n").skip(1).flat_map(|block| block.split("```").next().unwrap().lines());
    let mut run = 0;
    for line in commands {
        let mut command = Command::new("bash");
        command.args(["-c", line]).env("OPS", format!("http://{}", office.host.ops())).env("TOKEN", TOKEN);
        command.env("SESSION", &session).env("ROOM", "1");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = while_playing(&mut players, output).await.unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|error| panic!("{line}: {error}"));
        run += 1;
        players.retain(|player| player.ending().is_none());
        if players.is_empty() {
            players = joined(&office, &[("Ann", Transport::Quic)]).await;
        }
    }
    assert!(run >= 15, "only {run} were found");
    let state = while_playing(&mut players, office.get("state")).await;
    assert!(state["server"]["status"].as_str().unwrap().starts_with("draining"), "{}", state["server"]);
    office.host.shutdown().await;
}
