//! One server hosts rooms of two games that have nothing in common, and brings both back after a restart.

mod live;

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path};

use arena::rules::World;
use client::native::JoinAnswer;
use harness::toy::Moths;
use live::{Transport, page::page, raw::RawLink, state::State, within};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{
    config::{Config, Games},
    games::{Hosted, game, game_with_page},
    lifecycle::{outcome::Outcome, run::Server},
};
use shared::{
    game::Game,
    wire::{ServerMessage, Welcome},
};

fn games() -> Games {
    Games::new(&[game::<World>(), game::<Moths>()])
}

fn start(state: &Path, change: impl FnOnce(&mut Config)) -> Server {
    start_with(games(), state, change)
}

fn start_with(games: Games, state: &Path, change: impl FnOnce(&mut Config)) -> Server {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut config = Config { http: free, udp: free, ops: free, fill: 3, seed: Some(1), ..Config::default() };
    config.state = Some(state.to_owned());
    change(&mut config);
    Server::start(games, config).expect("a server starts on free ports")
}

async fn get(server: &Server, path: &str) -> Value {
    let answer = reqwest::get(format!("http://{}{path}", server.http())).await.expect("the server answers");
    answer.json().await.expect("answers are JSON")
}

async fn join(server: &Server, request: Value) -> (StatusCode, Value) {
    let post = reqwest::Client::new().post(format!("http://{}/api/join", server.http())).json(&request);
    let answer = post.send().await.expect("the server answers");
    (answer.status(), answer.json().await.expect("answers are JSON"))
}

/// Sends a hello with a ticket and returns the welcome.
async fn welcome(answer: &Value, transport: Transport) -> Welcome {
    let answer: JoinAnswer = serde_json::from_value(answer.clone()).expect("it is a seat");
    let mut link = within("a link", RawLink::connect(&answer, transport)).await;
    link.hello(&answer.ticket).await;
    let mut found = None;
    let is_welcome = |bytes: &[u8]| match ServerMessage::decode(bytes) {
        Ok(ServerMessage::Welcome(welcome)) => {
            found = Some(welcome);
            true
        }
        _ => false,
    };
    link.until("the welcome", is_welcome).await;
    found.expect("it was welcomed")
}

/// Game of each room.
async fn played(server: &Server) -> BTreeMap<u64, String> {
    let rooms = get(server, "/api/rooms").await;
    let rooms = rooms["rooms"].as_array().expect("a list");
    rooms
        .iter()
        .map(|room| (room["id"].as_u64().expect("a number"), room["game"].as_str().expect("a name").to_owned()))
        .collect()
}

async fn end(server: Server) {
    assert_eq!(within("the end", server.shutdown()).await, Outcome::InOrder);
}

#[tokio::test]
async fn join_gets_a_room_of_the_game_it_asks_for() {
    let state = State::new();
    let server = start(state.path(), |_| {});
    let about = get(&server, "/api/server").await;
    assert_eq!(about["game"], "arena");
    let games = [
        json!({ "name": "arena", "version": World::VERSION, "mode": "deathmatch", "modes": ["deathmatch", "team-deathmatch"], "page": null }),
        json!({ "name": "moths", "version": 1, "mode": "standard", "modes": ["standard"], "page": null }),
    ];
    assert_eq!(about["games"], json!(games));

    let (_, first) = join(&server, json!({ "name": "Ann" })).await;
    assert_eq!((&first["room"], &first["game"], &first["mode"]), (&json!(1), &json!("arena"), &json!("deathmatch")));
    for (name, transport) in [("Bo", Transport::Quic), ("Cy", Transport::WebSocket), ("Di", Transport::WebTransport)] {
        let (_, seat) = join(&server, json!({ "name": name, "game": "moths" })).await;
        assert_eq!((&seat["room"], &seat["game"], &seat["mode"]), (&json!(2), &json!("moths"), &json!("standard")));
        let welcome = welcome(&seat, transport).await;
        assert_eq!((welcome.game.as_str(), welcome.game_version), ("moths", 1));
    }
    assert_eq!(welcome(&first, Transport::Quic).await.game, "arena");

    for (request, refusal) in [
        (json!({ "name": "Ed", "game": "chess" }), "unknown_game"),
        (json!({ "name": "Ed", "game": "moths", "room": 1 }), "other_game"),
        // The mode must be one of the chosen game.
        (json!({ "name": "Ed", "game": "moths", "mode": "deathmatch" }), "unknown_mode"),
        (json!({ "name": "Ed", "mode": "deathmatch", "room": 2 }), "unknown_mode"),
    ] {
        let (status, answer) = join(&server, request).await;
        assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!(refusal)));
    }
    end(server).await;
}

#[tokio::test]
async fn rooms_show_what_their_game_says() {
    let state = State::new();
    let server = start(state.path(), |_| {});
    join(&server, json!({ "name": "Bo", "game": "moths" })).await;
    let keys = |room: &Value| -> Vec<String> { room["players"][0].as_object().unwrap().keys().cloned().collect() };
    let (one, two) = (get(&server, "/api/rooms/1").await, get(&server, "/api/rooms/2").await);
    assert_eq!((&one["phase"], &two["phase"]), (&json!("warm-up"), &json!("running")));
    assert_eq!(keys(&one), ["away", "deaths", "name", "opponent", "score", "team"]);
    assert_eq!(keys(&two), ["away", "name", "opponent", "points"]);
    assert_eq!(
        (&one["player_facts"], &two["player_facts"]),
        (&json!(["team", "score", "deaths"]), &json!(["points"])),
        "as the games say them"
    );
    end(server).await;
}

#[tokio::test]
async fn each_game_has_its_page_and_a_link_to_a_room_leads_to_it() {
    let state = State::new();
    let pages = [("a1", "Arena"), ("b2", "Moths")].map(|(build, title)| page(build, title));
    let both = Games::new(&[game_with_page::<World>(pages[0]), game_with_page::<Moths>(pages[1])]);
    let server = start_with(both, state.path(), |_| {});
    join(&server, json!({ "name": "Bo", "game": "moths" })).await;
    for (path, status, holds) in [
        ("/", StatusCode::OK, "<title>Arena</title>"),
        ("/arena/", StatusCode::OK, "<title>Arena</title>"),
        ("/moths/", StatusCode::OK, "<title>Moths</title>"),
        ("/?room=1", StatusCode::OK, "<title>Arena</title>"),
        ("/?room=2&name=Bo", StatusCode::TEMPORARY_REDIRECT, "/moths/?room=2&name=Bo"),
        ("/moths/?play&room=1", StatusCode::TEMPORARY_REDIRECT, "/arena/?play&room=1"),
        ("/moths/?room=2", StatusCode::OK, "<title>Moths</title>"),
        // There is no such room, and the page says so.
        ("/?room=99", StatusCode::OK, "<title>Arena</title>"),
        ("/moths?room=2", StatusCode::TEMPORARY_REDIRECT, "/moths/?room=2"),
        ("/chess/", StatusCode::NOT_FOUND, "unknown_path"),
        ("/web/a1/main.js", StatusCode::OK, "'Arena'"),
        ("/web/b2/main.js", StatusCode::OK, "'Moths'"),
        ("/web/c3/main.js", StatusCode::NOT_FOUND, "unknown_path"),
    ] {
        assert_answer(&server, path, status, holds).await;
    }
    let about = get(&server, "/api/server").await;
    assert_eq!((&about["page"], &about["games"][1]["page"]), (&json!("/web/a1/"), &json!("/moths/")));
    end(server).await;
}

#[tokio::test]
async fn game_without_a_page_says_so() {
    let state = State::new();
    let games = Games::new(&[game_with_page::<World>(page("a1", "Arena")), game::<Moths>()]);
    let server = start_with(games, state.path(), |config| config.game = Some("moths".to_owned()));
    for path in ["/", "/moths/"] {
        assert_answer(&server, path, StatusCode::NOT_FOUND, "moths has no page on this server").await;
    }
    assert_answer(&server, "/arena/", StatusCode::OK, "<title>Arena</title>").await;
    let about = get(&server, "/api/server").await;
    assert_eq!((&about["page"], &about["games"][1]["page"]), (&Value::Null, &Value::Null));
    end(server).await;
}

/// Asks as a browser does that is led nowhere: `holds` is in the answer, or where it leads to.
async fn assert_answer(server: &Server, path: &str, status: StatusCode, holds: &str) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = client.get(format!("http://{}{path}", server.http())).send().await.expect("the server answers");
    assert_eq!(answer.status(), status, "{path}");
    let leads = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
    let text = leads.unwrap_or(answer.text().await.expect("text"));
    assert!(if status.is_redirection() { text == holds } else { text.contains(holds) }, "{path}: {text}");
}

#[tokio::test]
async fn rooms_of_both_games_are_counted() {
    let state = State::new();
    let server = start(state.path(), |_| {});
    let (_, seat) = join(&server, json!({ "name": "Bo", "game": "moths" })).await;
    welcome(&seat, Transport::WebSocket).await;
    let lines = [("rooms", "arena", 1), ("rooms", "moths", 1), ("players", "arena", 0), ("players", "moths", 1)]
        .map(|(what, game, count)| format!("\nricochet_game_{what}{{game=\"{game}\"}} {count}\n"));
    let are_counted = async || {
        let answer = reqwest::get(format!("http://{}/metrics", server.ops())).await.expect("the server answers");
        let text = answer.text().await.expect("text");
        lines.iter().all(|line| text.contains(line))
    };
    within("both are counted", async { while !are_counted().await {} }).await;
    end(server).await;
}

#[tokio::test]
async fn rooms_of_both_games_come_back() {
    let state = State::new();
    let server = start(state.path(), |_| {});
    let (_, seat) = join(&server, json!({ "name": "Bo", "game": "moths" })).await;
    welcome(&seat, Transport::Quic).await;
    let before = played(&server).await;
    assert_eq!(before, BTreeMap::from([(1, "arena".to_owned()), (2, "moths".to_owned())]));
    end(server).await;
    for (room, name) in &before {
        let file = fs::read(state.path().join(format!("rooms/room-{room}.rrec"))).expect("the match is on disk");
        let found = games().of_recording(&file).expect("it is a recording").expect("its game is here");
        assert_eq!(found.name(), name);
        assert!(found.verify(file).expect("it plays").is_sound());
    }

    let server = start(state.path(), |_| {});
    assert_eq!(played(&server).await, before);
    end(server).await;

    // A program that lacks a game of theirs keeps the file and goes on with the rest.
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config { http: free, udp: free, ops: free, state: Some(state.path().to_owned()), ..Config::default() };
    let server = Server::start(Games::new(&[game::<World>()]), config).expect("a server starts on free ports");
    assert_eq!(played(&server).await, BTreeMap::from([(1, "arena".to_owned())]));
    assert!(!state.path().join("rooms/room-2.rrec").exists());
    let kept = fs::read_dir(state.path().join("recordings")).expect("the shelf is there").count();
    assert_eq!(kept, 1);
    end(server).await;
}

#[tokio::test]
async fn game_of_the_settings_is_played_first() {
    let state = State::new();
    let server = start(state.path(), |config| config.game = Some("moths".to_owned()));
    assert_eq!(played(&server).await, BTreeMap::from([(1, "moths".to_owned())]));
    let (_, seat) = join(&server, json!({ "name": "Bo" })).await;
    assert_eq!((&seat["room"], &seat["game"]), (&json!(1), &json!("moths")));
    end(server).await;
}

#[test]
fn settings_of_every_game_have_their_section_and_those_of_the_first_their_short_names() {
    let names: Vec<&str> = games().table().sections().iter().map(|section| section.name.as_str()).collect();
    assert!(names.ends_with(&["games.arena", "games.moths"]), "{names:?}");
    let twisted = Games::new(&[game::<Moths>(), game::<World>()]);
    let short = |games: Games| games.table().keys().iter().filter(|key| key.short.is_some()).count();
    assert_eq!((short(games()), short(twisted)), (7, 0));
    assert_eq!(twisted.named("moths").map(Hosted::name), Ok("moths"));
}
